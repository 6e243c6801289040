"""Reviews: a clinician's comments and corrections on a recording. What was computed is never overwritten."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, ClinicId, Id, LongText, RecordingId, Word


class ReviewState(StrEnum):
    """State of a review; only clinicians see drafts."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Verdict(StrEnum):
    """The clinician's decision for the next sessions."""

    PROGRESS = "progress"
    HOLD = "hold"
    REGRESS = "regress"


def _review_id() -> Any:
    return mapped_column(String(32), ForeignKey("review.id", ondelete="CASCADE"), index=True)


class Review(Base):
    """A review: editable while it is a draft, never once published; a later one replaces it."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("recording_id", "number"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    recording_id: Mapped[RecordingId]
    number: Mapped[int]
    """1 for the first review of a recording; of two begun at the same instant only one can have it."""
    analysis_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("analysis.id", ondelete="SET NULL"))
    """The analysis that was reviewed."""
    clinician_id: Mapped[str | None] = mapped_column(String(32), ForeignKey("clinician.id", ondelete="SET NULL"))
    """Who edited it last."""
    state: Mapped[ReviewState]
    version: Mapped[int]
    """Number of saves; a save states the version it is based on."""
    verdict: Mapped[Verdict | None]
    summary: Mapped[LongText]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    """When the client first read it."""


class Comment(Base):
    """Text, and optionally a drawing, at a moment of the video."""

    __tablename__ = "comment"

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    review_id: Mapped[str] = _review_id()
    position: Mapped[int]
    time_s: Mapped[float | None]
    """Media seconds; None for the recording as a whole."""
    text: Mapped[LongText]
    drawing: Mapped[dict[str, Any] | None]
    """Shapes in shares of the picture's width and height."""


class Correction(Base):
    """A judgement of the clinician that differs, beside the value computed at the time."""

    __tablename__ = "correction"

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    review_id: Mapped[str] = _review_id()
    position: Mapped[int]
    kind: Mapped[Word]
    """side, trim, rep or fault."""
    corrected: Mapped[dict[str, Any]]
    computed: Mapped[dict[str, Any] | None]
    """The same as the analysis had it; None where it had none (a repetition it did not detect)."""
    reason: Mapped[LongText]
