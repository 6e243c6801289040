"""What a clinic has written in place of the content that comes with the service."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, ClinicId, Id, LongText


class ContentKind(StrEnum):
    """What can be edited."""

    LADDER = "ladder"
    CONSENT = "consent"
    RED_FLAGS = "red_flags"
    READINESS = "readiness"


class ClinicContent(Base):
    """One file of a clinic's own, checked before it was kept."""

    __tablename__ = "content"
    __table_args__ = (UniqueConstraint("clinic_id", "kind"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    kind: Mapped[ContentKind]
    text: Mapped[LongText]
    """TOML."""
    updated_by: Mapped[str | None] = mapped_column(String(32), ForeignKey("clinician.id", ondelete="SET NULL"))
    updated_at: Mapped[datetime]
