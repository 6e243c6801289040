"""What might come next for a person, by which figures; and the figures that are theirs alone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.auth.access import get_or_404, visible_clients
from api.care.client_history import client_history
from api.care.clinic_content import custom_text, ladder_of, rules_of
from api.care.plans import current_plans
from api.core.problems import SIGNED_IN, FieldError, Problem, ServiceCode, problem_responses
from api.core.text_types import IdPath
from api.db import Client, ContentKind, Deed, Plan
from api.db.clinic import clinic_timezone
from api.http.deps import AsClinician, Audit, Clock, Db
from hinge_check.clinic.readiness import Suggestion, suggest
from hinge_check.clinic.readiness_rules import rules_from_text
from hinge_check.errors import UsageError

router = APIRouter(prefix="/clients/{client_id}/readiness", tags=["history"], responses=SIGNED_IN)


class OwnFiguresForm(BaseModel):
    """What holds for this person; null goes back to what holds for all."""

    model_config = ConfigDict(extra="forbid")

    usual_pain: float | None = Field(ge=0, le=10, description="0 to 10; null takes it from the first check-ins")
    figures: Annotated[str, StringConstraints(min_length=1, max_length=16384)] | None = Field(
        description="TOML with just the figures of the rule that differ, over the clinic's"
    )


class OwnFiguresOut(OwnFiguresForm):
    """The same, as it is kept."""


class ReadinessOut(BaseModel):
    """A suggestion. It never acts: what comes next is the clinician's to say, in a review and in the plan."""

    step: str
    next_step: str | None
    step_before: str | None
    suggestion: Suggestion
    own: OwnFiguresOut
    for_whom: str = Field(default="clinician", description="Whose it is to decide")


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
    """What the rule suggests, every reason shown, met or not, with the figures it used and whose they are."""
    client: Client = get_or_404(db, visible_clients(me), client_id)
    zone = clinic_timezone(db, client.clinic_id)
    records = client_history(db, client.id)
    if step is None:
        plan = db.scalars(current_plans(client.id).limit(1)).one_or_none()
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
        now=clock().astimezone(zone),
        rules=rules_of(db, client),
        baseline_pain=client.usual_pain if baseline_pain is None else baseline_pain,
        measured=at.measured,
        back_hidden=at.back_hidden,
    )
    audit.record_view(db, "readiness", client.id, client.id)
    after, before = ladder.after(at.name), ladder.before(at.name)
    return ReadinessOut(
        step=at.name,
        next_step=None if after is None else after.name,
        step_before=None if before is None else before.name,
        suggestion=found,
        own=OwnFiguresOut(usual_pain=client.usual_pain, figures=client.readiness),
    )


@router.put("", responses=problem_responses(ServiceCode.INVALID_REQUEST))
def write_own_figures(client_id: IdPath, form: OwnFiguresForm, me: AsClinician, db: Db, audit: Audit) -> OwnFiguresOut:
    """Write what holds for this person alone; every problem of the figures is told with its line."""
    client: Client = get_or_404(db, visible_clients(me), client_id)
    if form.figures is not None:
        _check(form.figures, custom_text(db, client.clinic_id, ContentKind.READINESS))
    client.usual_pain, client.readiness = form.usual_pain, form.figures
    audit.record(db, Deed.CHANGED, "readiness", client.id, client.id)
    db.commit()
    return OwnFiguresOut(usual_pain=client.usual_pain, figures=client.readiness)


def _check(figures: str, clinics: str | None) -> None:
    try:
        rules_from_text(clinics, figures)
    except UsageError as error:
        lines = str(error).splitlines()
    except (RecursionError, ValueError):  # figures of thousands of digits, brackets a thousand deep
        lines = ["this is not TOML"]
    else:
        return
    errors = [FieldError(where="body.figures", message=line[:300]) for line in lines[:20]]
    raise Problem(ServiceCode.INVALID_REQUEST, "These figures are not right.", errors=errors)
