"""Tokens for programs: made, shown once, revoked."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth import tokens
from api.auth.tokens import TokenForm
from api.core.problems import Problem, ServiceCode
from api.core.text_types import IdPath
from api.db.clinic import clinic_timezone
from api.http.deps import Clock, Db, Principal, Scope
from api.pages.clinic.sections import SECTIONS
from api.pages.form_fields import form_text
from api.pages.page_deps import ClinicianHere, Form
from api.pages.render import render

router = APIRouter()

DAYS = ("30", "90", "365", "")
"""Choices of a token's lifetime, days; empty: until it is revoked."""


@router.get("/clinic/tokens")
def tokens_page(request: Request, me: ClinicianHere, db: Db, clock: Clock) -> Response:
    """Show one's own tokens, and a form for another."""
    return _render_tokens(request, me, db, clock, {})


@router.post("/clinic/tokens")
def make(request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock) -> Response:
    """Make a token: its text is on the page that is returned, and is not shown again."""
    typed: dict[str, object] = {
        "name": form_text(form, "name", 400),
        "scopes": [str(each) for each in form.getlist("scopes")],
        "days": form_text(form, "days", 8) or None,
    }
    try:
        new_token = tokens.make_token(db, me, TokenForm.model_validate(typed), clock())
    except ValidationError as error:
        return _render_tokens(request, me, db, clock, typed, {str(each["loc"][0]) for each in error.errors()})
    except Problem as problem:
        if problem.code is not ServiceCode.CONFLICT:
            raise
        return _render_tokens(request, me, db, clock, typed, {"many"})
    zone = str(clinic_timezone(db, me.clinic_id))
    return render(request, "clinic/token.html", me=me, zone=zone, sections=SECTIONS, section="tokens", token=new_token)


@router.post("/clinic/tokens/{token_id}/revoke")
def revoke(token_id: IdPath, me: ClinicianHere, db: Db, clock: Clock) -> Response:
    """End a token at once."""
    tokens.revoke_token(db, me, token_id, clock())
    return RedirectResponse("/clinic/tokens", 303)


def _render_tokens(
    request: Request,
    me: Principal,
    db: Session,
    clock: Clock,
    typed: dict[str, object],
    wrong: set[str] | None = None,
) -> Response:
    return render(
        request,
        "clinic/tokens.html",
        me=me,
        status=422 if wrong else 200,
        zone=str(clinic_timezone(db, me.clinic_id)),
        sections=SECTIONS,
        section="tokens",
        tokens=tokens.list_tokens(db, me),
        now=clock(),
        scopes=[each.value for each in Scope],
        days=DAYS,
        typed={"name": "", "scopes": [Scope.READ.value], "days": "90", **typed},
        wrong=wrong or set(),
    )
