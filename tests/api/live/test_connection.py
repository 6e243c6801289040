"""The live socket: access, answers, refusals, and what a restart keeps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from sqlalchemy import delete, select
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from api.app import create_app
from api.care.client_history import client_history
from api.care.consent import revoke
from api.db import Client, ConsentKind, IntakeRecord, LiveSession, new_id
from api.live import connection as talk, resume_token
from api.live.admission import RateLimiter, is_allowed_origin
from api.live.live_session import Begin, ErrorCode, Exercise, LiveSessionServer, MessageError
from api.recordings.export import entries
from api.settings import Settings, load_settings
from hinge_check.assess.protocol import load_protocol
from hinge_check.errors import UsageError
from tests.api.clinic_fixture import World
from tests.api.live_frames import empty_frame, frame_bytes, restamp
from tests.live.sessions import set_track

OURS = {"origin": "http://127.0.0.1:8000"}


@pytest.fixture(scope="module")
def stream() -> tuple[tuple[int, int], list[bytes]]:
    """Provide size and frames of a set of three, fifteen a second."""
    track = set_track(3, fps=15.0)
    return track.info.frame_size, [frame_bytes(track, k, k, float(track.time_s[k])) for k in range(len(track))]


@contextmanager
def connect(client: TestClient, **headers: str) -> Iterator[WebSocketTestSession]:
    """Connect as a page of ours."""
    with client.websocket_connect("/api/v1/live", headers={**OURS, **headers}) as socket:
        yield socket


def begin_message(size: tuple[int, int] = (640, 360), **asked: Any) -> dict[str, Any]:
    """Return the first message."""
    return {"do": "begin", "version": 1, "width": size[0], "height": size[1], **asked}


def send_begin(socket: WebSocketTestSession, size: tuple[int, int] = (640, 360), **asked: Any) -> dict[str, Any]:
    """Send the first message; return the answer."""
    socket.send_json(begin_message(size, **asked))
    answer: dict[str, Any] = socket.receive_json()
    return answer


def push_frames(socket: WebSocketTestSession, frames: list[bytes]) -> list[dict[str, Any]]:
    """Return the answers to frames, each sent when the previous one was answered."""
    answers = []
    for frame in frames:
        socket.send_bytes(frame)
        answers.append(socket.receive_json())
    return answers


def press(socket: WebSocketTestSession, what: str) -> dict[str, Any]:
    """Return the answer to a button."""
    socket.send_json({"do": what})
    answer: dict[str, Any] = socket.receive_json()
    return answer


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow frames as quickly as they are answered."""
    monkeypatch.setattr(talk, "RateLimiter", lambda: RateLimiter(1e9, 1e9))


# ---- access


def test_only_our_pages_and_known_people_may_connect(world: World) -> None:
    for client, headers in (
        (world.nobody(), OURS),
        (world.as_(world.carl), {"origin": "https://elsewhere.example"}),
        (world.as_(world.carl), {"origin": "http://127.0.0.1:8001"}),
        (world.as_(world.carl), {}),
    ):
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect("/api/v1/live", headers={"origin": "", **headers}),
        ):
            pass
    for person in (world.carl, world.ann):
        with connect(world.as_(person), origin="http://localhost:8000") as socket:
            assert send_begin(socket)["began"]["protocol"] == "bodyweight_hinge"


def test_an_origin_is_compared_in_full() -> None:
    ours = load_settings({}, secret="0123456789-abcdefghijklmnopqrstuvw", public_url="https://hinge.example.org")
    assert is_allowed_origin("https://hinge.example.org", ours)
    assert is_allowed_origin("https://hinge.example.org:443", ours)
    for other in (
        "https://hinge.example.org.evil.example",
        "http://hinge.example.org",
        "null",
        "",
        None,
        "https://x:y",
    ):
        assert not is_allowed_origin(other, ours)


def test_guests_may_connect_only_where_allowed(settings: Settings) -> None:
    with pytest.raises(UsageError, match="OPEN_LIVE"):
        load_settings({}, secret=settings.key, public_url="https://hinge.example.org", open_live=True)
    app = create_app(settings.model_copy(update={"open_live": True}))
    with TestClient(app, base_url="http://127.0.0.1:8000") as client, connect(client) as socket:
        assert send_begin(socket, protocol="rdl")["began"]["protocol"] == "rdl"
        told = press(socket, "finish")
        assert told["state"] == "summary"
        assert socket.receive_json()["finished"]["why"] == "guest"


def test_a_person_may_have_two_connections(world: World) -> None:
    client = world.as_(world.carl)
    with connect(client), connect(client), connect(client) as third:
        assert third.receive_json()["problem"]["code"] == "too_many_sessions"
        with pytest.raises(WebSocketDisconnect) as closed:
            third.receive_json()
        assert closed.value.code == 1013
    with connect(client) as again:
        assert "began" in send_begin(again)


