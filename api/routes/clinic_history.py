"""How a client comes along: the trend of what was measured and said."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import TypeAdapter
from starlette.responses import Response

from api.auth.access import get_or_404, visible_clients
from api.care.client_history import client_history
from api.care.clinic_content import rules_of
from api.core.problems import SIGNED_IN
from api.core.text_types import IdPath
from api.db import Client
from api.http.deps import Audit, Db, Me
from hinge_check.clinic.history import History, history

router = APIRouter(prefix="/clients/{client_id}", tags=["history"], responses=SIGNED_IN)

_history: TypeAdapter[History] = TypeAdapter(History)


@router.get("/history", response_model=History)
def read_history(client_id: IdPath, me: Me, db: Db, audit: Audit) -> Response:
    """Hip share, lumbar flexion, score, pain, effort and load over time, each with its error.

    A change counts as real only beyond the measured error; the page of numbers ('about') says where that is from.
    Moments are in the clinic's time zone.
    """
    client: Client = get_or_404(db, visible_clients(me), client_id)
    found = history(client_history(db, client.id, live=True), rules=rules_of(db, client))
    audit.record_view(db, "history", client.id, client.id)
    return Response(_history.dump_json(found), media_type="application/json")
