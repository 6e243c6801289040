"""`/agreements`: each of the three by itself, none ticked beforehand, the first one needed to go on."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.responses import Response

from api.core.problems import Problem, ServiceCode
from api.db import ConsentKind
from api.http.deps import Clock, Db
from api.pages.form_fields import TrailHere, form_text, language_of, next_page
from api.pages.page_deps import ClientHere, Form
from api.pages.render import render
from api.routes.consents import AgreeForm, ConsentOut, give_consent, read_consents

router = APIRouter()


@router.get("/agreements")
def agreements_page(request: Request, me: ClientHere, db: Db) -> Response:
    """The three agreements, those already given said to be so."""
    told = read_consents(me.id, me, db, language_of(request))
    return render(request, "agreements/agreements.html", me=me, told=told, ticked=(), note="")


@router.post("/agreements")
def agree(request: Request, form: Form, me: ClientHere, db: Db, clock: Clock, trail: TrailHere) -> Response:
    """Agree to what is ticked."""
    ticked = [kind for kind in ConsentKind if form.get(str(kind)) == "yes"]

    def again(told: ConsentOut, note: str, status: int) -> Response:
        return render(request, "agreements/agreements.html", me=me, status=status, told=told, ticked=ticked, note=note)

    told = read_consents(me.id, me, db, language_of(request))
    needed = [each.kind for each in told.agreements if each.needed_to_upload and not each.agreed]
    try:
        read = AgreeForm(wording_sha256=form_text(form, "wording_sha256"))
        if any(kind not in ticked for kind in needed):
            return again(told, "agreements-first-needed", 422)
        for kind in ticked:
            give_consent(me.id, kind, read, me, db, clock, trail)
    except ValidationError:
        return again(told, "agreements-changed", 409)
    except Problem as problem:
        if problem.code is not ServiceCode.CONFLICT:
            raise
        return again(told, "agreements-changed", 409)
    return RedirectResponse(next_page(db, me.id), 303)
