"""The exercise of a live session: a bundled protocol, or the person's plan with its own limits."""

from __future__ import annotations

from sqlalchemy.orm import Session

from api.care.intake import newest_intake
from api.care.plans import current_plans, protocol_for
from api.db import IntakeOutcome, Plan
from api.live.live_session import Begin, ErrorCode, Exercise, MessageError
from hinge_check.assess.protocol import DEFAULT, list_protocols, load_protocol


def bundled_exercise(request: Begin) -> Exercise:
    """Return the exercise that a guest or a clinician asks for: they have no plan.

    Raises
    ------
    MessageError
        `no_such_exercise`.
    """
    if request.plan:
        raise MessageError(ErrorCode.NO_SUCH_EXERCISE)
    return _load_bundled(request.protocol or DEFAULT)


def client_exercise(db: Session, client_id: str, request: Begin) -> Exercise:
    """Return the exercise that a client asks for, by the limits of their own plan.

    Raises
    ------
    MessageError
        `no_such_exercise`; `not_cleared` where health answers are missing, or wait for the clinician.
    """
    intake = newest_intake(db, client_id)
    if intake is None or (intake.outcome is not IntakeOutcome.CLEAR and intake.cleared_at is None):
        raise MessageError(ErrorCode.NOT_CLEARED)
    if not request.plan:
        name = _load_bundled(request.protocol or DEFAULT).protocol.name
        protocol, plan_id = protocol_for(db, client_id, name)
        return Exercise(plan_id or name, plan_id, protocol)
    plan = db.scalars(current_plans(client_id).where(Plan.id == request.plan)).one_or_none()
    if plan is None or plan.protocol is None:
        raise MessageError(ErrorCode.NO_SUCH_EXERCISE)
    protocol, plan_id = protocol_for(db, client_id, plan.protocol)
    return Exercise(plan_id or plan.protocol, plan_id, protocol)


def _load_bundled(name: str) -> Exercise:
    if name not in {each for each, _ in list_protocols()}:
        raise MessageError(ErrorCode.NO_SUCH_EXERCISE)
    return Exercise(name, None, load_protocol(name))
