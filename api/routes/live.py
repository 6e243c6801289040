"""Live coaching: the WebSocket, and the saved results of finished sessions."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter, WebSocket

from api.auth.audit_trail import trail_of
from api.auth.principal import authenticate, is_active
from api.auth.sign_in_sessions import SESSION_COOKIE
from api.core.logs import get_logger
from api.core.problems import SIGNED_IN, Problem
from api.core.text_types import IdPath
from api.db import new_id
from api.http.deps import Audit, Db, Me, Principal
from api.http.pagination import Page, Paged
from api.live import persistence, saved_sessions
from api.live.admission import PER_PERSON, SessionLimiter, TooManySessions, is_allowed_origin, open_to_all
from api.live.connection import CLOSED, LiveConnection
from api.live.delta_encoder import encode
from api.live.exercise_choice import bundled_exercise, client_exercise
from api.live.live_session import Begin, ErrorCode, Exercise, Finished, LiveSessionServer
from api.live.saved_sessions import LiveSessionOut
from api.settings import Settings

router = APIRouter(tags=["live"])

GUEST = "guest"
_POLICY = 1008
_log = get_logger("api.live")


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """Coach one session: frames in as numbers, states and cues out (docs/live-protocol.md)."""
    settings: Settings = socket.app.state.settings
    if not is_allowed_origin(socket.headers.get("origin"), settings):
        _log.info("live_refused", why="origin")
        await socket.close(_POLICY)  # closed before it is accepted: the client gets 403
        return
    me = await _authenticate(socket)
    if me is None and not open_to_all(settings):
        _log.info("live_refused", why="unauthenticated")
        await socket.close(_POLICY)
        return
    limiter = _limiter(socket)
    await socket.accept()
    try:
        who, most = (GUEST, settings.live_sessions) if me is None else (me.id, PER_PERSON)
        with limiter.slot(who, most=most):
            await _connection(socket, me).run()
    except TooManySessions:
        await socket.send_text(encode({"problem": {"code": ErrorCode.TOO_MANY, "detail": ""}}))
        await socket.close(CLOSED[ErrorCode.TOO_MANY])


@router.get("/clients/{client_id}/live-sessions", responses=SIGNED_IN)
def list_live_sessions(client_id: IdPath, me: Me, db: Db, paging: Paged, audit: Audit) -> Page[LiveSessionOut]:
    """List a client's live sessions, newest first."""
    return saved_sessions.list_sessions(db, me, audit, client_id, paging)


@router.delete("/clients/{client_id}/live-sessions/{live_session_id}", status_code=204, responses=SIGNED_IN)
def delete_live_session(client_id: IdPath, live_session_id: IdPath, me: Me, db: Db, audit: Audit) -> None:
    """Delete a saved live session."""
    saved_sessions.delete_session(db, me, audit, client_id, live_session_id)


def _limiter(socket: WebSocket) -> SessionLimiter:
    state = socket.app.state
    if not hasattr(state, "live_sessions"):
        state.live_sessions = SessionLimiter(state.settings.live_sessions)
    limiter: SessionLimiter = state.live_sessions
    return limiter


async def _authenticate(socket: WebSocket) -> Principal | None:
    """Return who is signed in; None for a guest."""
    state = socket.app.state
    try:
        return await authenticate(state.engine, state.clock(), session=socket.cookies.get(SESSION_COOKIE))
    except Problem:
        return None


def _connection(socket: WebSocket, me: Principal | None) -> LiveConnection:
    state = socket.app.state

    def is_known() -> bool:
        if me is None:
            return True
        with state.sessions() as db:
            return is_active(db, me)

    def save(done: Finished) -> dict[str, Any]:
        if me is None or me.is_clinician:
            return persistence.session_out(done, None, "guest")
        now = state.clock()
        with state.sessions() as db:
            saved = persistence.save_session(db, me.id, done, trail_of(me, socket.scope, now), now)
        return persistence.session_out(done, saved, "kept" if saved else "consent" if done.summary.reps else "nothing")

    session = LiveSessionServer(
        state.settings.key,
        "" if me is None else me.id,
        partial(_exercise, socket, me),
        new_id=new_id,
        now_s=lambda: state.clock().timestamp(),
    )
    return LiveConnection(socket, session, is_known=is_known, save=save)


def _exercise(socket: WebSocket, me: Principal | None, request: Begin) -> Exercise:
    """Return the requested exercise; a client's with the limits of their own plan."""
    if me is None or me.is_clinician:
        return bundled_exercise(request)
    with socket.app.state.sessions() as db:
        return client_exercise(db, me.id, request)
