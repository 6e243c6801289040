"""The trail: who saw or changed what, when."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.auth.audit_trail import entries_of
from api.core.problems import SIGNED_IN
from api.db import AuditEntry, Deed
from api.http.deps import AsClinician, Db
from api.http.pagination import Page, Paged

router = APIRouter(prefix="/audit", tags=["audit"], responses=SIGNED_IN)

IdInQuery = Annotated[str | None, Query(pattern="^[0-9a-f]{32}$")]
Moment = Annotated[AwareDatetime | None, Query(description="With its offset from UTC; 'until' is not included")]


class AuditOut(BaseModel):
    """One deed; ids alone, no names, nothing of what was in it."""

    id: str
    created_at: datetime
    who_kind: str = Field(description="clinician, program, client, service, or link (opened; made for who_id)")
    who_id: str | None
    what: Deed
    object_kind: str
    object_id: str
    client_id: str | None = Field(description="Whose data; a random id once they are erased")
    request_id: str = Field(description="As in the log")


@router.get("")
def read_audit(
    me: AsClinician,
    db: Db,
    paging: Paged,
    client_id: IdInQuery = None,
    who_id: IdInQuery = None,
    what: Deed | None = None,
    since: Moment = None,
    until: Moment = None,
) -> Page[AuditOut]:
    """The trail of one's clinic, newest first."""
    query = entries_of(me.clinic_id)
    if client_id is not None:
        query = query.where(AuditEntry.client_id == client_id)
    if who_id is not None:
        query = query.where(AuditEntry.who_id == who_id)
    if what is not None:
        query = query.where(AuditEntry.what == what)
    if since is not None:
        query = query.where(AuditEntry.created_at >= since)
    if until is not None:
        query = query.where(AuditEntry.created_at < until)
    rows, after = paging.rows(db, query)
    return Page(items=[AuditOut.model_validate(row, from_attributes=True) for row in rows], next=after)
