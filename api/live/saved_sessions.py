"""Saved live sessions: list and delete them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_clients
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.core.problems import not_found
from api.db import Deed, LiveSession
from api.db.pagination import Page, Paging
from hinge_check.clinic.metrics import SetMetrics, metrics_json


class LiveSessionOut(BaseModel):
    """A finished live session."""

    id: str
    began_at: datetime
    created_at: datetime
    protocol: str
    plan_id: str | None
    sets: int
    reps: int
    figures: SetMetrics | None
    summary: dict[str, Any] = Field(description="As the page showed it: best, worst, trend, what to keep and change")


def list_sessions(db: Session, me: Principal, trail: Trail, client_id: str, paging: Paging) -> Page[LiveSessionOut]:
    """Return a client's live sessions, newest first.

    Raises
    ------
    Problem
        `not_found` for another clinician's client.
    """
    client = get_or_404(db, visible_clients(me), client_id)
    rows, after = paging.rows(db, sessions_of(client.id))
    trail.record_view(db, "live_sessions", client.id, client.id)
    return Page(items=[to_out(row) for row in rows], next=after)


def delete_session(db: Session, me: Principal, trail: Trail, client_id: str, session_id: str) -> None:
    """Delete a saved live session. Commits.

    Raises
    ------
    Problem
        `not_found`.
    """
    client = get_or_404(db, visible_clients(me), client_id)
    row = db.get(LiveSession, session_id)
    if row is None or row.client_id != client.id:
        raise not_found()
    trail.record(db, Deed.REMOVED, "live_session", row.id, client.id)
    db.delete(row)
    db.commit()


def sessions_of(client_id: str) -> Select[LiveSession]:
    """Select the live sessions of a client."""
    return select(LiveSession).where(LiveSession.client_id == client_id)


def to_out(row: LiveSession) -> LiveSessionOut:
    """Return a session as the API states it; old rows lack figures, so these come from the report."""
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
