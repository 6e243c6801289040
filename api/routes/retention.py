"""How long things stay: what is due to be deleted, and erasing a client."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.auth.access import get_or_404, visible_clients
from api.core.problems import SIGNED_IN
from api.core.text_types import IdPath
from api.db import Client, Recording
from api.http.deps import AsClinician, Audit, ClinicianInPerson, Clock, Config, Db, Store
from api.recordings.erasure import erase
from api.recordings.retention import due

router = APIRouter(tags=["retention"], responses=SIGNED_IN)


class DueOut(BaseModel):
    """A video that is going to be deleted; its figures stay."""

    recording_id: str
    client_id: str
    recorded_at: datetime
    due_at: datetime


class RetentionOut(BaseModel):
    """What is due, and by which rule."""

    days: float = Field(description="Videos of clients who did not say that they may be kept longer")
    due: list[DueOut]


@router.get("/retention")
def read_retention(
    me: AsClinician,
    db: Db,
    clock: Clock,
    config: Config,
    within_days: Annotated[int, Query(ge=0, le=30, description="Looks so far ahead")] = 7,
) -> RetentionOut:
    """Videos of one's clients that are due within some days, soonest first; deletes nothing."""
    days = config.retention_days
    ahead = due(clock() + timedelta(days=within_days), days)
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
        for row in db.scalars(theirs.limit(1000))
    ]
    return RetentionOut(days=days, due=rows)


@router.delete("/clients/{client_id}", status_code=204)
def erase_client(client_id: IdPath, me: ClinicianInPerson, db: Db, store: Store, audit: Audit) -> None:
    """Erase a client for good: rows, videos, everything made of them, jobs that wait. There is no way back.

    What stays is that an erasure took place, when, and by whom, without the client's id.
    """
    erase(db, store, get_or_404(db, visible_clients(me), client_id), audit)
