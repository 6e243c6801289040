"""The questions before the first session: asked, answered, and cleared by the clinician where that is needed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select

from api.auth.access import get_or_404, visible_clients
from api.care.clinic_content import Language, questions_of, questions_read
from api.care.consent import keep_words, newest_intake
from api.core.problems import SIGNED_IN, FieldError, Problem, ServiceCode, not_found, problem_responses
from api.core.text_types import IdPath, Notes
from api.db import Client, Deed, IntakeOutcome, IntakeRecord, WordingText, new_id
from api.http.deps import AsClient, Audit, ClinicianInPerson, Clock, Db, Me
from api.routes.consents import Sha256
from hinge_check.clinic.red_flags import Questions, judge, questions_from_text
from hinge_check.errors import UsageError

router = APIRouter(prefix="/clients/{client_id}/intake", tags=["consent and intake"], responses=SIGNED_IN)

Name = Annotated[str, StringConstraints(max_length=64)]


class QuestionOut(BaseModel):
    """One question."""

    name: str
    question: str


class QuestionsOut(BaseModel):
    """What is asked."""

    title: str
    intro: str
    wording_version: str
    wording_sha256: str = Field(description="Give it back with the answers: it says which words were read")
    questions: list[QuestionOut]


class AnswersForm(BaseModel):
    """One answer to every question."""

    wording_sha256: Sha256
    answers: dict[Name, Literal["yes", "no", "unsure"]] = Field(max_length=100)


class FlagOut(BaseModel):
    """An answer the clinician should see."""

    question: str
    about: str
    answer: Literal["yes", "no", "unsure"]
    leads: str


class IntakeOut(BaseModel):
    """What was answered, and where it led."""

    id: str
    created_at: datetime
    outcome: IntakeOutcome
    may_go_on: bool = Field(description="Clear, or cleared by the clinician")
    title: str
    texts: list[str] = Field(description="For the client, calm words")
    answers: dict[str, Any]
    flags: list[FlagOut] | None = Field(description="For clinicians alone; the most urgent first")
    wording_version: str
    wording_sha256: str
    cleared_at: datetime | None
    cleared_by: str | None
    clearance_note: str | None = Field(description="For clinicians alone")


class ClearanceForm(BaseModel):
    """Having looked at the answers, and spoken with the client."""

    note: Notes = ""


@router.get("/questions")
def read_questions(client_id: IdPath, me: Me, db: Db, language: Language = "en") -> QuestionsOut:
    """The questions in today's words."""
    asked = questions_of(db, get_or_404(db, visible_clients(me), client_id).clinic_id, language)
    return QuestionsOut(
        title=asked.title,
        intro=asked.intro,
        wording_version=asked.wording.version,
        wording_sha256=asked.wording.sha256,
        questions=[QuestionOut(name=each.name, question=each.question) for each in asked.questions],
    )


@router.post("", status_code=201, responses=problem_responses(ServiceCode.CONFLICT, ServiceCode.CLEARANCE_REQUIRED))
def answer_questions(
    client_id: IdPath, form: AnswersForm, me: AsClient, db: Db, clock: Clock, audit: Audit
) -> IntakeOut:
    """Answer them. An answer that a doctor should hear of stops nothing but filming, until the clinician clears it.

    Until then calmer answers are not taken: a mis-tap is put right in talking with the clinician.
    """
    client = get_or_404(db, visible_clients(me), client_id)
    asked = questions_read(db, client.clinic_id, form.wording_sha256)
    if asked is None:
        raise Problem(ServiceCode.CONFLICT, "The questions have changed since.", advice="Read and answer them again.")
    try:
        found = judge(form.answers, asked)
    except UsageError as error:
        errors = [FieldError(where="body.answers", message=line[:300]) for line in str(error).splitlines()[:20]]
        raise Problem(ServiceCode.INVALID_REQUEST, "Some answers are missing.", errors=errors) from None
    before = newest_intake(db, client.id)
    waits = before is not None and before.outcome is not IntakeOutcome.CLEAR and before.cleared_at is None
    if waits and found.may_go_on:
        raise Problem(ServiceCode.CLEARANCE_REQUIRED)
    keep_words(db, asked.wording, clock())
    row = IntakeRecord(
        id=new_id(),
        clinic_id=client.clinic_id,
        client_id=client.id,
        answers=dict(form.answers),
        wording_version=asked.wording.version,
        wording_sha256=asked.wording.sha256,
        outcome=IntakeOutcome(found.outcome),
        created_at=clock(),
    )
    db.add(row)
    audit.record(db, Deed.CREATED, "intake", row.id, client.id)
    db.commit()
    return _told(db, me.is_clinician, row)


@router.get("")
def read_intake(client_id: IdPath, me: Me, db: Db, audit: Audit) -> list[IntakeOut]:
    """Every time the questions were answered, the newest first: that one counts."""
    client = get_or_404(db, visible_clients(me), client_id)
    ever = select(IntakeRecord).where(IntakeRecord.client_id == client.id)
    rows = db.scalars(ever.order_by(IntakeRecord.created_at.desc(), IntakeRecord.id.desc()).limit(50))
    out = [_told(db, me.is_clinician, row) for row in rows]
    audit.record_view(db, "intake", client.id, client.id)
    return out


@router.post("/{intake_id}/clearance", responses=problem_responses(ServiceCode.CONFLICT))
def clear_intake(
    client_id: IdPath,
    intake_id: IdPath,
    form: ClearanceForm,
    me: ClinicianInPerson,
    db: Db,
    clock: Clock,
    audit: Audit,
) -> IntakeOut:
    """Let the client go on, having looked at these answers; only the newest can be cleared."""
    client: Client = get_or_404(db, visible_clients(me), client_id)
    newest = newest_intake(db, client.id)
    row = db.get(IntakeRecord, intake_id)
    if row is None or row.client_id != client.id or newest is None:
        raise not_found()
    if newest.id != row.id:
        raise Problem(ServiceCode.CONFLICT, "The client has answered again since.", advice="Look at the new answers.")
    if row.cleared_at is None:
        row.cleared_at, row.cleared_by, row.clearance_note = clock(), me.id, form.note
        audit.record(db, Deed.CLEARED, "intake", row.id, client.id)
        db.commit()
    return _told(db, me.is_clinician, row)


def _told(db: Db, for_clinician: bool, row: IntakeRecord) -> IntakeOut:
    # Judged by the words they read, which may be others than today's.
    words = db.get_one(WordingText, row.wording_sha256)
    asked: Questions = questions_from_text(words.text)
    found = judge(row.answers, asked)
    flags = [FlagOut(question=f.question, about=f.about, answer=f.answer, leads=f.leads) for f in found.flags]
    return IntakeOut(
        id=row.id,
        created_at=row.created_at,
        outcome=row.outcome,
        may_go_on=row.outcome is IntakeOutcome.CLEAR or row.cleared_at is not None,
        title=found.title,
        texts=list(found.texts),
        answers=row.answers,
        flags=flags if for_clinician else None,
        wording_version=row.wording_version,
        wording_sha256=row.wording_sha256,
        cleared_at=row.cleared_at,
        cleared_by=row.cleared_by,
        clearance_note=row.clearance_note if for_clinician else None,
    )
