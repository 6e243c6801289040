"""The clinicians of a clinic: list them, invite one, disable one who leaves."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from api.auth import invitations, sign_in_sessions
from api.auth.audit_trail import Trail
from api.auth.invitations import InvitationOut, NewInvitationOut, invitation_out, new_invitation_out
from api.auth.principal import Principal
from api.core.problems import Problem, ServiceCode, not_found
from api.core.text_types import BodyId, Email
from api.db import ApiToken, Client, Clinic, Clinician, Deed, Invitation, InvitationKind
from api.settings import Settings

_UNREAD = {"synchronize_session": False}


class ClinicianOut(BaseModel):
    """A clinician."""

    id: str
    name: str
    email: str


class InviteForm(BaseModel):
    """A colleague to invite."""

    email: Email


class LeavingForm(BaseModel):
    """The colleague who takes over the clients."""

    clients_to: BodyId | None = Field(
        default=None, description="The colleague who looks after their clients from now on; needed where there are any"
    )


def list_clinicians(db: Session, me: Principal) -> list[ClinicianOut]:
    """Return the clinicians of the person's own clinic, oldest account first."""
    query = select(Clinician).where(Clinician.clinic_id == me.clinic_id, Clinician.disabled_at.is_(None))
    rows = db.scalars(query.order_by(Clinician.created_at))
    return [ClinicianOut(id=row.id, name=row.name, email=row.email) for row in rows]


def invite_clinician(
    db: Session, settings: Settings, me: Principal, form: InviteForm, now: datetime
) -> NewInvitationOut:
    """Invite a colleague; commits. The service sends nothing: the person passes the link on."""
    row, link = invitations.invite_clinician(
        db, settings, now, clinic_id=me.clinic_id, email=form.email, invited_by=me.id
    )
    db.commit()
    return new_invitation_out(row, link)


def list_invitations(db: Session, me: Principal, now: datetime) -> list[InvitationOut]:
    """Return the invitations of colleagues that can still be used, oldest first."""
    query = select(Invitation).where(
        Invitation.clinic_id == me.clinic_id,
        Invitation.kind == InvitationKind.CLINICIAN,
        Invitation.used_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now,
    )
    return [invitation_out(row) for row in db.scalars(query.order_by(Invitation.created_at))]


def revoke_invitation(db: Session, me: Principal, invitation_id: str, now: datetime) -> None:
    """Revoke the invitation of a colleague, whichever clinician of the clinic made it; commits.

    Raises
    ------
    Problem
        `not_found`.
    """
    row = db.scalars(
        select(Invitation).where(
            Invitation.id == invitation_id,
            Invitation.clinic_id == me.clinic_id,
            Invitation.kind == InvitationKind.CLINICIAN,
        )
    ).one_or_none()
    if row is None:
        raise not_found()
    if row.used_at is None and row.revoked_at is None:
        row.revoked_at = now
        db.commit()


def disable_clinician(
    db: Session, me: Principal, trail: Trail, clinician_id: str, form: LeavingForm, now: datetime
) -> None:
    """Disable a clinician of the person's own clinic, or the person; commits.

    Their sessions, tokens and invitations end. What they wrote stays.

    Raises
    ------
    Problem
        `not_found`; `conflict` for the last clinician of a clinic, and where clients are left without a colleague to
        look after them.
    """
    # One at a time: if two clinicians disable each other, one must stay. (SQLite serialises writes anyway.)
    db.execute(select(Clinic.id).where(Clinic.id == me.clinic_id).with_for_update())
    colleagues = (Clinician.clinic_id == me.clinic_id, Clinician.disabled_at.is_(None))
    person = db.scalars(select(Clinician).where(Clinician.id == clinician_id, *colleagues)).one_or_none()
    if person is None:
        raise not_found()
    other = aliased(Clinician)
    another_stays = exists().where(
        other.clinic_id == me.clinic_id, other.disabled_at.is_(None), other.id != clinician_id
    )
    leaves = update(Clinician).where(Clinician.id == clinician_id, *colleagues, another_stays)
    disabled = db.scalars(leaves.values(disabled_at=now).returning(Clinician.id), execution_options=_UNREAD).all()
    if not disabled:
        raise Problem(
            ServiceCode.CONFLICT,
            "This is the clinic's only clinician.",
            advice="Invite a colleague first, so that somebody can still come in.",
        )
    _hand_over(db, person, form.clients_to)
    sign_in_sessions.end(db, person.id)
    tokens = update(ApiToken).where(ApiToken.clinician_id == person.id, ApiToken.revoked_at.is_(None))
    db.execute(tokens.values(revoked_at=now), execution_options=_UNREAD)
    invitations.end_links_by(db, person, now)
    trail.record(db, Deed.REMOVED, "clinician", person.id, None)
    db.commit()


def _hand_over(db: Session, person: Clinician, to: str | None) -> None:
    """Give all clients of a clinician, archived ones too, to a colleague."""
    theirs = Client.clinician_id == person.id
    if to is None:
        if db.scalar(select(Client.id).where(theirs).limit(1)) is not None:
            raise Problem(
                ServiceCode.CONFLICT,
                "This clinician looks after clients.",
                advice="Say in 'clients_to' which colleague looks after them from now on.",
            )
        return
    heir = db.get(Clinician, to)
    if heir is None or heir.clinic_id != person.clinic_id or heir.disabled_at is not None or heir is person:
        raise Problem(ServiceCode.NOT_FOUND, "There is no such colleague.")
    db.execute(update(Client).where(theirs).values(clinician_id=to), execution_options=_UNREAD)
