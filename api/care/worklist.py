"""A clinician's work list and the facts behind it: a fixed number of queries, however many clients there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Select, Subquery, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from api.auth.access import visible_clients
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.clinic_content import rules_for
from api.care.today import UNUSABLE
from api.db import (
    CheckInRow,
    Client,
    ConsentKind,
    ConsentRecord,
    IntakeOutcome,
    IntakeRecord,
    LiveSession,
    Plan,
    Recording,
    RecordingState,
    Review,
    ReviewState,
)
from hinge_check.clinic.readiness_rules import FIGURES, Rules
from hinge_check.clinic.worklist import ClientFacts, Entry, PainReport, PendingClearance, RecordingCount, worklist

LAST = 5
"""Check-ins looked at for pain: a client may leave out a question once or twice."""


class WorklistOut(BaseModel):
    """Clients who need attention, the most urgent first."""

    at: datetime
    clients: int = Field(description="All of this clinician's who are not archived")
    items: list[Entry]


def read_worklist(db: Session, me: Principal, trail: Trail, *, now: datetime) -> WorklistOut:
    """Return the clients who need the clinician, and why."""
    facts = client_facts(db, me)
    out = WorklistOut(at=now, clients=len(facts), items=worklist(facts, now))
    trail.record_view(db, "worklist", me.id, None)
    return out


def client_facts(db: Session, me: Principal) -> list[ClientFacts]:
    """Return the facts about every client of a clinician, except archived ones."""
    theirs = visible_clients(me).where(Client.archived_at.is_(None))
    clients = theirs.with_only_columns(Client.id).subquery("clients")
    columns = (Client.id, Client.name, Client.usual_pain, Client.readiness, Client.link_wanted_at)
    people = db.execute(theirs.with_only_columns(*columns)).all()
    rules = rules_for(db, me.clinic_id, {row.id: row.readiness for row in people})
    waiting, ready = _intakes(db, clients)
    planned, changed = _plans(db, clients)
    reviewed = _select_reviewed(clients)
    published = {row.client_id: row.published for row in db.execute(select(reviewed))}
    newest = _select_newest(clients)
    newest_at = {row.client_id: row.any for row in db.execute(select(newest))}
    live = _newest_live(db, clients)
    unreviewed = _count_runs(db, reviewed.c.upto, reviewed, clients, RecordingState.DONE)
    refused = _count_runs(db, newest.c.usable, newest, clients, *UNUSABLE)
    first, last = _first_pains(db, clients, rules), _last_pains(db, clients)
    out = []
    for row in people:
        pains = last[row.id]
        moments = (newest_at.get(row.id), live.get(row.id), pains[-1].when if pains else None)
        at = [moment for moment in moments if moment is not None]
        acted = [moment for moment in (published.get(row.id), changed.get(row.id)) if moment is not None]
        out.append(
            ClientFacts(
                client_id=row.id,
                name=row.name,
                rules=rules[row.id],
                waiting=waiting.get(row.id),
                usual_pain=row.usual_pain,
                first_pains=tuple(first[row.id]),
                pains=tuple(pains),
                unreviewed=unreviewed.get(row.id),
                refused=refused.get(row.id),
                last_seen=max(at, default=None),
                acted=max(acted, default=None),
                planned_since=planned.get(row.id),
                ready_since=ready.get(row.id),
                link_wanted=row.link_wanted_at,
            )
        )
    return out


def _intakes(db: Session, clients: Subquery) -> tuple[dict[str, PendingClearance], dict[str, datetime]]:
    """Return by client the answers that wait for clearance, and since when the others may film."""
    stored = set(
        db.scalars(
            select(ConsentRecord.client_id).where(
                ConsentRecord.client_id.in_(select(clients.c.id)),
                ConsentRecord.kind == ConsentKind.STORE,
                ConsentRecord.withdrawn_at.is_(None),
            )
        )
    )
    answered = select(
        IntakeRecord.client_id, IntakeRecord.id, IntakeRecord.outcome, IntakeRecord.created_at, IntakeRecord.cleared_at
    ).where(IntakeRecord.client_id.in_(select(clients.c.id)))
    newest = {row.client_id: row for row in db.execute(answered.order_by(IntakeRecord.created_at, IntakeRecord.id))}
    waiting, ready = {}, {}
    for client_id, row in newest.items():
        if row.outcome is not IntakeOutcome.CLEAR and row.cleared_at is None:
            waiting[client_id] = PendingClearance(row.id, row.created_at, row.outcome is IntakeOutcome.SEEK_CARE)
        elif client_id in stored:
            ready[client_id] = row.cleared_at or row.created_at
    return waiting, ready


def _plans(db: Session, clients: Subquery) -> tuple[dict[str, datetime], dict[str, datetime]]:
    """Return by client since when there is a plan, and when it last changed."""
    ever = select(Plan.client_id, Plan.created_at, Plan.superseded_at, Plan.ended_at)
    planned: dict[str, datetime] = {}
    changed: dict[str, datetime] = {}
    for row in db.execute(ever.where(Plan.client_id.in_(select(clients.c.id))).order_by(Plan.created_at.desc())):
        if row.superseded_at is None and row.ended_at is None:
            planned[row.client_id] = row.created_at
        at = max(row.created_at, row.ended_at or row.created_at)
        changed[row.client_id] = max(at, changed.get(row.client_id, at))
    return planned, changed


def _select_reviewed(clients: Subquery) -> Subquery:
    """Select by client the newest recording with a published review, and when the last review was published."""
    return (
        select(
            Recording.client_id,
            func.max(Recording.created_at).label("upto"),
            func.max(Review.published_at).label("published"),
        )
        .join(Review, Review.recording_id == Recording.id)
        .where(Recording.client_id.in_(select(clients.c.id)), Review.state == ReviewState.PUBLISHED)
        .group_by(Recording.client_id)
        .subquery("reviewed")
    )


def _select_newest(clients: Subquery) -> Subquery:
    """Select by client the newest recording of any kind, and the newest that could be used."""
    usable = func.max(Recording.created_at).filter(Recording.state.not_in(UNUSABLE)).label("usable")
    newest = select(Recording.client_id, func.max(Recording.created_at).label("any"), usable)
    return newest.where(Recording.client_id.in_(select(clients.c.id))).group_by(Recording.client_id).subquery("newest")


def _newest_live(db: Session, clients: Subquery) -> dict[str, datetime]:
    """Return by client when the newest live session ended."""
    newest = select(LiveSession.client_id, func.max(LiveSession.created_at).label("at"))
    rows = db.execute(newest.where(LiveSession.client_id.in_(select(clients.c.id))).group_by(LiveSession.client_id))
    return {row.client_id: row.at for row in rows}


def _count_runs(
    db: Session, since: Any, by_client: Subquery, clients: Subquery, *states: RecordingState
) -> dict[str, RecordingCount]:
    """Count the recordings in these states that are newer than a moment of each client's own."""
    runs = (
        select(
            Recording.client_id,
            func.count().label("many"),
            func.min(Recording.created_at).label("first"),
            func.max(Recording.created_at).label("last"),
        )
        .outerjoin(by_client, by_client.c.client_id == Recording.client_id)
        .where(
            Recording.client_id.in_(select(clients.c.id)),
            Recording.state.in_(states),
            or_(since.is_(None), Recording.created_at > since),
        )
        .group_by(Recording.client_id)
        .subquery("runs")
    )
    query = select(runs, Recording.id.label("newest_id")).join(
        Recording, (Recording.client_id == runs.c.client_id) & (Recording.created_at == runs.c.last)
    )
    rows = db.execute(query.where(Recording.state.in_(states)).order_by(Recording.id))
    return {row.client_id: RecordingCount(row.many, row.first, row.newest_id) for row in rows}


