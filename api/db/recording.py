"""A recording: what a client uploads."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, Bytes, ClientId, ClinicId, Digest, Id, Line, LongText, Word


class RecordingState(StrEnum):
    """State of a recording."""

    RECEIVED = "received"
    QUEUED = "queued"
    ANALYSING = "analysing"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class Recording(Base):
    """One video of one client. The same bytes for the same client are the same recording."""

    __tablename__ = "recording"
    __table_args__ = (
        UniqueConstraint("client_id", "sha256"),
        Index("ix_recording_list", "client_id", "created_at", "id"),
        Index("ix_recording_clinic_list", "clinic_id", "created_at", "id"),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    client_id: Mapped[ClientId]
    sha256: Mapped[Digest]
    """Digest of the bytes as they arrived."""
    bytes: Mapped[Bytes]
    """Size as it arrived."""
    media_type: Mapped[Word]
    """As the probe found it, not as the sender stated."""
    state: Mapped[RecordingState]
    protocol: Mapped[Word]
    """Name of the protocol asked for."""
    plan_id: Mapped[str | None] = mapped_column(String(32))
    """The plan in force for this protocol when it arrived. Plans are deleted only with their client, as this row is."""
    side: Mapped[Word]
    """auto, left or right."""
    speed: Mapped[float | None]
    """Playback over real speed; None: as the container states."""
    trim_start_s: Mapped[float | None]
    trim_end_s: Mapped[float | None]
    refusal_code: Mapped[Word | None]
    refusal_message: Mapped[LongText | None]
    refusal_advice: Mapped[LongText | None]
    probe: Mapped[dict[str, Any] | None]
    """What the probe found: container, duration_s, width, height, fps, rotation, …"""
    original_key: Mapped[Line | None]
    """In the store: the video without its metadata."""
    original_bytes: Mapped[Bytes | None]
    poster_key: Mapped[Line | None]
    playable_key: Mapped[Line | None]
    """In the store: a copy that every browser plays; None where they all play the original, or none was made yet."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    videos_removed_at: Mapped[datetime | None]
    """When the video and what was drawn from it were deleted; the results stay."""
