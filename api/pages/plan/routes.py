"""Prescribing an exercise and changing it: one exercise per page, every earlier version below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.access import get_or_404, visible_clients
from api.auth.audit_trail import Trail
from api.care import prescriptions
from api.care.clinic_content import ladder_of
from api.care.clinic_protocols import clinic_protocol
from api.care.plan_schemas import RescoringOut
from api.care.plans import current_plans
from api.core.problems import Problem, ServiceCode
from api.core.text_types import IdPath
from api.db import Client, Clinician, Plan, Recording, RecordingState
from api.db.clinic import clinic_timezone
from api.http.deps import Clock, Config, Db, Principal, Wakeups
from api.pages.form_fields import TrailHere, form_text
from api.pages.home.cards import drawing_of
from api.pages.page_deps import ClinicianHere, Form
from api.pages.plan.fields import (
    MOST_NOTES,
    Fields,
    field_errors,
    limit_values,
    new_fields,
    plan_fields,
    to_form,
    typed_fields,
)
from api.pages.plan.limits import FIRST, plan_limits_text, rows
from api.pages.render import render, translator_for
from hinge_check.clinic.ladder import Ladder

router = APIRouter(prefix="/clients/{client_id}/plan")

Named = Annotated[str, Query(max_length=64)]


@dataclass(frozen=True, slots=True)
class _FormProblems:
    """Problems of a form that was sent."""

    wrong: dict[str, str]
    general: list[str]
    """Problems of no single field, in the service's own words."""
    elsewhere: bool = False
    """The plan was changed in another window."""


@router.get("")
def plan_page(
    client_id: IdPath,
    request: Request,
    me: ClinicianHere,
    db: Db,
    audit: TrailHere,
    edit: Named = "",
    step: Named = "",
    saved: Named = "",
) -> Response:
    """Show a new exercise (at `step`), or one that is on the plan (`edit`); `saved` was just saved."""
    client: Client = get_or_404(db, visible_clients(me), client_id)
    plan = _get_plan(db, client, edit or saved)
    ladder = ladder_of(db, client.clinic_id)
    fields = new_fields(_next_step(db, client, ladder)) if plan is None else plan_fields(plan)
    if step in {each.name for each in ladder.steps}:
        fields.step = step
    return _render(request, me, db, audit, client, plan, fields, saved=plan is not None and plan.id == saved)


@router.post("")
def write(
    client_id: IdPath,
    request: Request,
    me: ClinicianHere,
    form: Form,
    db: Db,
    clock: Clock,
    config: Config,
    wakeups: Wakeups,
    audit: TrailHere,
) -> Response:
    """Save the plan; or (`look`) show the form with another step, keeping all typed fields."""
    client: Client = get_or_404(db, visible_clients(me), client_id)
    plan = _get_plan(db, client, form_text(form, "edit", 64))
    fields = typed_fields(form)
    ladder = ladder_of(db, client.clinic_id)
    known = {each.name for each in ladder.steps}
    if (look := form_text(form, "look", 64)) in known:
        fields.step = look
        return _render(request, me, db, audit, client, plan, fields)
    if fields.step not in known:
        fields.step = ladder.steps[0].name
        return _render(request, me, db, audit, client, plan, fields, problems=_FormProblems({"step": ""}, []))
    problems = _FormProblems(field_errors(translator_for(request), fields), [])
    if not problems.wrong:
        try:
            asked = to_form(fields, _limits_toml(ladder, plan, fields))
        except ValidationError:
            problems = _FormProblems({"notes": translator_for(request)("plan-wrong-hidden")}, [])
        else:
            try:
                if plan is None:
                    written = prescriptions.prescribe(
                        db, me, audit, client_id, asked, settings=config, wakeups=wakeups, now=clock()
                    )
                else:
                    written = prescriptions.change_plan(
                        db, me, audit, client_id, plan.id, asked, settings=config, wakeups=wakeups, now=clock()
                    )
            except Problem as problem:
                problems = _problems_of(problem, plan, db)
            else:
                return RedirectResponse(f"/clients/{client_id}/plan?saved={written.id}", 303)
    return _render(request, me, db, audit, client, _current_version(db, plan), fields, problems=problems)


@router.post("/{plan_id}/end")
def end(client_id: IdPath, plan_id: IdPath, me: ClinicianHere, db: Db, clock: Clock, audit: TrailHere) -> Response:
    """Take an exercise off the plan."""
    prescriptions.end_plan(db, me, audit, client_id, plan_id, now=clock())
    return RedirectResponse(f"/clients/{client_id}#plan", 303)


