"""Live coaching: the socket, and the figures of sessions that are over."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, WebSocket
from pydantic import BaseModel, Field
from sqlalchemy import select

from api.auth.access import get_or_404, visible_clients
from api.auth.audit_trail import trail_of
from api.auth.principal import authenticate, is_active
from api.auth.sign_in_sessions import SESSION_COOKIE
from api.care.consent import newest_intake
from api.care.plans import current_plans, protocol_for
from api.core.logs import get_logger
from api.core.problems import SIGNED_IN, Problem, not_found
from api.core.text_types import IdPath
from api.db import Deed, IntakeOutcome, LiveSession, Plan, new_id
from api.http.deps import Audit, Db, Me, Principal
from api.http.pagination import Page, Paged
from api.live import persistence
from api.live.admission import PER_PERSON, SessionLimiter, TooManySessions, is_allowed_origin, open_to_all
from api.live.connection import CLOSED, LiveConnection
from api.live.delta_encoder import encode
from api.live.live_session import Begin, ErrorCode, Exercise, Finished, LiveSessionServer, ProtocolError
from api.settings import Settings
from hinge_check.assess.protocol import DEFAULT, list_protocols, load_protocol
from hinge_check.clinic.metrics import SetMetrics, metrics_json

router = APIRouter(tags=["live"])

GUEST = "guest"
_POLICY = 1008
_log = get_logger("api.live")


class LiveSessionOut(BaseModel):
    """A live session that is over."""

    id: str
    began_at: datetime
    created_at: datetime
    protocol: str
    plan_id: str | None
    sets: int
    reps: int
    figures: SetMetrics | None
    summary: dict[str, Any] = Field(description="As the page showed it: best, worst, trend, what to keep and change")


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """Frames in as numbers, states and cues out: docs/live-protocol.md."""
    settings: Settings = socket.app.state.settings
    if not is_allowed_origin(socket.headers.get("origin"), settings):
        _log.info("live_refused", why="origin")
        await socket.close(_POLICY)  # before it is accepted: 403
        return
    me = await _who(socket)
    if me is None and not open_to_all(settings):
        _log.info("live_refused", why="unauthenticated")
        await socket.close(_POLICY)
        return
    hall = _hall(socket)
    await socket.accept()
    try:
        who, most = (GUEST, settings.live_sessions) if me is None else (me.id, PER_PERSON)
        with hall.slot(who, most=most):
            await _conversation(socket, me).run()
    except TooManySessions:
        await socket.send_text(encode({"problem": {"code": ErrorCode.TOO_MANY, "detail": ""}}))
        await socket.close(CLOSED[ErrorCode.TOO_MANY])


@router.get("/clients/{client_id}/live-sessions", responses=SIGNED_IN)
def list_live_sessions(client_id: IdPath, me: Me, db: Db, paging: Paged, audit: Audit) -> Page[LiveSessionOut]:
    """A client's live sessions, newest first."""
    client = get_or_404(db, visible_clients(me), client_id)
    rows, after = paging.rows(db, select(LiveSession).where(LiveSession.client_id == client.id))
    audit.record_view(db, "live_sessions", client.id, client.id)
    return Page(items=[_told(row) for row in rows], next=after)


@router.delete("/clients/{client_id}/live-sessions/{live_session_id}", status_code=204, responses=SIGNED_IN)
def delete_live_session(client_id: IdPath, live_session_id: IdPath, me: Me, db: Db, audit: Audit) -> None:
    """Discard a live session."""
    client = get_or_404(db, visible_clients(me), client_id)
    row = db.get(LiveSession, live_session_id)
    if row is None or row.client_id != client.id:
        raise not_found()
    audit.record(db, Deed.REMOVED, "live_session", row.id, client.id)
    db.delete(row)
    db.commit()


def _told(row: LiveSession) -> LiveSessionOut:
    figures = row.figures if row.figures is not None else metrics_json(row.report)
    return LiveSessionOut(
        id=row.id,
        began_at=row.began_at,
        created_at=row.created_at,
        protocol=row.protocol,
        plan_id=row.plan_id,
        sets=row.sets,
        reps=row.reps,
        figures=None if figures is None else SetMetrics.model_validate(figures),
        summary=row.summary,
    )


def _hall(socket: WebSocket) -> SessionLimiter:
    state = socket.app.state
    if not hasattr(state, "live_hall"):
        state.live_hall = SessionLimiter(state.settings.live_sessions)
    hall: SessionLimiter = state.live_hall
    return hall


async def _who(socket: WebSocket) -> Principal | None:
    """Whoever is signed in; None for a guest."""
    state = socket.app.state
    try:
        return await authenticate(state.engine, state.clock(), session=socket.cookies.get(SESSION_COOKIE))
    except Problem:
        return None


def _conversation(socket: WebSocket, me: Principal | None) -> LiveConnection:
    state = socket.app.state

    def is_known() -> bool:
        if me is None:
            return True
        with state.sessions() as db:
            return is_active(db, me)

    def keep(done: Finished) -> dict[str, Any]:
        if me is None or me.is_clinician:
            return persistence.session_out(done, None, "guest")
        now = state.clock()
        with state.sessions() as db:
            saved = persistence.save_session(db, me.id, done, trail_of(me, socket.scope, now), now)
        return persistence.session_out(done, saved, "kept" if saved else "consent" if done.summary.reps else "nothing")

    desk = LiveSessionServer(
        state.settings.key,
        "" if me is None else me.id,
        partial(_chosen, socket, me),
        new_id=new_id,
        now_s=lambda: state.clock().timestamp(),
    )
    return LiveConnection(socket, desk, is_known=is_known, save=keep)


def _chosen(socket: WebSocket, me: Principal | None, asked: Begin) -> Exercise:
    """The exercise, by the limits of the person's own plan."""
    if me is None or me.is_clinician:
        if asked.plan:
            raise ProtocolError(ErrorCode.NO_SUCH_EXERCISE)
        return _bundled(asked.protocol or DEFAULT)
    with socket.app.state.sessions() as db:
        intake = newest_intake(db, me.id)
        if intake is None or (intake.outcome is not IntakeOutcome.CLEAR and intake.cleared_at is None):
            raise ProtocolError(ErrorCode.NOT_CLEARED)
        if not asked.plan:
            name = _bundled(asked.protocol or DEFAULT).protocol.name
            protocol, plan_id = protocol_for(db, me.id, name)
            return Exercise(plan_id or name, plan_id, protocol)
        plan = db.scalars(current_plans(me.id).where(Plan.id == asked.plan)).one_or_none()
        if plan is None or plan.protocol is None:
            raise ProtocolError(ErrorCode.NO_SUCH_EXERCISE)
        protocol, plan_id = protocol_for(db, me.id, plan.protocol)
        return Exercise(plan_id or plan.protocol, plan_id, protocol)


def _bundled(name: str) -> Exercise:
    if name not in {each for each, _ in list_protocols()}:
        raise ProtocolError(ErrorCode.NO_SUCH_EXERCISE)
    return Exercise(name, None, load_protocol(name))
