"""Retention: videos are deleted after 30 days unless the client agreed to keeping them. The results stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import Exists, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from api.auth.audit_trail import trail_of_service
from api.auth.principal import Principal
from api.db import Client, ConsentKind, ConsentRecord, Deed, Recording
from api.db.engine import Sessions
from api.recordings.video_removal import remove_videos
from api.settings import Settings
from api.storage.blob_store import BlobStore

AT_ONCE = 100
MOST_LISTED = 1000


class DueOut(BaseModel):
    """A video that is going to be deleted; its results stay."""

    recording_id: str
    client_id: str
    recorded_at: datetime
    due_at: datetime


class RetentionOut(BaseModel):
    """The videos that are due, and the rule."""

    days: float = Field(description="Videos of clients who did not say that they may be kept longer")
    due: list[DueOut]


@dataclass(frozen=True, slots=True)
class Due:
    """A recording whose video is due for deletion."""

    recording_id: str
    client_id: str
    recorded_at: datetime
    bytes: int


def due(now: datetime, days: float) -> Select[Recording]:
    """Select the recordings whose videos are due at a moment, oldest first.

    These are videos older than `days` without consent to keep them, and what is left of clients who withdrew consent
    to storing, in case that deletion was interrupted.
    """

    def consent(kind: ConsentKind, *, in_force: bool) -> Exists:
        withdrawn_or_not = ConsentRecord.withdrawn_at.is_(None) if in_force else ConsentRecord.withdrawn_at.is_not(None)
        same = and_(ConsentRecord.client_id == Recording.client_id, ConsentRecord.kind == kind, withdrawn_or_not)
        return exists().where(same)

    stored = consent(ConsentKind.STORE, in_force=True)
    overdue = and_(
        Recording.created_at <= now - timedelta(days=days), or_(~consent(ConsentKind.KEEP, in_force=True), ~stored)
    )
    withdrawn = and_(consent(ConsentKind.STORE, in_force=False), ~stored)
    query = select(Recording).where(Recording.original_key.is_not(None), or_(overdue, withdrawn))
    return query.order_by(Recording.created_at, Recording.id)


def read_retention(db: Session, settings: Settings, me: Principal, now: datetime, *, within_days: int) -> RetentionOut:
    """Return the videos of a clinician's clients that are due within some days, soonest first; deletes nothing."""
    days = settings.retention_days
    ahead = due(now + timedelta(days=within_days), days)
    theirs = ahead.join(Client, Client.id == Recording.client_id).where(
        Client.clinic_id == me.clinic_id, Client.clinician_id == me.id
    )
    rows = [
        DueOut(
            recording_id=row.id,
            client_id=row.client_id,
            recorded_at=row.created_at,
            due_at=row.created_at + timedelta(days=days),
        )
        for row in db.scalars(theirs.limit(MOST_LISTED))
    ]
    return RetentionOut(days=days, due=rows)


def list_due(sessions: Sessions, now: datetime, days: float) -> list[Due]:
    """Return the videos that `run` would delete now."""
    with sessions() as db:
        return [_due(row) for row in db.scalars(due(now, days))]


def run(sessions: Sessions, store: BlobStore, now: datetime, days: float) -> Iterator[Due]:
    """Delete the due videos, yielding each once it is gone; safe to interrupt, and to run twice at once.

    Raises
    ------
    StoreError, sqlalchemy.exc.SQLAlchemyError
        The yielded videos are gone; run it again for the rest.
    """
    while True:
        with sessions() as db:
            rows = list(db.scalars(due(now, days).limit(AT_ONCE)))
            if not rows:
                return
            for row in rows:
                yield _remove(db, store, row, now)


def _remove(db: Session, store: BlobStore, row: Recording, now: datetime) -> Due:
    item = _due(row)
    trail_of_service(row.clinic_id, now).record(db, Deed.REMOVED, "video", row.id, row.client_id)
    remove_videos(db, store, row, now)
    return item


def _due(row: Recording) -> Due:
    return Due(row.id, row.client_id, row.created_at, row.original_bytes or 0)
