"""Readiness for the next step, the figures behind it, and the thresholds that hold for one person only."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.care import readiness
from api.care.readiness import OwnFiguresForm, OwnFiguresOut, ReadinessOut
from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.core.text_types import IdPath
from api.http.deps import AsClinician, Audit, Clock, Db

router = APIRouter(prefix="/clients/{client_id}/readiness", tags=["history"], responses=SIGNED_IN)


@router.get("")
def read_readiness(
    client_id: IdPath,
    me: AsClinician,
    db: Db,
    clock: Clock,
    audit: Audit,
    step: Annotated[str | None, Query(max_length=64, description="Of the ladder; that of the plan without it")] = None,
    baseline_pain: Annotated[
        float | None,
        Query(ge=0, le=10, description="Usual pain, 0 to 10; what is kept for the person, or the first check-ins"),
    ] = None,
) -> ReadinessOut:
    """Return what the rules suggest: every criterion, met or not, with the figures used and whose they are."""
    return readiness.read_readiness(db, me, audit, client_id, now=clock(), step=step, baseline_pain=baseline_pain)


@router.put("", responses=problem_responses(ServiceCode.INVALID_REQUEST))
def write_own_figures(client_id: IdPath, form: OwnFiguresForm, me: AsClinician, db: Db, audit: Audit) -> OwnFiguresOut:
    """Write the figures that hold for this person only; every problem in them is reported with its line."""
    return readiness.write_own_figures(db, me, audit, client_id, form)
