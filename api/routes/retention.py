"""Retention: videos that are due for deletion, and erasing a client."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.auth.access import get_or_404, visible_clients
from api.core.problems import SIGNED_IN
from api.core.text_types import IdPath
from api.http.deps import AsClinician, Audit, ClinicianInPerson, Clock, Config, Db, Store
from api.recordings import retention
from api.recordings.erasure import erase
from api.recordings.retention import RetentionOut

router = APIRouter(tags=["retention"], responses=SIGNED_IN)


@router.get("/retention")
def read_retention(
    me: AsClinician,
    db: Db,
    clock: Clock,
    config: Config,
    within_days: Annotated[int, Query(ge=0, le=30, description="Looks so far ahead")] = 7,
) -> RetentionOut:
    """List the videos of your clients that are due for deletion within some days, soonest first; deletes nothing."""
    return retention.read_retention(db, config, me, clock(), within_days=within_days)


@router.delete("/clients/{client_id}", status_code=204)
def erase_client(client_id: IdPath, me: ClinicianInPerson, db: Db, store: Store, audit: Audit) -> None:
    """Erase a client for good: rows, videos, everything derived from them, waiting jobs. This cannot be undone.

    Only a record stays that an erasure took place, when, and by whom, without the client's id.
    """
    erase(db, store, get_or_404(db, visible_clients(me), client_id), audit)
