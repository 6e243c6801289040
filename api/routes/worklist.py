"""A clinician's work list: which clients need attention, and why."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import TypeAdapter
from starlette.responses import Response

from api.care import worklist
from api.care.worklist import WorklistOut
from api.core.problems import SIGNED_IN
from api.http.deps import AsClinician, Audit, Clock, Db

router = APIRouter(tags=["today"], responses=SIGNED_IN)

_worklist: TypeAdapter[WorklistOut] = TypeAdapter(WorklistOut)


@router.get("/worklist", response_model=WorklistOut)
def read_worklist(me: AsClinician, db: Db, clock: Clock, audit: Audit) -> Response:
    """Return the clients who need the clinician, and why.

    Reasons: answers to clear, more pain, sets stopped for pain, recordings refused or not yet reviewed, a link
    requested, no plan, nothing done for a week.
    """
    out = worklist.read_worklist(db, me, audit, now=clock())
    return Response(_worklist.dump_json(out), media_type="application/json")
