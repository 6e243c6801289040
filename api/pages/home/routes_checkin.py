"""Forms of the start page, answered in one to three taps: the morning after, a set that was not filmed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.responses import Response

from api.care.checkins import AddForm, CheckInForm, LooseCheckInForm, add_to_check_in, check_in, check_in_unfilmed
from api.core.problems import FieldError, Problem, ServiceCode
from api.http.deps import Clock, Db
from api.pages.form_fields import TrailHere, form_text
from api.pages.home.routes import home
from api.pages.page_deps import ClientHere, Form

router = APIRouter()

_TYPED = ("step", "pain_worst", "rpe", "load_kg", "note", "stopped_early")


@router.post("/morning")
def morning_after(form: Form, me: ClientHere, db: Db, clock: Clock, trail: TrailHere) -> Response:
    """Save how the back was the next morning: one tap."""
    try:
        addition = AddForm(pain_next_morning=_parse_whole(form_text(form, "pain", 4)))
        if addition.pain_next_morning is None:
            raise _missing("pain")
        if checkin_id := form_text(form, "checkin_id", 64):
            out = add_to_check_in(db, me, trail, me.id, checkin_id, addition, clock())
        else:
            whole = CheckInForm(pain_next_morning=addition.pain_next_morning)
            out, _ = check_in(db, me, trail, form_text(form, "recording_id", 64), whole, clock())
    except ValidationError:
        raise _missing("pain") from None
    return RedirectResponse(f"/?morning={out.id}", 303)


@router.post("/done")
def report_set(request: Request, form: Form, me: ClientHere, db: Db, clock: Clock, trail: TrailHere) -> Response:
    """Save how an unfilmed set went: worst pain, effort, load; an empty field is unknown."""
    typed = {name: form_text(form, name, 2000) for name in _TYPED}
    try:
        unfilmed = LooseCheckInForm.model_validate(
            {
                "step": typed["step"],
                "pain_worst": _parse_whole(typed["pain_worst"]),
                "rpe": _parse_whole(typed["rpe"]),
                "load_kg": float(typed["load_kg"].replace(",", ".")) if typed["load_kg"] else None,
                "note": typed["note"],
                "stopped_early": typed["stopped_early"] or None,
            }
        )
    except ValueError:  # pydantic's ValidationError is one, too
        return home(request, me, db, clock, typed=typed, status=422)
    check_in_unfilmed(db, me, trail, me.id, unfilmed, clock())
    return RedirectResponse("/?noted=set", 303)


def _parse_whole(written: str) -> int | None:
    return int(written) if written.isascii() and written.isdigit() else None


def _missing(field: str) -> Problem:
    error = FieldError(where=field, message="choose one from 0 to 10")
    return Problem(ServiceCode.INVALID_REQUEST, errors=[error])
