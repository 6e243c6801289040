"""People and how they authenticate: clinicians, clients, invitations, sessions, tokens.

Of every secret (link, session, token) only the SHA-256 is stored: they are long and random, so a fast digest is enough.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, ClientId, ClinicianId, ClinicId, Digest, Id, Line, LongText, Word


class Clinician(Base):
    """Signs in with e-mail and password; sees their own clients."""

    __tablename__ = "clinician"

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    name: Mapped[Line]
    email: Mapped[Line] = mapped_column(unique=True)
    """Lower case."""
    password_hash: Mapped[Line]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Client(Base):
    """Signs in by a link from their clinician; sees only their own data."""

    __tablename__ = "client"
    __table_args__ = (Index("ix_client_list", "clinician_id", "created_at", "id"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    clinician_id: Mapped[ClinicianId]
    """The clinician in charge."""
    name: Mapped[Line]
    email: Mapped[Line | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    """Since then the client can no longer sign in."""
    link_wanted_at: Mapped[datetime | None]
    """When the client asked for a new link, until it is made."""
    usual_pain: Mapped[float | None]
    """0 to 10, as set by the clinician; None: taken from the first check-ins."""
    readiness: Mapped[LongText | None]
    """Values of the readiness rule that differ for this person: TOML that overrides the clinic's."""


class InvitationKind(StrEnum):
    """Whom a link signs in."""

    CLINICIAN = "clinician"
    CLIENT = "client"
    PASSWORD = "password"
    """A clinician who forgot their password."""


class Invitation(Base):
    """A signed link for one use that expires. For a new clinician, or for a client who exists already."""

    __tablename__ = "invitation"

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    kind: Mapped[InvitationKind]
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    client_id: Mapped[ClientId | None]
    email: Mapped[Line | None]
    """The invited colleague's address, or that of the clinician whose password is reset."""
    invited_by: Mapped[ClinicianId | None]
    """None for the first clinician of a clinic, who also names it."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Session(Base):
    """A signed-in browser of exactly one person. Signing out deletes the row."""

    __tablename__ = "session"
    __table_args__ = (CheckConstraint("(clinician_id IS NULL) <> (client_id IS NULL)", name="one_person"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    clinician_id: Mapped[ClinicianId | None]
    client_id: Mapped[ClientId | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiToken(Base):
    """Lets a program act for a clinician within scopes, until revoked."""

    __tablename__ = "api_token"

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    clinician_id: Mapped[ClinicianId]
    name: Mapped[Line]
    hint: Mapped[Word]
    """Its first characters, by which the owner recognises it."""
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
