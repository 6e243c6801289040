"""The files a recording has to show, and which of its analyses speaks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from api.db import Analysis, AnalysisState, Recording
from api.problems import Problem, ServiceCode, not_found


class FileName(StrEnum):
    """What can be asked for by name, and linked to."""

    ORIGINAL = "original"
    POSTER = "poster"
    ANNOTATED = "annotated"
    CHART = "chart"
    CHAPTERS = "chapters"
    ANGLES_CSV = "angles_csv"
    ANGLES = "angles"
    REPS_CSV = "reps_csv"


@dataclass(frozen=True, slots=True)
class _Kind:
    blob: str
    media_type: str


OF_ANALYSIS: Mapping[FileName, _Kind] = {
    FileName.ANNOTATED: _Kind("annotated.mp4", "video/mp4"),
    FileName.CHART: _Kind("chart.png", "image/png"),
    FileName.CHAPTERS: _Kind("chapters.vtt", "text/vtt; charset=utf-8"),
    FileName.ANGLES_CSV: _Kind("angles.csv", "text/csv; charset=utf-8"),
    FileName.ANGLES: _Kind("angles.json", "application/json"),
    FileName.REPS_CSV: _Kind("reps.csv", "text/csv; charset=utf-8"),
}
SPEAKING = (AnalysisState.DONE, AnalysisState.REFUSED)


@dataclass(frozen=True, slots=True)
class File:
    """A blob to be shown."""

    key: str
    media_type: str
    name: str
    """What a browser would save it as."""


def speaking(db: Session, recording_id: str, analysis_id: str | None = None) -> Analysis:
    """The analysis asked for, or the newest that is done (else the newest that refused).

    Raises
    ------
    Problem
        `not_found` for an analysis of another recording; `not_ready` while there is none to show.
    """
    query = select(Analysis).where(Analysis.recording_id == recording_id)
    if analysis_id is not None:
        row = db.scalars(query.where(Analysis.id == analysis_id)).one_or_none()
        if row is None:
            raise not_found()
        if row.state not in SPEAKING:
            raise Problem(ServiceCode.NOT_READY)
        return row
    done_first = case((Analysis.state == AnalysisState.DONE, 0), else_=1)
    newest = query.where(Analysis.state.in_(SPEAKING)).order_by(
        done_first, Analysis.created_at.desc(), Analysis.id.desc()
    )
    row = db.scalars(newest.limit(1)).one_or_none()
    if row is None:
        raise Problem(ServiceCode.NOT_READY)
    return row


def file_of(db: Session, recording: Recording, name: FileName, analysis_id: str | None = None) -> File:
    """The blob a recording shows under a name.

    A re-assessment draws no video of its own: its annotated video is that of the analysis it was made from.

    Raises
    ------
    Problem
        `not_found`, `not_ready`.
    """
    short = recording.id[:8]
    if name is FileName.ORIGINAL or name is FileName.POSTER:
        key = recording.original_key if name is FileName.ORIGINAL else recording.poster_key
        if key is None:
            raise not_found()
        media_type = recording.media_type if name is FileName.ORIGINAL else "image/jpeg"
        return File(key, media_type, f"{name}-{short}.{key.rsplit('.', 1)[-1]}")
    kind = OF_ANALYSIS[name]
    row = speaking(db, recording.id, analysis_id)
    if name is FileName.ANNOTATED and row.reassess_of is not None:
        row = speaking(db, recording.id, row.reassess_of)
    if row.blob_prefix is None or row.state is not AnalysisState.DONE:
        raise not_found()
    return File(f"{row.blob_prefix}/{kind.blob}", kind.media_type, f"{name}-{short}.{kind.blob.rsplit('.', 1)[-1]}")


def newest_of(db: Session, recording_ids: Sequence[str]) -> dict[str, Analysis]:
    """The analysis asked for last, of each recording."""
    if not recording_ids:
        return {}
    query = select(Analysis).where(Analysis.recording_id.in_(recording_ids))
    rows = db.scalars(query.order_by(Analysis.created_at, Analysis.id))
    return {row.recording_id: row for row in rows}
