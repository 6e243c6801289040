"""A recording beside others: another one, moment by moment, and the person's own usual rhythm."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.auth.access import get_or_404, visible_clients, visible_recordings
from api.care.clinic_content import rules_of
from api.core.problems import SIGNED_IN, FieldError, Problem, ServiceCode, not_found, problem_responses
from api.core.text_types import IdPath
from api.db import Client, Recording
from api.http.deps import Audit, Db, Me, Store
from api.recordings.curves import earlier_repetitions, repetitions, rhythm_of
from hinge_check.arrays import FloatArray
from hinge_check.clinic.alignment import TimeMap, time_maps
from hinge_check.clinic.rhythm import LEAST_RECORDINGS, MOST_RECORDINGS, Spread, band

router = APIRouter(tags=["comparison"], responses={**SIGNED_IN, **problem_responses(ServiceCode.NOT_READY)})

IdInQuery = Annotated[str, Query(pattern="^[0-9a-f]{32}$")]
Degrees = list[float | None]


class AlignmentOut(BaseModel):
    """Which moments of two recordings belong together."""

    recording_id: str
    analysis_id: str
    with_recording_id: str
    with_analysis_id: str
    reps: list[TimeMap] = Field(
        description="The first repetition of both, the second of both …: start, bottom and end, media seconds; linear "
        "in between. Between repetitions nothing belongs together"
    )
    left_over: int = Field(description="Repetitions that only one of them has")


class SpreadOut(BaseModel):
    """Quartiles over earlier recordings; null where there are too few."""

    low: Degrees
    median: Degrees
    high: Degrees
    recordings: list[int] = Field(description="How many were read at each inclination")


class RhythmOut(BaseModel):
    """Hip and lumbar flexion against trunk inclination on the way down, and what is usual for this person.

    Usual is not right: the band says how they have been moving.
    """

    recording_id: str
    analysis_id: str
    protocol: str
    trunk_deg: list[float]
    hip_deg: Degrees = Field(description="Median over the repetitions; null where it was not read")
    lumbar_deg: Degrees
    usual_hip: SpreadOut
    usual_lumbar: SpreadOut
    earlier_recordings: int = Field(description="The band is of these: earlier, same exercise, the back read")
    needed: int = Field(default=LEAST_RECORDINGS, description="At each inclination, for a band")


@router.get("/recordings/{recording_id}/alignment")
def read_alignment(
    recording_id: IdPath, other: Annotated[IdInQuery, Query(alias="with")], me: Me, db: Db, audit: Audit
) -> AlignmentOut:
    """Two recordings of one client side by side, aligned by the phases of their repetitions."""
    here, there = get_or_404(db, visible_recordings(me), recording_id), get_or_404(db, visible_recordings(me), other)
    if here.client_id != there.client_id:
        wrong = FieldError(where="query.with", message="is of another client")
        raise Problem(ServiceCode.INVALID_REQUEST, errors=[wrong])
    mine, others = repetitions(db, here), repetitions(db, there)
    out = AlignmentOut(
        recording_id=here.id,
        analysis_id=mine.analysis.id,
        with_recording_id=there.id,
        with_analysis_id=others.analysis.id,
        reps=time_maps(mine.reps, others.reps),
        left_over=abs(len(mine.reps) - len(others.reps)),
    )
    for each in (here, there):
        audit.record_view(db, "figures", each.id, each.client_id)
    return out


@router.get("/clients/{client_id}/rhythm")
def read_rhythm(client_id: IdPath, recording: IdInQuery, me: Me, db: Db, store: Store, audit: Audit) -> RhythmOut:
    """The lumbopelvic rhythm of a recording, within the person's own band over their recordings before it."""
    client: Client = get_or_404(db, visible_clients(me), client_id)
    row: Recording = get_or_404(db, visible_recordings(me), recording)
    if row.client_id != client.id:
        raise not_found()
    found = repetitions(db, row)
    shown = rhythm_of(store, found.analysis, found.reps)
    least = int(rules_of(db, client)["least_reps"])
    before = earlier_repetitions(db, store, row, least_reps=least, most=MOST_RECORDINGS)
    usual = band(before)
    audit.record_view(db, "figures", row.id, client.id)
    return RhythmOut(
        recording_id=row.id,
        analysis_id=found.analysis.id,
        protocol=row.protocol,
        trunk_deg=[float(value) for value in shown.trunk],
        hip_deg=_degrees(shown.hip),
        lumbar_deg=_degrees(shown.lumbar),
        usual_hip=_spread(usual.hip),
        usual_lumbar=_spread(usual.lumbar),
        earlier_recordings=len(before),
    )


def _spread(given: Spread) -> SpreadOut:
    low, median, high = (_degrees(each) for each in (given.low, given.median, given.high))
    return SpreadOut(low=low, median=median, high=high, recordings=list(given.recordings))


def _degrees(values: FloatArray) -> Degrees:
    return [round(float(value), 1) if np.isfinite(value) else None for value in values]
