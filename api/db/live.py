"""A finished live session: what was measured, without any picture."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, ClientId, ClinicId, Digest, Id, LongText, Word


class LiveSession(Base):
    """The results of one live session of one client."""

    __tablename__ = "live_session"
    __table_args__ = (Index("ix_live_session_list", "client_id", "created_at", "id"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    client_id: Mapped[ClientId]
    plan_id: Mapped[str | None] = mapped_column(String(32))
    """As `Recording.plan_id`."""
    protocol: Mapped[Word]
    protocol_sha256: Mapped[Digest]
    sets: Mapped[int]
    reps: Mapped[int]
    report: Mapped[LongText]
    """report.json as text, as `Analysis.report`."""
    figures: Mapped[dict[str, Any] | None]
    """The metrics from the report that a history reads."""
    summary: Mapped[dict[str, Any]]
    """The summary as the page showed it."""
    began_at: Mapped[datetime]
    created_at: Mapped[datetime]
    """When it ended."""
