"""Remeasurement of a recording after a published correction of its side or trim.

The reviewed analysis stays and can be read by its id; from now on the new one counts for the recording. Corrections of
a repetition or a fault are shown beside the computed value: nothing is computed from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.care.plans import protocol_for
from api.db import Analysis, AnalysisState, Correction, Recording
from api.db.analysis import WITHOUT_TEXTS
from api.jobs.enqueue import request_analysis
from api.settings import Settings


def request_remeasure(
    db: Session, recording: Recording, corrections: Sequence[Correction], *, settings: Settings, now: datetime
) -> str | None:
    """Request the analysis that a review's corrections require; adds to the caller's transaction.

    A corrected side is scored from the stored track. A corrected trim needs the video itself: once that is deleted,
    the correction has no effect.

    Returns
    -------
    str or None
        The id of the queued analysis; the caller notifies the workers after the commit.
    """
    side = next((each.corrected["side"] for each in corrections if each.kind == "side"), recording.side)
    current = (recording.trim_start_s, recording.trim_end_s)
    corrected = next(((c.corrected["start_s"], c.corrected["end_s"]) for c in corrections if c.kind == "trim"), current)
    trim = current if recording.original_key is None else corrected
    if side == recording.side and trim == current:
        return None
    measured = (
        select(Analysis)
        .options(*WITHOUT_TEXTS)
        .where(
            Analysis.recording_id == recording.id,
            Analysis.state == AnalysisState.DONE,
            Analysis.reassess_of.is_(None),
        )
    )
    base = db.scalars(measured.order_by(Analysis.created_at.desc(), Analysis.id.desc()).limit(1)).one_or_none()
    if base is None:
        return None
    # How it is analysed from now on, also by changed limits; what was computed stays in its analysis.
    recording.side = side
    recording.trim_start_s, recording.trim_end_s = trim
    protocol, _ = protocol_for(db, recording.client_id, recording.protocol)
    track_of = base.id if trim == current else None
    row = request_analysis(db, recording, protocol, settings=settings, now=now, reassess_of=track_of)
    if row.state is AnalysisState.DONE:
        row.created_at = now  # measured like this before: that result counts again
    return row.id if row.state is AnalysisState.QUEUED else None
