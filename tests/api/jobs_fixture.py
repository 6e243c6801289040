"""A data folder with recordings that await analysis, and real worker processes to analyse them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from api.db import Analysis, AnalysisState, Client, Clinic, Clinician, Recording, RecordingState, new_id
from api.db.engine import Sessions, open_database, open_sessions
from api.jobs.enqueue import request_analysis
from api.jobs.wakeup_queue import WakeupQueue, open_queue
from api.settings import Settings, load_settings
from api.storage.blob_store import BlobStore
from api.storage.keys import analysis_folder
from hinge_check.assess.protocol import load_protocol
from tests.api.databases import fresh_database
from tests.api.queues import fresh_queue
from tests.api.rows import recording_row

KEY = "a key for tests only, 0123456789 abcdef"
WORKER = Path(__file__).parent / "fakes" / "worker.py"
CHILD = (sys.executable, str(Path(__file__).parent / "fakes" / "child.py"))
START = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        """Move forward, or back."""
        self.moment += timedelta(seconds=seconds)


@dataclass
class World:
    """The data folder of one clinic."""

    settings: Settings
    engine: Engine
    sessions: Sessions
    store: BlobStore
    wakeups: WakeupQueue
    client: Client
    now: Callable[[], datetime]

    def ask(self, deed: str, *, ring: bool = True) -> str:
        """Add a recording whose analysis will go as `deed` says; return the analysis's id."""
        return self._ask(f"{deed}\n{new_id()}".encode(), ring=ring)

    def ask_for_video(self, path: Path) -> str:
        """Add a recording that is a real video; return the analysis's id."""
        return self._ask(path.read_bytes(), ring=True)

    def _ask(self, content: bytes, *, ring: bool) -> str:
        now = self.now()
        row_id = new_id()
        key = f"recordings/{row_id}/original.mp4"
        self.store.put_bytes(key, content)
        with self.sessions() as db:
            recording = recording_row(self.client, now, id=row_id, state=RecordingState.RECEIVED, original_key=key)
            db.add(recording)
            db.flush()
            analysis = request_analysis(db, recording, load_protocol(), settings=self.settings, now=now)
            db.commit()
            found = analysis.id
        if ring:
            assert self.wakeups.notify(found)
        return found

    def row(self, analysis_id: str) -> Analysis:
        """Return the row as it stands."""
        with self.sessions() as db:
            return db.get_one(Analysis, analysis_id)

    def recording(self, analysis_id: str) -> Recording:
        """Return the recording of an analysis."""
        with self.sessions() as db:
            return db.get_one(Recording, db.get_one(Analysis, analysis_id).recording_id)

    def states(self) -> list[AnalysisState]:
        """Return the state of every analysis."""
        with self.sessions() as db:
            return list(db.scalars(select(Analysis.state)))

    def files(self, analysis_id: str) -> list[str]:
        """List what lies in the store of all attempts at an analysis."""
        return [blob.key for blob in self.store.list(analysis_folder(analysis_id))]

    def wait(self, what: Callable[[], bool], seconds: float = 30.0) -> None:
        """Wait until `what` is true."""
        until = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < until, f"not so after {seconds} s: {sorted(self.states())}"
            time.sleep(0.05)

    def wait_for(self, analysis_id: str, *states: AnalysisState, seconds: float = 30.0) -> Analysis:
        """Wait until an analysis is in one of the states."""
        self.wait(lambda: self.row(analysis_id).state in states, seconds)
        return self.row(analysis_id)


@contextmanager
def create_world(folder: Path, now: Callable[[], datetime], **given: Any) -> Iterator[World]:
    """Open a fresh data folder; settings other than the defaults by name."""
    quick = {"job_lease_s": 2.0, "job_sweep_s": 0.3, "job_grace_s": 5.0, "secret": KEY, "data": folder}
    folder.mkdir(exist_ok=True)
    with fresh_database(folder) as url:
        places = {"database_url": url, "queue_url": fresh_queue()}
        with open_world(load_settings({}, **{**quick, **places, **given}), now) as world:
            yield world


@contextmanager
def open_world(settings: Settings, now: Callable[[], datetime]) -> Iterator[World]:
    """Open an existing data folder, tables and all; add one more clinic to it."""
    engine = open_database(settings.database)
    sessions = open_sessions(engine)
    wakeups = open_queue(settings.queue, settings.key)
    try:
        yield World(settings, engine, sessions, BlobStore(settings.store), wakeups, _somebody(sessions, now()), now)
    finally:
        wakeups.close()
        engine.dispose()


def _somebody(sessions: Sessions, now: datetime) -> Client:
    with sessions() as db:
        clinic = Clinic(name="Clinic", created_at=now)
        db.add(clinic)
        db.flush()
        clinician = Clinician(
            clinic_id=clinic.id, name="A", email=f"{new_id()}@example.org", password_hash="-", created_at=now
        )
        db.add(clinician)
        db.flush()
        client = Client(clinic_id=clinic.id, clinician_id=clinician.id, name="B", created_at=now)
        db.add(client)
        db.commit()
        return client


def environment(settings: Settings) -> dict[str, str]:
    """Return the process environment that leads to these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HINGE_")}
    names = [name for name in Settings.model_fields if name.startswith(("job_", "worker_"))]
    chosen = {f"HINGE_{name.upper()}": str(getattr(settings, name)) for name in names}
    places = {"HINGE_DATABASE_URL": settings.database, "HINGE_QUEUE_URL": settings.queue}
    root = str(Path(__file__).parents[2])
    return {**kept, **chosen, **places, "HINGE_DATA": str(settings.data), "HINGE_SECRET": KEY, "PYTHONPATH": root}


class WorkerProcess:
    """A worker process with its own standard input; closed or killed at the end."""

    def __init__(self, settings: Settings, *, wait: bool = True) -> None:
        self.log = settings.data / "worker.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(WORKER)],
                env=environment(settings),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self.process.stdout is not None
        if wait:
            assert self.process.stdout.readline() == b"ready\n", self.log.read_text()

    def kill(self) -> None:
        """Kill as `kill -9` does."""
        self.process.kill()
        self.process.wait()

    def terminate(self, seconds: float = 20.0) -> int:
        """Stop as a service manager does; return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def close(self) -> None:
        """End the process, whatever state it is in."""
        if self.process.poll() is None:
            self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


@contextmanager
def workers(world: World, number: int = 1) -> Iterator[list[WorkerProcess]]:
    """Run worker processes until the end of the block."""
    started: list[WorkerProcess] = []
    try:
        for _ in range(number):
            started.append(WorkerProcess(world.settings))
        yield started
    finally:
        for worker in started:
            worker.close()
