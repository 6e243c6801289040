"""The health questions before the first session: asked, answered, and cleared by the clinician where needed."""

from __future__ import annotations

from fastapi import APIRouter

from api.care import intake
from api.care.clinic_content import Language
from api.care.intake import AnswersForm, ClearanceForm, IntakeOut, QuestionsOut
from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.core.text_types import IdPath
from api.http.deps import AsClient, Audit, ClinicianInPerson, Clock, Db, Me

router = APIRouter(prefix="/clients/{client_id}/intake", tags=["consent and intake"], responses=SIGNED_IN)


@router.get("/questions")
def read_questions(client_id: IdPath, me: Me, db: Db, language: Language = "en") -> QuestionsOut:
    """Return the questions in their current wording."""
    return intake.read_questions(db, me, client_id, language)


@router.post("", status_code=201, responses=problem_responses(ServiceCode.CONFLICT, ServiceCode.CLEARANCE_REQUIRED))
def answer_questions(
    client_id: IdPath, form: AnswersForm, me: AsClient, db: Db, clock: Clock, audit: Audit
) -> IntakeOut:
    """Answer the questions. An answer a doctor should know about blocks filming, and only that, until it is cleared.

    Until the clinician has cleared it, less serious answers are not accepted: to correct a mis-tap, the client talks
    to the clinician.
    """
    return intake.answer_questions(db, me, audit, client_id, form, clock())


@router.get("")
def read_intake(client_id: IdPath, me: Me, db: Db, audit: Audit) -> list[IntakeOut]:
    """List every set of answers, newest first; the newest counts."""
    return intake.list_intakes(db, me, audit, client_id)


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
    """Clear the client after looking at these answers; only the newest answers can be cleared."""
    return intake.clear_intake(db, me, audit, client_id, intake_id, form, clock())
