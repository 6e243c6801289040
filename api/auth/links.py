"""Sign-in links: look at one, use it once, ask for a new one."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel, Field, model_validator
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.auth import invitations, sign_in_sessions
from api.auth.accounts import SignedIn, begin_session
from api.auth.crypto import Passwords
from api.auth.rate_limit import RateLimit, hit
from api.core.clock import Now
from api.core.problems import Problem, ServiceCode
from api.core.text_types import Email, LinkToken, NewPassword, PersonName
from api.db import Client, Clinic, Clinician, Invitation, InvitationKind, new_id
from api.settings import Settings

_TRIES = 60
_WITHIN = timedelta(minutes=15)


class LinkForm(BaseModel):
    """The token of a link."""

    token: LinkToken


class LinkOut(BaseModel):
    """What a link is for."""

    kind: InvitationKind
    clinic: str
    founding: bool = Field(description="Whether it creates the first clinician, who also names the clinic")
    email: str | None = Field(description="The address a colleague was invited at, or signs in with")
    expires_at: datetime


class ClinicianForm(LinkForm):
    """A new clinician."""

    name: PersonName
    email: Email
    password: NewPassword
    clinic: PersonName | None = Field(default=None, description="Name of the clinic; for the first clinician")


class NewPasswordForm(LinkForm):
    """A new password, for a clinician who forgot the old one."""

    password: NewPassword


class RenewalForm(BaseModel):
    """A client who needs a new link: the old one's token, or the address the clinician knows."""

    token: LinkToken | None = None
    email: Email | None = None

    @model_validator(mode="after")
    def _require_one(self) -> RenewalForm:
        if (self.token is None) == (self.email is None):
            raise ValueError("give either the token or the e-mail address")
        return self


def look_at_link(db: Session, settings: Settings, form: LinkForm, *, address: str, now: datetime) -> LinkOut:
    """Return what a link is for, without using it.

    Raises
    ------
    Problem
        `link_invalid`, `link_used`, `link_expired`; `too_many_requests` for many tries from one address.
    """
    _count_try(db, address, now)
    invitation = invitations.find(db, settings, form.token)
    invitations.check(invitation, now)
    clinic = db.get_one(Clinic, invitation.clinic_id)
    return LinkOut(
        kind=invitation.kind,
        clinic=clinic.name,
        founding=invitation.kind is InvitationKind.CLINICIAN and invitation.invited_by is None,
        email=invitation.email,
        expires_at=invitation.expires_at,
    )


def join_as_client(db: Session, settings: Settings, form: LinkForm, *, address: str, now: datetime) -> SignedIn:
    """Use a client's link: sign them in. Commits.

    Raises
    ------
    Problem
        As `look_at_link`.
    """
    _count_try(db, address, now)
    invitation = invitations.use(db, settings, form.token, InvitationKind.CLIENT, now)
    client = None if invitation.client_id is None else db.get(Client, invitation.client_id)
    if client is None or client.archived_at is not None:
        raise Problem(ServiceCode.LINK_EXPIRED)
    return begin_session(db, client, settings, now)


def join_as_clinician(
    db: Session, passwords: Passwords, settings: Settings, form: ClinicianForm, *, address: str, clock: Now
) -> SignedIn:
    """Use a clinician's link: create the account and sign them in. Commits.

    Raises
    ------
    Problem
        As `look_at_link`; `conflict` when there is an account with the address.
    """
    _count_try(db, address, clock())
    invitation, password_hash = _use_with_password(db, passwords, settings, form, InvitationKind.CLINICIAN, clock)
    if db.scalar(select(Clinician.id).where(Clinician.email == form.email)) is not None:
        raise Problem(
            ServiceCode.CONFLICT, "There is an account with this e-mail address.", advice="Sign in with it instead."
        )
    person = Clinician(
        id=new_id(),
        clinic_id=invitation.clinic_id,
        name=form.name,
        email=form.email,
        password_hash=password_hash,
        created_at=clock(),
    )
    db.add(person)
    if invitation.invited_by is None and form.clinic is not None:
        db.execute(update(Clinic).where(Clinic.id == invitation.clinic_id).values(name=form.clinic))
    db.flush()
    return begin_session(db, person, settings, clock())


def set_password(
    db: Session, passwords: Passwords, settings: Settings, form: NewPasswordForm, *, address: str, clock: Now
) -> SignedIn:
    """Use the link of a clinician who forgot their password: set a new one, end all other sessions, and sign in.

    Commits.

    Raises
    ------
    Problem
        As `look_at_link`.
    """
    _count_try(db, address, clock())
    invitation, password_hash = _use_with_password(db, passwords, settings, form, InvitationKind.PASSWORD, clock)
    person = db.scalars(select(Clinician).where(Clinician.email == invitation.email)).one_or_none()
    if person is None or person.disabled_at is not None:
        raise Problem(ServiceCode.LINK_EXPIRED)
    person.password_hash = password_hash
    sign_in_sessions.end(db, person.id)
    return begin_session(db, person, settings, clock())


def ask_for_link(db: Session, settings: Settings, form: RenewalForm, *, address: str, now: datetime) -> None:
    """Record that a client asks for a new link, for the clinician to see; the answer does not reveal who is known.

    Commits.

    Raises
    ------
    Problem
        `link_invalid` for a token that is none of ours; `too_many_requests`.
    """
    _count_try(db, address, now)
    if form.token is not None:
        asking = Client.id == invitations.find(db, settings, form.token).client_id
    else:
        asking = Client.email == form.email
    db.execute(update(Client).where(asking, Client.archived_at.is_(None)).values(link_wanted_at=now))
    db.commit()


def _use_with_password(
    db: Session,
    passwords: Passwords,
    settings: Settings,
    form: ClinicianForm | NewPasswordForm,
    kind: InvitationKind,
    clock: Now,
) -> tuple[Invitation, str]:
    """Use a link that sets a password; return the invitation and the password's hash."""
    invitations.check(invitations.find(db, settings, form.token), clock())  # before the expensive hash
    db.rollback()  # hashing takes long: hold no connection meanwhile
    password_hash = passwords.hash(form.password)
    return invitations.use(db, settings, form.token, kind, clock()), password_hash


def _count_try(db: Session, address: str, now: datetime) -> None:
    hit(db, [RateLimit("links from", address, _TRIES, _WITHIN)], now)
