"""A person's own account: sign-in and sign-out, name and password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth import sign_in_sessions
from api.auth.crypto import Passwords, csrf_token
from api.auth.principal import Principal, Role, Scope
from api.auth.rate_limit import RateLimit, hit, refund, reset
from api.auth.sign_in_sessions import NewSession
from api.core.problems import Problem, ServiceCode
from api.core.text_types import Email, NewPassword, PersonName, TypedPassword
from api.db import Client, Clinic, Clinician
from api.settings import Settings


class SignInForm(BaseModel):
    """E-mail and password."""

    email: Email
    password: TypedPassword


class ClinicOut(BaseModel):
    """A clinic."""

    id: str
    name: str


class MeOut(BaseModel):
    """The signed-in person."""

    role: Role
    id: str
    name: str
    email: str | None
    clinic: ClinicOut
    scopes: list[Scope]
    csrf_token: str | None = Field(description="Send it as X-CSRF-Token with every change; null for tokens")


class PasswordForm(BaseModel):
    """Change of the person's own password."""

    current: TypedPassword
    new: NewPassword


class NameForm(BaseModel):
    """Change of the person's own name."""

    name: PersonName


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person who has just signed in, and their new session."""

    me: MeOut
    session: NewSession


def read_me(db: Session, me: Principal, settings: Settings) -> MeOut:
    """Return the signed-in person and their clinic.

    Raises
    ------
    Problem
        `unauthenticated` when they were removed a moment ago.
    """
    person: Clinician | Client | None = db.get(Clinician, me.id) if me.is_clinician else db.get(Client, me.id)
    clinic = db.get(Clinic, me.clinic_id)
    if person is None or clinic is None:  # removed since they were authenticated
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


def begin_session(db: Session, person: Clinician | Client, settings: Settings, now: datetime) -> SignedIn:
    """Begin a session for a person who has already been authenticated; commits."""
    session = sign_in_sessions.begin(db, person, settings, now)
    db.commit()
    role = Role.CLINICIAN if isinstance(person, Clinician) else Role.CLIENT
    row = session.row
    me = Principal(role, person.id, person.clinic_id, row.id, row.token_hash, None)
    return SignedIn(read_me(db, me, settings), session)


def sign_in(
    db: Session, passwords: Passwords, settings: Settings, form: SignInForm, *, address: str, now: datetime
) -> SignedIn:
    """Sign in a clinician by e-mail address and password; commits.

    Raises
    ------
    Problem
        `unauthenticated`, alike whether the address or the password is wrong; `too_many_requests`.
    """
    narrow, wide = sign_in_limits(settings, form.email, address)
    hit(db, [*narrow, *wide], now)
    person = db.scalars(select(Clinician).where(Clinician.email == form.email)).one_or_none()
    db.rollback()  # hashing takes long: hold no connection meanwhile
    usable = person is not None and person.disabled_at is None
    matches = passwords.verify(form.password, person.password_hash if person is not None and usable else None)
    if not matches or person is None:
        raise Problem(
            ServiceCode.UNAUTHENTICATED,
            "The e-mail address or the password is not right.",
            advice="Check both and try again.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    reset(db, narrow)
    refund(db, wide)
    return begin_session(db, person, settings, now)


def sign_out(db: Session, me: Principal, *, everywhere: bool = False) -> None:
    """End this session, or every session of this person; commits. The caller drops the cookies.

    Raises
    ------
    Problem
        `forbidden` for a token, which has no session.
    """
    if me.session_id is None:
        raise Problem(ServiceCode.FORBIDDEN, "A token has no session.", advice="Revoke the token instead.")
    sign_in_sessions.end(db, me.id, only=None if everywhere else me.session_id)
    db.commit()


def change_name(db: Session, me: Principal, form: NameForm) -> None:
    """Change a clinician's own name; commits."""
    db.get_one(Clinician, me.id).name = form.name
    db.commit()


def change_password(
    db: Session, passwords: Passwords, settings: Settings, me: Principal, form: PasswordForm, now: datetime
) -> None:
    """Change a clinician's own password and sign them out everywhere else; commits.

    Raises
    ------
    Problem
        `forbidden` when the current password is wrong; `too_many_requests`.
    """
    limit = RateLimit("password", me.id, settings.sign_in_failures, timedelta(minutes=settings.sign_in_pause_minutes))
    hit(db, [limit], now)
    current_hash = db.get_one(Clinician, me.id).password_hash
    db.rollback()  # hashing takes long: hold no connection meanwhile
    if not passwords.verify(form.current, current_hash):
        raise Problem(ServiceCode.FORBIDDEN, "The current password is not right.", advice="Check it and try again.")
    new_hash = passwords.hash(form.new)
    db.get_one(Clinician, me.id).password_hash = new_hash
    reset(db, [limit])
    sign_in_sessions.end(db, me.id, but=me.session_id)
    db.commit()


def sign_in_limits(settings: Settings, email: str, address: str) -> tuple[list[RateLimit], list[RateLimit]]:
    """Return the limits for one account from one place, and the wider ones.

    Few tries for one account from one place; more for the account from anywhere, so that a stranger cannot lock its
    owner out with a handful of tries; more for the place, which a whole clinic may share.
    """
    within = timedelta(minutes=settings.sign_in_pause_minutes)
    few = settings.sign_in_failures
    narrow = [RateLimit("sign in here", f"{email}\0{address}", few, within)]
    wide = [
        RateLimit("sign in as", email, few * 10, within),
        RateLimit("sign in from", address, few * 10, within),
    ]
    return narrow, wide
