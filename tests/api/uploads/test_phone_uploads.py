"""Uploads over the network: a real tus client against the real server, and connections that break."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError

from api.auth.sign_in_sessions import SESSION_COOKIE
from api.db import Recording
from api.http.deps import CSRF_HEADER
from tests.api.sample_bytes import film, other_copy, pad_film
from tests.api.server import Server
from tests.api.uploads.test_tus import PIECE, TUS, URL


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return film(tmp_path_factory.mktemp("film")).read_bytes()


class Line:
    """A proxy to the server that can be cut: bytes pass both ways until a number of them have gone up."""

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


def test_a_real_client_resumes_where_it_stopped(server: Server, line: Line, tmp_path: Path, video: bytes) -> None:
    clinician, _ = server.clinician()
    client, http = server.client_of(clinician)
    path = tmp_path / "from the phone.mp4"
    path.write_bytes(pad_film(video, 12_000_000))
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

    # Another run of the phone's program: it knows the upload's address and asks for its offset.
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


def test_a_real_client_receives_a_refusal(server: Server, tmp_path: Path) -> None:
    clinician, _ = server.clinician()
    _, http = server.client_of(clinician)
    path = tmp_path / "notes.mp4"
    path.write_bytes(b"no video at all " * 100)
    headers = {"Cookie": f"{SESSION_COOKIE}={http.cookies[SESSION_COOKIE]}", CSRF_HEADER: http.headers[CSRF_HEADER]}
    with path.open("rb") as notes, pytest.raises(TusCommunicationError) as refused:
        TusClient(f"{server.url}{URL}", headers=headers).uploader(file_stream=notes).upload()
    assert refused.value.status_code == 422
    assert b"not_a_video" in refused.value.response_content


def test_a_phone_on_another_network_does_not_wait_for_its_first_connection(server: Server, video: bytes) -> None:
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
