"""What is prescribed: exercises with a person's own limits, sets, reps, load. Every version is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_clients
from api.care.clinic_content import ladder_of
from api.care.clinic_protocols import clinic_protocol
from api.care.plans import current_plans, personal_protocol, rescore, rescoring
from api.core.problems import SIGNED_IN, FieldError, Problem, ServiceCode, not_found, problem_responses
from api.core.text_types import IdPath, Notes
from api.db import Client, Deed, Plan, new_id
from api.http.deps import AsClinician, Audit, Clock, Config, Db, Me, Wakeups
from hinge_check.assess.protocol import Protocol
from hinge_check.errors import UsageError

router = APIRouter(prefix="/clients/{client_id}/plans", tags=["plans"], responses=SIGNED_IN)

MOST_CURRENT = 30
RUNG = 8
"""Bells rung after a change: a worker that scores again goes on with the next by itself."""


class PlanForm(BaseModel):
    """An exercise to prescribe."""

    step: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(description="Of the ladder")
    limits: Annotated[str, StringConstraints(max_length=65536)] | None = Field(
        default=None,
        description='What is changed for this person: TOML that begins with extends = "PROTOCOL"; null for none',
    )
    sets: int = Field(ge=1, le=20)
    reps: int = Field(ge=1, le=100)
    load_kg: float | None = Field(default=None, ge=0, le=500, allow_inf_nan=False)
    days_per_week: int = Field(ge=1, le=7)
    notes: Notes = Field(default="", description="For the client")


class RescoringOut(BaseModel):
    """How far scoring the earlier recordings again by these limits has come."""

    total: int
    done: int
    failed: int
    progress: float = Field(ge=0, le=1)


class PlanOut(BaseModel):
    """One version of one prescribed exercise."""

    id: str
    thread_id: str = Field(description="The same for every version")
    version: int
    step: str
    title: str | None = Field(description="Of the step; null when the ladder has it no more")
    instructions: list[str]
    protocol: str | None = Field(description="By which recordings are judged; null where it is checked in only")
    limits: str | None
    overrides: dict[str, float | str | bool] = Field(description="What the limits change, figure by figure")
    protocol_sha256: str | None
    sets: int
    reps: int
    load_kg: float | None
    days_per_week: int
    notes: str
    created_at: datetime
    created_by: str | None
    superseded_at: datetime | None = Field(description="When a newer version took its place")
    ended_at: datetime | None


@router.get("")
def list_plans(client_id: IdPath, me: Me, db: Db, audit: Audit, past: bool = False) -> list[PlanOut]:
    """What is prescribed now, newest first; with `past` every version there ever was."""
    client = get_or_404(db, visible_clients(me), client_id)
    query = current_plans(client.id)
    if past:
        query = select(Plan).where(Plan.client_id == client.id).order_by(Plan.created_at.desc(), Plan.id.desc())
    out = [_told(db, row) for row in db.scalars(query.limit(500))]
    audit.record_view(db, "plans", client.id, client.id)
    return out


@router.get("/{plan_id}")
def read_plan(client_id: IdPath, plan_id: IdPath, me: Me, db: Db) -> PlanOut:
    """One version."""
    return _told(db, _one(db, get_or_404(db, visible_clients(me), client_id), plan_id))


@router.post("", status_code=201, responses=problem_responses(ServiceCode.CONFLICT))
def prescribe(
    client_id: IdPath,
    form: PlanForm,
    me: AsClinician,
    db: Db,
    clock: Clock,
    config: Config,
    bell: Wakeups,
    audit: Audit,
) -> PlanOut:
    """Prescribe an exercise. Limits of its own are applied to what the client has recorded of it before, too."""
    client: Client = get_or_404(db, visible_clients(me), client_id)
    many = select(func.count()).select_from(current_plans(client.id).subquery())
    if (db.scalar(many) or 0) >= MOST_CURRENT:
        raise Problem(ServiceCode.CONFLICT, f"There are {MOST_CURRENT} exercises already.", advice="End some first.")
    row, protocol = _row(db, client, form, me.id, clock())
    row.thread_id, row.version = row.id, 1
    if protocol is not None:
        _refuse_second(db, client.id, row.protocol)
    db.add(row)
    db.flush()
    waiting: list[str] = []
    if protocol is not None and row.limits is not None and row.protocol is not None:
        waiting = rescore(db, client.id, protocol, row.protocol, settings=config, now=clock())
    audit.record(db, Deed.CREATED, "plan", row.id, client.id)
    db.commit()
    for analysis_id in waiting[:RUNG]:
        bell.notify(analysis_id)
    return _told(db, row)


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
    bell: Wakeups,
    audit: Audit,
) -> PlanOut:
    """Change what is prescribed: a new version; the earlier one stays to be read.

    Where the limits change, what the client has recorded of the exercise is scored again in the background.
    """
    client: Client = get_or_404(db, visible_clients(me), client_id)
    before = _one(db, client, plan_id)
    if before.superseded_at is not None or before.ended_at is not None:
        raise Problem(ServiceCode.CONFLICT, "This is not the newest version any more.")
    row, protocol = _row(db, client, form, me.id, clock())
    row.thread_id, row.version = before.thread_id, before.version + 1
    if protocol is not None and row.protocol != before.protocol:
        _refuse_second(db, client.id, row.protocol)
    before.superseded_at = clock()
    db.add(row)
    db.flush()  # two changes at once cannot both be version n + 1
    waiting: list[str] = []
    if protocol is not None and row.protocol is not None and row.protocol_sha256 != before.protocol_sha256:
        waiting = rescore(db, client.id, protocol, row.protocol, settings=config, now=clock())
    audit.record(db, Deed.CHANGED, "plan", row.id, client.id)
    db.commit()
    for analysis_id in waiting[:RUNG]:
        bell.notify(analysis_id)
    response.headers["Location"] = f"/api/v1/clients/{client.id}/plans/{row.id}"
    return _told(db, row)


@router.delete("/{plan_id}", status_code=204)
def end_plan(client_id: IdPath, plan_id: IdPath, me: AsClinician, db: Db, clock: Clock, audit: Audit) -> None:
    """Take an exercise off the plan; its versions stay to be read."""
    client = get_or_404(db, visible_clients(me), client_id)
    row = _one(db, client, plan_id)
    if row.superseded_at is not None:
        raise not_found()
    if row.ended_at is None:
        row.ended_at = clock()
        audit.record(db, Deed.REMOVED, "plan", row.id, client.id)
        db.commit()


@router.get("/{plan_id}/rescoring")
def read_rescoring(client_id: IdPath, plan_id: IdPath, me: Me, db: Db) -> RescoringOut:
    """How far scoring the earlier recordings again by this version's limits has come."""
    client = get_or_404(db, visible_clients(me), client_id)
    row = _one(db, client, plan_id)
    if row.protocol is None or row.protocol_sha256 is None:
        return RescoringOut(total=0, done=0, failed=0, progress=1.0)
    found = rescoring(db, client.id, row.protocol_sha256, row.protocol)
    share = (found.done + found.failed) / found.total if found.total else 1.0
    return RescoringOut(total=found.total, done=found.done, failed=found.failed, progress=share)


