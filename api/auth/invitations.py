"""Invitations: signed links for signing in; made, looked up, used once."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from api.auth.crypto import constant_time_equal, digest, read_link, sign_link
from api.core.problems import Problem, ServiceCode
from api.db import Client, Clinic, Clinician, Invitation, InvitationKind, new_id
from api.settings import Settings

FIRST_CLINIC = "Our clinic"
RESET_WITHIN = timedelta(hours=24)
"""How long a link to a new password works."""


class InvitationOut(BaseModel):
    """A link that has been made; its address is shown once, when it is made."""

    id: str
    kind: InvitationKind
    email: str | None
    created_at: datetime
    expires_at: datetime


class NewInvitationOut(InvitationOut):
    """A new link."""

    link: str = Field(description="Pass it on yourself; it works once and is not shown again")


def invitation_out(row: Invitation) -> InvitationOut:
    """Return an invitation as it is shown, without its address."""
    return InvitationOut.model_validate(row, from_attributes=True)


def new_invitation_out(row: Invitation, link: str) -> NewInvitationOut:
    """Return an invitation that has just been made, with its address."""
    return NewInvitationOut(**invitation_out(row).model_dump(), link=link)


def invite_clinician(
    db: Session, settings: Settings, now: datetime, *, clinic_id: str, email: str | None, invited_by: str | None
) -> tuple[Invitation, str]:
    """Make a link for a new clinician; return it and its address. The caller commits."""
    return _invite(
        db,
        settings,
        now,
        Invitation(clinic_id=clinic_id, kind=InvitationKind.CLINICIAN, email=email, invited_by=invited_by),
    )


def invite_client(
    db: Session, settings: Settings, now: datetime, client: Client, *, invited_by: str
) -> tuple[Invitation, str]:
    """Make a link for a client, ending those before it; return it and its address. The caller commits."""
    _revoke(db, now, Invitation.client_id == client.id)
    client.link_wanted_at = None
    return _invite(
        db,
        settings,
        now,
        Invitation(clinic_id=client.clinic_id, kind=InvitationKind.CLIENT, client_id=client.id, invited_by=invited_by),
    )


def reset_password(db: Session, settings: Settings, now: datetime, email: str) -> str | None:
    """Make a link with which a clinician sets a new password, once; ends those before it. Commits.

    Returns
    -------
    str | None
        The link's address; None when no clinician has this e-mail address.
    """
    person = db.scalars(
        select(Clinician).where(Clinician.email == email, Clinician.disabled_at.is_(None))
    ).one_or_none()
    if person is None:
        return None
    _revoke(db, now, (Invitation.kind == InvitationKind.PASSWORD) & (Invitation.email == email))
    row = Invitation(clinic_id=person.clinic_id, kind=InvitationKind.PASSWORD, email=email)
    _, address = _invite(db, settings, now, row, RESET_WITHIN)
    db.commit()
    return address


def first_link(db: Session, settings: Settings, now: datetime) -> str | None:
    """Make a link that creates the first clinician. Commits.

    Each call ends the links of earlier calls, so that only the one that was printed last works.

    Returns
    -------
    str | None
        The link's address; None when there is a clinician already.
    """
    if db.scalar(select(Clinician.id).limit(1)) is not None:
        return None
    clinic = db.scalars(select(Clinic).order_by(Clinic.created_at).limit(1)).one_or_none()
    if clinic is None:
        clinic = Clinic(id=new_id(), name=FIRST_CLINIC, created_at=now)
        db.add(clinic)
        db.flush()
    _revoke(db, now, Invitation.invited_by.is_(None))
    _, address = invite_clinician(db, settings, now, clinic_id=clinic.id, email=None, invited_by=None)
    db.commit()
    return address


def end_links_by(db: Session, clinician: Clinician, now: datetime) -> None:
    """Revoke every invitation of a colleague that a clinician made, and the clinician's own password links.

    The caller commits.
    """
    _revoke(db, now, (Invitation.kind == InvitationKind.CLINICIAN) & (Invitation.invited_by == clinician.id))
    _revoke(db, now, (Invitation.kind == InvitationKind.PASSWORD) & (Invitation.email == clinician.email))


def end_links_of(db: Session, client_id: str, now: datetime) -> None:
    """End every link of a client; the caller commits."""
    _revoke(db, now, Invitation.client_id == client_id)


def find(db: Session, settings: Settings, token: str) -> Invitation:
    """Return the invitation of a token, whatever its state.

    Raises
    ------
    Problem
        `link_invalid`.
    """
    invitation = db.get(Invitation, read_link(settings.key, token))
    if invitation is None or not constant_time_equal(invitation.token_hash, digest(token)):
        raise Problem(ServiceCode.LINK_INVALID)
    return invitation


def check(invitation: Invitation, now: datetime) -> None:
    """Refuse an invitation that is used, ended or expired.

    Raises
    ------
    Problem
        `link_used`, `link_expired`.
    """
    if invitation.used_at is not None:
        raise Problem(ServiceCode.LINK_USED)
    if invitation.revoked_at is not None or invitation.expires_at <= now:
        raise Problem(ServiceCode.LINK_EXPIRED)


def use(db: Session, settings: Settings, token: str, kind: InvitationKind, now: datetime) -> Invitation:
    """Use a link: of two requests at the same instant one gets it. The caller commits.

    Raises
    ------
    Problem
        `link_invalid`, `link_used`, `link_expired`.
    """
    invitation = find(db, settings, token)
    if invitation.kind is not kind:
        raise Problem(ServiceCode.LINK_INVALID)
    check(invitation, now)
    unused = (Invitation.id == invitation.id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
    used = db.scalars(update(Invitation).where(*unused).values(used_at=now).returning(Invitation.id)).all()
    if not used:
        raise Problem(ServiceCode.LINK_USED)
    return invitation


def _invite(
    db: Session, settings: Settings, now: datetime, row: Invitation, within: timedelta | None = None
) -> tuple[Invitation, str]:
    row.id = new_id()
    token = sign_link(settings.key, row.id)
    row.token_hash = digest(token)
    row.created_at = now
    row.expires_at = now + (within or timedelta(days=settings.invitation_days))
    db.add(row)
    return row, f"{settings.public_url}/join/{token}"


def _revoke(db: Session, now: datetime, which: ColumnElement[bool]) -> None:
    open_ones = (Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
    db.execute(update(Invitation).where(which, *open_ones).values(revoked_at=now))
