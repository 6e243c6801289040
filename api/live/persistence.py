"""Storage of finished live sessions: numbers only, and only with the client's consent to storing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.auth import audit_trail
from api.care.consent import consents_of
from api.db import Client, Deed, LiveSession
from api.live.live_session import Finished
from hinge_check.clinic.consent import may_upload
from hinge_check.clinic.metrics import metrics_json
from hinge_check.results import report_json


def save_session(db: Session, client_id: str, done: Finished, trail: audit_trail.Trail, now: datetime) -> str | None:
    """Store a session; return its id, or None if the person has not consented to storing or did no repetition.

    Saving the same session again changes nothing. Commits.
    """
    client = db.get(Client, client_id)
    if client is None or not may_upload(consents_of(db, client_id)) or not done.summary.reps:
        return None
    if db.get(LiveSession, done.session_id) is None:
        text = report_json(done.report)
        db.add(
            LiveSession(
                id=done.session_id,
                clinic_id=client.clinic_id,
                client_id=client.id,
                plan_id=done.exercise.plan_id,
                protocol=done.exercise.protocol.name,
                protocol_sha256=done.exercise.protocol.sha256,
                sets=done.summary.sets,
                reps=done.summary.reps,
                report=text,
                figures=metrics_json(text),
                summary=done.summary.as_json(),
                began_at=datetime.fromtimestamp(done.began_s, UTC),
                created_at=now,
            )
        )
        trail.record(db, Deed.CREATED, "live_session", done.session_id, client.id)
        try:
            db.commit()
        except IntegrityError:  # stored by the same session on another connection at the same instant
            db.rollback()
    return done.session_id


def session_out(done: Finished, saved: str | None, why: str) -> dict[str, Any]:
    """Return the end of a session for the page; `why` is `kept`, or why not: `guest`, `consent`, `nothing`."""
    return {"summary": done.summary.as_json(), "saved": saved, "why": why}
