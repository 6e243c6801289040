"""Where a clinician begins: who needs them, and why."""

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
    """Who needs the clinician: answers to be cleared, pain up, sets stopped for pain, recordings that were refused or
    are not reviewed yet, links wanted, no plan, quiet for a week.
    """
    out = worklist.read_worklist(db, me, audit, now=clock())
    return Response(_worklist.dump_json(out), media_type="application/json")
