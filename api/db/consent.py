"""Consents: what a client agreed to, in which wording, when, and when they withdrew it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, ClientId, ClinicId, Digest, Id, LongText, Word


class ConsentKind(StrEnum):
    """The three consents, as `hinge_check.clinic.consent` names them."""

    STORE = "store_video"
    SHOW = "show_to_clinician"
    KEEP = "keep_beyond_30_days"


class ConsentRecord(Base):
    """One consent. A withdrawn one stays, with the time; agreeing again is another row."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_in_force", "client_id", "kind", "withdrawn_at"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    client_id: Mapped[ClientId]
    kind: Mapped[ConsentKind]
    wording_version: Mapped[Word]
    wording_sha256: Mapped[Digest]
    agreed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class WordingText(Base):
    """The full text that a person was shown, so that what was agreed can be read years later."""

    __tablename__ = "wording"

    sha256: Mapped[Digest] = mapped_column(primary_key=True)
    version: Mapped[Word]
    text: Mapped[LongText]
    first_shown_at: Mapped[datetime]
