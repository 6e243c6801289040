"""`/agreements`: each of the three by itself, none ticked beforehand; the first is needed to go on."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.responses import Response

from api.care.consent import AgreeForm, ConsentOut, give_consent, read_consents
from api.core.problems import Problem, ServiceCode
from api.db import ConsentKind
from api.http.deps import Clock, Db
from api.pages.form_fields import TrailHere, form_text, language_of, next_page
from api.pages.page_deps import ClientHere, Form
from api.pages.render import render

router = APIRouter()


@router.get("/agreements")
def agreements_page(request: Request, me: ClientHere, db: Db) -> Response:
    """Show the three agreements, and which are already given."""
    consent = read_consents(db, me, me.id, language_of(request))
    return render(request, "agreements/agreements.html", me=me, consent=consent, ticked=(), note="")


@router.post("/agreements")
def agree(request: Request, form: Form, me: ClientHere, db: Db, clock: Clock, trail: TrailHere) -> Response:
    """Agree to what is ticked."""
    ticked = [kind for kind in ConsentKind if form.get(str(kind)) == "yes"]

    def ask_again(consent: ConsentOut, note: str, status: int) -> Response:
        return render(
            request, "agreements/agreements.html", me=me, status=status, consent=consent, ticked=ticked, note=note
        )

    consent = read_consents(db, me, me.id, language_of(request))
    needed = [each.kind for each in consent.agreements if each.needed_to_upload and not each.agreed]
    try:
        words = AgreeForm(wording_sha256=form_text(form, "wording_sha256"))
        if any(kind not in ticked for kind in needed):
            return ask_again(consent, "agreements-first-needed", 422)
        for kind in ticked:
            give_consent(db, me, trail, me.id, kind, words, clock())
    except ValidationError:
        return ask_again(consent, "agreements-changed", 409)
    except Problem as problem:
        if problem.code is not ServiceCode.CONFLICT:
            raise
        return ask_again(consent, "agreements-changed", 409)
    return RedirectResponse(next_page(db, me.id), 303)
