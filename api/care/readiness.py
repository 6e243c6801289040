"""Readiness for the next step: what the rules suggest, and rule figures that hold for one person only."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_clients
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.client_history import client_history
from api.care.clinic_content import custom_text, ladder_of, rules_of
from api.care.plans import current_plans
from api.core.problems import invalid_field
from api.db import Client, ContentKind, Deed
from api.db.clinic import clinic_timezone
from hinge_check.clinic.readiness import Suggestion, suggest
from hinge_check.clinic.readiness_rules import rules_from_text
from hinge_check.errors import UsageError


class OwnFiguresForm(BaseModel):
    """Rule figures for one person; null goes back to those for everyone."""

    model_config = ConfigDict(extra="forbid")

    usual_pain: float | None = Field(ge=0, le=10, description="0 to 10; null takes it from the first check-ins")
    figures: Annotated[str, StringConstraints(min_length=1, max_length=16384)] | None = Field(
        description="TOML with just the figures of the rule that differ, over the clinic's"
    )


class OwnFiguresOut(OwnFiguresForm):
    """The stored rule figures of one person."""


class ReadinessOut(BaseModel):
    """A suggestion only: the clinician decides what comes next, in a review and in the plan."""

    step: str
    next_step: str | None
    step_before: str | None
    suggestion: Suggestion
    own: OwnFiguresOut
    for_whom: str = Field(default="clinician", description="Whose it is to decide")


def read_readiness(
    db: Session,
    me: Principal,
    trail: Trail,
    client_id: str,
    *,
    now: datetime,
    step: str | None = None,
    baseline_pain: float | None = None,
) -> ReadinessOut:
    """Return what the rules suggest: every criterion, met or not, with the figures used and whose they are.

    Parameters
    ----------
    step
        Step of the ladder; by default that of the newest plan, else of the newest recording, else the first.
    baseline_pain
        Usual pain, 0 to 10; by default the value stored for the person, else that of the first check-ins.

    Raises
    ------
    Problem
        `not_found` for another clinician's client; `invalid_request` for a step that the ladder does not have.
    """
    client: Client = get_or_404(db, visible_clients(me), client_id)
    records = client_history(db, client.id)
    if step is None:
        plan = db.scalars(current_plans(client.id).limit(1)).one_or_none()
        step = plan.step if plan is not None else records[-1].step if records else None
    ladder = ladder_of(db, client.clinic_id)
    if step is None:
        step = ladder.steps[0].name
    try:
        at = ladder.step(step)
    except UsageError as error:
        raise invalid_field("query.step", [str(error)]) from None
    suggestion = suggest(
        records,
        step=at.name,
        now=now.astimezone(clinic_timezone(db, client.clinic_id)),
        rules=rules_of(db, client),
        baseline_pain=client.usual_pain if baseline_pain is None else baseline_pain,
        measured=at.measured,
        back_hidden=at.back_hidden,
    )
    trail.record_view(db, "readiness", client.id, client.id)
    after, before = ladder.after(at.name), ladder.before(at.name)
    return ReadinessOut(
        step=at.name,
        next_step=None if after is None else after.name,
        step_before=None if before is None else before.name,
        suggestion=suggestion,
        own=OwnFiguresOut(usual_pain=client.usual_pain, figures=client.readiness),
    )


def write_own_figures(db: Session, me: Principal, trail: Trail, client_id: str, form: OwnFiguresForm) -> OwnFiguresOut:
    """Store the figures that hold for this person only. Commits.

    Raises
    ------
    Problem
        `not_found`; `invalid_request` with every problem of the figures and its line.
    """
    client: Client = get_or_404(db, visible_clients(me), client_id)
    if form.figures is not None:
        _check(form.figures, custom_text(db, client.clinic_id, ContentKind.READINESS))
    client.usual_pain, client.readiness = form.usual_pain, form.figures
    trail.record(db, Deed.CHANGED, "readiness", client.id, client.id)
    db.commit()
    return OwnFiguresOut(usual_pain=client.usual_pain, figures=client.readiness)


def _check(figures: str, of_clinic: str | None) -> None:
    try:
        rules_from_text(of_clinic, figures)
    except UsageError as error:
        lines = str(error).splitlines()
    except (RecursionError, ValueError):  # figures of thousands of digits, brackets a thousand deep
        lines = ["this is not TOML"]
    else:
        return
    raise invalid_field("body.figures", lines, "These figures are not right.")
