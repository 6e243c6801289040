"""The page that asks how a recorded set went, reached from waiting and from home."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.access import get_or_404, visible_recordings
from api.care.checkin_rows import from_row
from api.care.checkins import CheckInForm, check_in, find_check_in
from api.core.text_types import IdPath
from api.db import Plan, Recording
from api.http.deps import Clock, Db
from api.pages.checkin.answers import answers
from api.pages.form_fields import TrailHere
from api.pages.page_deps import ClientHere, Form
from api.pages.render import render, translator_for

router = APIRouter()


@router.get("/recordings/{recording_id}/checkin")
def checkin_page(recording_id: IdPath, request: Request, me: ClientHere, db: Db) -> Response:
    """Show the questions, with the earlier answers filled in."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = find_check_in(db, recording.id)
    return render(
        request,
        "checkin/checkin.html",
        me=me,
        recording=recording,
        said=None if row is None else from_row(row),
        load=_load(db, recording),
        wrong="",
    )


@router.post("/recordings/{recording_id}/checkin")
def send_checkin(
    recording_id: IdPath, request: Request, form: Form, me: ClientHere, db: Db, clock: Clock, trail: TrailHere
) -> Response:
    """Save the check-in and go on to the recording."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    typed = answers(form)
    row = find_check_in(db, recording.id)
    if row is not None:  # asked on another day, on another page
        typed["pain_next_morning"] = row.pain_next_morning
    try:
        checkin_form = CheckInForm.model_validate(typed)
    except ValidationError:
        return render(
            request,
            "checkin/checkin.html",
            me=me,
            status=422,
            recording=recording,
            said=_as_typed(typed),
            load=None,
            wrong=translator_for(request)("checkin-load-wrong"),
        )
    check_in(db, me, trail, recording.id, checkin_form, clock())
    return RedirectResponse(f"/recordings/{recording_id}", 303)


def _as_typed(typed: dict[str, Any]) -> dict[str, Any]:
    """Return the fields for the form again, numbers as numbers, so that what was chosen is chosen again."""
    rpe = typed["rpe"]
    return {**typed, "rpe": float(rpe) if rpe and rpe.replace(".", "", 1).isdigit() else None}


def _load(db: Session, recording: Recording) -> float | None:
    """Return the load of the recording's plan; None without one."""
    return None if recording.plan_id is None else db.scalar(select(Plan.load_kg).where(Plan.id == recording.plan_id))
