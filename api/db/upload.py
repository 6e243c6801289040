"""A resumable upload (tus)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, Bytes, ClientId, ClinicId, Id, Line


class Upload(Base):
    """An unfinished upload and its progress; becomes a recording once all bytes have arrived."""

    __tablename__ = "upload"

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    client_id: Mapped[ClientId]
    """Whose recording it will be."""
    length: Mapped[Bytes]
    offset: Mapped[Bytes]
    part_key: Mapped[Line]
    """In the store: folder of the pieces so far."""
    parts: Mapped[list[str]]
    """Names of the pieces, in order; random, so that a stale request and its successor never write the same one."""
    asked: Mapped[dict[str, Any]]
    """protocol, side, speed, trim as the recording will have them; never a file name."""
    lease_until: Mapped[datetime | None]
    """Until then one request is finishing it, and others wait."""
    recording_id: Mapped[str | None] = mapped_column(
        String(32), ForeignKey("recording.id", ondelete="SET NULL"), index=True
    )
    """The recording it became."""
    refusal: Mapped[dict[str, Any] | None]
    """Or why it was refused: code, message, advice."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
