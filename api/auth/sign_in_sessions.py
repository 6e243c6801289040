"""Sign-in sessions: begun, ended, and the cookies that carry them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.crypto import csrf_token, digest, new_token
from api.db import Client, Clinician, Session as SignIn
from api.settings import Settings

SESSION_COOKIE = "hinge_session"
CSRF_COOKIE = "hinge_csrf"


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that has just begun: the only time its token is known."""

    row: SignIn
    token: str
    csrf: str
    age: timedelta


def begin(db: Session, person: Clinician | Client, settings: Settings, now: datetime) -> NewSession:
    """Begin a session for a person, for `set_cookies` to put on the answer; the caller commits."""
    token = new_token()
    is_clinician = isinstance(person, Clinician)
    age = timedelta(days=settings.session_days if is_clinician else settings.client_session_days)
    row = SignIn(
        clinic_id=person.clinic_id,
        token_hash=digest(token),
        clinician_id=person.id if is_clinician else None,
        client_id=None if is_clinician else person.id,
        created_at=now,
        seen_at=now,
        expires_at=now + age,
    )
    owner = SignIn.clinician_id if is_clinician else SignIn.client_id
    db.execute(delete(SignIn).where(owner == person.id, SignIn.expires_at <= now))
    db.add(row)
    return NewSession(row, token, csrf_token(settings.key, row.token_hash), age)


def set_cookies(response: Response, session: NewSession, settings: Settings) -> None:
    """Give the browser its session."""
    for name, value, hidden in ((SESSION_COOKIE, session.token, True), (CSRF_COOKIE, session.csrf, False)):
        response.set_cookie(
            name,
            value,
            max_age=int(session.age.total_seconds()),
            httponly=hidden,
            secure=settings.secure_cookies,
            samesite="lax" if hidden else "strict",
        )


def drop_cookies(response: Response, settings: Settings) -> None:
    """Make the browser forget its session."""
    for name, hidden in ((SESSION_COOKIE, True), (CSRF_COOKIE, False)):
        response.delete_cookie(
            name, httponly=hidden, secure=settings.secure_cookies, samesite="lax" if hidden else "strict"
        )


def end(db: Session, person_id: str, *, but: str | None = None, only: str | None = None) -> None:
    """Sign a person out everywhere, `but` or `only` in one session; the caller commits."""
    query = delete(SignIn).where((SignIn.clinician_id == person_id) | (SignIn.client_id == person_id))
    if but is not None:
        query = query.where(SignIn.id != but)
    if only is not None:
        query = query.where(SignIn.id == only)
    db.execute(query)