def test_a_client_without_clearance_is_not_coached(world: World) -> None:
    with world.db() as db:
        db.execute(delete(IntakeRecord).where(IntakeRecord.client_id == world.carl.id))
        db.commit()
    with connect(world.as_(world.carl)) as socket:
        assert send_begin(socket)["problem"]["code"] == "not_cleared"
        with pytest.raises(WebSocketDisconnect):
            socket.receive_json()


def test_the_limits_of_the_plan_apply(world: World) -> None:
    limits = 'extends = "rdl"\n[limits.lumbar_flexion]\nvalue = 11.0\nwarn = 8.0\n'
    plan = {"step": "rdl", "limits": limits, "sets": 3, "reps": 8, "days_per_week": 3}
    made = world.as_(world.ann).post(f"/api/v1/clients/{world.carl.id}/plans", json=plan)
    assert made.status_code == 201, made.text
    with connect(world.as_(world.carl)) as socket:
        assert send_begin(socket, plan=made.json()["id"])["began"]["lumbar_limit_deg"] == 11.0
    with connect(world.as_(world.cleo)) as socket:
        assert send_begin(socket, plan=made.json()["id"])["problem"]["code"] == "no_such_exercise"
        assert send_begin(socket, protocol="../secret")["problem"]["code"] == "no_such_exercise"


def test_signing_out_closes_the_connection(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "CHECK_EVERY_S", 0.02)
    monkeypatch.setattr(talk, "RECHECK_EVERY_S", 0.05)
    client = world.as_(world.carl)
    with connect(client) as socket:
        send_begin(socket)
        assert client.delete("/api/v1/session").status_code == 204
        assert socket.receive_json()["problem"]["code"] == "signed_out"


# ---- a session


@pytest.mark.usefixtures("quick")
def test_a_set_is_counted_saved_and_discarded(world: World, stream: tuple[tuple[int, int], list[bytes]]) -> None:
    size, frames = stream
    client = world.as_(world.carl)
    with connect(client) as socket:
        send_begin(socket, size)
        answers = push_frames(socket, frames)
        assert [told["seq"] for told in answers] == list(range(len(frames)))
        assert sum("rep" in told for told in answers) >= 2
        says = [told["say"]["id"] for told in answers if "say" in told]
        assert says == list(range(says[0], says[0] + len(says)))
        assert sum(len(json.dumps(told)) for told in answers if "ticket" not in told) / len(frames) < 400
        press(socket, "finish")
        finished = socket.receive_json()["finished"]
    assert finished["summary"]["reps"] == 3
    assert finished["why"] == "kept"
    path = f"/api/v1/clients/{world.carl.id}/live-sessions"
    (kept,) = client.get(path).json()["items"]
    assert kept["id"] == finished["saved"]
    assert kept["figures"]["reps"] == 3
    assert world.as_(world.ann).get(path).json()["items"][0]["id"] == kept["id"]
    assert world.as_(world.cleo).get(path).status_code == 404
    with world.db() as db:
        assert [each.recording_id for each in client_history(db, world.carl.id, live=True)] == [kept["id"]]
        assert client_history(db, world.carl.id) == []
    written = b"".join(
        b"".join(each.chunks)
        for each in entries(
            world.app.state.sessions,
            world.app.state.store,
            world.carl.id,
            world.app.state.clock(),
            pictures=True,
            drafts=False,
        )
    )
    assert written.count(kept["id"].encode()) >= 2  # history.csv and person.json
    history = client.get(f"/api/v1/clients/{world.carl.id}/history").json()
    assert [each["recording_id"] for each in history["series"][0]["points"]] in ([], [kept["id"]])
    assert any(point["recording_id"] == kept["id"] for each in history["series"] for point in each["points"])
    assert world.as_(world.cleo).delete(f"{path}/{kept['id']}").status_code == 404
    assert client.delete(f"{path}/{kept['id']}").status_code == 204
    assert client.get(path).json()["items"] == []


@pytest.mark.usefixtures("quick")
def test_nothing_is_saved_without_consent_and_everything_is_deleted_with_the_client(
    world: World, stream: tuple[tuple[int, int], list[bytes]]
) -> None:
    size, frames = stream
    client = world.as_(world.carl)

    def session() -> dict[str, Any]:
        with connect(client) as socket:
            send_begin(socket, size)
            push_frames(socket, frames)
            press(socket, "finish")
            finished: dict[str, Any] = socket.receive_json()["finished"]
            return finished

    assert session()["why"] == "kept"
    with world.db() as db:
        revoke(db, world.carl.id, ConsentKind.STORE, world.app.state.clock())
        db.commit()
    assert session()["why"] == "consent"
    with world.db() as db:
        assert len(db.scalars(select(LiveSession)).all()) == 1
        db.delete(db.get_one(Client, world.carl.id))
        db.commit()
        assert db.scalars(select(LiveSession)).all() == []


