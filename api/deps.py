"""What routes ask for, as `Annotated` aliases: `def route(db: Db, me: Me, now: Clock) -> …`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, cast

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.bell import Bell
from api.blobs import Store as BlobStore
from api.clock import Now
from api.db import ApiToken, Client, Clinician, Session as SignIn
from api.db.engine import Sessions, ends_at_once
from api.problems import Problem, ServiceCode
from api.security import TOKEN_PREFIX, Passwords, csrf_token, digest, same
from api.settings import Settings

SESSION_COOKIE = "hinge_session"
CSRF_COOKIE = "hinge_csrf"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SEEN_EVERY = timedelta(minutes=5)


class Role(StrEnum):
    """What a person is to the service."""

    CLINICIAN = "clinician"
    CLIENT = "client"


class Scope(StrEnum):
    """What a program's token may do."""

    READ = "read"
    WRITE = "write"
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. Signed in by a session (all scopes) or by a token (its scopes)."""

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
        """Whether this is a clinician (or a program of theirs)."""
        return self.role is Role.CLINICIAN

    def need(self, scope: Scope) -> None:
        """Refuse a token that lacks a scope."""
        if scope not in self.scopes:
            raise Problem(ServiceCode.FORBIDDEN, f"This token may not {scope}.", advice=f"Make one with '{scope}'.")


# These four only look things up: async, so that they cost no trip to a thread.
async def _settings(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


async def _clock(request: Request) -> Now:
    return cast(Now, request.app.state.clock)


async def _store(request: Request) -> BlobStore:
    return cast(BlobStore, request.app.state.store)


async def _bell(request: Request) -> Bell:
    return cast(Bell, request.app.state.bell)


async def _sessions(request: Request) -> Sessions:
    return cast(Sessions, request.app.state.sessions)


async def _passwords(request: Request) -> Passwords:
    return cast(Passwords, request.app.state.passwords)


Config = Annotated[Settings, Depends(_settings)]
Clock = Annotated[Now, Depends(_clock)]
Store = Annotated[BlobStore, Depends(_store)]
Ring = Annotated[Bell, Depends(_bell)]
OpenSessions = Annotated[Sessions, Depends(_sessions)]
PasswordHashes = Annotated[Passwords, Depends(_passwords)]

_closing = CapacityLimiter(8)


async def _db(sessions: OpenSessions) -> AsyncIterator[Session]:
    session = sessions()
    try:
        yield session
    finally:
        if ends_at_once(session):
            session.close()
        else:
            # A rollback goes to the server. Threads of their own: the others may all be waiting for the connection
            # that is given back here.
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(session.close, limiter=_closing)


Db = Annotated[Session, Depends(_db, scope="function")]
"""A database session, closed before the answer is sent. Routes commit themselves. Not for streams: see OpenSessions."""


# They only tell OpenAPI how to come in; what came is read below.
_DECLARED = [
    Depends(HTTPBearer(auto_error=False, scheme_name="token", description="For programs")),
    Depends(
        APIKeyCookie(
            name=SESSION_COOKIE,
            auto_error=False,
            scheme_name="session",
            description=f"For pages; every change needs {CSRF_HEADER} as well",
        )
    ),
]


def _principal(
    request: Request,
    sessions: OpenSessions,
    clock: Clock,
    config: Config,
    bearer: Annotated[object, _DECLARED[0]],  # noqa: ARG001
    cookie: Annotated[object, _DECLARED[1]],  # noqa: ARG001
) -> Principal:
    header = request.headers.get("authorization")
    with sessions() as db:
        if header is not None:
            return _from_header(db, header, clock())
        token = request.cookies.get(SESSION_COOKIE)
        if not token:
            raise _who(bearer=False)
        me = _from_cookie(db, token, clock())
    if request.method not in SAFE_METHODS:
        check_same_site(request)
        assert me.session_hash is not None
        if not same(request.headers.get(CSRF_HEADER, ""), csrf_token(config.key, me.session_hash)):
            raise Problem(ServiceCode.CSRF)
    return me


def check_same_site(request: Request) -> None:
    """Refuse what a browser says another site's page has sent."""
    if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        raise Problem(ServiceCode.CSRF)


