"""A client's progress over time: trends of what was measured and reported."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import TypeAdapter
from starlette.responses import Response

from api.care import client_history
from api.core.problems import SIGNED_IN
from api.core.text_types import IdPath
from api.http.deps import Audit, Db, Me
from hinge_check.clinic.history import History

router = APIRouter(prefix="/clients/{client_id}", tags=["history"], responses=SIGNED_IN)

_history: TypeAdapter[History] = TypeAdapter(History)


@router.get("/history", response_model=History)
def read_history(client_id: IdPath, me: Me, db: Db, audit: Audit) -> Response:
    """Return hip share, lumbar flexion, score, pain, effort and load over time, each with its error.

    A change counts as real only beyond the measured error; the page about the numbers ('about') says where that comes
    from. Times are in the clinic's time zone.
    """
    out = client_history.read_history(db, me, audit, client_id)
    return Response(_history.dump_json(out), media_type="application/json")
