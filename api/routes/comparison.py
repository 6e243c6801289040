"""A recording compared with others: with one other, moment by moment, and with the person's usual rhythm."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.core.text_types import IdPath
from api.http.deps import Audit, Db, Me, Store
from api.recordings import comparison
from api.recordings.comparison import AlignmentOut, RhythmOut

router = APIRouter(tags=["comparison"], responses={**SIGNED_IN, **problem_responses(ServiceCode.NOT_READY)})

IdInQuery = Annotated[str, Query(pattern="^[0-9a-f]{32}$")]


@router.get("/recordings/{recording_id}/alignment")
def read_alignment(
    recording_id: IdPath, other: Annotated[IdInQuery, Query(alias="with")], me: Me, db: Db, audit: Audit
) -> AlignmentOut:
    """Align two recordings of one client by the phases of their repetitions, to show them side by side."""
    return comparison.read_alignment(db, me, audit, recording_id, other)


@router.get("/clients/{client_id}/rhythm")
def read_rhythm(client_id: IdPath, recording: IdInQuery, me: Me, db: Db, store: Store, audit: Audit) -> RhythmOut:
    """Return the lumbopelvic rhythm of a recording, and the person's own band over their earlier recordings."""
    return comparison.read_rhythm(db, store, me, audit, client_id, recording)
