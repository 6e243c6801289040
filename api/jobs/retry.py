"""Retry a failed analysis: its cause may be gone, such as a dead worker or a busy machine."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.core.problems import Problem, ServiceCode
from api.db import Analysis, AnalysisState, Recording, RecordingState
from api.db.analysis import WITHOUT_TEXTS, analysis_key
from api.jobs.enqueue import engine_identity
from api.jobs.leases import change, sync_recording_state
from api.settings import Settings

MOST_RETRIES = 3
"""Retries allowed per recording, counted over all its analyses."""
_UNDER_WAY = (AnalysisState.QUEUED, AnalysisState.ANALYSING)
_FILM_AGAIN = "Film again, or send another copy of the video."


def can_retry(db: Session, recording: Recording) -> bool:
    """Return whether `retry` would queue an analysis."""
    row = _newest(db, recording.id)
    return row is not None and row.state is AnalysisState.FAILED and _obstacle(db, recording, row) is None


def retry(db: Session, recording: Recording, *, settings: Settings, now: datetime) -> tuple[Analysis, bool]:
    """Queue the newest analysis once more, as if never tried; adds to the caller's transaction.

    Returns
    -------
    (Analysis, bool)
        The analysis, and whether this call queued it: if so, the caller wakes a worker after the commit. An analysis
        that is queued or running is returned as it is.

    Raises
    ------
    Problem
        `conflict` where there is nothing to retry, it was retried too often, or its video is no longer kept.
    """
    row = _newest(db, recording.id)
    if row is None or row.state not in (*_UNDER_WAY, AnalysisState.FAILED):
        raise Problem(ServiceCode.CONFLICT, "This recording was analysed; there is nothing to try again.")
    if row.state in _UNDER_WAY:
        return row, False
    obstacle = _obstacle(db, recording, row)
    if obstacle is not None:
        raise Problem(ServiceCode.CONFLICT, obstacle, advice=_FILM_AGAIN)
    # With the current model and version, should they have changed since: that may be what fixes it.
    model_sha, version = engine_identity(settings)
    options = {**row.options, "model": settings.model}
    queued = change(
        db,
        [Analysis.id == row.id, Analysis.state == AnalysisState.FAILED],
        key=analysis_key(recording.sha256, row.protocol_sha256, model_sha, version, options),
        model_sha256=model_sha,
        version=version,
        options=options,
        state=AnalysisState.QUEUED,
        progress=0.0,
        attempts=0,
        crashes=0,
        asked_again=Analysis.asked_again + 1,
        lease_owner=None,
        lease_until=None,
        error=None,
        error_code=None,
        queued_at=now,
        finished_at=None,
    )
    if queued:
        sync_recording_state(db, recording.id, RecordingState.QUEUED, now)
    db.refresh(row)  # another request may have been first
    return row, queued


def _newest(db: Session, recording_id: str) -> Analysis | None:
    rows = select(Analysis).options(*WITHOUT_TEXTS).where(Analysis.recording_id == recording_id)
    return db.scalars(rows.order_by(Analysis.created_at.desc(), Analysis.id.desc()).limit(1)).one_or_none()


def _obstacle(db: Session, recording: Recording, row: Analysis) -> str | None:
    """Return why a failed analysis cannot be retried, for the person; None where it can."""
    if row.reassess_of is None and recording.original_key is None:
        return "The video of this recording is no longer kept."
    tries = db.scalar(select(func.sum(Analysis.asked_again)).where(Analysis.recording_id == recording.id))
    if (tries or 0) >= MOST_RETRIES:
        return "The analysis of this recording was tried again several times and failed each time."
    return None
