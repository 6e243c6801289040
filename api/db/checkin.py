"""A client's check-in around a set: pain, effort, load."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, ClientId, ClinicId, Id, LongText, Word


class CheckInRow(Base):
    """One check-in: with a recording, or by itself for an exercise that is not filmed."""

    __tablename__ = "checkin"
    __table_args__ = (Index("ix_checkin_list", "client_id", "created_at", "id"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    client_id: Mapped[ClientId]
    recording_id: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("recording.id", ondelete="CASCADE"), unique=True
    )
    step: Mapped[Word]
    """Step of the ladder."""
    pain_before: Mapped[int | None]
    pain_worst: Mapped[int | None]
    pain_after: Mapped[int | None]
    pain_next_morning: Mapped[int | None]
    rpe: Mapped[float | None]
    load_kg: Mapped[float | None]
    note: Mapped[LongText]
    stopped_early: Mapped[Word | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
