"""The health questions before the first session: asked, answered, and cleared by the clinician where needed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_clients
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.clinic_content import Language, questions_of, questions_read
from api.care.wordings import Sha256, keep_words
from api.core.problems import FieldError, Problem, ServiceCode, not_found
from api.core.text_types import Notes
from api.db import Deed, IntakeOutcome, IntakeRecord, WordingText, new_id
from hinge_check.clinic.red_flags import judge, questions_from_text
from hinge_check.errors import UsageError

Name = Annotated[str, StringConstraints(max_length=64)]

MOST = 50
"""Times of answering that are listed."""


class QuestionOut(BaseModel):
    """One question."""

    name: str
    question: str


class QuestionsOut(BaseModel):
    """The health questions, in their current wording."""

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
    """One set of answers and its outcome."""

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
    """Clearance, after the clinician has looked at the answers and talked to the client."""

    note: Notes = ""


def newest_intake(db: Session, client_id: str) -> IntakeRecord | None:
    """Return the newest answers, which are the ones that count; None when there are none yet."""
    newest = select(IntakeRecord).where(IntakeRecord.client_id == client_id)
    return db.scalars(newest.order_by(IntakeRecord.created_at.desc(), IntakeRecord.id.desc()).limit(1)).one_or_none()


def needs_clearance(intake: IntakeRecord) -> bool:
    """Return whether these answers wait for clearance by the clinician."""
    return intake.outcome is not IntakeOutcome.CLEAR and intake.cleared_at is None


def read_questions(db: Session, me: Principal, client_id: str, language: Language = "en") -> QuestionsOut:
    """Return the questions in their current wording."""
    questions = questions_of(db, get_or_404(db, visible_clients(me), client_id).clinic_id, language)
    return QuestionsOut(
        title=questions.title,
        intro=questions.intro,
        wording_version=questions.wording.version,
        wording_sha256=questions.wording.sha256,
        questions=[QuestionOut(name=each.name, question=each.question) for each in questions.questions],
    )


def answer_questions(
    db: Session, me: Principal, trail: Trail, client_id: str, form: AnswersForm, now: datetime
) -> IntakeOut:
    """Store a client's answers; commits.

    An answer a doctor should know about blocks filming, and only that, until the clinician clears it. Until then less
    serious answers are not accepted: to correct a mis-tap, the client talks to the clinician.

    Raises
    ------
    Problem
        `conflict` when the questions have changed since they were read, `invalid_request` when answers are missing,
        `clearance_required`.
    """
    client = get_or_404(db, visible_clients(me), client_id)
    questions = questions_read(db, client.clinic_id, form.wording_sha256)
    if questions is None:
        raise Problem(ServiceCode.CONFLICT, "The questions have changed since.", advice="Read and answer them again.")
    try:
        judgement = judge(form.answers, questions)
    except UsageError as error:
        errors = [FieldError(where="body.answers", message=line[:300]) for line in str(error).splitlines()[:20]]
        raise Problem(ServiceCode.INVALID_REQUEST, "Some answers are missing.", errors=errors) from None
    before = newest_intake(db, client.id)
    if before is not None and needs_clearance(before) and judgement.may_go_on:
        raise Problem(ServiceCode.CLEARANCE_REQUIRED)
    keep_words(db, questions.wording, now)
    row = IntakeRecord(
        id=new_id(),
        clinic_id=client.clinic_id,
        client_id=client.id,
        answers=dict(form.answers),
        wording_version=questions.wording.version,
        wording_sha256=questions.wording.sha256,
        outcome=IntakeOutcome(judgement.outcome),
        created_at=now,
    )
    db.add(row)
    trail.record(db, Deed.CREATED, "intake", row.id, client.id)
    db.commit()
    return _intake_out(db, me, row)


def list_intakes(db: Session, me: Principal, trail: Trail, client_id: str) -> list[IntakeOut]:
    """Return every set of answers of a client, newest first, and record that they were viewed."""
    client = get_or_404(db, visible_clients(me), client_id)
    query = select(IntakeRecord).where(IntakeRecord.client_id == client.id)
    rows = db.scalars(query.order_by(IntakeRecord.created_at.desc(), IntakeRecord.id.desc()).limit(MOST))
    out = [_intake_out(db, me, row) for row in rows]
    trail.record_view(db, "intake", client.id, client.id)
    return out


def clear_intake(
    db: Session, me: Principal, trail: Trail, client_id: str, intake_id: str, form: ClearanceForm, now: datetime
) -> IntakeOut:
    """Clear a client after the clinician has looked at these answers; commits.

    Raises
    ------
    Problem
        `not_found`; `conflict` when the client has answered again since, for only the newest answers can be cleared.
    """
    client = get_or_404(db, visible_clients(me), client_id)
    newest = newest_intake(db, client.id)
    row = db.get(IntakeRecord, intake_id)
    if row is None or row.client_id != client.id or newest is None:
        raise not_found()
    if newest.id != row.id:
        raise Problem(ServiceCode.CONFLICT, "The client has answered again since.", advice="Look at the new answers.")
    if row.cleared_at is None:
        row.cleared_at, row.cleared_by, row.clearance_note = now, me.id, form.note
        trail.record(db, Deed.CLEARED, "intake", row.id, client.id)
        db.commit()
    return _intake_out(db, me, row)


def _intake_out(db: Session, me: Principal, row: IntakeRecord) -> IntakeOut:
    # Judged by the wording the client read, which may differ from the current one.
    words = db.get_one(WordingText, row.wording_sha256)
    judgement = judge(row.answers, questions_from_text(words.text))
    flags = [FlagOut(question=f.question, about=f.about, answer=f.answer, leads=f.leads) for f in judgement.flags]
    return IntakeOut(
        id=row.id,
        created_at=row.created_at,
        outcome=row.outcome,
        may_go_on=not needs_clearance(row),
        title=judgement.title,
        texts=list(judgement.texts),
        answers=row.answers,
        flags=flags if me.is_clinician else None,
        wording_version=row.wording_version,
        wording_sha256=row.wording_sha256,
        cleared_at=row.cleared_at,
        cleared_by=row.cleared_by,
        clearance_note=row.clearance_note if me.is_clinician else None,
    )
