"""The audit trail: who saw or changed what, when. No health data and no names: only ids and kinds."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, ClinicId, Id, Word


class Deed(StrEnum):
    """A kind of action that the audit trail records."""

    SAW = "saw"
    CREATED = "created"
    CHANGED = "changed"
    PUBLISHED = "published"
    REMOVED = "removed"
    EXPORTED = "exported"
    AGREED = "agreed"
    WITHDREW = "withdrew"
    CLEARED = "cleared"
    ERASED = "erased"


class AuditEntry(Base):
    """One entry. No foreign keys to people and objects: an entry outlives what it refers to."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_list", "clinic_id", "created_at", "id"),
        Index("ix_audit_client", "client_id", "created_at", "id"),
        Index("ix_audit_again", "object_id", "who_id", "what", "created_at"),
    )

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    created_at: Mapped[datetime]
    who_kind: Mapped[Word]
    """clinician, program (of a clinician), client, service, or link: an opened link that was made for `who_id`."""
    who_id: Mapped[str | None] = mapped_column(String(32))
    what: Mapped[Deed]
    object_kind: Mapped[Word]
    object_id: Mapped[str] = mapped_column(String(32))
    client_id: Mapped[str | None] = mapped_column(String(32))
    """The client whose data it is; after an erasure a random id: entries still belong together but identify no one."""
    request_id: Mapped[Word]