def _problems_of(problem: Problem, plan: Plan | None, db: Session) -> _FormProblems:
    if problem.code is ServiceCode.CONFLICT:
        if plan is not None:
            db.refresh(plan)
        if plan is not None and (plan.superseded_at is not None or plan.ended_at is not None):
            return _FormProblems({}, [], elsewhere=True)
        return _FormProblems({}, [f"{problem.detail} {problem.advice}"])
    if problem.code is not ServiceCode.INVALID_REQUEST:
        raise problem
    return _FormProblems({}, [each.message for each in problem.errors or ()])


def _get_plan(db: Session, client: Client, plan_id: str) -> Plan | None:
    """Return a version of this client's plan; None for any other id."""
    row = db.get(Plan, plan_id) if plan_id else None
    return row if row is not None and row.client_id == client.id else None


def _current_version(db: Session, plan: Plan | None) -> Plan | None:
    """Return the current version of the same exercise; None where it was taken off the plan."""
    if plan is None or plan.superseded_at is None:
        return plan if plan is not None and plan.ended_at is None else None
    holds = current_plans(plan.client_id).where(Plan.thread_id == plan.thread_id)
    return db.scalars(holds.limit(1)).one_or_none()


def _next_step(db: Session, client: Client, ladder: Ladder) -> str:
    """Return the first step not on the plan yet, from the newest one that is; without any, the ladder's first."""
    taken = [plan.step for plan in db.scalars(current_plans(client.id))]
    names = [step.name for step in ladder.steps]
    begin = names.index(taken[0]) if taken and taken[0] in names else 0
    return next((name for name in names[begin:] if name not in taken), names[begin])


def _limits_toml(ladder: Ladder, plan: Plan | None, fields: Fields) -> str | None:
    """Return the plan's TOML: None for a step that is not measured, and where nothing differs."""
    protocol = ladder.step(fields.step).protocol
    if protocol is None:
        return None
    own = plan.limits if plan is not None and plan.protocol == protocol else None
    return plan_limits_text(protocol, own, limit_values(fields), fields.why)


def _render(
    request: Request,
    me: Principal,
    db: Session,
    audit: Trail,
    client: Client,
    plan: Plan | None,
    fields: Fields,
    *,
    saved: bool = False,
    problems: _FormProblems | None = None,
) -> Response:
    problems = problems or _FormProblems({}, [])
    holds = plan is not None and plan.superseded_at is None and plan.ended_at is None
    ladder = ladder_of(db, client.clinic_id)
    step = ladder.step(fields.step)
    own = plan.limits if plan is not None and plan.protocol == step.protocol else None
    rescoring: RescoringOut | None = None
    if saved and plan is not None:
        rescoring = prescriptions.read_rescoring(db, me, client.id, plan.id)
    return render(
        request,
        "plan/plan.html",
        me=me,
        status=422 if problems.wrong or problems.general else 409 if problems.elsewhere else 200,
        zone=clinic_timezone(db, client.clinic_id).key,
        client=client,
        plan=plan if holds else None,
        fields=fields,
        problems=problems,
        saved=saved,
        rescoring=rescoring,
        ladder=ladder,
        step=step,
        drawing=drawing_of(step.name, step.protocol),
        on_plan={each.step: each.id for each in db.scalars(current_plans(client.id))},
        limits=(
            []
            if step.protocol is None
            else rows(clinic_protocol(db, client.clinic_id, step.protocol), fields.limits, own)
        ),
        first=len(FIRST),
        earlier=_count_measured(db, client.id, step.protocol),
        past=prescriptions.list_plans(db, me, audit, client.id, past=True),
        by=_clinician_names(db, client.clinic_id),
        most_notes=MOST_NOTES,
    )


def _count_measured(db: Session, client_id: str, protocol: str | None) -> int:
    """Count the recordings of an exercise that would be scored again."""
    theirs = select(func.count()).select_from(Recording)
    return (
        db.scalar(
            theirs.where(
                Recording.client_id == client_id,
                Recording.protocol == protocol,
                Recording.state == RecordingState.DONE,
            )
        )
        or 0
    )


def _clinician_names(db: Session, clinic_id: str) -> dict[str, str]:
    clinicians = db.execute(select(Clinician.id, Clinician.name).where(Clinician.clinic_id == clinic_id))
    return {row[0]: row[1] for row in clinicians}
