"""A client's history for trends, readiness and exports: a few columns of each recording, no reports."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_clients
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.checkin_rows import from_row
from api.care.clinic_content import ladder_of, rules_of
from api.db import Analysis, AnalysisState, CheckInRow, Client, LiveSession, Plan, Recording
from api.db.clinic import clinic_timezone
from hinge_check.clinic.checkin import CheckIn
from hinge_check.clinic.history import History, history
from hinge_check.clinic.metrics import Recorded, SetMetrics, metrics_json


def read_history(db: Session, me: Principal, trail: Trail, client_id: str) -> History:
    """Return hip share, lumbar flexion, score, pain, effort and load of a client over time, each with its error.

    Raises
    ------
    Problem
        `not_found` for another clinician's client.
    """
    client: Client = get_or_404(db, visible_clients(me), client_id)
    out = history(client_history(db, client.id, live=True), rules=rules_of(db, client))
    trail.record_view(db, "history", client.id, client.id)
    return out


def client_history(db: Session, client_id: str, *, live: bool = False) -> list[Recorded]:
    """Return every recording of a client that has figures or a check-in, and every other check-in, oldest first.

    With `live` the live sessions too, under their own ids, as they have no recording. Times are in the clinic's time
    zone, so that days are the days of the people there.
    """
    clinic_id = db.scalars(select(Client.clinic_id).where(Client.id == client_id)).one()
    zone = clinic_timezone(db, clinic_id)
    rows = {
        row_id: (created_at, protocol, plan_id)
        for row_id, created_at, protocol, plan_id in db.execute(
            select(Recording.id, Recording.created_at, Recording.protocol, Recording.plan_id).where(
                Recording.client_id == client_id
            )
        )
    }
    names = steps_of(db, client_id, clinic_id)
    figures = _figures(db, client_id)
    check_ins: dict[str, CheckIn] = {}
    loose: list[Recorded] = []
    for row in db.scalars(select(CheckInRow).where(CheckInRow.client_id == client_id)):
        if row.recording_id is not None:
            check_ins[row.recording_id] = from_row(row)
        else:
            loose.append(Recorded(row.id, row.created_at.astimezone(zone), row.step, None, from_row(row)))
    recorded = [
        Recorded(
            row_id,
            created_at.astimezone(zone),
            names.of(plan_id, protocol),
            figures.get(row_id),
            check_ins.get(row_id),
        )
        for row_id, (created_at, protocol, plan_id) in rows.items()
        if row_id in figures or row_id in check_ins
    ]
    if live:
        loose += [
            Recorded(
                row.id,
                row.began_at.astimezone(zone),
                names.of(row.plan_id, row.protocol),
                _figures_of(row),
                None,
                live=True,
            )
            for row in db.scalars(select(LiveSession).where(LiveSession.client_id == client_id))
        ]
    return sorted([*recorded, *loose], key=lambda each: (each.when, each.recording_id))


def step_of(db: Session, recording: Recording) -> str:
    """Return the step of the ladder that a recording shows: that of its plan, else the first one with its protocol."""
    return steps_of(db, recording.client_id, recording.clinic_id).of(recording.plan_id, recording.protocol)


class Steps:
    """The steps of the ladder that recordings are of."""

    def __init__(self, by_plan: dict[str, str], by_protocol: dict[str, str]) -> None:
        self._by_plan = by_plan
        self._by_protocol = by_protocol

    def of(self, plan_id: str | None, protocol: str) -> str:
        """Return the step of a plan, else the first one with this protocol."""
        if plan_id is not None and plan_id in self._by_plan:
            return self._by_plan[plan_id]
        return self._by_protocol.get(protocol, protocol)


def steps_of(db: Session, client_id: str, clinic_id: str) -> Steps:
    """Return the steps of a client's plans, and those of the ladder by protocol."""
    plans = db.execute(select(Plan.id, Plan.step).where(Plan.client_id == client_id))
    by_plan: dict[str, str] = {row[0]: row[1] for row in plans}
    by_protocol: dict[str, str] = {}
    for step in ladder_of(db, clinic_id).steps:
        if step.protocol is not None:
            by_protocol.setdefault(step.protocol, step.name)
    return Steps(by_plan, by_protocol)


def _figures_of(row: LiveSession) -> SetMetrics | None:
    return None if row.figures is None else SetMetrics.model_validate(row.figures)


def _figures(db: Session, client_id: str) -> dict[str, SetMetrics]:
    """Return the figures by recording: those of its newest analysis that is done."""
    done = (
        select(Analysis.id, Analysis.recording_id, Analysis.figures)
        .join(Recording, Recording.id == Analysis.recording_id)
        .where(Recording.client_id == client_id, Analysis.state == AnalysisState.DONE)
        .order_by(Analysis.created_at, Analysis.id)
    )
    newest: dict[str, tuple[str, dict[str, Any] | None]] = {
        recording_id: (analysis_id, figures) for analysis_id, recording_id, figures in db.execute(done)
    }
    metrics: dict[str, SetMetrics] = {}
    for recording_id, (analysis_id, figures) in newest.items():
        if figures is None or "reps_seen" not in figures:  # written before these were stored, or a range test
            report = db.scalar(select(Analysis.report).where(Analysis.id == analysis_id))
            figures = None if report is None else metrics_json(report)
        if figures is not None:
            metrics[recording_id] = SetMetrics.model_validate(figures)
    return metrics
