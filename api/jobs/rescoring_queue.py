"""The rescoring queue: tracks that wait to be scored again, and rescored results that wait for their curves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from api.db import Analysis, AnalysisState
from api.db.engine import Sessions
from api.jobs.leases import change


def due_rescorings(sessions: Sessions, *, now: datetime, most: int) -> list[str]:
    """Return the ids of analyses that may be claimed now and only score a track again, the longest waiting first."""
    unleased = or_(Analysis.lease_until.is_(None), Analysis.lease_until <= now)
    with sessions() as db:
        query = select(Analysis.id).where(
            Analysis.state == AnalysisState.QUEUED, unleased, Analysis.reassess_of.is_not(None)
        )
        return list(db.scalars(query.order_by(Analysis.queued_at, Analysis.id).limit(most)))


@dataclass(frozen=True, slots=True)
class CurvesDue:
    """A result whose curves and chart have not been written yet."""

    analysis_id: str
    prefix: str
    track_of: str
    protocol_text: str
    side: str


def due_curves(sessions: Sessions, *, most: int) -> list[CurvesDue]:
    """Return results without their curves.

    There is no lease on them: two workers that draw the same curves write the same files.
    """
    track = aliased(Analysis)
    columns = (Analysis.id, Analysis.blob_prefix, track.blob_prefix, Analysis.protocol_text, Analysis.options)
    with sessions() as db:
        query = (
            select(*columns)
            .join(track, track.id == Analysis.reassess_of)
            .where(Analysis.curves_due.is_(True), Analysis.state == AnalysisState.DONE)
            .order_by(Analysis.finished_at.desc())
        )
        return [
            CurvesDue(row[0], row[1], row[2], row[3], row[4].get("side", "auto"))
            for row in db.execute(query.limit(most))
        ]


def mark_curves_drawn(sessions: Sessions, analysis_id: str) -> bool:
    """Record that the curves of a result are drawn; False when the result was removed meanwhile."""
    with sessions.begin() as db:
        return change(db, [Analysis.id == analysis_id], curves_due=False)
