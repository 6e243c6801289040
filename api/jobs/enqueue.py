"""Request an analysis; the same content analysed by the same means is one analysis, however often requested."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.db import Analysis, AnalysisState, Recording, RecordingState
from api.db.analysis import analysis_key
from api.settings import Settings
from hinge_check import __version__
from hinge_check.assess.protocol import Protocol


def engine_identity(settings: Settings) -> tuple[str, str]:
    """Return the SHA-256 of the pose model and the version of hinge_check: what else decides a result.

    Raises
    ------
    InstallationError, UsageError
        The model is a path and there is no such file.
    """
    from hinge_check.capture.pose_models import bundle, manifest

    spec = manifest().get(settings.model)
    return (spec.sha256 if spec is not None else bundle(settings.model).sha256), __version__


def request_analysis(
    db: Session,
    recording: Recording,
    protocol: Protocol,
    *,
    settings: Settings,
    now: datetime,
    reassess_of: str | None = None,
) -> Analysis:
    """Return the analysis of a recording by a protocol: the existing one, or a new one in state queued.

    Adds to the caller's transaction; after its commit the caller wakes a worker with the id (`WakeupQueue.notify`).
    """
    model_sha, version = engine_identity(settings)
    trim = (recording.trim_start_s, recording.trim_end_s)
    options: dict[str, Any] = {
        "model": settings.model,
        "side": recording.side,
        "speed": recording.speed,
        "trim_s": None if trim == (None, None) else list(trim),
    }
    key = analysis_key(recording.sha256, protocol.sha256, model_sha, version, options)
    query = select(Analysis).where(Analysis.recording_id == recording.id, Analysis.key == key)
    existing = db.scalars(query).one_or_none()
    if existing is not None:
        return existing
    row = Analysis(
        clinic_id=recording.clinic_id,
        recording_id=recording.id,
        key=key,
        protocol_name=protocol.name,
        protocol_sha256=protocol.sha256,
        protocol_text=protocol.text,
        model_sha256=model_sha,
        version=version,
        options=options,
        reassess_of=reassess_of,
        state=AnalysisState.QUEUED,
        progress=0.0,
        attempts=0,
        crashes=0,
        created_at=now,
        queued_at=now,
    )
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:  # requested twice at the same instant
        return db.scalars(query).one()
    if recording.state is RecordingState.RECEIVED:
        recording.state, recording.updated_at = RecordingState.QUEUED, now
    return row
