"""An analysis: what is computed from a recording. The row is the truth; the queue only wakes workers."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, defer, mapped_column

from api.db.base import Base, ClinicId, Digest, Id, Line, LongText, RecordingId, Word


class AnalysisState(StrEnum):
    """State of an analysis."""

    QUEUED = "queued"
    ANALYSING = "analysing"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class Analysis(Base):
    """One computation: unique by content, protocol, model, version and options within its recording."""

    __tablename__ = "analysis"
    __table_args__ = (
        UniqueConstraint("recording_id", "key"),
        Index("ix_analysis_due", "state", "lease_until"),
        Index("ix_analysis_list", "recording_id", "created_at", "id"),
        Index("ix_analysis_curves", "curves_due"),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    recording_id: Mapped[RecordingId]
    key: Mapped[Digest]
    """`analysis_key`: makes two equal requests the same analysis."""
    protocol_name: Mapped[Word]
    protocol_sha256: Mapped[Digest]
    protocol_text: Mapped[LongText]
    model_sha256: Mapped[Digest]
    version: Mapped[Word]
    """Version of hinge_check."""
    options: Mapped[dict[str, Any]]
    """side, speed, trim_s, model: what `CaptureOptions` and `side` are made from."""
    reassess_of: Mapped[str | None] = mapped_column(String(32), ForeignKey("analysis.id", ondelete="SET NULL"))
    """The analysis whose track is scored again; None when the video is analysed."""
    state: Mapped[AnalysisState]
    stage: Mapped[Word | None]
    progress: Mapped[float]
    """0 to 1."""
    attempts: Mapped[int]
    """How often a worker took it."""
    crashes: Mapped[int]
    """How often the clip itself ended the process that analysed it."""
    asked_again: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How often it was retried on request after it had failed; attempts and crashes then start from 0."""
    lease_owner: Mapped[Word | None]
    lease_until: Mapped[datetime | None]
    """End of the owner's lease; for a queued row: it cannot be claimed before."""
    heartbeat_at: Mapped[datetime | None]
    blob_prefix: Mapped[Line | None]
    """Folder of its files in the store; set once all of them are there."""
    report: Mapped[LongText | None]
    """report.json as text, byte for byte."""
    figures: Mapped[dict[str, Any] | None]
    """The set's metrics from the report (`hinge_check.clinic.metrics`): a history reads these, not the reports."""
    curves_due: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether its curves and chart have yet to be written: rescoring many recordings leaves them for later."""
    error: Mapped[LongText | None]
    """Why it failed, in words for the person; never a file name or a traceback."""
    error_code: Mapped[Word | None]
    video_s: Mapped[float | None]
    inference_s: Mapped[float | None]
    created_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


def analysis_key(
    content_sha256: str, protocol_sha256: str, model_sha256: str, version: str, options: dict[str, Any]
) -> str:
    """Return the digest of everything that decides the result."""
    what = [content_sha256, protocol_sha256, model_sha256, version, options]
    return hashlib.sha256(json.dumps(what, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


WITHOUT_TEXTS = tuple(
    defer(each, raiseload=True) for each in (Analysis.report, Analysis.protocol_text, Analysis.figures)
)
"""Load options that leave out the long texts of an analysis: tens of kilobytes each, not shown in lists."""