def _who(*, bearer: bool) -> Problem:
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"' if bearer else "Bearer"}
    return Problem(ServiceCode.UNAUTHENTICATED, headers=headers)


def _from_header(db: Session, header: str, now: datetime) -> Principal:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.startswith(TOKEN_PREFIX):
        raise _who(bearer=True)
    found = db.execute(
        select(ApiToken, Clinician.disabled_at)
        .join(Clinician, Clinician.id == ApiToken.clinician_id)
        .where(ApiToken.token_hash == digest(token))
    ).one_or_none()
    if found is None:
        raise _who(bearer=True)
    row, disabled_at = found
    if row.revoked_at is not None or disabled_at is not None or (row.expires_at is not None and row.expires_at <= now):
        raise _who(bearer=True)
    if row.used_at is None or now - row.used_at > _SEEN_EVERY:
        db.execute(update(ApiToken).where(ApiToken.id == row.id).values(used_at=now))
        db.commit()
    scopes = frozenset(Scope(scope) for scope in row.scopes)
    return Principal(Role.CLINICIAN, row.clinician_id, row.clinic_id, None, None, row.id, scopes)


def _from_cookie(db: Session, token: str, now: datetime) -> Principal:
    found = db.execute(
        select(SignIn, Clinician.disabled_at, Client.archived_at)
        .outerjoin(Clinician, Clinician.id == SignIn.clinician_id)
        .outerjoin(Client, Client.id == SignIn.client_id)
        .where(SignIn.token_hash == digest(token))
    ).one_or_none()
    if found is None:
        raise _who(bearer=False)
    row, disabled_at, archived_at = found
    if row.expires_at <= now or disabled_at is not None or archived_at is not None:
        raise _who(bearer=False)
    if now - row.seen_at > _SEEN_EVERY:
        db.execute(update(SignIn).where(SignIn.id == row.id).values(seen_at=now))
        db.commit()
    role = Role.CLINICIAN if row.clinician_id is not None else Role.CLIENT
    person = row.clinician_id if row.clinician_id is not None else row.client_id
    assert person is not None  # the table says: exactly one of the two
    return Principal(role, person, row.clinic_id, row.id, row.token_hash, None)


SomeoneKnown = Annotated[Principal, Depends(_principal)]
"""Signed in; says nothing about scopes yet. Routes take one of those below."""


async def _me(request: Request, principal: SomeoneKnown) -> Principal:
    principal.need(Scope.READ if request.method in SAFE_METHODS else Scope.WRITE)
    return principal


Me = Annotated[Principal, Depends(_me)]
"""Anyone signed in; a token needs `read`, for unsafe methods `write`."""


async def _may_upload(principal: SomeoneKnown) -> Principal:
    principal.need(Scope.UPLOAD)
    return principal


MayUpload = Annotated[Principal, Depends(_may_upload)]
"""Anyone signed in who may upload; a token needs `upload`."""


async def _as_clinician(me: Me) -> Principal:
    if not me.is_clinician:
        raise Problem(ServiceCode.FORBIDDEN)
    return me


AsClinician = Annotated[Principal, Depends(_as_clinician)]
"""A clinician, or a program of theirs."""


async def _as_client(me: Me) -> Principal:
    if me.is_clinician:
        raise Problem(ServiceCode.FORBIDDEN, advice="This is for clients.")
    return me


AsClient = Annotated[Principal, Depends(_as_client)]
"""A client."""


async def _in_person(me: AsClinician) -> Principal:
    if me.session_id is None:
        raise Problem(ServiceCode.FORBIDDEN, "A token may not do this.", advice="Sign in with your password.")
    return me


ClinicianInPerson = Annotated[Principal, Depends(_in_person)]
"""A clinician who signed in, not a program: for passwords, colleagues and tokens."""
