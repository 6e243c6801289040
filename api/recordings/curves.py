"""Curves and repetitions of recordings, from the store and the reports."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.core.problems import Problem, ServiceCode
from api.db import Analysis, AnalysisState, Recording
from api.recordings.result_files import OF_ANALYSIS, FileName, current_analysis
from api.storage.blob_store import BlobMissing, BlobStore
from hinge_check.arrays import FloatArray
from hinge_check.assess.report import HingeReport, RepReport
from hinge_check.clinic.rhythm import Rhythm, rhythm

_COLUMNS = ("time_s", "trunk_inclination_deg", "hip_flexion_deg", "lumbar_flexion_deg")


@dataclass(frozen=True, slots=True)
class Repetitions:
    """The complete repetitions of a recording, and the analysis that found them."""

    analysis: Analysis
    reps: tuple[RepReport, ...]


def repetitions(db: Session, recording: Recording) -> Repetitions:
    """Return the repetitions of the current analysis of a recording.

    Raises
    ------
    Problem
        `not_ready` while there is none, or where nothing was measured.
    """
    row = current_analysis(db, recording.id)
    if row.state is not AnalysisState.DONE or row.report is None:
        raise Problem(ServiceCode.NOT_READY, "Nothing was measured in this recording.", advice="Film again.")
    return Repetitions(row, _complete(row.report))


def rhythm_of(store: BlobStore, analysis: Analysis, reps: tuple[RepReport, ...]) -> Rhythm:
    """Return the lumbopelvic rhythm of one analysis.

    Raises
    ------
    Problem
        `not_ready` while its curves are being drawn.
    """
    try:
        if analysis.curves_due or analysis.blob_prefix is None:
            raise BlobMissing
        text = store.read(f"{analysis.blob_prefix}/{OF_ANALYSIS[FileName.ANGLES].blob}")
    except BlobMissing:
        raise Problem(ServiceCode.NOT_READY, "The curves are being drawn.", advice="Try again in a moment.") from None
    columns_by_name = json.loads(text)
    time_s, *_ = columns = [_floats(columns_by_name.get(name, [])) for name in _COLUMNS]
    if len({len(column) for column in columns}) != 1:  # written before this column existed
        columns = [time_s, *(np.full(len(time_s), np.nan) for _ in columns[1:])]
    return rhythm(time_s, dict(zip(_COLUMNS[1:], columns[1:], strict=True)), reps)


def earlier_repetitions(
    db: Session, store: BlobStore, recording: Recording, *, least_reps: int, most: int
) -> list[Rhythm]:
    """Return the rhythm of the newest earlier recordings of the same exercise.

    Only recordings count in which the back was measured in at least `least_reps` repetitions.
    """
    done = (
        select(Analysis)
        .join(Recording, Recording.id == Analysis.recording_id)
        .where(
            Recording.client_id == recording.client_id,
            Recording.protocol == recording.protocol,
            Recording.created_at < recording.created_at,
            Analysis.state == AnalysisState.DONE,
            Analysis.curves_due.is_(False),
        )
        .order_by(Recording.created_at.desc(), Recording.id, Analysis.created_at.desc(), Analysis.id.desc())
        .limit(4 * most)  # a recording has several analyses if it was scored again
    )
    newest: dict[str, Analysis] = {}
    for row in db.scalars(done):
        newest.setdefault(row.recording_id, row)
    rhythms = []
    for row in newest.values():
        reps = () if row.report is None else _complete(row.report)
        if sum(rep.lumbar_flexion_deg is not None for rep in reps) < least_reps:
            continue
        try:
            rhythms.append(rhythm_of(store, row, reps))
        except Problem:  # its curves are missing
            continue
        if len(rhythms) == most:
            break
    return rhythms


def _complete(report: str) -> tuple[RepReport, ...]:
    return tuple(rep for rep in HingeReport.model_validate_json(report).reps if not rep.partial)


def _floats(values: list[float | None]) -> FloatArray:
    return np.array([np.nan if value is None else value for value in values], dtype=float)