def _first_pains(db: Session, clients: Subquery, rules: Mapping[str, Rules]) -> dict[str, list[int]]:
    most = int(max((each["baseline_check_ins"] for each in rules.values()), default=FIGURES["baseline_check_ins"].low))
    row = aliased(CheckInRow)
    first = select(row.id).where(row.client_id == clients.c.id, row.pain_before.is_not(None))
    first = first.order_by(row.created_at, row.id).limit(most)
    out: dict[str, list[int]] = defaultdict(list)
    for client_id, pain in db.execute(_check_ins(db, clients, first, CheckInRow.client_id, CheckInRow.pain_before)):
        out[client_id].append(pain)
    return out


def _last_pains(db: Session, clients: Subquery) -> dict[str, list[PainReport]]:
    row = aliased(CheckInRow)
    last = select(row.id).where(row.client_id == clients.c.id)
    last = last.order_by(row.created_at.desc(), row.id.desc()).limit(LAST)
    columns = (
        CheckInRow.client_id,
        CheckInRow.created_at,
        CheckInRow.updated_at,
        CheckInRow.pain_before,
        CheckInRow.pain_next_morning,
        CheckInRow.stopped_early,
        CheckInRow.recording_id,
    )
    out: dict[str, list[PainReport]] = defaultdict(list)
    for each in db.execute(_check_ins(db, clients, last, *columns)):
        out[each.client_id].append(
            PainReport(
                when=each.created_at,
                said_at=each.updated_at,
                before=each.pain_before,
                next_morning=each.pain_next_morning,
                stopped_for_pain=each.stopped_early == "pain",
                recording_id=each.recording_id,
            )
        )
    return out


def _check_ins(db: Session, clients: Subquery, ids: Select[Any], *columns: Any) -> Select[Any]:
    """Select columns of the few check-ins of each client that `ids` picks, oldest first.

    `ids` is asked for every client and answered by ix_checkin_list: a rank over all check-ins reads them all. SQLite
    has no LATERAL and uses the index for IN; PostgreSQL does the opposite.
    """
    few = ids.correlate(clients)
    if db.get_bind().dialect.name == "sqlite":
        picked = select(*columns).select_from(clients).join(CheckInRow, CheckInRow.id.in_(few))
    else:
        each = few.lateral()
        picked = select(*columns).select_from(clients).join(each, true()).join(CheckInRow, CheckInRow.id == each.c.id)
    return picked.order_by(CheckInRow.created_at, CheckInRow.id)
