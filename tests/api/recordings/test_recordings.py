"""Recordings: sending a video, reading about it, removing it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient

from api.core.metrics import PROCESS
from api.db import Analysis, AnalysisState, ApiToken, Recording, RecordingState, Session as SignIn
from api.storage import blob_store
from api.storage.blob_store import BlobStore, StoreFull
from api.uploads import probe
from tests.api.clinic_fixture import World, token_for
from tests.api.sample_bytes import film, other_copy, probe_in_process
from tests.clips import write_nothing, write_tone

URL = "/api/v1/recordings"
MP4 = {"Content-Type": "video/mp4"}


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return film(tmp_path_factory.mktemp("film")).read_bytes()


@pytest.fixture(autouse=True)
def examined(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "apart" not in request.fixturenames:
        monkeypatch.setattr("api.uploads.ingest.probe_in_subprocess", probe_in_process)


@pytest.fixture
def apart() -> None:
    """Have videos examined in a process of their own, as the service does."""


def send(client: TestClient, content: Any, **query: Any) -> Any:
    return client.post(URL, content=content, params=query, headers=MP4)


def list_blobs(world: World) -> list[str]:
    store: BlobStore = world.app.state.store
    return [blob.key for place in ("incoming", "uploads", "recordings", "analyses") for blob in store.list(place)]


@pytest.mark.usefixtures("apart")
def test_a_client_sends_a_video(world: World, video: bytes) -> None:
    answer = send(world.as_(world.carl), video, protocol="Dowel-Hinge", side="left", speed=0.5, trim_end_s=1.5)

    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert answer.headers["location"] == f"{URL}/{told['id']}"
    assert (told["state"], told["client_id"], told["bytes"]) == ("queued", world.carl.id, len(video))
    assert (told["protocol"], told["side"], told["speed"], told["trim_end_s"]) == ("dowel_hinge", "left", 0.5, 1.5)
    assert (told["video"]["width"], told["video"]["height"], told["video"]["frames"]) == (96, 64, 20)
    assert sorted(list_blobs(world)) == [f"recordings/{told['id']}/original.mp4", f"recordings/{told['id']}/poster.jpg"]
    with world.db() as db:
        row = db.scalars(select(Analysis)).one()
        assert (row.id, row.state, row.recording_id) == (told["analysis_id"], AnalysisState.QUEUED, told["id"])
        assert row.options["side"] == "left"
        assert row.options["trim_s"] == [None, 1.5]
    assert world.app.state.wakeups.waiting() == 1


def test_the_same_content_is_the_same_recording(world: World, video: bytes) -> None:
    carl = world.as_(world.carl)
    first = send(carl, video)
    again = send(carl, video)
    by_clinician = send(world.as_(world.ann), video, client_id=world.carl.id)

    assert (first.status_code, again.status_code, by_clinician.status_code) == (201, 200, 200)
    assert first.json()["id"] == again.json()["id"] == by_clinician.json()["id"]
    assert len(list_blobs(world)) == 2


def test_the_same_content_of_another_client_is_another_recording(world: World, video: bytes) -> None:
    ids = {send(world.as_(person), video).json()["id"] for person in (world.carl, world.cleo, world.bea)}

    assert len(ids) == 3


def test_a_clinician_sends_for_an_own_client(world: World, video: bytes) -> None:
    ann = world.as_(world.ann)

    assert send(ann, video, client_id=world.carl.id).json()["client_id"] == world.carl.id
    assert send(ann, video).status_code == 422
    assert send(ann, video, client_id=world.cleo.id).status_code == 404
    assert send(ann, video, client_id=world.bea.id).status_code == 404
    assert send(world.as_(world.carl), video, client_id=world.cleo.id).status_code == 404


def test_an_archived_client_gets_no_more_recordings(world: World, video: bytes) -> None:
    world.as_(world.ann).patch(f"/api/v1/clients/{world.carl.id}", json={"archived": True})

    assert send(world.as_(world.ann), video, client_id=world.carl.id).status_code == 409


def test_a_program_needs_the_scope_upload(world: World, video: bytes) -> None:
    assert send(world.with_token(world.ann, "upload"), video, client_id=world.carl.id).status_code == 201
    refused = send(world.with_token(world.abe, "read", "write"), video, client_id=world.cleo.id)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("video/quicktime", 201),
        ("application/octet-stream", 201),
        ("VIDEO/MP4; codecs=avc1", 201),
        ("multipart/form-data; boundary=x", 415),
        ("application/json", 415),
        ("text/html", 415),
    ],
)
def test_the_body_s_type_is_checked(world: World, video: bytes, kind: str, status: int) -> None:
    answer = world.as_(world.carl).post(URL, content=video, headers={"Content-Type": kind})

    assert answer.status_code == status
    assert status == 201 or answer.json()["code"] == "wrong_media_type"


def refused_files(folder: Path) -> dict[str, Callable[[], bytes]]:
    return {
        "not_a_video": lambda: b"<html><script>alert(1)</script></html>" * 50,
        "no_video_stream": lambda: write_tone(folder / "tone.m4a").read_bytes(),
        "truncated": lambda: film(folder, container_options={}).read_bytes()[:-900],
        "too_short": lambda: write_nothing(folder / "nothing.mp4").read_bytes(),
        "too_long": lambda: film(folder, times=[0.0, 350.0, 700.0]).read_bytes(),
    }


@pytest.mark.parametrize("code", sorted(refused_files(Path())))
def test_an_unusable_file_is_refused_at_once(world: World, tmp_path: Path, code: str) -> None:
    answer = send(world.as_(world.carl), refused_files(tmp_path)[code]())

    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert problem["code"] == code
    assert problem["advice"]
    assert problem["detail"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert list_blobs(world) == []
    assert world.as_(world.carl).get(URL).json()["items"] == []


def test_an_empty_body_is_refused(world: World) -> None:
    answer = send(world.as_(world.carl), b"")

    assert (answer.status_code, answer.json()["code"]) == (400, "upload_empty")


def test_a_body_beyond_the_limit_is_refused(world: World) -> None:
    limit = world.settings.max_upload_bytes
    said = world.as_(world.carl).post(URL, content=b"x", headers={**MP4, "Content-Length": str(limit + 1)})
    assert (said.status_code, said.json()["code"]) == (413, "too_large")

    small = world.settings.model_copy(update={"max_upload_bytes": 1_000_000})
    world.app.state.settings = small

    # Without a length, a body is counted as it comes.
    answer = send(world.as_(world.carl), (b"\0" * 65536 for _ in range(20)))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert list_blobs(world) == []


def test_file_names_are_never_used(world: World, video: bytes) -> None:
    headers = {**MP4, "Content-Disposition": 'attachment; filename="../../../../etc/cron.d/x"', "Slug": "../../x"}
    answer = world.as_(world.carl).post(URL, content=video, headers=headers, params={"filename": "../../x"})

    assert answer.status_code == 201
    assert {key.split("/")[0] for key in list_blobs(world)} == {"recordings"}
    assert "cron" not in json.dumps(answer.json())


@pytest.mark.parametrize(
    "query",
    [
        {"protocol": "../../../etc/passwd"},
        {"protocol": "x.toml"},
        {"protocol": "'; DROP TABLE recording; --"},
        {"protocol": "<script>alert(1)</script>"},
        {"side": "' OR 1=1 --"},
        {"speed": "nan"},
        {"speed": "-1"},
        {"trim_start_s": "2", "trim_end_s": "1"},
        {"client_id": "' OR '1'='1"},
        {"client_id": "../" + "0" * 29},
    ],
)
def test_invalid_query_values_are_refused(world: World, video: bytes, query: dict[str, str]) -> None:
    answer = send(world.as_(world.carl), video, **query)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert answer.json()["errors"]
    assert list_blobs(world) == []


def test_two_simultaneous_uploads_are_one_recording(world: World, video: bytes) -> None:
    answers: list[Any] = []
    start = threading.Barrier(2)
    people = [world.as_(world.carl), world.as_(world.carl)]

    def go(client: TestClient) -> None:
        start.wait()
        answers.append(send(client, video))

    threads = [threading.Thread(target=go, args=(client,)) for client in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(list_blobs(world)) == 2
    with world.db() as db:
        assert len(db.scalars(select(Recording)).all()) == len(db.scalars(select(Analysis)).all()) == 1


def test_a_full_disk_leaves_nothing(world: World, video: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise StoreFull("full")

    with monkeypatch.context() as patch:
        patch.setattr(blob_store.BlobWriter, "write", full)
        answer = send(world.as_(world.carl), video)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
    assert list_blobs(world) == []

    def no_room(*_: Any) -> Any:
        raise OSError(28, "no space left")

    with monkeypatch.context() as patch:
        patch.setattr("api.uploads.ingest.probe_in_subprocess", no_room)
        answer = send(world.as_(world.carl), video)
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
    assert list_blobs(world) == []

    assert send(world.as_(world.carl), video).status_code == 201


def test_the_store_goes_away_and_comes_back(world: World, video: bytes) -> None:
    place = world.settings.data.absolute() / "store"
    away = place.with_name("elsewhere")
    place.rename(away)
    answer = send(world.as_(world.carl), video)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert not place.exists(), "nothing may be written where the store is mounted"

    away.rename(place)
    assert send(world.as_(world.carl), video).status_code == 201


@pytest.mark.usefixtures("apart")
def test_a_file_that_crashes_its_reader_is_refused(world: World, video: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "COMMAND", ("/bin/sh", "-c", "kill -9 $$"))
    answer = send(world.as_(world.carl), video)

    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable")
    assert list_blobs(world) == []


def test_lists_come_in_pages(world: World, video: bytes) -> None:
    carl = world.as_(world.carl)
    ids = [send(carl, other_copy(video)).json()["id"] for _ in range(3)]

    first = carl.get(URL, params={"limit": 2}).json()
    second = carl.get(URL, params={"limit": 2, "after": first["next"]}).json()
    assert {row["id"] for row in first["items"] + second["items"]} == set(ids)
    assert second["next"] is None
    assert len(world.as_(world.ann).get(URL, params={"client_id": world.carl.id}).json()["items"]) == 3
    assert world.as_(world.ann).get(URL, params={"state": "done"}).json()["items"] == []
    assert world.as_(world.abe).get(URL).json()["items"] == []
    assert world.as_(world.bo).get(URL, params={"client_id": world.carl.id}).json()["items"] == []


def test_a_removed_recording_is_gone(world: World, video: bytes) -> None:
    carl = world.as_(world.carl)
    recording_id = send(carl, video).json()["id"]
    with world.db() as db:
        analysis_id = db.scalars(select(Analysis.id)).one()
    world.app.state.store.put_bytes(f"analyses/{analysis_id}/attempt/report.json", b"{}")

    for stranger in (world.cleo, world.abe, world.bo, world.bea):
        assert world.as_(stranger).delete(f"{URL}/{recording_id}").status_code == 404
    assert carl.delete(f"{URL}/{recording_id}").status_code == 204

    assert list_blobs(world) == []
    assert carl.get(f"{URL}/{recording_id}").status_code == 404
    assert carl.delete(f"{URL}/{recording_id}").status_code == 404
    with world.db() as db:
        assert db.scalars(select(Analysis)).all() == []
    assert send(carl, video).status_code == 201


def test_progress_is_sent_until_the_end(world: World, video: bytes) -> None:
    carl = world.as_(world.carl)
    recording_id = send(carl, video).json()["id"]

    def finish() -> None:
        with world.db() as db:
            row, recording = db.scalars(select(Analysis)).one(), db.get_one(Recording, recording_id)
            row.state, row.progress = AnalysisState.FAILED, 0.5
            recording.state, recording.refusal_code = RecordingState.FAILED, "analysis_crashed"
            db.commit()

    threading.Timer(0.7, finish).start()
    with carl.stream("GET", f"{URL}/{recording_id}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        text = "".join(answer.iter_text())

    events = [part.split("\n") for part in text.split("\n\n") if part.startswith("event")]
    assert [event[0] for event in events] == ["event: progress", "event: progress", "event: end"]
    last = json.loads(events[-1][1].removeprefix("data: "))
    assert (last["state"], last["progress"], last["refusal"]["code"]) == ("failed", 0.5, "analysis_crashed")
    assert world.as_(world.cleo).get(f"{URL}/{recording_id}/events").status_code == 404


@pytest.mark.parametrize("by_token", [False, True])
def test_progress_ends_on_sign_out(world: World, video: bytes, by_token: bool) -> None:
    recording_id = send(world.as_(world.carl), video).json()["id"]
    follower = world.with_token(world.ann, "read") if by_token else world.as_(world.ann)

    def sign_out() -> None:
        with world.db() as db:
            db.execute(update(ApiToken).values(revoked_at=world.app.state.clock()))
            db.execute(delete(SignIn).where(SignIn.clinician_id == world.ann.id))
            db.commit()

    threading.Timer(0.3, sign_out).start()
    begun = time.monotonic()
    with follower.stream("GET", f"{URL}/{recording_id}/events") as answer:
        text = "".join(answer.iter_text())
    assert time.monotonic() - begun < 5
    assert "event: progress" in text
    assert "event: end" not in text
    assert follower.get(f"{URL}/{recording_id}/events").status_code == 401


def test_uploads_are_counted(world: World, video: bytes) -> None:
    def counted(outcome: str) -> float:
        return PROCESS.get_sample_value("hinge_uploads_total", {"outcome": outcome}) or 0.0

    before = {outcome: counted(outcome) for outcome in ("new", "known", "refused")}
    refusals = counted_refusals()
    carl = world.as_(world.carl)
    for content, status in ((video, 201), (video, 200), (b"no video at all", 422)):
        assert send(carl, content).status_code == status
    assert {outcome: counted(outcome) - before[outcome] for outcome in before} == {"new": 1, "known": 1, "refused": 1}
    assert counted_refusals() == refusals + 1


def counted_refusals() -> float:
    """Count refusals, whatever their code."""
    (family,) = [each for each in PROCESS.collect() if each.name == "hinge_probe_refusals"]
    return sum(sample.value for sample in family.samples if sample.name == "hinge_probe_refusals_total")


def test_tokens_do_not_reach_other_clinics(world: World, video: bytes) -> None:
    recording_id = send(world.as_(world.carl), video).json()["id"]
    with world.db() as db:
        token = token_for(db, world.bo, ["read", "write", "upload"], world.app.state.clock())
    stranger = world.nobody()
    stranger.headers["Authorization"] = f"Bearer {token}"

    assert stranger.get(f"{URL}/{recording_id}").status_code == 404
    assert stranger.delete(f"{URL}/{recording_id}").status_code == 404
    assert stranger.get(f"{URL}/{recording_id}/links").status_code == 404
