"""The list of clients, and adding one: a name is enough, and the clinician passes the link on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.invitations import NewInvitationOut
from api.care.clients import ClientForm, add_client, invite_client
from api.core.clock import Now
from api.db.clinic import clinic_timezone
from api.http.deps import Clock, Config, Db, Principal
from api.pages.client.caseload import Show, load_caseload
from api.pages.client.link import qr
from api.pages.form_fields import TrailHere, form_text
from api.pages.page_deps import ClinicianHere, Form
from api.pages.render import render, translator_for

router = APIRouter()


@router.get("/clients")
def clients_page(
    request: Request,
    me: ClinicianHere,
    db: Db,
    clock: Clock,
    q: Annotated[str, Query(max_length=200)] = "",
    show: Annotated[str, Query(max_length=20)] = "all",
) -> Response:
    """List all clients, those who need something, or those who are archived; search by name and e-mail."""
    return _render_list(request, me, db, clock, show=_show_of(show), q=q.strip())


@router.post("/clients")
def add(
    request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock, config: Config, audit: TrailHere
) -> Response:
    """Add a client with a first link; an error is shown beside its field."""
    typed = {name: form_text(form, name, 300) for name in ("name", "email")}
    try:
        new_client = ClientForm(name=typed["name"], email=typed["email"] or None)
    except ValidationError as error:
        wrong = {str(each["loc"][0]) for each in error.errors()}
        return _render_list(request, me, db, clock, typed=typed, wrong=wrong)
    client = add_client(db, me, audit, new_client, clock())
    link = invite_client(db, config, me, client.id, clock())
    return render_link(request, me, db, client.id, client.name, client.email, link, added=True)


def render_link(
    request: Request,
    me: Principal,
    db: Session,
    client_id: str,
    name: str,
    email: str | None,
    link: NewInvitationOut,
    *,
    added: bool = False,
) -> Response:
    """Render a new link, which is shown only once: it is not stored, so the response is the page and no redirect."""
    answer = render(
        request,
        "client/link.html",
        me=me,
        status=201,
        zone=clinic_timezone(db, me.clinic_id).key,
        client_id=client_id,
        name=name,
        email=email,
        link=link,
        qr=qr(link.link),
        added=added,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _render_list(
    request: Request,
    me: Principal,
    db: Session,
    clock: Now,
    *,
    show: Show = "all",
    q: str = "",
    typed: dict[str, str] | None = None,
    wrong: set[str] | None = None,
) -> Response:
    return render(
        request,
        "client/list.html",
        me=me,
        status=422 if wrong else 200,
        zone=clinic_timezone(db, me.clinic_id).key,
        caseload=load_caseload(db, me, translator_for(request), clock(), show=show, q=q),
        show=show,
        q=q,
        typed=typed or {},
        wrong=wrong or set(),
    )


def _show_of(show: str) -> Show:
    return "needing" if show == "needing" else "archived" if show == "archived" else "all"