def _one(db: Session, client: Client, plan_id: str) -> Plan:
    row = db.get(Plan, plan_id)
    if row is None or row.client_id != client.id:
        raise not_found()
    return row


def _refuse_second(db: Session, client_id: str, protocol: str | None) -> None:
    """Refuse where some plan judges recordings of this exercise already: two would leave open by which."""
    if db.scalar(current_plans(client_id).where(Plan.protocol == protocol).limit(1)) is not None:
        raise Problem(
            ServiceCode.CONFLICT, "This exercise is on the plan already.", advice="Change the one that is there."
        )


def _row(db: Session, client: Client, form: PlanForm, by: str, now: datetime) -> tuple[Plan, Protocol | None]:
    try:
        step = ladder_of(db, client.clinic_id).step(form.step)
    except UsageError as error:
        raise _wrong("body.step", [str(error)]) from None
    protocol = None
    if step.protocol is not None:
        protocol = _protocol(db, client.clinic_id, step.protocol, form.limits)
    elif form.limits is not None:
        raise _wrong("body.limits", ["this step is not measured, so nothing can be beyond a limit"])
    row = Plan(
        id=new_id(),
        clinic_id=client.clinic_id,
        client_id=client.id,
        created_by=by,
        step=step.name,
        protocol=step.protocol,
        limits=form.limits,
        protocol_text=None if protocol is None else protocol.text,
        protocol_sha256=None if protocol is None else protocol.sha256,
        sets=form.sets,
        reps=form.reps,
        load_kg=form.load_kg,
        days_per_week=form.days_per_week,
        notes=form.notes,
        created_at=now,
    )
    return row, protocol


def _protocol(db: Session, clinic_id: str, name: str, limits: str | None) -> Protocol:
    of_clinic = clinic_protocol(db, clinic_id, name)
    if limits is None:
        return of_clinic
    try:
        return personal_protocol(name, limits, of_clinic)
    except UsageError as error:
        raise _wrong("body.limits", str(error).splitlines()) from None


def _wrong(where: str, lines: list[str]) -> Problem:
    errors = [FieldError(where=where, message=line[:300]) for line in lines[:20]]
    return Problem(ServiceCode.INVALID_REQUEST, "This plan is not right.", errors=errors)


def _told(db: Session, row: Plan) -> PlanOut:
    try:
        step = ladder_of(db, row.clinic_id).step(row.step)
    except UsageError:
        step = None
    overrides = (
        {} if row.limits is None or row.protocol is None else personal_protocol(row.protocol, row.limits).overrides
    )
    return PlanOut(
        id=row.id,
        thread_id=row.thread_id,
        version=row.version,
        step=row.step,
        title=None if step is None else step.title,
        instructions=[] if step is None else list(step.instructions),
        protocol=row.protocol,
        limits=row.limits,
        overrides=dict(overrides),
        protocol_sha256=row.protocol_sha256,
        sets=row.sets,
        reps=row.reps,
        load_kg=row.load_kg,
        days_per_week=row.days_per_week,
        notes=row.notes,
        created_at=row.created_at,
        created_by=row.created_by,
        superseded_at=row.superseded_at,
        ended_at=row.ended_at,
    )
