"""Uploads in pieces, by the tus protocol."""

from __future__ import annotations

import base64
import threading
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.db import Recording, Upload
from api.http.deps import CSRF_HEADER
from api.storage.blob_store import BlobStore, BlobWriter, StoreFull
from api.uploads import tus
from api.uploads.cleanup import sweep
from tests.api.clinic_fixture import World
from tests.api.sample_bytes import film, probe_in_process

URL = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return film(tmp_path_factory.mktemp("film")).read_bytes()


@pytest.fixture(autouse=True)
def examined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.uploads.ingest.probe_in_subprocess", probe_in_process)


def upload_metadata(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def begin(client: TestClient, length: int, **values: str) -> str:
    answer = client.post(
        URL, headers={**TUS, "Upload-Length": str(length), "Upload-Metadata": upload_metadata(**values)}
    )
    assert answer.status_code == 201, answer.text
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert "upload-expires" in answer.headers
    return str(answer.headers["location"])


def add(client: TestClient, where: str, offset: int, data: Any) -> Any:
    return client.patch(where, content=data, headers={**PIECE, "Upload-Offset": str(offset)})


def offset_of(client: TestClient, where: str) -> int:
    answer = client.head(where, headers=TUS)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.headers
    return int(answer.headers["upload-offset"])


def left_over(world: World) -> list[str]:
    store: BlobStore = world.app.state.store
    return [blob.key for place in ("incoming", "uploads") for blob in store.list(place)]


def test_the_server_states_its_protocol(world: World) -> None:
    answer = world.nobody().options(URL)

    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) == {"creation", "expiration", "termination"}
    assert answer.headers["tus-max-size"] == "500000000"


def test_pieces_become_a_recording(world: World, video: bytes) -> None:
    carl = world.as_(world.carl)
    where = begin(carl, len(video), protocol="rdl", side="right", filename="../../../etc/passwd", filetype="video/mp4")
    middle = len(video) // 2

    first = add(carl, where, 0, video[:middle])
    assert (first.status_code, first.headers["upload-offset"]) == (204, str(middle))
    assert offset_of(carl, where) == middle
    last = add(carl, where, middle, video[middle:])
    assert (last.status_code, last.headers["upload-offset"]) == (204, str(len(video)))

    told = carl.get(f"/api/v1/recordings/{last.headers['recording-id']}").json()
    assert (told["protocol"], told["side"], told["bytes"], told["state"]) == ("rdl", "right", len(video), "queued")
    assert carl.get(where).json()["recording_id"] == told["id"]
    assert offset_of(carl, where) == len(video)
    assert left_over(world) == []
    # The same content uploaded in one piece is the same recording.
    again = carl.post("/api/v1/recordings", content=video, headers={"Content-Type": "video/mp4"})
    assert (again.status_code, again.json()["id"]) == (200, told["id"])


def test_a_recording_uploaded_in_pieces_is_logged_like_any_other(world: World, video: bytes) -> None:
    carl = world.as_(world.carl)
    add(carl, begin(carl, len(video)), 0, video)
    told = world.as_(world.ann).get("/api/v1/audit", params={"client_id": world.carl.id}).json()["items"]
    with world.db() as db:
        recording = db.query(Recording).one()
    noted = [(each["who_kind"], each["who_id"], each["what"], each["object_id"]) for each in told]
    assert noted.count(("client", world.carl.id, "created", recording.id)) == 1
    assert sorted(each["object_kind"] for each in told) == ["recording", "upload"]


def test_a_piece_at_another_offset_is_refused(world: World, video: bytes) -> None:
    carl = world.as_(world.carl)
    where = begin(carl, len(video))
    add(carl, where, 0, video[:100])

    for offset in (0, 99, 101, len(video)):
        answer = add(carl, where, offset, b"xyz")
        assert (answer.status_code, answer.json()["code"]) == (409, "upload_mismatch")
        assert answer.headers["upload-offset"] == "100"
    assert offset_of(carl, where) == 100


def test_of_two_simultaneous_pieces_at_one_offset_one_is_taken(world: World, video: bytes) -> None:
    where = begin(world.as_(world.carl), len(video))
    start, answers = threading.Barrier(2), []
    people = [world.as_(world.carl), world.as_(world.carl)]

    def go(client: TestClient) -> None:
        start.wait()
        answers.append(add(client, where, 0, video[:1000]))

    threads = [threading.Thread(target=go, args=(client,)) for client in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.status_code for answer in answers) == [204, 409]
    last = add(people[0], where, 1000, video[1000:])
    assert last.status_code == 204
    assert last.headers["recording-id"]
    assert left_over(world) == []


def test_a_refused_video_is_reported_then_and_later(world: World) -> None:
    carl = world.as_(world.carl)
    where = begin(carl, 500)
    answer = add(carl, where, 0, b"<html>" + b"x" * 494)

    assert (answer.status_code, answer.json()["code"]) == (422, "not_a_video")
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert carl.get(where).json()["refusal"]["code"] == "not_a_video"
    assert add(carl, where, 500, b"").status_code == 422
    assert left_over(world) == []


