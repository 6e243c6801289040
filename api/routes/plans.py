"""Plans: prescribed exercises with a person's own limits, sets, reps and load. Every version is kept."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.care import prescriptions
from api.care.plan_schemas import PlanForm, PlanOut, RescoringOut
from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.core.text_types import IdPath
from api.http.deps import AsClinician, Audit, Clock, Config, Db, Me, Wakeups

router = APIRouter(prefix="/clients/{client_id}/plans", tags=["plans"], responses=SIGNED_IN)


@router.get("")
def list_plans(client_id: IdPath, me: Me, db: Db, audit: Audit, past: bool = False) -> list[PlanOut]:
    """Return the plans now in force, newest first; with `past`, every version there ever was."""
    return prescriptions.list_plans(db, me, audit, client_id, past=past)


@router.get("/{plan_id}")
def read_plan(client_id: IdPath, plan_id: IdPath, me: Me, db: Db) -> PlanOut:
    """Return one version of a plan."""
    return prescriptions.read_plan(db, me, client_id, plan_id)


@router.post("", status_code=201, responses=problem_responses(ServiceCode.CONFLICT))
def prescribe(
    client_id: IdPath,
    form: PlanForm,
    me: AsClinician,
    db: Db,
    clock: Clock,
    config: Config,
    wakeups: Wakeups,
    audit: Audit,
) -> PlanOut:
    """Prescribe an exercise. Limits of its own also apply to the client's earlier recordings of it."""
    return prescriptions.prescribe(db, me, audit, client_id, form, settings=config, wakeups=wakeups, now=clock())


@router.put("/{plan_id}", status_code=201, responses=problem_responses(ServiceCode.CONFLICT))
def change_plan(
    client_id: IdPath,
    plan_id: IdPath,
    form: PlanForm,
    response: Response,
    me: AsClinician,
    db: Db,
    clock: Clock,
    config: Config,
    wakeups: Wakeups,
    audit: Audit,
) -> PlanOut:
    """Change a plan: make a new version; the earlier one stays readable.

    If the limits change, the client's earlier recordings of the exercise are scored again in the background.
    """
    out = prescriptions.change_plan(
        db, me, audit, client_id, plan_id, form, settings=config, wakeups=wakeups, now=clock()
    )
    response.headers["Location"] = f"/api/v1/clients/{client_id}/plans/{out.id}"
    return out


@router.delete("/{plan_id}", status_code=204)
def end_plan(client_id: IdPath, plan_id: IdPath, me: AsClinician, db: Db, clock: Clock, audit: Audit) -> None:
    """Take an exercise off the plan; its versions stay readable."""
    prescriptions.end_plan(db, me, audit, client_id, plan_id, now=clock())


@router.get("/{plan_id}/rescoring")
def read_rescoring(client_id: IdPath, plan_id: IdPath, me: Me, db: Db) -> RescoringOut:
    """Return the progress of scoring the earlier recordings again by this version's limits."""
    return prescriptions.read_rescoring(db, me, client_id, plan_id)
