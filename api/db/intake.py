"""The questions before the first session, as a client answered them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, ClientId, ClinicId, Digest, Id, LongText, Word


class IntakeOutcome(StrEnum):
    """Where the answers led, as `hinge_check.clinic.red_flags` says."""

    CLEAR = "clear"
    ASK_CLINICIAN = "ask_clinician"
    SEEK_CARE = "seek_care"


class IntakeRecord(Base):
    """One time a client answered; the newest counts, earlier ones stay."""

    __tablename__ = "intake"
    __table_args__ = (Index("ix_intake_newest", "client_id", "created_at", "id"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    client_id: Mapped[ClientId]
    answers: Mapped[dict[str, Any]]
    """yes, no or unsure by question."""
    wording_version: Mapped[Word]
    wording_sha256: Mapped[Digest]
    outcome: Mapped[IntakeOutcome]
    created_at: Mapped[datetime]
    cleared_by: Mapped[str | None] = mapped_column(String(32), ForeignKey("clinician.id", ondelete="SET NULL"))
    cleared_at: Mapped[datetime | None]
    clearance_note: Mapped[LongText | None]
    """The clinician's, for themselves and colleagues."""
