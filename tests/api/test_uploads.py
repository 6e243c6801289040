"""Uploads in pieces, as the tus protocol has them; and a real tus client against the real server."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from api import tus
from api.blobs import BlobWriter, Store, StoreFull
from api.db import Recording, Upload
from api.deps import CSRF_HEADER, SESSION_COOKIE
from api.uploads_sweep import sweep
from tests.api.films import examined_here, film, other_copy, padded
from tests.api.server import Server
from tests.api.world import World

URL = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return film(tmp_path_factory.mktemp("film")).read_bytes()


@pytest.fixture(autouse=True)
def examined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.intake.examine_apart", examined_here)


def said(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def begin(client: TestClient, length: int, **values: str) -> str:
    answer = client.post(URL, headers={**TUS, "Upload-Length": str(length), "Upload-Metadata": said(**values)})
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
    store: Store = world.app.state.store
    return [blob.key for place in ("incoming", "uploads") for blob in store.list(place)]


def test_what_is_spoken(world: World) -> None:
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
    # The same content by the other way is the same recording.
    again = carl.post("/api/v1/recordings", content=video, headers={"Content-Type": "video/mp4"})
    assert (again.status_code, again.json()["id"]) == (200, told["id"])


def test_a_recording_that_came_in_pieces_is_noted_like_any_other(world: World, video: bytes) -> None:
    carl = world.as_(world.carl)
    add(carl, begin(carl, len(video)), 0, video)
    told = world.as_(world.ann).get("/api/v1/audit", params={"client_id": world.carl.id}).json()["items"]
    with world.db() as db:
        recording = db.query(Recording).one()
    noted = [(each["who_kind"], each["who_id"], each["what"], each["object_id"]) for each in told]
    assert noted.count(("client", world.carl.id, "created", recording.id)) == 1
    assert sorted(each["object_kind"] for each in told) == ["recording", "upload"]


def test_a_piece_at_another_place(world: World, video: bytes) -> None:
    carl = world.as_(world.carl)
    where = begin(carl, len(video))
    add(carl, where, 0, video[:100])

    for offset in (0, 99, 101, len(video)):
        answer = add(carl, where, offset, b"xyz")
        assert (answer.status_code, answer.json()["code"]) == (409, "upload_mismatch")
        assert answer.headers["upload-offset"] == "100"
    assert offset_of(carl, where) == 100


def test_two_pieces_at_the_same_place_at_the_same_instant(world: World, video: bytes) -> None:
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
    assert last.status_code == 204 and last.headers["recording-id"]
    assert left_over(world) == []


def test_a_refused_video_says_so_then_and_later(world: World) -> None:
    carl = world.as_(world.carl)
    where = begin(carl, 500)
    answer = add(carl, where, 0, b"<html>" + b"x" * 494)

    assert (answer.status_code, answer.json()["code"]) == (422, "not_a_video")
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert carl.get(where).json()["refusal"]["code"] == "not_a_video"
    assert add(carl, where, 500, b"").status_code == 422
    assert left_over(world) == []


def test_an_answer_that_was_lost_is_made_up_for(world: World, video: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    carl = world.as_(world.carl)
    where = begin(carl, len(video))
    with monkeypatch.context() as patch:
        patch.setattr(tus, "_finish", _full)
        assert add(carl, where, 0, video).status_code == 507
    assert carl.get(where).json()["recording_id"] is None

    answer = carl.head(where, headers=TUS)
    assert (answer.status_code, answer.headers["upload-offset"]) == (200, str(len(video)))
    assert carl.get(where).json()["recording_id"] == answer.headers["recording-id"]


def _full(*_: Any) -> Any:
    raise StoreFull("full")


def test_what_came_before_the_disk_was_full_is_kept(
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
        ({**TUS, "Upload-Length": "10", "Upload-Metadata": said(protocol="../x.toml")}, 422, "invalid_request"),
        ({**TUS, "Upload-Length": "10", "Upload-Metadata": said(speed="fast")}, 422, "invalid_request"),
        ({**TUS, "Upload-Length": "10", "Upload-Metadata": said(client_id="' OR 1=1 --")}, 404, "not_found"),
    ],
)
def test_what_no_upload_begins_with(world: World, headers: dict[str, str], status: int, code: str) -> None:
    answer = world.as_(world.carl).post(URL, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    with world.db() as db:
        assert db.query(Upload).count() == 0


def test_more_than_was_announced(world: World, video: bytes) -> None:
    carl = world.as_(world.carl)
    where = begin(carl, 100)

    said_so = add(carl, where, 0, video)
    assert (said_so.status_code, said_so.json()["code"]) == (413, "too_large")
    found_out = add(carl, where, 0, (video[k : k + 50] for k in range(0, 500, 50)))
    assert found_out.status_code == 413
    assert offset_of(carl, where) <= 100


def test_another_type_or_no_offset(world: World) -> None:
    carl = world.as_(world.carl)
    where = begin(carl, 100)

    assert carl.patch(where, content=b"x", headers={**TUS, "Upload-Offset": "0"}).status_code == 415
    assert carl.patch(where, content=b"x", headers=PIECE).status_code == 400
    assert carl.patch(where, content=b"x", headers={**PIECE, "Upload-Offset": "x"}).status_code == 400


def test_uploads_are_ones_own(world: World, video: bytes) -> None:
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


def test_giving_up_and_running_out(world: World, video: bytes, clock: Any) -> None:
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


def test_what_a_killed_request_left_goes_in_time(world: World, clock: Any) -> None:
    store: Store = world.app.state.store
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


class Line:
    """A way to the server that can be cut: bytes pass both ways until so many have gone up."""

    def __init__(self, to: str) -> None:
        parts = urlsplit(to)
        self._to = (parts.hostname, parts.port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.cut_after: int | None = None
        self.cuts = 0
        self._open = True
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._open = False
        self._listening.close()

    def _listen(self) -> None:
        while self._open:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.create_connection(self._to)
            for one, other, up in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._pass, args=(one, other, up), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket, up: bool) -> None:
        count = 0
        try:
            while data := one.recv(16384):
                count += len(data)
                other.sendall(data)
                if up and self.cut_after is not None and count > self.cut_after:
                    self.cuts += 1
                    break
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
            finally:
                end.close()


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    line = Line(server.url)
    yield line
    line.close()


def test_a_real_client_goes_on_where_it_was(server: Server, line: Line, tmp_path: Path, video: bytes) -> None:
    clinician, _ = server.clinician()
    client, http = server.client_of(clinician)
    path = tmp_path / "from the phone.mp4"
    path.write_bytes(padded(video, 12_000_000))
    headers = {"Cookie": f"{SESSION_COOKIE}={http.cookies[SESSION_COOKIE]}", CSRF_HEADER: http.headers[CSRF_HEADER]}
    phone: Any = TusClient(f"{line.url}{URL}", headers=headers)
    metadata = {"protocol": "rdl", "filename": path.name}
    with path.open("rb") as opened:
        uploader = phone.uploader(file_stream=opened, chunk_size=5_000_000, metadata=metadata)
        uploader.upload_chunk()
        assert uploader.offset == 5_000_000
        line.cut_after = 3_000_000
        with pytest.raises(TusCommunicationError):
            uploader.upload_chunk()
    assert line.cuts == 1
    line.cut_after = None

    # Another run of the phone's program: it knows the upload's address and asks how far it came.
    with path.open("rb") as opened:
        deadline = time.monotonic() + 10
        while True:
            resumed = phone.uploader(file_stream=opened, url=uploader.url, chunk_size=5_000_000)
            if resumed.offset > 7_000_000 or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        assert resumed.offset > 7_000_000, "what came before the line broke is kept"
        resumed.upload()

    upload = http.get(resumed.url.replace(line.url, "")).json()
    assert upload["offset"] == upload["length"] == 12_000_000
    told = http.get(f"/api/v1/recordings/{upload['recording_id']}").json()
    assert (told["bytes"], told["protocol"], told["client_id"]) == (12_000_000, "rdl", client.id)
    with server.sessions() as db:
        assert db.get_one(Recording, upload["recording_id"]).sha256


def test_a_real_client_hears_a_refusal(server: Server, tmp_path: Path) -> None:
    clinician, _ = server.clinician()
    _, http = server.client_of(clinician)
    path = tmp_path / "notes.mp4"
    path.write_bytes(b"no video at all " * 100)
    headers = {"Cookie": f"{SESSION_COOKIE}={http.cookies[SESSION_COOKIE]}", CSRF_HEADER: http.headers[CSRF_HEADER]}
    with path.open("rb") as notes, pytest.raises(TusCommunicationError) as refused:
        TusClient(f"{server.url}{URL}", headers=headers).uploader(file_stream=notes).upload()
    assert refused.value.status_code == 422
    assert b"not_a_video" in refused.value.response_content


def test_a_phone_on_another_network_does_not_wait_for_its_first_line(server: Server, video: bytes) -> None:
    clinician, _ = server.clinician()
    _, http = server.client_of(clinician)
    data = other_copy(video)
    where = http.post(URL, headers={**TUS, "Upload-Length": str(len(data))}).headers["location"]
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port)) as hanging:
        hanging.sendall(
            f"PATCH {where} HTTP/1.1\r\nHost: x\r\nCookie: {SESSION_COOKIE}={http.cookies[SESSION_COOKIE]}\r\n"
            f"{CSRF_HEADER}: {http.headers[CSRF_HEADER]}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
            f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(data)}\r\n\r\n".encode()
            + data[:100]
        )
        time.sleep(0.3)
        begun = time.monotonic()
        offset = int(http.head(where, headers=TUS).headers["upload-offset"])
        answer = http.patch(where, content=data[offset:], headers={**PIECE, "Upload-Offset": str(offset)})
        assert answer.status_code == 204, answer.text
        assert time.monotonic() - begun < 10
    assert http.get(where).json()["recording_id"] == answer.headers["recording-id"]