def test_a_lost_answer_can_be_requested_again(world: World, video: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    carl = world.as_(world.carl)
    where = begin(carl, len(video))
    with monkeypatch.context() as patch:
        patch.setattr(tus, "_join_and_ingest", _full)
        assert add(carl, where, 0, video).status_code == 507
    assert carl.get(where).json()["recording_id"] is None

    answer = carl.head(where, headers=TUS)
    assert (answer.status_code, answer.headers["upload-offset"]) == (200, str(len(video)))
    assert carl.get(where).json()["recording_id"] == answer.headers["recording-id"]


def _full(*_: Any) -> Any:
    raise StoreFull("full")


def test_pieces_received_before_the_disk_was_full_are_kept(
    world: World, video: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    carl = world.as_(world.carl)
    where = begin(carl, len(video))
    add(carl, where, 0, video[:500])
    with monkeypatch.context() as patch:
        patch.setattr(BlobWriter, "write", _full)
        answer = add(carl, where, 500, video[500:])
    assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")

    assert offset_of(carl, where) == 500
    assert add(carl, where, 500, video[500:]).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Upload-Length": "10"}, 412, "precondition_failed"),
        ({"Tus-Resumable": "0.2.2", "Upload-Length": "10"}, 412, "precondition_failed"),
        (TUS, 411, "length_required"),
        ({**TUS, "Upload-Defer-Length": "1"}, 411, "length_required"),
        ({**TUS, "Upload-Length": "0"}, 400, "upload_empty"),
        ({**TUS, "Upload-Length": "-1"}, 400, "invalid_request"),
        ({**TUS, "Upload-Length": "1e3"}, 400, "invalid_request"),
        ({**TUS, "Upload-Length": "9" * 400}, 400, "invalid_request"),
        ({**TUS, "Upload-Length": "500000001"}, 413, "too_large"),
        ({**TUS, "Upload-Length": "10", "Upload-Metadata": "protocol !!!"}, 400, "invalid_request"),
        ({**TUS, "Upload-Length": "10", "Upload-Metadata": "protocol /w=="}, 400, "invalid_request"),
        (
            {**TUS, "Upload-Length": "10", "Upload-Metadata": upload_metadata(protocol="../x.toml")},
            422,
            "invalid_request",
        ),
        ({**TUS, "Upload-Length": "10", "Upload-Metadata": upload_metadata(speed="fast")}, 422, "invalid_request"),
        ({**TUS, "Upload-Length": "10", "Upload-Metadata": upload_metadata(client_id="' OR 1=1 --")}, 404, "not_found"),
    ],
)
def test_invalid_uploads_are_refused_at_creation(world: World, headers: dict[str, str], status: int, code: str) -> None:
    answer = world.as_(world.carl).post(URL, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    with world.db() as db:
        assert db.query(Upload).count() == 0


def test_more_bytes_than_announced_are_refused(world: World, video: bytes) -> None:
    carl = world.as_(world.carl)
    where = begin(carl, 100)

    said_so = add(carl, where, 0, video)
    assert (said_so.status_code, said_so.json()["code"]) == (413, "too_large")
    found_out = add(carl, where, 0, (video[k : k + 50] for k in range(0, 500, 50)))
    assert found_out.status_code == 413
    assert offset_of(carl, where) <= 100


def test_another_type_or_a_missing_offset_is_refused(world: World) -> None:
    carl = world.as_(world.carl)
    where = begin(carl, 100)

    assert carl.patch(where, content=b"x", headers={**TUS, "Upload-Offset": "0"}).status_code == 415
    assert carl.patch(where, content=b"x", headers=PIECE).status_code == 400
    assert carl.patch(where, content=b"x", headers={**PIECE, "Upload-Offset": "x"}).status_code == 400


def test_uploads_belong_to_their_owner(world: World, video: bytes) -> None:
    where = begin(world.as_(world.carl), len(video))

    for stranger in (world.cleo, world.abe, world.bo, world.bea):
        other = world.as_(stranger)
        assert other.head(where, headers=TUS).status_code == 404
        assert add(other, where, 0, video).status_code == 404
        assert other.delete(where, headers=TUS).status_code == 404
        assert other.get(where).status_code == 404
    assert world.nobody().head(where, headers=TUS).status_code == 401
    assert offset_of(world.as_(world.ann), where) == 0
    no_csrf = world.as_(world.carl)
    del no_csrf.headers[CSRF_HEADER]
    assert add(no_csrf, where, 0, video).status_code == 403


def test_uploads_are_cancelled_and_expire(world: World, video: bytes, clock: Any) -> None:
    carl = world.as_(world.carl)
    ended, old, fresh = (begin(carl, len(video)) for _ in range(3))
    for where in (ended, old):
        add(carl, where, 0, video[:100])
    assert carl.delete(ended, headers=TUS).status_code == 204
    assert carl.head(ended, headers=TUS).status_code == 404
    assert len(left_over(world)) == 1

    clock.move(hours=25)
    carl = world.as_(world.carl)
    assert add(carl, old, 100, video[100:]).status_code == 410
    assert carl.head(fresh, headers=TUS).status_code == 410
    sessions, store = world.app.state.sessions, world.app.state.store
    assert sweep(sessions, store, clock()) == 2
    assert sweep(sessions, store, clock()) == 0
    assert left_over(world) == []
    assert carl.head(old, headers=TUS).status_code == 404


def test_files_of_a_killed_request_are_deleted_later(world: World, clock: Any) -> None:
    store: BlobStore = world.app.state.store
    carl = world.as_(world.carl)
    living = begin(carl, 100).rsplit("/", 1)[1]
    for key in ("incoming/lost", "uploads/gone/piece", f"uploads/{living}/piece"):
        store.put_bytes(key, b"x")
    with world.db() as db:
        db.get_one(Upload, living).expires_at = clock() + timedelta(days=365)
        db.commit()

    sweep(world.app.state.sessions, store, store.list("incoming")[0].modified)
    assert len(left_over(world)) == 3
    clock.moment = store.list("incoming")[0].modified
    clock.move(hours=25)
    sweep(world.app.state.sessions, store, clock())
    assert left_over(world) == [f"uploads/{living}/piece"]
