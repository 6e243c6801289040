"""Plans: what a clinician prescribes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, ClientId, ClinicId, Digest, Id, LongText, Word


class Plan(Base):
    """One version of one prescribed exercise. A change is a new row, so the plan of any day can be read later."""

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("thread_id", "version"),
        Index("ix_plan_list", "client_id", "created_at", "id"),
    )

    id: Mapped[Id]
    thread_id: Mapped[str] = mapped_column(String(32))
    """Shared by the versions of one prescription: the id of the first."""
    version: Mapped[int]
    clinic_id: Mapped[ClinicId]
    client_id: Mapped[ClientId]
    created_by: Mapped[str | None] = mapped_column(String(32), ForeignKey("clinician.id", ondelete="SET NULL"))
    step: Mapped[Word]
    """Step of the ladder."""
    protocol: Mapped[Word | None]
    """Protocol by which recordings are judged; None where the step is not measured."""
    limits: Mapped[LongText | None]
    """Changes for this person: TOML that extends the protocol; None for the unchanged protocol."""
    protocol_text: Mapped[LongText | None]
    """The whole protocol with those changes."""
    protocol_sha256: Mapped[Digest | None]
    sets: Mapped[int]
    reps: Mapped[int]
    load_kg: Mapped[float | None]
    days_per_week: Mapped[int]
    notes: Mapped[LongText]
    """For the client."""
    created_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    """When the next version came."""
    ended_at: Mapped[datetime | None]
    """When the exercise was taken off the plan."""
