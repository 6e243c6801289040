"""`/questions`: one calm list; an answer that needs the clinician stops everything until they have looked at it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.care.intake import AnswersForm, answer_questions, needs_clearance, newest_intake, read_questions
from api.care.today import intake_state
from api.core.problems import Problem, ServiceCode
from api.db import Client
from api.http.deps import Clock, Db
from api.pages.form_fields import TrailHere, form_text, language_of
from api.pages.page_deps import ClientHere, Form
from api.pages.render import render

router = APIRouter()

OUTCOME = "/questions/outcome"


@router.get("/questions")
def questions_page(request: Request, me: ClientHere, db: Db) -> Response:
    """Show the questions; or the outcome, while answers wait for the clinician."""
    if _waits_for_clearance(db, me.id):
        return RedirectResponse(OUTCOME, 303)
    asked = read_questions(db, me, me.id, language_of(request))
    return render(request, "questions/questions.html", me=me, asked=asked, chosen={}, note="")


@router.post("/questions")
def answer(request: Request, form: Form, me: ClientHere, db: Db, clock: Clock, trail: TrailHere) -> Response:
    """Save the answers and go on to the outcome."""
    if _waits_for_clearance(db, me.id):
        return RedirectResponse(OUTCOME, 303)
    asked = read_questions(db, me, me.id, language_of(request))
    # Fields have a name of their own: a clinic may call a question "csrf".
    chosen = {each.name: form_text(form, f"q-{each.name}", 10) for each in asked.questions}
    answered = {name: value for name, value in chosen.items() if value}
    note, status = "questions-missing", 422
    try:
        answers = AnswersForm.model_validate({"wording_sha256": form_text(form, "wording_sha256"), "answers": answered})
        answer_questions(db, me, trail, me.id, answers, clock())
    except ValidationError:
        note = "questions-changed"
    except Problem as problem:
        if problem.code not in (ServiceCode.CONFLICT, ServiceCode.INVALID_REQUEST):
            raise
        if problem.code is ServiceCode.CONFLICT:
            note, status = "questions-changed", problem.status
    else:
        return RedirectResponse(OUTCOME, 303)
    return render(request, "questions/questions.html", me=me, status=status, asked=asked, chosen=chosen, note=note)


@router.get(OUTCOME)
def outcome_page(request: Request, me: ClientHere, db: Db) -> Response:
    """Show the outcome of the answers, in calm words."""
    client = db.get_one(Client, me.id)
    outcome = intake_state(db, client, language_of(request))
    if outcome.state == "unanswered":
        return RedirectResponse("/questions", 303)
    return render(request, "questions/outcome.html", me=me, outcome=outcome)


def _waits_for_clearance(db: Session, client_id: str) -> bool:
    newest = newest_intake(db, client_id)
    return newest is not None and needs_clearance(newest)
