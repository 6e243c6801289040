"""Real processes of the service on the loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy.orm import Session

from api.auth.sign_in_sessions import SESSION_COOKIE
from api.core.clock import utc_now
from api.db import Client, Clinic, Clinician, new_id
from api.db.engine import Sessions, open_database, open_sessions
from api.demo import grant_everything
from api.http.deps import CSRF_HEADER
from api.settings import Settings, load_settings
from tests.api.clinic_fixture import session_for
from tests.api.queues import fresh_queue

SECRET = "a secret for real processes, 98765432"
ROOT = Path(__file__).parents[2]
STARTS_WITHIN_S = 60.0


@dataclass
class Server:
    """A running service."""

    url: str
    folder: Path
    settings: Settings
    sessions: Sessions
    environment: dict[str, str]
    api: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes] | None
    _opened: list[httpx.Client] = field(default_factory=list)

    def nobody(self) -> httpx.Client:
        """Return an HTTP client that is not signed in."""
        client = httpx.Client(base_url=self.url, timeout=30)
        self._opened.append(client)
        return client

    def clinician(self) -> tuple[Clinician, httpx.Client]:
        """Return a new clinic's clinician, signed in."""
        now = utc_now()
        clinic = Clinic(id=new_id(), name="Clinic", created_at=now)
        person = Clinician(
            id=new_id(),
            clinic_id=clinic.id,
            name="Clinician",
            email=f"{new_id()}@example.com",
            password_hash="none",
            created_at=now,
        )
        with self.sessions() as db:
            db.add(clinic)
            db.flush()
            db.add(person)
            db.flush()
            return person, self._signed_in(db, person)

    def client_of(self, clinician: Clinician) -> tuple[Client, httpx.Client]:
        """Return a new client of a clinician, signed in."""
        person = Client(
            id=new_id(),
            clinic_id=clinician.clinic_id,
            clinician_id=clinician.id,
            name="Client",
            created_at=utc_now(),
        )
        with self.sessions() as db:
            db.add(person)
            db.flush()
            grant_everything(db, person)
            return person, self._signed_in(db, person)

    def close(self) -> None:
        """Close everything that was opened."""
        for client in self._opened:
            client.close()

    def log(self) -> str:
        """Return what the server process wrote."""
        return (self.folder / "api.log").read_text()

    def _signed_in(self, db: Session, person: Clinician | Client) -> httpx.Client:
        made = session_for(db, person, self.settings, utc_now())
        client = self.nobody()
        client.cookies.set(SESSION_COOKIE, made["token"])
        client.headers[CSRF_HEADER] = made["csrf"]
        return client


@contextmanager
def running_server(folder: Path, *, with_worker: bool = True, **environment: str) -> Iterator[Server]:
    """Run a server process, and a worker process beside it, until the end of the block. The tables must exist.

    `environment` holds further settings (`HINGE_…`); what they write is in `api.log` and `worker.log` in the folder.
    """
    port = free_port()
    given = {name: value for name, value in os.environ.items() if not name.startswith("HINGE_")}
    if queue := fresh_queue():
        environment.setdefault("HINGE_QUEUE_URL", queue)
    mine = {
        "HINGE_DATA": str(folder / "data"),
        "HINGE_SECRET": SECRET,
        "HINGE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        **environment,
    }
    given |= mine | {name: value for name, value in os.environ.items() if name.startswith("HINGE_CHECK_")}
    settings = load_settings({}, **{name.removeprefix("HINGE_").lower(): value for name, value in mine.items()})
    engine = open_database(settings.database)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        api = stack.enter_context(
            _process(
                folder / "api.log",
                given,
                *("-m", "uvicorn", "--factory", "api.app:create_app", "--host", "127.0.0.1", "--port", str(port)),
                *("--no-access-log", "--log-level", "warning", "--timeout-keep-alive", "75"),
            )
        )
        worker = None
        if with_worker:
            worker = stack.enter_context(_process(folder / "worker.log", given, "-m", "hinge_check", "worker"))
        url = f"http://127.0.0.1:{port}"
        _wait_until_up(url, api, folder / "api.log")
        server = Server(url, folder, settings, open_sessions(engine), given, api, worker)
        stack.callback(server.close)
        yield server


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def _process(log: Path, environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=written, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/api/v1/openapi.json", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")
