"""One person's own figures of the rule that suggests moving on, staying or going back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.access import get_or_404, visible_clients
from api.care.clinic_content import rules_of
from api.care.readiness import OwnFiguresForm, write_own_figures
from api.core.problems import Problem, ServiceCode
from api.core.text_types import IdPath
from api.db import Client
from api.http.deps import Db, Principal
from api.pages.client.own_figures import figures_text, own_values, parse_number
from api.pages.form_fields import TrailHere, form_text
from api.pages.page_deps import ClinicianHere, Form
from api.pages.render import render, translator_for
from api.pages.translations import Translator
from hinge_check.clinic.readiness_rules import FIGURES, WHOLE

router = APIRouter(prefix="/clients/{client_id}/readiness")

USUAL = "usual_pain"
MOST_PAIN = 10.0


@router.get("")
def figures_page(client_id: IdPath, request: Request, me: ClinicianHere, db: Db) -> Response:
    """Show the figures in force, and which are this person's own."""
    client: Client = get_or_404(db, visible_clients(me), client_id)
    typed = {name: f"{value:g}" for name, value in own_values(client.readiness).items()}
    if client.usual_pain is not None:
        typed[USUAL] = f"{client.usual_pain:g}"
    return _render_figures(request, me, db, client, typed, {})


@router.post("")
def write_figures(
    client_id: IdPath, request: Request, me: ClinicianHere, form: Form, db: Db, audit: TrailHere
) -> Response:
    """Save the figures; an empty field goes back to the value that holds for all clients."""
    client: Client = get_or_404(db, visible_clients(me), client_id)
    typed = {name: value for name in (USUAL, *FIGURES) if (value := form_text(form, name, 40))}
    wrong = _find_errors(translator_for(request), typed)
    general: list[str] = []
    if not wrong:
        values = {name: parse_number(value) for name, value in typed.items()}
        usual = values.pop(USUAL, None)
        own = figures_text(client.readiness, {name: value for name, value in values.items() if value is not None})
        try:
            write_own_figures(db, me, audit, client.id, OwnFiguresForm(usual_pain=usual, figures=own))
        except Problem as problem:
            if problem.code is not ServiceCode.INVALID_REQUEST:
                raise
            general = [each.message.partition(": ")[2] or each.message for each in problem.errors or ()]
        else:
            return RedirectResponse(f"/clients/{client.id}?said=figures#suggestion", 303)
    return _render_figures(request, me, db, client, typed, wrong, general)


def _find_errors(t: Translator, typed: dict[str, str]) -> dict[str, str]:
    """Return what is wrong, by field."""
    wrong = {}
    for name, text in typed.items():
        value = parse_number(text)
        if name == USUAL:
            if value is None or not 0 <= value <= MOST_PAIN:
                wrong[name] = t("client-figures-usual-range")
            continue
        spec = FIGURES[name]
        if value is None or not spec.low <= value <= spec.high:
            wrong[name] = t("client-figures-range", low=f"{spec.low:g}", high=f"{spec.high:g}")
        elif spec.unit in WHOLE and value != int(value):
            wrong[name] = t("client-figures-whole")
    return wrong


def _render_figures(
    request: Request,
    me: Principal,
    db: Session,
    client: Client,
    typed: dict[str, str],
    wrong: dict[str, str],
    general: list[str] | None = None,
) -> Response:
    return render(
        request,
        "client/figures.html",
        me=me,
        status=422 if wrong or general else 200,
        client=client,
        rules=rules_of(db, client),
        specs=FIGURES,
        typed=typed,
        wrong=wrong,
        general=general or [],
    )
