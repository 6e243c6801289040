"""Links that let people in: looked at, used once, asked for again."""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, model_validator
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.auth import invitations, sign_in_sessions as sessions
from api.auth.crypto import Passwords
from api.auth.rate_limit import RateLimit, hit
from api.core.clock import Now
from api.core.problems import Problem, ServiceCode, problem_responses
from api.core.text_types import Email, LinkToken, NewPassword, PersonName
from api.db import Client, Clinic, Clinician, Invitation, InvitationKind, new_id
from api.http.deps import Clock, Config, Db, PasswordHashes
from api.routes.auth import MeOut, NotFromElsewhere, signed_in
from api.settings import Settings

router = APIRouter(
    prefix="/links",
    tags=["links"],
    dependencies=[NotFromElsewhere],
    responses=problem_responses(
        ServiceCode.LINK_INVALID,
        ServiceCode.LINK_EXPIRED,
        ServiceCode.LINK_USED,
        ServiceCode.TOO_MANY_REQUESTS,
        ServiceCode.CSRF,
    ),
)
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
    """A new password for who forgot the old one."""

    password: NewPassword


class RenewalForm(BaseModel):
    """A client who needs a new link: the old one's token, or the address the clinician knows."""

    token: LinkToken | None = None
    email: Email | None = None

    @model_validator(mode="after")
    def _one(self) -> RenewalForm:
        if (self.token is None) == (self.email is None):
            raise ValueError("give either the token or the e-mail address")
        return self


class Accepted(BaseModel):
    """It will be looked at."""

    message: str


@router.post("/look")
def look_at_link(form: LinkForm, request: Request, db: Db, clock: Clock, config: Config) -> LinkOut:
    """What a link is for; does not use it."""
    hit(db, [_limit(request)], clock())
    invitation = invitations.find(db, config, form.token)
    invitations.check(invitation, clock())
    clinic = db.get_one(Clinic, invitation.clinic_id)
    return LinkOut(
        kind=invitation.kind,
        clinic=clinic.name,
        founding=invitation.kind is InvitationKind.CLINICIAN and invitation.invited_by is None,
        email=invitation.email,
        expires_at=invitation.expires_at,
    )


@router.post("/client")
def join_as_client(form: LinkForm, request: Request, response: Response, db: Db, clock: Clock, config: Config) -> MeOut:
    """Use a client's link: signs in and sets the cookies."""
    hit(db, [_limit(request)], clock())
    invitation = invitations.use(db, config, form.token, InvitationKind.CLIENT, clock())
    client = None if invitation.client_id is None else db.get(Client, invitation.client_id)
    if client is None or client.archived_at is not None:
        raise Problem(ServiceCode.LINK_EXPIRED)
    return signed_in(db, response, client, config, clock())


@router.post("/clinician", responses=problem_responses(ServiceCode.CONFLICT))
def join_as_clinician(
    form: ClinicianForm,
    request: Request,
    response: Response,
    db: Db,
    clock: Clock,
    config: Config,
    passwords: PasswordHashes,
) -> MeOut:
    """Use a clinician's link: creates the account, signs in and sets the cookies."""
    hit(db, [_limit(request)], clock())
    invitation, hashed = _use_with_password(db, config, clock, passwords, form, InvitationKind.CLINICIAN)
    if db.scalar(select(Clinician.id).where(Clinician.email == form.email)) is not None:
        raise Problem(
            ServiceCode.CONFLICT, "There is an account with this e-mail address.", advice="Sign in with it instead."
        )
    person = Clinician(
        id=new_id(),
        clinic_id=invitation.clinic_id,
        name=form.name,
        email=form.email,
        password_hash=hashed,
        created_at=clock(),
    )
    db.add(person)
    if invitation.invited_by is None and form.clinic is not None:
        db.execute(update(Clinic).where(Clinic.id == invitation.clinic_id).values(name=form.clinic))
    db.flush()
    return signed_in(db, response, person, config, clock())


@router.post("/password")
def set_password(
    form: NewPasswordForm,
    request: Request,
    response: Response,
    db: Db,
    clock: Clock,
    config: Config,
    passwords: PasswordHashes,
) -> MeOut:
    """Use the link of a clinician who forgot their password: sets a new one, signs out everywhere else and in here."""
    hit(db, [_limit(request)], clock())
    invitation, hashed = _use_with_password(db, config, clock, passwords, form, InvitationKind.PASSWORD)
    person = db.scalars(select(Clinician).where(Clinician.email == invitation.email)).one_or_none()
    if person is None or person.disabled_at is not None:
        raise Problem(ServiceCode.LINK_EXPIRED)
    person.password_hash = hashed
    sessions.end(db, person.id)
    return signed_in(db, response, person, config, clock())


@router.post("/renewals", status_code=202)
def ask_for_link(form: RenewalForm, request: Request, db: Db, clock: Clock, config: Config) -> Accepted:
    """A client asks for a new link; the clinician sees it. Answers alike whether anybody is known by it."""
    hit(db, [_limit(request)], clock())
    if form.token is not None:
        wanted = Client.id == invitations.find(db, config, form.token).client_id
    else:
        wanted = Client.email == form.email
    db.execute(update(Client).where(wanted, Client.archived_at.is_(None)).values(link_wanted_at=clock()))
    db.commit()
    return Accepted(message="If we know you, your clinician will send you a new link.")


def _use_with_password(
    db: Session,
    config: Settings,
    clock: Now,
    passwords: Passwords,
    form: ClinicianForm | NewPasswordForm,
    kind: InvitationKind,
) -> tuple[Invitation, str]:
    """Use a link that sets a password; the link and the password's hash."""
    invitations.check(invitations.find(db, config, form.token), clock())  # before the dear hash
    db.rollback()
    hashed = passwords.hash(form.password)
    return invitations.use(db, config, form.token, kind, clock()), hashed


def _limit(request: Request) -> RateLimit:
    return RateLimit("links from", "?" if request.client is None else request.client.host, _TRIES, _WITHIN)