@pytest.mark.usefixtures("quick")
def test_a_restart_does_not_lose_the_set(
    world: World, settings: Settings, stream: tuple[tuple[int, int], list[bytes]]
) -> None:
    size, frames = stream
    client = world.as_(world.carl)
    with connect(client) as socket:
        session = send_begin(socket, size)["began"]["session"]
        answers = push_frames(socket, frames)
    ticket = [told["ticket"] for told in answers if "ticket" in told][-1]
    counted = sum("rep" in told for told in answers)
    assert len(ticket) < 32 * 1024
    again = create_app(settings, clock=world.app.state.clock)
    after = TestClient(again, base_url="http://127.0.0.1:8000", cookies=dict(client.cookies))
    with connect(after) as socket:
        began = send_begin(socket, size, ticket=ticket)["began"]
        assert (began["session"], began["resumed"]) == (session, True)
        assert push_frames(socket, [restamp(frames[0], 1, 900.0)])[0]["total"] == counted
    for bad in (ticket[:-4] + "AAAA", "x", "e30.x.y"):
        with connect(after) as socket:
            assert send_begin(socket, size, ticket=bad)["problem"]["code"] == "ticket_unreadable"
    with connect(world.as_(world.cleo)) as socket:  # another client's
        assert send_begin(socket, size, ticket=ticket)["problem"]["code"] == "ticket_unreadable"
    again.state.wakeups.close()
    again.state.engine.dispose()


def test_a_resume_token_expires_and_stays_short() -> None:
    ticket = resume_token.ResumeToken("a" * 32, "me", "rdl", 1.0, {"x": 1})
    signed = resume_token.sign("k" * 32, ticket)
    assert signed is not None
    assert resume_token.read("k" * 32, signed, who="me") == ticket
    noise = np.random.default_rng(0).bytes(300_000).hex()
    assert resume_token.sign("k" * 32, replace(ticket, snapshot={"x": noise})) is None


# ---- errors


def test_malformed_messages_are_answered_then_end_the_connection(world: World) -> None:
    client = world.as_(world.carl)
    with connect(client) as socket:
        socket.send_bytes(empty_frame(1, 1.0))
        assert socket.receive_json()["problem"]["code"] == "not_begun"
        for words in ("", "[]", '{"do":"dance"}', "[" * 5000):
            socket.send_text(words)
            assert socket.receive_json()["problem"]["code"] == "bad_message"
        with pytest.raises(WebSocketDisconnect):
            socket.receive_json()
    with connect(client) as socket:
        send_begin(socket)
        assert send_begin(socket)["problem"]["code"] == "begun_already"
        socket.send_bytes(b"\x01" * (33 * 1024))
        assert socket.receive_json()["problem"]["code"] == "too_large"
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 1009


def test_a_flood_of_frames_ends_the_connection(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "RateLimiter", lambda: RateLimiter(1.0, 5.0))
    with connect(world.as_(world.carl)) as socket:
        send_begin(socket)
        for seq in range(12):
            socket.send_bytes(empty_frame(seq, float(seq)))
        told = [socket.receive_json() for _ in range(9)]
        assert told[-1]["problem"]["code"] == "too_fast"
        with pytest.raises(WebSocketDisconnect):
            socket.receive_json()


def test_silent_connections_are_closed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk.LiveConnection.__init__, "__kwdefaults__", {"idle_s": 0.05})
    with connect(world.as_(world.carl)) as socket:
        assert socket.receive_json()["problem"]["code"] == "idle"
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 4408


def test_an_internal_error_is_answered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(LiveSessionServer, "frame", broken)
    with connect(world.as_(world.carl)) as socket:
        send_begin(socket)
        socket.send_bytes(empty_frame(1, 1.0))
        assert socket.receive_json()["problem"]["code"] == "internal"


@pytest.fixture(scope="module")
def server() -> LiveSessionServer:
    """Provide a session under way."""
    exercise = Exercise("bodyweight_hinge", None, load_protocol("bodyweight_hinge"))
    made = LiveSessionServer("k" * 40, "me", lambda _: exercise, new_id=new_id, now_s=lambda: 1.0)
    made.begin(Begin.model_validate(begin_message()))
    return made


def follow(deed: Callable[[], object]) -> None:
    """Return the answer; any failure must be a `MessageError`, any answer JSON."""
    try:
        json.dumps(deed(), allow_nan=False)
    except MessageError as amiss:
        assert amiss.code in set(ErrorCode)  # noqa: PT017 - either outcome is right


@given(st.binary(max_size=600))
def test_any_bytes_are_survived(server: LiveSessionServer, data: bytes) -> None:
    follow(lambda: server.frame(data))


@given(st.data())
def test_any_bytes_within_a_frame_are_survived(
    server: LiveSessionServer, stream: tuple[tuple[int, int], list[bytes]], data: st.DataObject
) -> None:
    frame = bytearray(data.draw(st.sampled_from(stream[1][:60:20])))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.one_of(st.integers(0, 40), st.integers(0, len(frame) - 1)))
        frame[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.just(len(frame)), st.integers(0, len(frame))))
    follow(lambda: server.frame(bytes(frame[:cut])))


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20) | st.just("begin"),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["do", "version", "width", "ticket", "plan"]) | st.text(max_size=5), inner, max_size=5
            )
        ),
        max_leaves=8,
    )
)
def test_any_words_are_survived(server: LiveSessionServer, said: object) -> None:
    follow(lambda: server.text(json.dumps(said)).model_dump())
