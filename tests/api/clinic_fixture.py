"""Two clinics with signed-in people, each with an HTTP client of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from api.auth import sign_in_sessions
from api.auth.crypto import TOKEN_PREFIX, digest, new_token
from api.auth.sign_in_sessions import SESSION_COOKIE
from api.db import (
    ApiToken,
    Client,
    Clinic,
    Clinician,
    Session as SignIn,
    new_id,
)
from api.demo import grant_everything
from api.http.deps import CSRF_HEADER
from api.settings import Settings

PASSWORD = "correct horse battery"
BEGINNING = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class FakeClock:
    """A clock that moves only when `move` is called."""

    def __init__(self) -> None:
        self.moment = BEGINNING

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        """Move forwards; backwards with negative figures."""
        self.moment += timedelta(**by)


@dataclass
class World:
    """The rows of two clinics, and HTTP clients for each person."""

    app: FastAPI
    clinic: Clinic
    ann: Clinician
    abe: Clinician
    """Ann's colleague."""
    carl: Client
    """Ann's client."""
    cleo: Client
    """Abe's client."""
    other_clinic: Clinic
    bo: Clinician
    bea: Client
    """Of the other clinic."""
    _opened: list[TestClient] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """Return the app's settings."""
        found: Settings = self.app.state.settings
        return found

    def db(self) -> Session:
        """Open a session on the app's database."""
        session: Session = self.app.state.sessions()
        return session

    def nobody(self) -> TestClient:
        """Return an HTTP client that is not signed in."""
        # A server error comes back as an answer, as it would to a real client.
        client = TestClient(
            self.app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False, client=("127.0.0.1", 50000)
        )
        self._opened.append(client)
        return client

    def as_(self, person: Clinician | Client) -> TestClient:
        """Return an HTTP client signed in as this person, CSRF token included."""
        with self.db() as db:
            cookies = session_for(db, person, self.settings, self.app.state.clock())
        client = self.nobody()
        client.cookies.set(SESSION_COOKIE, cookies["token"])
        client.headers[CSRF_HEADER] = cookies["csrf"]
        return client

    def with_token(self, person: Clinician, *scopes: str, **fields: Any) -> TestClient:
        """Return an HTTP client with an API token of this clinician."""
        with self.db() as db:
            token = token_for(db, person, list(scopes), self.app.state.clock(), **fields)
        client = self.nobody()
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    def close(self) -> None:
        """Close everything that was opened."""
        for client in self._opened:
            client.close()


def session_for(db: Session, person: Clinician | Client, settings: Settings, now: datetime) -> dict[str, str]:
    """Create a session in the database; return its cookie and CSRF token."""
    session = sign_in_sessions.begin(db, person, settings, now)
    db.commit()
    return {"token": session.token, "csrf": session.csrf}


def token_for(
    db: Session, person: Clinician, scopes: list[str], now: datetime, *, row_id: str | None = None, **fields: Any
) -> str:
    """Create an API token in the database; return its secret."""
    token = TOKEN_PREFIX + new_token()
    row = ApiToken(
        id=new_id() if row_id is None else row_id,
        clinic_id=person.clinic_id,
        clinician_id=person.id,
        name="program",
        hint=token[:8],
        token_hash=digest(token),
        scopes=scopes,
        created_at=now,
        **fields,
    )
    db.add(row)
    db.commit()
    return token


def populate(app: FastAPI, password_hash: str, tag: str = "") -> World:
    """Add both clinics to the database of an app; `tag` makes their addresses differ from another world's there."""
    now = app.state.clock()

    def clinic(name: str) -> Clinic:
        return Clinic(id=new_id(), name=name, created_at=now)

    def clinician(where: Clinic, name: str) -> Clinician:
        return Clinician(
            id=new_id(),
            clinic_id=where.id,
            name=name,
            email=f"{name.lower()}{tag}@example.com",
            password_hash=password_hash,
            created_at=now,
        )

    def client(of: Clinician, name: str) -> Client:
        return Client(
            id=new_id(),
            clinic_id=of.clinic_id,
            clinician_id=of.id,
            name=name,
            email=f"{name.lower()}{tag}@example.org",
            created_at=now,
        )

    here, there = clinic("Here"), clinic("There")
    ann, abe, bo = clinician(here, "Ann"), clinician(here, "Abe"), clinician(there, "Bo")
    carl, cleo, bea = client(ann, "Carl"), client(abe, "Cleo"), client(bo, "Bea")
    with app.state.sessions() as db:
        for rows in ([here, there], [ann, abe, bo], [carl, cleo, bea]):
            db.add_all(rows)
            db.flush()
        for each in (carl, cleo, bea):
            grant_everything(db, each)
        db.commit()
    return World(app, here, ann, abe, carl, cleo, there, bo, bea)


def sessions_of(world: World, person: Clinician | Client) -> int:
    """Return how many sessions a person has."""
    with world.db() as db:
        owner = SignIn.clinician_id if isinstance(person, Clinician) else SignIn.client_id
        return db.query(SignIn).where(owner == person.id).count()
