"""Signing in and out, and the signed-in person's own account."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.auth import accounts
from api.auth.accounts import MeOut, NameForm, PasswordForm, SignInForm
from api.auth.sign_in_sessions import drop_cookies, set_cookies
from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.http.deps import ClinicianInPerson, Clock, Config, Db, Me, PasswordHashes, RemoteAddress, SameSite
from api.http.inline_reads import inline_read

router = APIRouter(tags=["signing in"])


@router.post(
    "/session",
    dependencies=[SameSite],
    responses=problem_responses(ServiceCode.UNAUTHENTICATED, ServiceCode.TOO_MANY_REQUESTS, ServiceCode.CSRF),
)
def sign_in(
    form: SignInForm,
    address: RemoteAddress,
    response: Response,
    db: Db,
    clock: Clock,
    config: Config,
    passwords: PasswordHashes,
) -> MeOut:
    """Sign in as a clinician; the answer sets the cookies."""
    signed_in = accounts.sign_in(db, passwords, config, form, address=address, now=clock())
    set_cookies(response, signed_in.session, config)
    return signed_in.me


@router.delete("/session", status_code=204, responses=SIGNED_IN)
def sign_out(me: Me, response: Response, db: Db, config: Config) -> None:
    """Sign out of this session."""
    accounts.sign_out(db, me)
    drop_cookies(response, config)


@router.delete("/sessions", status_code=204, responses=SIGNED_IN)
def sign_out_everywhere(me: Me, response: Response, db: Db, config: Config) -> None:
    """Sign out of every session of this person."""
    accounts.sign_out(db, me, everywhere=True)
    drop_cookies(response, config)


@router.get("/me", responses=SIGNED_IN)
@inline_read
def who_am_i(me: Me, db: Db, config: Config) -> MeOut:
    """Return who is signed in, and the CSRF token of the session."""
    return accounts.read_me(db, me, config)


@router.patch("/me", responses=SIGNED_IN)
def change_me(form: NameForm, me: ClinicianInPerson, db: Db, config: Config) -> MeOut:
    """Change your own name."""
    accounts.change_name(db, me, form)
    return accounts.read_me(db, me, config)


@router.put("/me/password", status_code=204, responses=SIGNED_IN | problem_responses(ServiceCode.TOO_MANY_REQUESTS))
def change_password(
    form: PasswordForm, me: ClinicianInPerson, db: Db, clock: Clock, config: Config, passwords: PasswordHashes
) -> None:
    """Change your own password, and sign out of every other session."""
    accounts.change_password(db, passwords, config, me, form, clock())
