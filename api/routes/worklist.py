"""Where a clinician begins: who needs them, and why."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field, TypeAdapter
from starlette.responses import Response

from api.care.worklist import client_facts
from api.core.problems import SIGNED_IN
from api.http.deps import AsClinician, Audit, Clock, Db
from hinge_check.clinic.worklist import Entry, worklist

router = APIRouter(tags=["today"], responses=SIGNED_IN)


class WorklistOut(BaseModel):
    """Clients who need something, the most pressing first."""

    at: datetime
    clients: int = Field(description="All of this clinician's who are not archived")
    items: list[Entry]


_told: TypeAdapter[WorklistOut] = TypeAdapter(WorklistOut)


@router.get("/worklist", response_model=WorklistOut)
def read_worklist(me: AsClinician, db: Db, clock: Clock, audit: Audit) -> Response:
    """Who needs the clinician: answers to be cleared, pain up, sets stopped for pain, recordings that were refused or
    are not reviewed yet, links wanted, no plan, quiet for a week.
    """
    found = client_facts(db, me)
    out = WorklistOut(at=clock(), clients=len(found), items=worklist(found, clock()))
    audit.record_view(db, "worklist", me.id, None)
    return Response(_told.dump_json(out), media_type="application/json")
