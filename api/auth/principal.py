"""The principal of a request, found by session or token; this runs before every request, hence without the ORM."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from sqlalchemy import Engine, Update, bindparam, select, update
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.auth.crypto import TOKEN_PREFIX, digest
from api.core.problems import Problem, ServiceCode
from api.db import ApiToken, Client, Clinician, Session as SignIn
from api.db.engine import reads_at_once

_SEEN_EVERY = timedelta(minutes=5)


class Role(StrEnum):
    """The role of a person in the service."""

    CLINICIAN = "clinician"
    CLIENT = "client"


class Scope(StrEnum):
    """A permission of a program's token."""

    READ = "read"
    WRITE = "write"
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True)
class Principal:
    """The person or program that asks: signed in by a session (all scopes) or by a token (its scopes)."""

    role: Role
    id: str
    """Of the clinician or the client."""
    clinic_id: str
    session_id: str | None
    session_hash: str | None
    token_id: str | None
    scopes: frozenset[Scope] = field(default=frozenset(Scope))

    @property
    def is_clinician(self) -> bool:
        """Return whether this is a clinician (or a program of theirs)."""
        return self.role is Role.CLINICIAN

    def require(self, scope: Scope) -> None:
        """Refuse a token that lacks a scope."""
        if scope not in self.scopes:
            raise Problem(ServiceCode.FORBIDDEN, f"This token may not {scope}.", advice=f"Make one with '{scope}'.")


_TOKENS = (
    select(
        ApiToken.id,
        ApiToken.clinic_id,
        ApiToken.clinician_id,
        ApiToken.scopes,
        ApiToken.used_at,
        ApiToken.expires_at,
        ApiToken.revoked_at,
        Clinician.disabled_at,
    )
    .join(Clinician, Clinician.id == ApiToken.clinician_id)
    .where(ApiToken.token_hash == bindparam("hash"))
)
_SESSIONS = (
    select(
        SignIn.id,
        SignIn.clinic_id,
        SignIn.clinician_id,
        SignIn.client_id,
        SignIn.token_hash,
        SignIn.seen_at,
        SignIn.expires_at,
        Clinician.disabled_at,
        Client.archived_at,
    )
    .outerjoin(Clinician, Clinician.id == SignIn.clinician_id)
    .outerjoin(Client, Client.id == SignIn.client_id)
    .where(SignIn.token_hash == bindparam("hash"))
)


def _unauthenticated(*, bearer: bool) -> Problem:
    """Return the problem for a session or token that we do not know."""
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"' if bearer else "Bearer"}
    return Problem(ServiceCode.UNAUTHENTICATED, headers=headers)


async def authenticate(engine: Engine, now: datetime, *, session: str | None, header: str | None = None) -> Principal:
    """Return the principal of a header `Authorization` or, without one, of a session; record that it was used.

    Raises
    ------
    Problem
        `unauthenticated`.
    """
    if header is not None:
        find = partial(_by_header, engine, header)
    elif session:
        find = partial(_by_session, engine, session)
    else:
        raise _unauthenticated(bearer=False)
    me, use = find(now) if reads_at_once(engine) else await run_in_threadpool(find, now)
    if use is not None:
        await run_in_threadpool(_record_use, engine, use)
    return me


def _by_header(engine: Engine, header: str, now: datetime) -> tuple[Principal, Update | None]:
    """Return the principal of a token, and the statement that records its use, if one is due."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(TOKEN_PREFIX):
        raise _unauthenticated(bearer=True)
    with engine.connect() as connection:
        row = connection.execute(_TOKENS, {"hash": digest(token)}).one_or_none()
    if row is None or row.revoked_at is not None or row.disabled_at is not None:
        raise _unauthenticated(bearer=True)
    if row.expires_at is not None and row.expires_at <= now:
        raise _unauthenticated(bearer=True)
    touch = None
    if row.used_at is None or now - row.used_at > _SEEN_EVERY:
        touch = update(ApiToken).where(ApiToken.id == row.id).values(used_at=now)
    scopes = frozenset(Scope(scope) for scope in row.scopes)
    return Principal(Role.CLINICIAN, row.clinician_id, row.clinic_id, None, None, row.id, scopes), touch


def _by_session(engine: Engine, token: str, now: datetime) -> tuple[Principal, Update | None]:
    """Return the principal of a session, and the statement that records its use, if one is due."""
    with engine.connect() as connection:
        row = connection.execute(_SESSIONS, {"hash": digest(token)}).one_or_none()
    if row is None or row.expires_at <= now or row.disabled_at is not None or row.archived_at is not None:
        raise _unauthenticated(bearer=False)
    touch = None
    if now - row.seen_at > _SEEN_EVERY:
        touch = update(SignIn).where(SignIn.id == row.id).values(seen_at=now)
    role = Role.CLINICIAN if row.clinician_id is not None else Role.CLIENT
    person = row.clinician_id if row.clinician_id is not None else row.client_id
    return Principal(role, person, row.clinic_id, row.id, row.token_hash, None), touch


def is_active(db: Session, me: Principal) -> bool:
    """Return whether a session or token is still valid; for work that outlasts its authentication, such as a stream."""
    if me.session_id is not None:
        return db.scalar(select(SignIn.id).where(SignIn.id == me.session_id)) is not None
    holds = (ApiToken.id == me.token_id, ApiToken.revoked_at.is_(None))
    return db.scalar(select(ApiToken.id).where(*holds)) is not None


def _record_use(engine: Engine, use: Update) -> None:
    """Record the use of a session or a token; a write, so it may have to wait for other writers."""
    with engine.begin() as connection:
        connection.execute(use)
