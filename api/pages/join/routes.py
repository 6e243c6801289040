"""`/join/{token}`: looking never uses the link, for mail scanners open links; a button does."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth import invitations
from api.core.problems import Problem, ServiceCode
from api.core.text_types import PASSWORD_LENGTH
from api.db import InvitationKind
from api.http.deps import Clock, Config, Db, PasswordHashes, Principal
from api.pages.form_fields import form_text, next_page
from api.pages.page_deps import Form, Visitor
from api.pages.render import render
from api.routes import links
from api.routes.links import ClinicianForm, LinkForm, LinkOut, NewPasswordForm
from api.settings import Settings

router = APIRouter()

Token = Annotated[str, Path(max_length=400)]
_ENDED = (ServiceCode.LINK_INVALID, ServiceCode.LINK_EXPIRED, ServiceCode.LINK_USED)
_FIELDS = ("name", "email", "password", "clinic")


@router.get("/join/{token}")
def open_link(token: Token, request: Request, visitor: Visitor, db: Db, clock: Clock, config: Config) -> Response:
    """Whose clinic it is, and one button; for clinicians the form of their account."""
    try:
        link = links.look_at_link(LinkForm(token=token), request, db, clock, config)
    except Problem as problem:
        return _ended(problem, token, request, visitor, db, config)
    return _open(request, link, visitor, typed={"email": link.email or ""})


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
) -> Response:
    """Use it: signs in."""

    def join() -> Response:
        try:
            link = links.look_at_link(LinkForm(token=token), request, db, clock, config)
            if link.kind is InvitationKind.CLIENT:
                answer = RedirectResponse("/", 303)
                me = links.join_as_client(LinkForm(token=token), request, answer, db, clock, config)
                answer.headers["location"] = next_page(db, me.id)
                return answer
            if link.kind is InvitationKind.PASSWORD:
                return _set_password(link)
        except Problem as problem:
            return _ended(problem, token, request, visitor, db, config)
        return _join_as_clinician(link)

    def _set_password(link: LinkOut) -> Response:
        answer = RedirectResponse("/", 303)
        try:
            told = NewPasswordForm(token=token, password=str(form.get("password", "")))
        except ValidationError:
            return _open(request, link, visitor, status=422, typed={}, wrong={"password": "join-wrong-password"})
        links.set_password(told, request, answer, db, clock, config, passwords)
        return answer

    def _join_as_clinician(link: LinkOut) -> Response:
        typed = {name: form_text(form, name, 254) for name in _FIELDS if name != "password"}
        answer = RedirectResponse("/", 303)
        wrong: dict[str, str] = {}
        if link.founding and not typed["clinic"]:
            wrong["clinic"] = "join-wrong-clinic"
        try:
            told = ClinicianForm(
                token=token,
                name=typed["name"],
                email=typed["email"],
                password=str(form.get("password", "")),
                clinic=typed["clinic"] or None if link.founding else None,
            )
            if not wrong:
                links.join_as_clinician(told, request, answer, db, clock, config, passwords)
                return answer
        except ValidationError as error:
            wrong |= {str(each["loc"][0]): f"join-wrong-{each['loc'][0]}" for each in error.errors()}
        except Problem as problem:
            if problem.code is not ServiceCode.CONFLICT:
                return _ended(problem, token, request, visitor, db, config)
            wrong["email"] = "join-wrong-known"
        return _open(request, link, visitor, status=422, typed=typed, wrong=wrong)

    return await run_in_threadpool(join)


@router.get("/new-link")
async def new_link_page(request: Request, visitor: Visitor) -> Response:
    """Ask for a new link by e-mail address."""
    return render(request, "join/new_link.html", me=visitor, email="", wrong="")


@router.post("/new-link")
def ask_for_link(request: Request, form: Form, visitor: Visitor, db: Db, clock: Clock, config: Config) -> Response:
    """Ask for a new link, by the old one or by an address; answered alike whether anybody is known by it."""
    token, email = form_text(form, "token", 400), form_text(form, "email", 254)
    try:
        told = links.RenewalForm(token=token) if token else links.RenewalForm(email=email)
        links.ask_for_link(told, request, db, clock, config)
    except ValidationError:
        return render(request, "join/new_link.html", me=visitor, status=422, email=email, wrong="join-wrong-email")
    except Problem as problem:
        if problem.code is not ServiceCode.LINK_INVALID:
            raise
        return render(request, "join/new_link.html", me=visitor, status=422, email=email, wrong="")
    return RedirectResponse("/new-link/asked", 303)


@router.get("/new-link/asked")
async def link_asked_for(request: Request, visitor: Visitor) -> Response:
    """What happens now."""
    return render(request, "join/asked.html", me=visitor)


def _open(
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
    told = {name: typed.get(name, "") for name in _FIELDS}
    return render(
        request,
        "join/clinician.html",
        me=visitor,
        status=status,
        link=link,
        typed=told,
        wrong=wrong or {},
        shortest=PASSWORD_LENGTH[0],
    )


def _ended(
    problem: Problem, token: str, request: Request, visitor: Principal | None, db: Session, config: Settings
) -> Response:
    """A kind page about a link that does not work; the person it was for, signed in here, simply goes home."""
    if problem.code not in _ENDED:
        raise problem
    invitation = None if problem.code is ServiceCode.LINK_INVALID else invitations.find(db, config, token)
    if visitor is not None and invitation is not None and invitation.client_id == visitor.id:
        return RedirectResponse("/", 303)
    kind = "invalid" if invitation is None else str(invitation.kind)
    return render(
        request, "join/ended.html", me=visitor, status=problem.status, code=str(problem.code), kind=kind, token=token
    )
