"""`/questions`: one calm list; after an answer that somebody should look at, nothing goes on until that was done."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.care.consent import newest_intake
from api.care.today import intake_state
from api.core.problems import Problem, ServiceCode
from api.db import Client, IntakeOutcome
from api.http.deps import Clock, Db
from api.pages.form_fields import TrailHere, form_text, language_of
from api.pages.page_deps import ClientHere, Form
from api.pages.render import render
from api.routes.intake import AnswersForm, answer_questions, read_questions

router = APIRouter()

OUTCOME = "/questions/outcome"


@router.get("/questions")
def questions_page(request: Request, me: ClientHere, db: Db) -> Response:
    """The questions; the outcome while the clinician has to look at answers."""
    if _waits(db, me.id):
        return RedirectResponse(OUTCOME, 303)
    asked = read_questions(me.id, me, db, language_of(request))
    return render(request, "questions/questions.html", me=me, asked=asked, chosen={}, note="")


@router.post("/questions")
def answer(request: Request, form: Form, me: ClientHere, db: Db, clock: Clock, trail: TrailHere) -> Response:
    """Take the answers in and tell where they lead."""
    if _waits(db, me.id):
        return RedirectResponse(OUTCOME, 303)
    asked = read_questions(me.id, me, db, language_of(request))
    # Fields have a name of their own: a clinic may call a question "csrf".
    chosen = {each.name: form_text(form, f"q-{each.name}", 10) for each in asked.questions}
    given = {name: value for name, value in chosen.items() if value}
    note, status = "questions-missing", 422
    try:
        told = AnswersForm.model_validate({"wording_sha256": form_text(form, "wording_sha256"), "answers": given})
        answer_questions(me.id, told, me, db, clock, trail)
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
    """Where the answers led, in calm words."""
    client = db.get_one(Client, me.id)
    told = intake_state(db, client, language_of(request))
    if told.state == "unanswered":
        return RedirectResponse("/questions", 303)
    return render(request, "questions/outcome.html", me=me, told=told)


def _waits(db: Session, client_id: str) -> bool:
    newest = newest_intake(db, client_id)
    return newest is not None and newest.outcome is not IntakeOutcome.CLEAR and newest.cleared_at is None
