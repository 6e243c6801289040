"""The page of one client, and what a clinician can do there."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.access import get_or_404, visible_clients
from api.auth.audit_trail import Trail
from api.care.clients import ClientChange, change_client, invite_client
from api.care.intake import ClearanceForm, clear_intake
from api.core.clock import Now
from api.core.problems import Problem, ServiceCode
from api.core.text_types import IdPath
from api.db import Client
from api.http.deps import Clock, Config, Db, Principal, Store
from api.pages.client.charts import HEIGHT, LEFT, RIGHT, WIDTH
from api.pages.client.routes import render_link
from api.pages.client.view_model import colleagues, load
from api.pages.form_fields import TrailHere, form_text, language_of
from api.pages.messages import code_messages
from api.pages.page_deps import ClinicianHere, Form
from api.pages.render import render, translator_for
from api.recordings.erasure import erase
from api.recordings.export import list_export

router = APIRouter(prefix="/clients/{client_id}")

NOTICES = ("renamed", "archived", "back", "cleared", "answered-again", "figures")


@router.get("")
def client_page(
    client_id: IdPath,
    request: Request,
    me: ClinicianHere,
    db: Db,
    clock: Clock,
    audit: TrailHere,
    exercise: Annotated[str, Query(max_length=64)] = "",
    whole: bool = False,
    said: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show plan, trend, recordings, check-ins, answers and agreements of one client."""
    return _render_client(
        request, me, db, clock, audit, client_id, exercise=exercise, whole=whole, said=said if said in NOTICES else ""
    )


@router.post("/link")
def link(client_id: IdPath, request: Request, me: ClinicianHere, db: Db, clock: Clock, config: Config) -> Response:
    """Make a new link, shown only once; earlier links stop working."""
    new_link = invite_client(db, config, me, client_id, clock())
    client: Client = get_or_404(db, visible_clients(me), client_id)
    return render_link(request, me, db, client.id, client.name, client.email, new_link)


@router.post("/details")
def rename(
    client_id: IdPath, request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock, audit: TrailHere
) -> Response:
    """Change name and e-mail."""
    typed = {name: form_text(form, name, 300) for name in ("name", "email")}
    try:
        change = ClientChange(name=typed["name"], email=typed["email"] or None)
    except ValidationError as error:
        get_or_404(db, visible_clients(me), client_id)
        wrong = {str(each["loc"][0]) for each in error.errors()}
        return _render_client(request, me, db, clock, audit, client_id, typed=typed, wrong=wrong)
    change_client(db, me, audit, client_id, change, clock())
    return _redirect_back(client_id, "renamed")


@router.post("/archive")
def archive(client_id: IdPath, me: ClinicianHere, form: Form, db: Db, clock: Clock, audit: TrailHere) -> Response:
    """Archive a client (`archived` is `yes`), who can then no longer sign in; or bring them back (`no`)."""
    archived = {"yes": True, "no": False}.get(form_text(form, "archived"))
    change_client(db, me, audit, client_id, ClientChange(archived=archived), clock())
    return _redirect_back(client_id, {True: "archived", False: "back", None: ""}[archived])


@router.post("/handover")
def hand_over(client_id: IdPath, me: ClinicianHere, form: Form, db: Db, clock: Clock, audit: TrailHere) -> Response:
    """Hand a client over to a colleague, who alone sees them from then on."""
    get_or_404(db, visible_clients(me), client_id)
    to = form_text(form, "clinician_id", 40)
    if to not in {each.id for each in colleagues(db, me)}:
        return _redirect_back(client_id, "")
    change_client(db, me, audit, client_id, ClientChange(clinician_id=to), clock())
    return RedirectResponse("/clients", 303)


@router.post("/intake/{intake_id}/clearance")
def clear(
    client_id: IdPath,
    intake_id: IdPath,
    request: Request,
    me: ClinicianHere,
    form: Form,
    db: Db,
    clock: Clock,
    audit: TrailHere,
) -> Response:
    """Give a client clearance, after looking at the answers."""
    get_or_404(db, visible_clients(me), client_id)
    note = form_text(form, "note")
    if form_text(form, "looked") != "yes":
        return _render_client(request, me, db, clock, audit, client_id, typed={"note": note}, wrong={"looked"})
    try:
        clear_intake(db, me, audit, client_id, intake_id, ClearanceForm(note=note), clock())
    except ValidationError:
        return _render_client(request, me, db, clock, audit, client_id, typed={"note": note}, wrong={"note"})
    except Problem as problem:
        if problem.code is not ServiceCode.CONFLICT:
            raise
        return _redirect_back(client_id, "answered-again")
    return _redirect_back(client_id, "cleared")


@router.get("/delete")
def delete_page(client_id: IdPath, request: Request, me: ClinicianHere, db: Db) -> Response:
    """Show what would be deleted with a client."""
    return _render_delete(request, me, db, client_id)


@router.post("/delete")
def delete(
    client_id: IdPath, request: Request, me: ClinicianHere, form: Form, db: Db, store: Store, audit: TrailHere
) -> Response:
    """Erase a client for good, once their name is typed."""
    client: Client = get_or_404(db, visible_clients(me), client_id)
    typed = form_text(form, "name", 300)
    if typed.casefold() != client.name.casefold():
        return _render_delete(request, me, db, client_id, typed=typed, wrong=True)
    erase(db, store, client, audit)
    return RedirectResponse("/clients", 303)


def _render_delete(
    request: Request, me: Principal, db: Session, client_id: str, *, typed: str = "", wrong: bool = False
) -> Response:
    client: Client = get_or_404(db, visible_clients(me), client_id)
    return render(
        request,
        "client/delete.html",
        me=me,
        status=422 if wrong else 200,
        client=client,
        held=list_export(db, me, client_id),
        typed=typed,
        wrong=wrong,
    )


def _render_client(
    request: Request,
    me: Principal,
    db: Session,
    clock: Now,
    audit: Trail,
    client_id: str,
    *,
    exercise: str = "",
    whole: bool = False,
    said: str = "",
    typed: dict[str, str] | None = None,
    wrong: set[str] | None = None,
) -> Response:
    view = load(
        db, me, client_id, clock, audit, translator_for(request), language_of(request), exercise=exercise, whole=whole
    )
    return render(
        request,
        "client/client.html",
        me=me,
        status=422 if wrong else 200,
        zone=view.zone,
        view=view,
        frame={"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": RIGHT},
        refusal_of=partial(code_messages.refusal, translator_for(request)),
        said=said,
        typed=typed or {},
        wrong=wrong or set(),
    )


def _redirect_back(client_id: str, said: str) -> Response:
    return RedirectResponse(f"/clients/{client_id}?said={said}", 303)
