"""A running clinic: a clinician, clients at several stages, sample clips analysed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select, text, update

from api.auth.crypto import Passwords
from api.auth.sign_in_sessions import SESSION_COOKIE
from api.core.clock import utc_now
from api.db import (
    Analysis,
    AnalysisState,
    Client,
    Clinic,
    Clinician,
    Recording,
    RecordingState,
    new_id,
)
from api.demo import grant_everything
from api.http.deps import CSRF_HEADER
from tests.api.clinic_fixture import session_for
from tests.api.server import Server
from tests.samples import FOLDER as SAMPLES

PASSWORD = "correct horse battery"
ANALYSED_WITHIN_S = 240.0
_LEASED_TO_NOBODY = """
CREATE TRIGGER leased_to_nobody AFTER INSERT ON analysis BEGIN
    UPDATE analysis SET lease_owner = 'nobody', lease_until = '9999-01-01 00:00:00.000000' WHERE id = NEW.id;
END
"""


@dataclass
class Site:
    """The service and its people."""

    server: Server
    clinic: Clinic
    dana: Clinician
    alex: Client
    """Has agreed to everything; `good` and `rounded` are theirs."""
    kim: Client
    """Has agreed to everything; `refused` is theirs."""
    robin: Client
    """Has just been invited."""
    other: Client
    """Of a clinician of another clinic."""
    stranger: Clinician
    _sent: dict[str, str] = field(default_factory=dict)

    def token_of(self, person: Client | Clinician) -> str:
        """Return a new session's token for the cookie."""
        with self.server.sessions() as db:
            return session_for(db, person, self.server.settings, utc_now())["token"]

    def http(self, person: Client | Clinician) -> httpx.Client:
        """Return the JSON API as this person."""
        with self.server.sessions() as db:
            made = session_for(db, person, self.server.settings, utc_now())
        client = self.server.nobody()
        client.cookies.set(SESSION_COOKIE, made["token"])
        client.headers[CSRF_HEADER] = made["csrf"]
        return client

    def new_client(
        self, name: str = "Sam Sample", *, agreed: bool = True, of: Clinician | None = None, days_ago: float = 0.0
    ) -> Client:
        """Add a client, Dana's unless said otherwise, for tests that change much."""
        of = of or self.dana
        then = utc_now() - timedelta(days=days_ago)
        person = Client(id=new_id(), clinic_id=of.clinic_id, clinician_id=of.id, name=name, created_at=then)
        with self.server.sessions() as db:
            db.add(person)
            db.flush()
            if agreed:
                grant_everything(db, person)
            db.commit()
            db.refresh(person)
            db.expunge(person)
        return person

    def send(self, person: Client, clip: Path, **asked: str) -> str:
        """Upload a clip as its person; return the recording's id. Same bytes again are the same recording."""
        answer = self.http(person).post(
            "/api/v1/recordings", content=clip.read_bytes(), headers={"Content-Type": "video/mp4"}, params=asked
        )
        assert answer.status_code in {200, 201, 202}, answer.text
        found: str = answer.json()["id"]
        return found

    def wait_until_settled(self, person: Client, recording_id: str) -> dict[str, Any]:
        """Wait until a recording is done, refused or failed."""
        asking = self.http(person)
        deadline = time.monotonic() + ANALYSED_WITHIN_S
        while time.monotonic() < deadline:
            told: dict[str, Any] = asking.get(f"/api/v1/recordings/{recording_id}").json()
            if told["state"] in {"done", "refused", "failed"}:
                return told
            time.sleep(0.2)
        raise AssertionError(f"not analysed in time:\n{self.server.log()}")

    @contextmanager
    def nothing_analysed(self) -> Iterator[None]:
        """Keep videos sent meanwhile from being analysed, which takes seconds each and does not matter to some tests.

        The worker finds it leased to nobody; a worker halted in the midst of something would keep the database locked.
        """
        _ = self.good, self.rounded, self.refused  # videos sent before are finished
        with self.server.sessions.begin() as db:
            db.execute(text(_LEASED_TO_NOBODY))
        try:
            yield
        finally:
            with self.server.sessions.begin() as db:
                db.execute(text("DROP TRIGGER leased_to_nobody"))
                leased = Analysis.lease_owner == "nobody"
                sent = select(Analysis.recording_id).where(leased)
                db.execute(update(Recording).where(Recording.id.in_(sent)).values(state=RecordingState.FAILED))
                db.execute(update(Analysis).where(leased).values(state=AnalysisState.FAILED))

    @cached_property
    def good(self) -> str:
        """Return Alex's recording `neutral_good`, analysed."""
        return self._analysed(self.alex, "neutral_good")

    @cached_property
    def rounded(self) -> str:
        """Return Alex's recording `rounded`, analysed."""
        return self._analysed(self.alex, "rounded")

    @cached_property
    def refused(self) -> str:
        """Return Kim's recording `oblique_30`, refused: not a side view."""
        return self._analysed(self.kim, "oblique_30")

    def _analysed(self, person: Client, name: str) -> str:
        self.wait_until_settled(person, self._sent[name])
        return self._sent[name]


def create_site(server: Server) -> Site:
    """Create the people, and send their clips; the worker analyses them while tests begin."""
    now = utc_now()
    hashed = Passwords(Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)).hash(PASSWORD)

    def clinic(name: str) -> Clinic:
        return Clinic(id=new_id(), name=name, created_at=now)

    def clinician(of: Clinic, name: str, email: str) -> Clinician:
        return Clinician(id=new_id(), clinic_id=of.id, name=name, email=email, password_hash=hashed, created_at=now)

    def client(of: Clinician, name: str) -> Client:
        return Client(id=new_id(), clinic_id=of.clinic_id, clinician_id=of.id, name=name, created_at=now)

    here, there = clinic("Riverside Physiotherapy"), clinic("Elsewhere")
    dana, stranger = clinician(here, "Dana Hill", "dana@example.org"), clinician(there, "Bo", "bo@example.org")
    alex, kim, robin = client(dana, "Alex Sample"), client(dana, "Kim Sample"), client(dana, "Robin Sample")
    other = client(stranger, "Bea Other")
    with server.sessions() as db:
        for rows in ([here, there], [dana, stranger], [alex, kim, robin, other]):
            db.add_all(rows)
            db.flush()
        for each in (alex, kim, other):
            grant_everything(db, each)
        db.commit()
        for row in (here, there, dana, stranger, alex, kim, robin, other):
            db.refresh(row)
            db.expunge(row)
    site = Site(server, here, dana, alex, kim, robin, other, stranger)
    for person, name in ((alex, "neutral_good"), (alex, "rounded"), (kim, "oblique_30")):
        site._sent[name] = site.send(person, SAMPLES / f"{name}.mp4")
    return site
