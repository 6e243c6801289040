"""Plans: the limits that hold for a person, and scoring their recordings again when these change."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from api.care.clinic_protocols import clinic_protocol, protocol_in
from api.db import Analysis, AnalysisState, Client, Plan, Recording
from api.db.analysis import WITHOUT_TEXTS
from api.jobs.enqueue import request_analysis
from api.settings import Settings
from hinge_check.assess.protocol import Protocol, protocol_from_text
from hinge_check.errors import UsageError


@dataclass(frozen=True, slots=True)
class Rescoring:
    """Progress of scoring recordings again by a plan's limits: numbers of analyses."""

    total: int
    done: int
    failed: int


def current_plans(client_id: str) -> Select[Plan]:
    """Select what is prescribed to a client now, newest first."""
    in_force = select(Plan).where(Plan.client_id == client_id, Plan.superseded_at.is_(None), Plan.ended_at.is_(None))
    return in_force.order_by(Plan.created_at.desc(), Plan.id.desc())


def protocol_for(db: Session, client_id: str, name: str) -> tuple[Protocol, str | None]:
    """Return the protocol that judges a recording and its plan's id; the clinic's protocol if no plan has limits."""
    clinic_id = db.get_one(Client, client_id).clinic_id
    plan = db.scalars(current_plans(client_id).where(Plan.protocol == name).limit(1)).one_or_none()
    if plan is None or plan.limits is None:
        return clinic_protocol(db, clinic_id, name), None if plan is None else plan.id
    try:
        return protocol_in(db, clinic_id, plan.limits), plan.id
    except UsageError:  # contradicted by later changes of the clinic: they hold as they were written
        return protocol_from_text(plan.protocol_text or plan.limits), plan.id


def personal_protocol(name: str, limits: str, of_clinic: Protocol | None = None) -> Protocol:
    """Read a protocol with a person's own limits on top of the clinic's version or, without one, of the bundled one.

    Raises
    ------
    UsageError
        Every problem of the text, one a line.
    """
    try:
        extends = tomllib.loads(limits).get("extends")
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        extends = None  # reported with its line just below
    else:
        if not isinstance(extends, str) or extends.strip().lower().replace("-", "_") != name:
            raise UsageError(f'begin with: extends = "{name}"')
    try:
        protocol = protocol_from_text(limits, None if of_clinic is None else lambda _name: of_clinic)
    except (RecursionError, ValueError):  # figures of thousands of digits, brackets a thousand deep
        raise UsageError("this is not a protocol") from None
    if len(protocol.name) > 64 or not protocol.name.isprintable():
        raise UsageError("the name is not one line of at most 64 characters")
    return protocol


def rescore(
    db: Session, client_id: str, protocol: Protocol, name: str, *, settings: Settings, now: datetime
) -> list[str]:
    """Request that every recording of a client's exercise is scored again; adds to the caller's transaction.

    Returns
    -------
    list of str
        The analyses that wait now, oldest recording first; the caller notifies the workers after the commit.
    """
    measured = (
        select(Recording, Analysis)
        .join(Analysis, Analysis.recording_id == Recording.id)
        .options(*WITHOUT_TEXTS)
        .where(
            Recording.client_id == client_id,
            Recording.protocol == name,
            Analysis.state == AnalysisState.DONE,
            Analysis.reassess_of.is_(None),
        )
        .order_by(Recording.created_at, Recording.id, Analysis.created_at)
    )
    newest = {recording.id: (recording, analysis) for recording, analysis in db.execute(measured)}
    waiting = []
    for recording, analysis in newest.values():
        row = request_analysis(db, recording, protocol, settings=settings, now=now, reassess_of=analysis.id)
        if row.state is AnalysisState.QUEUED:
            waiting.append(row.id)
        elif row.state is AnalysisState.DONE:
            row.created_at = now  # scored by the same limits before: that result counts again
    return waiting


def rescoring(db: Session, client_id: str, protocol_sha256: str, name: str) -> Rescoring:
    """Return the progress of scoring again, counted from the rows."""
    counted = (
        select(Analysis.state, func.count())
        .join(Recording, Recording.id == Analysis.recording_id)
        .where(
            Recording.client_id == client_id, Recording.protocol == name, Analysis.protocol_sha256 == protocol_sha256
        )
        .group_by(Analysis.state)
    )
    by_state: dict[AnalysisState, int] = {row[0]: row[1] for row in db.execute(counted)}
    done = by_state.get(AnalysisState.DONE, 0) + by_state.get(AnalysisState.REFUSED, 0)
    return Rescoring(sum(by_state.values()), done, by_state.get(AnalysisState.FAILED, 0))
