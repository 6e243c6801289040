"""How a client comes along: the trend of what was measured and said, and what might come next."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, TypeAdapter
from starlette.responses import Response

from api.audit import Audit
from api.clinic_record import record
from api.content import ladder_of, rules_of
from api.db import Client, Plan
from api.deps import AsClinician, Clock, Db, Me
from api.plans import current
from api.problems import SIGNED_IN, FieldError, Problem, ServiceCode
from api.scope import clients, one
from api.texts import RowId
from hinge_check.clinic.history import History, history
from hinge_check.clinic.readiness import Suggestion, suggest
from hinge_check.errors import UsageError

router = APIRouter(prefix="/clients/{client_id}", tags=["history"], responses=SIGNED_IN)

_history: TypeAdapter[History] = TypeAdapter(History)


class ReadinessOut(BaseModel):
    """A suggestion. It never acts: what comes next is the clinician's to say, in a review and in the plan."""

    step: str
    next_step: str | None
    step_before: str | None
    suggestion: Suggestion
    for_whom: str = Field(default="clinician", description="Whose it is to decide")


@router.get("/history", response_model=History)
def read_history(client_id: RowId, me: Me, db: Db, audit: Audit) -> Response:
    """Hip share, lumbar flexion, score, pain, effort and load over time, each with its error.

    A change counts as real only beyond the measured error; the page of numbers ('about') says where that is from.
    """
    client: Client = one(db, clients(me), client_id)
    found = history(record(db, client.id), rules=rules_of(db, client.clinic_id))
    audit.saw(db, "history", client.id, client.id)
    return Response(_history.dump_json(found), media_type="application/json")


@router.get("/readiness")
def read_readiness(
    client_id: RowId,
    me: AsClinician,
    db: Db,
    clock: Clock,
    audit: Audit,
    step: Annotated[str | None, Query(max_length=64, description="Of the ladder; that of the plan without it")] = None,
    baseline_pain: Annotated[
        float | None, Query(ge=0, le=10, description="Usual pain, 0 to 10; from the first check-ins without it")
    ] = None,
) -> ReadinessOut:
    """What the rule suggests, every reason shown, met or not."""
    client: Client = one(db, clients(me), client_id)
    records = record(db, client.id)
    if step is None:
        plan = db.scalars(current(client.id).limit(1)).one_or_none()
        step = plan.step if isinstance(plan, Plan) else records[-1].step if records else None
    ladder = ladder_of(db, client.clinic_id)
    if step is None:
        step = ladder.steps[0].name
    try:
        at = ladder.step(step)
    except UsageError as error:
        wrong = FieldError(where="query.step", message=str(error)[:300])
        raise Problem(ServiceCode.INVALID_REQUEST, errors=[wrong]) from None
    found = suggest(
        records,
        step=at.name,
        now=clock(),
        rules=rules_of(db, client.clinic_id),
        baseline_pain=baseline_pain,
        measured=at.measured,
    )
    audit.saw(db, "readiness", client.id, client.id)
    after, before = ladder.after(at.name), ladder.before(at.name)
    return ReadinessOut(
        step=at.name,
        next_step=None if after is None else after.name,
        step_before=None if before is None else before.name,
        suggestion=found,
    )
