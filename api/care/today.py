"""What a client has done lately and what has been said to them, out of the rows."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from api.care.checkins import from_row
from api.care.client_history import steps_of
from api.db import CheckInRow, Client, LiveSession, Recording, RecordingState, Review, ReviewState
from hinge_check.clinic.today import CompletedSet

UNUSABLE = (RecordingState.REFUSED, RecordingState.FAILED)
UNDER_WAY = (RecordingState.RECEIVED, RecordingState.QUEUED, RecordingState.ANALYSING)


def sets_since(db: Session, client: Client, since: datetime, zone: ZoneInfo) -> list[CompletedSet]:
    """Recordings, live sessions and check-ins of a client since a moment, each set once."""
    steps = steps_of(db, client.id, client.clinic_id)
    rows = db.scalars(select(CheckInRow).where(CheckInRow.client_id == client.id, CheckInRow.created_at >= since))
    check_ins = list(rows)
    with_recording = {row.recording_id: row for row in check_ins if row.recording_id is not None}
    recorded = db.execute(
        select(Recording.id, Recording.created_at, Recording.state, Recording.protocol, Recording.plan_id).where(
            Recording.client_id == client.id, Recording.created_at >= since
        )
    )
    found = []
    for row in recorded:
        told = with_recording.pop(row.id, None)
        found.append(
            CompletedSet(
                when=row.created_at.astimezone(zone),
                step=steps.of(row.plan_id, row.protocol),
                recording_id=row.id,
                checkin_id=None if told is None else told.id,
                said=None if told is None else from_row(told),
                usable=row.state not in UNUSABLE,
            )
        )
    practised = select(LiveSession.began_at, LiveSession.plan_id, LiveSession.protocol)
    for live in db.execute(practised.where(LiveSession.client_id == client.id, LiveSession.began_at >= since)):
        step = steps.of(live.plan_id, live.protocol)
        found.append(CompletedSet(live.began_at.astimezone(zone), step, recording_id=None, checkin_id=None, said=None))
    return found + [
        CompletedSet(row.created_at.astimezone(zone), row.step, None, row.id, from_row(row))
        for row in check_ins
        if row.recording_id is None
    ]


def unread(db: Session, client_id: str) -> list[Row[Review, Recording]]:
    """The newest published review of each recording, where the client has not read it yet; newest first."""
    newest = (
        select(Review.recording_id, func.max(Review.number).label("number"))
        .join(Recording, Recording.id == Review.recording_id)
        .where(Recording.client_id == client_id, Review.state == ReviewState.PUBLISHED)
        .group_by(Review.recording_id)
        .subquery()
    )
    query = (
        select(Review, Recording)
        .join(newest, (newest.c.recording_id == Review.recording_id) & (newest.c.number == Review.number))
        .join(Recording, Recording.id == Review.recording_id)
        .where(Review.seen_at.is_(None))
    )
    return list(db.execute(query.order_by(Review.published_at.desc(), Review.id)))


def under_way(db: Session, client_id: str) -> list[Recording]:
    """Recordings that are not analysed yet, newest first."""
    query = select(Recording).where(Recording.client_id == client_id, Recording.state.in_(UNDER_WAY))
    return list(db.scalars(query.order_by(Recording.created_at.desc(), Recording.id)))
