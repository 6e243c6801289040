"""The real server process: signing in over the wire, and connections that stall or lie about their length."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from api.auth.invitations import invite_clinician
from api.core.clock import utc_now
from api.db import Clinician
from api.http.deps import CSRF_HEADER
from tests.api.databases import fresh_database
from tests.api.server import Server, running_server

IDLE_S = 1.0
PASSWORD = "a password over the wire"


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Provide a server that waits a second for the next bytes of a body."""
    folder = tmp_path_factory.mktemp("quick")
    with (
        fresh_database(folder) as url,
        running_server(folder, with_worker=False, HINGE_DATABASE_URL=url, HINGE_BODY_IDLE_S=str(IDLE_S)) as server,
    ):
        yield server


@contextmanager
def send_raw(server: Server, text: bytes) -> Iterator[socket.socket]:
    """Open a connection and send these bytes."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as line:
        line.sendall(text)
        yield line


def read_answer(line: socket.socket) -> bytes:
    """Read until the connection is closed."""
    answer = b""
    while data := line.recv(65536):
        answer += data
    return answer


def request_head(length: str) -> bytes:
    lines = ["POST /api/v1/session HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", length, "", ""]
    return "\r\n".join(lines).encode()


def invite(server: Server) -> tuple[Clinician, str]:
    """Return a clinician, and the token of a link for a colleague."""
    ann, _ = server.clinician()
    with server.sessions() as db:
        _, link = invite_clinician(
            db, server.settings, utc_now(), clinic_id=ann.clinic_id, email="x@example.com", invited_by=ann.id
        )
        db.commit()
    return ann, link.rpartition("/")[2]


def test_a_colleague_joins_signs_out_and_in_again(quick: Server) -> None:
    _, token = invite(quick)
    browser = quick.nobody()
    form = {"name": "Dora", "email": "dora@example.com", "password": PASSWORD}
    me = browser.post("/api/v1/links/clinician", json={"token": token, **form}).json()
    browser.headers[CSRF_HEADER] = me["csrf_token"]
    assert browser.delete("/api/v1/session").status_code == 204
    assert browser.get("/api/v1/me").status_code == 401
    assert not browser.cookies
    again = browser.post("/api/v1/session", json={"email": form["email"], "password": PASSWORD})
    assert again.status_code == 200
    assert browser.get("/api/v1/me").json()["name"] == "Dora"
    log = quick.log()
    assert '"route": "/api/v1/links/clinician"' in log
    for secret in ("Dora", "dora@", PASSWORD, token, me["csrf_token"]):
        assert secret not in log


@pytest.mark.parametrize("sent", [b"", b'{"email": '])
def test_a_stalled_body_is_given_up(quick: Server, sent: bytes) -> None:
    begun = time.monotonic()
    with send_raw(quick, request_head("Content-Length: 100") + sent) as line:
        answer = read_answer(line)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b'"request_timeout"' in answer
    assert time.monotonic() - begun < IDLE_S + 8


@pytest.mark.parametrize("length", ["Content-Length: 5000000", "Content-Length: 99999999999999999999"])
def test_a_body_announced_too_long_is_refused_at_once(quick: Server, length: str) -> None:
    with send_raw(quick, request_head(length)) as line:
        assert read_answer(line).startswith(b"HTTP/1.1 413")


def test_an_endless_body_is_cut_off(quick: Server) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    sent = 0
    with send_raw(quick, request_head("Transfer-Encoding: chunked")) as line:
        try:
            while sent < 100_000_000:
                line.sendall(chunk)
                sent += len(chunk)
        except ConnectionError:
            pass
    assert sent < 20_000_000


@pytest.mark.parametrize(
    "text",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
        request_head("Content-Length: -5"),
        request_head("Content-Length: 5\r\nContent-Length: 6") + b"hello",
    ],
)
def test_bytes_that_are_no_http_do_no_harm(quick: Server, text: bytes) -> None:
    with send_raw(quick, text) as line:
        try:
            answer = read_answer(line)
        except ConnectionError:
            answer = b""
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
    assert quick.nobody().get("/api/v1/me").status_code == 401
