"""Dependencies of routes, as `Annotated` aliases: `def route(db: Db, me: Me, now: Clock) -> …`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, cast

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer
from sqlalchemy.orm import Session

from api.auth.audit_trail import Trail, trail_of
from api.auth.crypto import Passwords, constant_time_equal, csrf_token
from api.auth.principal import Principal as Principal, Role as Role, Scope as Scope, authenticate
from api.auth.sign_in_sessions import CSRF_COOKIE as CSRF_COOKIE, SESSION_COOKIE
from api.core.clock import Now
from api.core.problems import Problem, ServiceCode
from api.db.engine import Sessions, ends_at_once
from api.jobs.wakeup_queue import WakeupQueue
from api.settings import Settings
from api.storage.blob_store import BlobStore as BlobStore

CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


# These only look things up; they are async, so that they do not run in a thread.
async def _settings(request: Request) -> Settings:
    return cast(Settings, request.app.state.settings)


async def _clock(request: Request) -> Now:
    return cast(Now, request.app.state.clock)


async def _store(request: Request) -> BlobStore:
    return cast(BlobStore, request.app.state.store)


async def _wakeups(request: Request) -> WakeupQueue:
    return cast(WakeupQueue, request.app.state.wakeups)


async def _sessions(request: Request) -> Sessions:
    return cast(Sessions, request.app.state.sessions)


async def _passwords(request: Request) -> Passwords:
    return cast(Passwords, request.app.state.passwords)


Config = Annotated[Settings, Depends(_settings)]
Clock = Annotated[Now, Depends(_clock)]
Store = Annotated[BlobStore, Depends(_store)]
Wakeups = Annotated[WakeupQueue, Depends(_wakeups)]
OpenSessions = Annotated[Sessions, Depends(_sessions)]
PasswordHashes = Annotated[Passwords, Depends(_passwords)]

_closing = CapacityLimiter(8)


async def _db(request: Request) -> AsyncIterator[Session]:
    session: Session = request.app.state.sessions()
    try:
        yield session
    finally:
        if ends_at_once(session):
            session.close()
        else:
            # A rollback goes to the database server. It runs in threads of its own: the others may all wait for the
            # connection that is returned here.
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(session.close, limiter=_closing)


Db = Annotated[Session, Depends(_db, scope="function")]
"""A database session, closed before the response is sent. Routes commit themselves. For streams: OpenSessions."""


# These only tell OpenAPI how to authenticate; `_principal` reads the request itself.
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


async def _principal(
    request: Request,
    bearer: Annotated[object, _DECLARED[0]],  # noqa: ARG001
    cookie: Annotated[object, _DECLARED[1]],  # noqa: ARG001
) -> Principal:
    # Runs before every request. What it needs is fetched here, because every dependency costs time.
    state = request.app.state
    header = request.headers.get("authorization")
    session = request.cookies.get(SESSION_COOKIE)
    me = await authenticate(state.engine, state.clock(), session=session, header=header)
    if header is None and request.method not in SAFE_METHODS:
        check_same_site(request)
        assert me.session_hash is not None
        if not constant_time_equal(
            request.headers.get(CSRF_HEADER, ""), csrf_token(state.settings.key, me.session_hash)
        ):
            raise Problem(ServiceCode.CSRF)
    return me


def check_same_site(request: Request) -> None:
    """Refuse a request that was sent by a page of another site, as the browser states."""
    if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        raise Problem(ServiceCode.CSRF)


async def _same_site(request: Request) -> None:
    check_same_site(request)


SameSite = Depends(_same_site)
"""For routes without a session: a page of another site must not sign a person in as someone else."""


async def _remote_address(request: Request) -> str:
    return "?" if request.client is None else request.client.host


RemoteAddress = Annotated[str, Depends(_remote_address)]
"""Where a request comes from, to count tries by."""


SomeoneKnown = Annotated[Principal, Depends(_principal)]
"""Anyone signed in, scopes not checked yet. Routes take one of those below."""


async def _trail(request: Request, me: SomeoneKnown, clock: Clock) -> Trail:
    return trail_of(me, request.scope, clock())


Audit = Annotated[Trail, Depends(_trail)]
"""The audit trail, where a route records what it shows or changes."""


async def _me(request: Request, principal: SomeoneKnown) -> Principal:
    principal.require(Scope.READ if request.method in SAFE_METHODS else Scope.WRITE)
    return principal


Me = Annotated[Principal, Depends(_me)]
"""Anyone signed in; a token needs `read`, for unsafe methods `write`."""


async def _may_upload(principal: SomeoneKnown) -> Principal:
    principal.require(Scope.UPLOAD)
    return principal


MayUpload = Annotated[Principal, Depends(_may_upload)]
"""Anyone signed in who may upload; a token needs `upload`."""


async def _as_clinician(me: Me) -> Principal:
    if not me.is_clinician:
        raise Problem(ServiceCode.FORBIDDEN)
    return me


AsClinician = Annotated[Principal, Depends(_as_clinician)]
"""A clinician, or a program with their token."""


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
