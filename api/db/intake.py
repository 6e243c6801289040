"""Intake: a client's answers to the health questions before the first session."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, ClientId, ClinicId, Digest, Id, LongText, Word


class IntakeOutcome(StrEnum):
    """Outcome of the answers, as `hinge_check.clinic.red_flags` decides it."""

    CLEAR = "clear"
    ASK_CLINICIAN = "ask_clinician"
    SEEK_CARE = "seek_care"


class IntakeRecord(Base):
    """One set of answers; the newest counts, earlier ones stay."""

    __tablename__ = "intake"
    __table_args__ = (Index("ix_intake_newest", "client_id", "created_at", "id"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    client_id: Mapped[ClientId]
    answers: Mapped[dict[str, Any]]
    """yes, no or unsure, by question."""
    wording_version: Mapped[Word]
    wording_sha256: Mapped[Digest]
    outcome: Mapped[IntakeOutcome]
    created_at: Mapped[datetime]
    cleared_by: Mapped[str | None] = mapped_column(String(32), ForeignKey("clinician.id", ondelete="SET NULL"))
    cleared_at: Mapped[datetime | None]
    clearance_note: Mapped[LongText | None]
    """The clinician's note, for themselves and colleagues."""
