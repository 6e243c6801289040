"""A recording compared with others: with one other, moment by moment, and with the person's usual rhythm."""

from __future__ import annotations

import numpy as np
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_clients, visible_recordings
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.clinic_content import rules_of
from api.core.problems import invalid_field, not_found
from api.db import Client, Recording
from api.recordings.curves import earlier_repetitions, repetitions, rhythm_of
from api.storage.blob_store import BlobStore
from hinge_check.arrays import FloatArray
from hinge_check.clinic.alignment import TimeMap, time_maps
from hinge_check.clinic.rhythm import LEAST_RECORDINGS, MOST_RECORDINGS, Spread, band

Degrees = list[float | None]


class AlignmentOut(BaseModel):
    """Corresponding moments of two recordings."""

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

    Usual does not mean correct: the band shows how the person has been moving.
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


def read_alignment(db: Session, me: Principal, trail: Trail, recording_id: str, other_id: str) -> AlignmentOut:
    """Align two recordings of one client by the phases of their repetitions.

    Raises
    ------
    Problem
        `not_found`; `invalid_request` for recordings of two clients; `not_ready` where nothing was measured.
    """
    here, there = (get_or_404(db, visible_recordings(me), each) for each in (recording_id, other_id))
    if here.client_id != there.client_id:
        raise invalid_field("query.with", ["is of another client"])
    reps_here, reps_there = repetitions(db, here), repetitions(db, there)
    out = AlignmentOut(
        recording_id=here.id,
        analysis_id=reps_here.analysis.id,
        with_recording_id=there.id,
        with_analysis_id=reps_there.analysis.id,
        reps=time_maps(reps_here.reps, reps_there.reps),
        left_over=abs(len(reps_here.reps) - len(reps_there.reps)),
    )
    for each in (here, there):
        trail.record_view(db, "figures", each.id, each.client_id)
    return out


def read_rhythm(
    db: Session, store: BlobStore, me: Principal, trail: Trail, client_id: str, recording_id: str
) -> RhythmOut:
    """Return the lumbopelvic rhythm of a recording, and the person's own band over their earlier recordings.

    Raises
    ------
    Problem
        `not_found`; `not_ready` where nothing was measured, or its curves are being drawn.
    """
    client: Client = get_or_404(db, visible_clients(me), client_id)
    row: Recording = get_or_404(db, visible_recordings(me), recording_id)
    if row.client_id != client.id:
        raise not_found()
    found = repetitions(db, row)
    rhythm = rhythm_of(store, found.analysis, found.reps)
    least = int(rules_of(db, client)["least_reps"])
    before = earlier_repetitions(db, store, row, least_reps=least, most=MOST_RECORDINGS)
    usual = band(before)
    trail.record_view(db, "figures", row.id, client.id)
    return RhythmOut(
        recording_id=row.id,
        analysis_id=found.analysis.id,
        protocol=row.protocol,
        trunk_deg=[float(value) for value in rhythm.trunk],
        hip_deg=_degrees(rhythm.hip),
        lumbar_deg=_degrees(rhythm.lumbar),
        usual_hip=_spread(usual.hip),
        usual_lumbar=_spread(usual.lumbar),
        earlier_recordings=len(before),
    )


def _spread(spread: Spread) -> SpreadOut:
    low, median, high = (_degrees(each) for each in (spread.low, spread.median, spread.high))
    return SpreadOut(low=low, median=median, high=high, recordings=list(spread.recordings))


def _degrees(values: FloatArray) -> Degrees:
    return [round(float(value), 1) if np.isfinite(value) else None for value in values]
