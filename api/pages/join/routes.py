"""`/join/{token}`: opening the page never uses the link, because mail scanners open links; a button does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.datastructures import FormData
from starlette.responses import Response

from api.auth import invitations, links
from api.auth.accounts import SignedIn
from api.auth.crypto import Passwords
from api.auth.links import ClinicianForm, LinkForm, LinkOut, NewPasswordForm, RenewalForm
from api.auth.sign_in_sessions import set_cookies
from api.core.clock import Now
from api.core.problems import Problem, ServiceCode
from api.core.text_types import PASSWORD_LENGTH
from api.db import InvitationKind
from api.http.deps import Clock, Config, Db, PasswordHashes, Principal, RemoteAddress
from api.pages.form_fields import form_text, next_page
from api.pages.page_deps import Form, Visitor
from api.pages.render import render
from api.settings import Settings

router = APIRouter()

Token = Annotated[str, Path(max_length=400)]
_ENDED = (ServiceCode.LINK_INVALID, ServiceCode.LINK_EXPIRED, ServiceCode.LINK_USED)
_FIELDS = ("name", "email", "password", "clinic")


@router.get("/join/{token}")
def open_link(
    token: Token, request: Request, visitor: Visitor, db: Db, clock: Clock, config: Config, address: RemoteAddress
) -> Response:
    """Show the name of the clinic and one button; to clinicians the form of their account."""
    try:
        link = links.look_at_link(db, config, LinkForm(token=token), address=address, now=clock())
    except Problem as problem:
        return _render_ended(problem, token, request, visitor, db, config)
    return _render_link(request, link, visitor, typed={"email": link.email or ""})


@router.post("/join/{token}")
async def use_link(
    token: Token,
    request: Request,
    form: Form,
    visitor: Visitor,
    db: Db,
    clock: Clock,
    config: Config,
    passwords: PasswordHashes,
    address: RemoteAddress,
) -> Response:
    """Use the link and sign the person in."""
    joining = _Joining(token, request, form, visitor, db, clock, config, passwords, address)
    return await run_in_threadpool(joining.use_link)


@dataclass(frozen=True, slots=True)
class _Joining:
    """One request to use a link. It runs in a thread, because hashing a password takes long."""

    token: str
    request: Request
    form: FormData
    visitor: Principal | None
    db: Session
    clock: Now
    config: Settings
    passwords: Passwords
    address: str

    def use_link(self) -> Response:
        """Use the link for its purpose, and answer."""
        token = LinkForm(token=self.token)
        try:
            link = links.look_at_link(self.db, self.config, token, address=self.address, now=self.clock())
            if link.kind is InvitationKind.CLIENT:
                signed_in = links.join_as_client(self.db, self.config, token, address=self.address, now=self.clock())
                return self._go_on(signed_in, next_page(self.db, signed_in.me.id))
            if link.kind is InvitationKind.PASSWORD:
                return self._set_password(link)
            return self._join_as_clinician(link)
        except Problem as problem:
            return _render_ended(problem, self.token, self.request, self.visitor, self.db, self.config)

    def _set_password(self, link: LinkOut) -> Response:
        try:
            typed = NewPasswordForm(token=self.token, password=str(self.form.get("password", "")))
        except ValidationError:
            wrong = {"password": "join-wrong-password"}
            return _render_link(self.request, link, self.visitor, status=422, typed={}, wrong=wrong)
        signed_in = links.set_password(
            self.db, self.passwords, self.config, typed, address=self.address, clock=self.clock
        )
        return self._go_on(signed_in, "/")

    def _join_as_clinician(self, link: LinkOut) -> Response:
        typed = {name: form_text(self.form, name, 254) for name in _FIELDS if name != "password"}
        wrong: dict[str, str] = {}
        if link.founding and not typed["clinic"]:
            wrong["clinic"] = "join-wrong-clinic"
        try:
            account = ClinicianForm(
                token=self.token,
                name=typed["name"],
                email=typed["email"],
                password=str(self.form.get("password", "")),
                clinic=typed["clinic"] or None if link.founding else None,
            )
            if not wrong:
                signed_in = links.join_as_clinician(
                    self.db, self.passwords, self.config, account, address=self.address, clock=self.clock
                )
                return self._go_on(signed_in, "/")
        except ValidationError as error:
            wrong |= {str(each["loc"][0]): f"join-wrong-{each['loc'][0]}" for each in error.errors()}
        except Problem as problem:
            if problem.code is not ServiceCode.CONFLICT:
                raise
            wrong["email"] = "join-wrong-known"
        return _render_link(self.request, link, self.visitor, status=422, typed=typed, wrong=wrong)

    def _go_on(self, signed_in: SignedIn, to: str) -> Response:
        answer = RedirectResponse(to, 303)
        set_cookies(answer, signed_in.session, self.config)
        return answer


@router.get("/new-link")
async def new_link_page(request: Request, visitor: Visitor) -> Response:
    """Show the form that asks for a new link by e-mail address."""
    return render(request, "join/new_link.html", me=visitor, email="", wrong="")


@router.post("/new-link")
def ask_for_link(
    request: Request, form: Form, visitor: Visitor, db: Db, clock: Clock, config: Config, address: RemoteAddress
) -> Response:
    """Ask for a new link, by the old one or by e-mail address; the answer is the same for an unknown address."""
    token, email = form_text(form, "token", 400), form_text(form, "email", 254)
    try:
        typed = RenewalForm(token=token) if token else RenewalForm(email=email)
        links.ask_for_link(db, config, typed, address=address, now=clock())
    except ValidationError:
        return render(request, "join/new_link.html", me=visitor, status=422, email=email, wrong="join-wrong-email")
    except Problem as problem:
        if problem.code is not ServiceCode.LINK_INVALID:
            raise
        return render(request, "join/new_link.html", me=visitor, status=422, email=email, wrong="")
    return RedirectResponse("/new-link/asked", 303)


@router.get("/new-link/asked")
async def link_asked_for(request: Request, visitor: Visitor) -> Response:
    """Show what happens next."""
    return render(request, "join/asked.html", me=visitor)


def _render_link(
    request: Request,
    link: LinkOut,
    visitor: Principal | None,
    *,
    status: int = 200,
    typed: dict[str, str],
    wrong: dict[str, str] | None = None,
) -> Response:
    if link.kind is InvitationKind.CLIENT:
        return render(request, "join/client.html", me=visitor, link=link)
    if link.kind is InvitationKind.PASSWORD:
        return render(
            request,
            "join/password.html",
            me=visitor,
            status=status,
            wrong=wrong or {},
            email=link.email,
            shortest=PASSWORD_LENGTH[0],
        )
    return render(
        request,
        "join/clinician.html",
        me=visitor,
        status=status,
        link=link,
        typed={name: typed.get(name, "") for name in _FIELDS},
        wrong=wrong or {},
        shortest=PASSWORD_LENGTH[0],
    )


def _render_ended(
    problem: Problem, token: str, request: Request, visitor: Principal | None, db: Session, config: Settings
) -> Response:
    """Render the page of a link that does not work; its own client, if already signed in, is sent home."""
    if problem.code not in _ENDED:
        raise problem
    invitation = None if problem.code is ServiceCode.LINK_INVALID else invitations.find(db, config, token)
    if visitor is not None and invitation is not None and invitation.client_id == visitor.id:
        return RedirectResponse("/", 303)
    kind = "invalid" if invitation is None else str(invitation.kind)
    return render(
        request, "join/ended.html", me=visitor, status=problem.status, code=str(problem.code), kind=kind, token=token
    )
