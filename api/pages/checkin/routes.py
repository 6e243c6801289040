"""How a recorded set went: the page of it, reached from waiting and from home."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_recordings
from api.care.checkins import from_row
from api.core.text_types import IdPath
from api.db import CheckInRow, Plan, Recording
from api.http.deps import Clock, Db
from api.pages.checkin.answers import answers
from api.pages.form_fields import TrailHere
from api.pages.page_deps import ClientHere, Form
from api.pages.render import render, translator_for
from api.routes.checkins import CheckInForm, check_in

router = APIRouter()


@router.get("/recordings/{recording_id}/checkin")
def checkin_page(recording_id: IdPath, request: Request, me: ClientHere, db: Db) -> Response:
    """The questions, with what was said before."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = _row(db, recording_id)
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
    """Keep what was said and go on to the recording."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    given = answers(form)
    row = _row(db, recording_id)
    if row is not None:  # asked on another day, on another page
        given["pain_next_morning"] = row.pain_next_morning
    try:
        told = CheckInForm.model_validate(given)
    except ValidationError:
        return render(
            request,
            "checkin/checkin.html",
            me=me,
            status=422,
            recording=recording,
            said=_as_typed(given),
            load=None,
            wrong=translator_for(request)("checkin-load-wrong"),
        )
    check_in(recording_id, told, Response(), me, db, clock, trail)
    return RedirectResponse(f"/recordings/{recording_id}", 303)


def _as_typed(given: dict[str, Any]) -> dict[str, Any]:
    """For the questions: figures as figures, so that what was chosen is chosen again."""
    rpe = given["rpe"]
    return {**given, "rpe": float(rpe) if rpe and rpe.replace(".", "", 1).isdigit() else None}


def _row(db: Session, recording_id: str) -> CheckInRow | None:
    return db.scalars(select(CheckInRow).where(CheckInRow.recording_id == recording_id)).one_or_none()


def _load(db: Session, recording: Recording) -> float | None:
    """What the plan says."""
    return None if recording.plan_id is None else db.scalar(select(Plan.load_kg).where(Plan.id == recording.plan_id))
