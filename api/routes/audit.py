"""The audit trail: who saw or changed what, and when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from api.auth import audit_trail
from api.auth.audit_trail import AuditOut, TrailFilter
from api.core.problems import SIGNED_IN
from api.db import Deed
from api.http.deps import AsClinician, Db
from api.http.pagination import Page, Paged

router = APIRouter(prefix="/audit", tags=["audit"], responses=SIGNED_IN)

IdInQuery = Annotated[str | None, Query(pattern="^[0-9a-f]{32}$")]
Moment = Annotated[AwareDatetime | None, Query(description="With its offset from UTC; 'until' is not included")]


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
    """Return the audit trail of your clinic, newest first."""
    wanted = TrailFilter(client_id=client_id, who_id=who_id, what=what, since=since, until=until)
    return audit_trail.read_audit(db, me, paging, wanted)
