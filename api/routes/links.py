"""Sign-in links: read one, use it once, ask for a new one."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.auth import links
from api.auth.accounts import MeOut
from api.auth.links import ClinicianForm, LinkForm, LinkOut, NewPasswordForm, RenewalForm
from api.auth.sign_in_sessions import set_cookies
from api.core.problems import ServiceCode, problem_responses
from api.http.deps import Clock, Config, Db, PasswordHashes, RemoteAddress, SameSite

router = APIRouter(
    prefix="/links",
    tags=["links"],
    dependencies=[SameSite],
    responses=problem_responses(
        ServiceCode.LINK_INVALID,
        ServiceCode.LINK_EXPIRED,
        ServiceCode.LINK_USED,
        ServiceCode.TOO_MANY_REQUESTS,
        ServiceCode.CSRF,
    ),
)


class Accepted(BaseModel):
    """The request was received."""

    message: str


@router.post("/look")
def look_at_link(form: LinkForm, address: RemoteAddress, db: Db, clock: Clock, config: Config) -> LinkOut:
    """Return what a link is for, without using it."""
    return links.look_at_link(db, config, form, address=address, now=clock())


@router.post("/client")
def join_as_client(
    form: LinkForm, address: RemoteAddress, response: Response, db: Db, clock: Clock, config: Config
) -> MeOut:
    """Use a client's link: sign the client in and set the cookies."""
    signed_in = links.join_as_client(db, config, form, address=address, now=clock())
    set_cookies(response, signed_in.session, config)
    return signed_in.me


@router.post("/clinician", responses=problem_responses(ServiceCode.CONFLICT))
def join_as_clinician(
    form: ClinicianForm,
    address: RemoteAddress,
    response: Response,
    db: Db,
    clock: Clock,
    config: Config,
    passwords: PasswordHashes,
) -> MeOut:
    """Use a clinician's link: create the account, sign in and set the cookies."""
    signed_in = links.join_as_clinician(db, passwords, config, form, address=address, clock=clock)
    set_cookies(response, signed_in.session, config)
    return signed_in.me


@router.post("/password")
def set_password(
    form: NewPasswordForm,
    address: RemoteAddress,
    response: Response,
    db: Db,
    clock: Clock,
    config: Config,
    passwords: PasswordHashes,
) -> MeOut:
    """Use the link of a clinician who forgot their password: set a new one, end all other sessions, and sign in."""
    signed_in = links.set_password(db, passwords, config, form, address=address, clock=clock)
    set_cookies(response, signed_in.session, config)
    return signed_in.me


@router.post("/renewals", status_code=202)
def ask_for_link(form: RenewalForm, address: RemoteAddress, db: Db, clock: Clock, config: Config) -> Accepted:
    """Ask for a new link as a client; the clinician sees the request. The answer does not reveal who is known."""
    links.ask_for_link(db, config, form, address=address, now=clock())
    return Accepted(message="If we know you, your clinician will send you a new link.")
