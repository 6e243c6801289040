"""The questions before the first session: asked, answered, and cleared by the clinician where that is needed."""

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
    """Return the questions in today's words."""
    return intake.read_questions(db, me, client_id, language)


@router.post("", status_code=201, responses=problem_responses(ServiceCode.CONFLICT, ServiceCode.CLEARANCE_REQUIRED))
def answer_questions(
    client_id: IdPath, form: AnswersForm, me: AsClient, db: Db, clock: Clock, audit: Audit
) -> IntakeOut:
    """Answer them. An answer that a doctor should hear of stops nothing but filming, until the clinician clears it.

    Until then calmer answers are not taken: a mis-tap is put right in talking with the clinician.
    """
    return intake.answer_questions(db, me, audit, client_id, form, clock())


@router.get("")
def read_intake(client_id: IdPath, me: Me, db: Db, audit: Audit) -> list[IntakeOut]:
    """List every time the questions were answered, the newest first: that one counts."""
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
    """Let the client go on, having looked at these answers; only the newest can be cleared."""
    return intake.clear_intake(db, me, audit, client_id, intake_id, form, clock())
