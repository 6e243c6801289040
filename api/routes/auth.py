"""Sign in, out, and who am I."""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth import sign_in_sessions as sessions
from api.auth.crypto import csrf_token
from api.auth.rate_limit import RateLimit, hit, refund, reset
from api.core.problems import SIGNED_IN, Problem, ServiceCode, problem_responses
from api.core.text_types import Email, NewPassword, PersonName, TypedPassword
from api.db import Client, Clinic, Clinician
from api.http.deps import (
    ClinicianInPerson,
    Clock,
    Config,
    Db,
    Me,
    PasswordHashes,
    Principal,
    Role,
    Scope,
    check_same_site,
)
from api.http.inline_reads import inline_read
from api.settings import Settings

router = APIRouter(tags=["signing in"])


async def _same_site(request: Request) -> None:
    check_same_site(request)


NotFromElsewhere = Depends(_same_site)
"""For routes without a session: another site's page may not sign a person in as somebody."""


class SignInForm(BaseModel):
    """E-mail and password."""

    email: Email
    password: TypedPassword


class ClinicOut(BaseModel):
    """A clinic."""

    id: str
    name: str


class MeOut(BaseModel):
    """Who is signed in."""

    role: Role
    id: str
    name: str
    email: str | None
    clinic: ClinicOut
    scopes: list[Scope]
    csrf_token: str | None = Field(description="Send it as X-CSRF-Token with every change; null for tokens")


class PasswordForm(BaseModel):
    """Change of one's own password."""

    current: TypedPassword
    new: NewPassword


class NameForm(BaseModel):
    """Change of one's own name."""

    name: PersonName


def signed_in(db: Session, response: Response, person: Clinician | Client, settings: Settings, now: datetime) -> MeOut:
    """Sign somebody in, who they are being certain: sets the cookies and commits."""
    row = sessions.begin(db, response, person, settings, now)
    db.commit()
    role = Role.CLINICIAN if isinstance(person, Clinician) else Role.CLIENT
    return me_out(db, Principal(role, person.id, person.clinic_id, row.id, row.token_hash, None), settings)


def me_out(db: Session, me: Principal, settings: Settings) -> MeOut:
    """Who is signed in, with names."""
    person: Clinician | Client | None = db.get(Clinician, me.id) if me.is_clinician else db.get(Client, me.id)
    clinic = db.get(Clinic, me.clinic_id)
    if person is None or clinic is None:  # removed between two statements
        raise Problem(ServiceCode.UNAUTHENTICATED)
    return MeOut(
        role=me.role,
        id=me.id,
        name=person.name,
        email=person.email,
        clinic=ClinicOut(id=clinic.id, name=clinic.name),
        scopes=sorted(me.scopes),
        csrf_token=None if me.session_hash is None else csrf_token(settings.key, me.session_hash),
    )


@router.post(
    "/session",
    dependencies=[NotFromElsewhere],
    responses=problem_responses(ServiceCode.UNAUTHENTICATED, ServiceCode.TOO_MANY_REQUESTS, ServiceCode.CSRF),
)
def sign_in(
    form: SignInForm,
    request: Request,
    response: Response,
    db: Db,
    clock: Clock,
    config: Config,
    passwords: PasswordHashes,
) -> MeOut:
    """Sign in as a clinician; the answer sets the cookies."""
    address = "?" if request.client is None else request.client.host
    here, anywhere = sign_in_limits(config, form.email, address)
    hit(db, [*here, *anywhere], clock())
    person = db.scalars(select(Clinician).where(Clinician.email == form.email)).one_or_none()
    db.rollback()  # hashing takes long: hold no connection meanwhile
    usable = person is not None and person.disabled_at is None
    right = passwords.verify(form.password, person.password_hash if person is not None and usable else None)
    if not right or person is None:
        raise Problem(
            ServiceCode.UNAUTHENTICATED,
            "The e-mail address or the password is not right.",
            advice="Check both and try again.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    reset(db, here)
    refund(db, anywhere)
    return signed_in(db, response, person, config, clock())


@router.delete("/session", status_code=204, responses=SIGNED_IN)
def sign_out(me: Me, response: Response, db: Db, config: Config) -> None:
    """Sign out here."""
    if me.session_id is None:
        raise Problem(ServiceCode.FORBIDDEN, "A token has no session.", advice="Revoke the token instead.")
    sessions.end(db, me.id, only=me.session_id)
    db.commit()
    sessions.drop_cookies(response, config)


@router.delete("/sessions", status_code=204, responses=SIGNED_IN)
def sign_out_everywhere(me: Me, response: Response, db: Db, config: Config) -> None:
    """Sign out here and everywhere else."""
    if me.session_id is None:
        raise Problem(ServiceCode.FORBIDDEN, "A token has no session.", advice="Revoke the token instead.")
    sessions.end(db, me.id)
    db.commit()
    sessions.drop_cookies(response, config)


@router.get("/me", responses=SIGNED_IN)
@inline_read
def who_am_i(me: Me, db: Db, config: Config) -> MeOut:
    """Who is signed in, and the CSRF token of the session."""
    return me_out(db, me, config)


@router.patch("/me", responses=SIGNED_IN)
def change_me(form: NameForm, me: ClinicianInPerson, db: Db, config: Config) -> MeOut:
    """Change one's own name."""
    person = db.get_one(Clinician, me.id)
    person.name = form.name
    db.commit()
    return me_out(db, me, config)


@router.put("/me/password", status_code=204, responses=SIGNED_IN | problem_responses(ServiceCode.TOO_MANY_REQUESTS))
def change_password(
    form: PasswordForm, me: ClinicianInPerson, db: Db, clock: Clock, config: Config, passwords: PasswordHashes
) -> None:
    """Change one's own password; signs out everywhere else."""
    limit = RateLimit("password", me.id, config.sign_in_failures, timedelta(minutes=config.sign_in_pause_minutes))
    hit(db, [limit], clock())
    kept = db.get_one(Clinician, me.id).password_hash
    db.rollback()
    if not passwords.verify(form.current, kept):
        raise Problem(ServiceCode.FORBIDDEN, "The current password is not right.", advice="Check it and try again.")
    hashed = passwords.hash(form.new)
    person = db.get_one(Clinician, me.id)
    person.password_hash = hashed
    reset(db, [limit])
    sessions.end(db, me.id, but=me.session_id)
    db.commit()


def sign_in_limits(settings: Settings, email: str, address: str) -> tuple[list[RateLimit], list[RateLimit]]:
    """Few tries for one account from one place; more for the account from anywhere, so that a stranger cannot lock
    its owner out with a handful of tries; more for the place, which a whole clinic may share.
    """
    within = timedelta(minutes=settings.sign_in_pause_minutes)
    few = settings.sign_in_failures
    here = [RateLimit("sign in here", f"{email}\0{address}", few, within)]
    return here, [
        RateLimit("sign in as", email, few * 10, within),
        RateLimit("sign in from", address, few * 10, within),
    ]
