"""Prescribing exercises with a client's own limits, sets, reps and load. Every version is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_clients
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.clinic_content import ladder_of
from api.care.clinic_protocols import clinic_protocol
from api.care.plan_schemas import PlanForm, PlanOut, RescoringOut
from api.care.plans import current_plans, personal_protocol, rescore, rescoring
from api.core.problems import Problem, ServiceCode, invalid_field, not_found
from api.db import Client, Deed, Plan, new_id
from api.jobs.wakeup_queue import WakeupQueue
from api.settings import Settings
from hinge_check.assess.protocol import Protocol
from hinge_check.errors import UsageError

MOST_CURRENT = 30
MOST_LISTED = 500
WAKEUPS = 8
"""Notifications sent after a change: a worker that scores again goes on with the next recording by itself."""


def list_plans(db: Session, me: Principal, trail: Trail, client_id: str, *, past: bool = False) -> list[PlanOut]:
    """Return the plans now in force, newest first; with `past`, every version there ever was.

    Raises
    ------
    Problem
        `not_found` for another clinician's client; likewise for all functions of this module.
    """
    client = get_or_404(db, visible_clients(me), client_id)
    query = current_plans(client.id)
    if past:
        query = select(Plan).where(Plan.client_id == client.id).order_by(Plan.created_at.desc(), Plan.id.desc())
    out = [to_out(db, row) for row in db.scalars(query.limit(MOST_LISTED))]
    trail.record_view(db, "plans", client.id, client.id)
    return out


def read_plan(db: Session, me: Principal, client_id: str, plan_id: str) -> PlanOut:
    """Return one version of a plan."""
    return to_out(db, _get_plan(db, get_or_404(db, visible_clients(me), client_id), plan_id))


def prescribe(
    db: Session,
    me: Principal,
    trail: Trail,
    client_id: str,
    form: PlanForm,
    *,
    settings: Settings,
    wakeups: WakeupQueue,
    now: datetime,
) -> PlanOut:
    """Prescribe an exercise; limits of its own also apply to the client's earlier recordings of it. Commits.

    Raises
    ------
    Problem
        `invalid_request` for an unknown step or limits that do not hold; `conflict` where there are too many
        exercises, or this one is on the plan already.
    """
    client: Client = get_or_404(db, visible_clients(me), client_id)
    count = select(func.count()).select_from(current_plans(client.id).subquery())
    if (db.scalar(count) or 0) >= MOST_CURRENT:
        raise Problem(ServiceCode.CONFLICT, f"There are {MOST_CURRENT} exercises already.", advice="End some first.")
    row, protocol = _new_row(db, client, form, me.id, now)
    row.thread_id, row.version = row.id, 1
    if protocol is not None:
        _refuse_second(db, client.id, row.protocol)
    db.add(row)
    db.flush()
    queued: list[str] = []
    if protocol is not None and row.limits is not None and row.protocol is not None:
        queued = rescore(db, client.id, protocol, row.protocol, settings=settings, now=now)
    trail.record(db, Deed.CREATED, "plan", row.id, client.id)
    db.commit()
    _notify(wakeups, queued)
    return to_out(db, row)


def change_plan(
    db: Session,
    me: Principal,
    trail: Trail,
    client_id: str,
    plan_id: str,
    form: PlanForm,
    *,
    settings: Settings,
    wakeups: WakeupQueue,
    now: datetime,
) -> PlanOut:
    """Write a new version of a prescribed exercise; the earlier one can still be read. Commits.

    If the limits change, the client's earlier recordings of the exercise are scored again in the background.

    Raises
    ------
    Problem
        As `prescribe`; `conflict` also for a version that is not the newest.
    """
    client: Client = get_or_404(db, visible_clients(me), client_id)
    before = _get_plan(db, client, plan_id)
    if before.superseded_at is not None or before.ended_at is not None:
        raise Problem(ServiceCode.CONFLICT, "This is not the newest version any more.")
    row, protocol = _new_row(db, client, form, me.id, now)
    row.thread_id, row.version = before.thread_id, before.version + 1
    if protocol is not None and row.protocol != before.protocol:
        _refuse_second(db, client.id, row.protocol)
    before.superseded_at = now
    db.add(row)
    db.flush()  # two changes at once cannot both be version n + 1
    queued: list[str] = []
    if protocol is not None and row.protocol is not None and row.protocol_sha256 != before.protocol_sha256:
        queued = rescore(db, client.id, protocol, row.protocol, settings=settings, now=now)
    trail.record(db, Deed.CHANGED, "plan", row.id, client.id)
    db.commit()
    _notify(wakeups, queued)
    return to_out(db, row)


def end_plan(db: Session, me: Principal, trail: Trail, client_id: str, plan_id: str, *, now: datetime) -> None:
    """Take an exercise off the plan; its versions can still be read. Commits."""
    client = get_or_404(db, visible_clients(me), client_id)
    row = _get_plan(db, client, plan_id)
    if row.superseded_at is not None:
        raise not_found()
    if row.ended_at is None:
        row.ended_at = now
        trail.record(db, Deed.REMOVED, "plan", row.id, client.id)
        db.commit()


def read_rescoring(db: Session, me: Principal, client_id: str, plan_id: str) -> RescoringOut:
    """Return the progress of scoring the earlier recordings again by this version's limits."""
    client = get_or_404(db, visible_clients(me), client_id)
    row = _get_plan(db, client, plan_id)
    if row.protocol is None or row.protocol_sha256 is None:
        return RescoringOut(total=0, done=0, failed=0, progress=1.0)
    counts = rescoring(db, client.id, row.protocol_sha256, row.protocol)
    progress = (counts.done + counts.failed) / counts.total if counts.total else 1.0
    return RescoringOut(total=counts.total, done=counts.done, failed=counts.failed, progress=progress)


def to_out(db: Session, row: Plan) -> PlanOut:
    """Return a version as the API states it, with its step from the current ladder."""
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


def _get_plan(db: Session, client: Client, plan_id: str) -> Plan:
    row = db.get(Plan, plan_id)
    if row is None or row.client_id != client.id:
        raise not_found()
    return row


def _notify(wakeups: WakeupQueue, queued: Sequence[str]) -> None:
    for analysis_id in queued[:WAKEUPS]:
        wakeups.notify(analysis_id)


def _refuse_second(db: Session, client_id: str, protocol: str | None) -> None:
    """Refuse a second plan for an exercise: it would be ambiguous which one judges its recordings."""
    if db.scalar(current_plans(client_id).where(Plan.protocol == protocol).limit(1)) is not None:
        raise Problem(
            ServiceCode.CONFLICT, "This exercise is on the plan already.", advice="Change the one that is there."
        )


def _new_row(
    db: Session, client: Client, form: PlanForm, clinician_id: str, now: datetime
) -> tuple[Plan, Protocol | None]:
    """Return a new version, still without thread and version number, and its protocol."""
    try:
        step = ladder_of(db, client.clinic_id).step(form.step)
    except UsageError as error:
        raise _invalid("body.step", [str(error)]) from None
    protocol = None
    if step.protocol is not None:
        protocol = _protocol(db, client.clinic_id, step.protocol, form.limits)
    elif form.limits is not None:
        raise _invalid("body.limits", ["this step is not measured, so nothing can be beyond a limit"])
    row = Plan(
        id=new_id(),
        clinic_id=client.clinic_id,
        client_id=client.id,
        created_by=clinician_id,
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
        raise _invalid("body.limits", str(error).splitlines()) from None


def _invalid(where: str, lines: Sequence[str]) -> Problem:
    return invalid_field(where, lines, "This plan is not right.")
