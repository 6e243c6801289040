"""The files a recording has to show, and which of its analyses speaks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import bindparam, case, select
from sqlalchemy.orm import Session

from api.core.problems import Problem, ServiceCode, not_found
from api.db import Analysis, AnalysisState, Recording
from api.db.analysis import WITHOUT_TEXTS


class FileName(StrEnum):
    """What can be asked for by name, and linked to."""

    ORIGINAL = "original"
    PLAYABLE = "playable"
    """The original where every browser plays it, else a copy that they do."""
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
PICTURES = frozenset({FileName.ORIGINAL, FileName.PLAYABLE, FileName.POSTER, FileName.ANNOTATED})
"""What shows the person; all else is figures and drawings of figures."""
CURVES = frozenset({FileName.CHART, FileName.ANGLES, FileName.ANGLES_CSV})
"""What follows a moment later when many recordings were scored again."""
_HOW_FAR = (
    select(Analysis.recording_id, Analysis.id, Analysis.progress)
    .where(Analysis.recording_id.in_(bindparam("recordings", expanding=True)))
    .order_by(Analysis.created_at, Analysis.id)
)
CURRENT_STATES = (AnalysisState.DONE, AnalysisState.REFUSED)


@dataclass(frozen=True, slots=True)
class Progress:
    """An analysis and how much of it is done."""

    analysis_id: str
    progress: float
    """0..1."""


@dataclass(frozen=True, slots=True)
class File:
    """A blob to be shown."""

    key: str
    media_type: str
    name: str
    """What a browser would save it as."""


def current_analysis(
    db: Session, recording_id: str, analysis_id: str | None = None, *, light: bool = False
) -> Analysis:
    """The analysis asked for, or the newest that is done (else the newest that refused).

    Parameters
    ----------
    light
        Leave its report and its protocol's text behind.

    Raises
    ------
    Problem
        `not_found` for an analysis of another recording; `not_ready` while there is none to show.
    """
    query = select(Analysis).options(*(WITHOUT_TEXTS if light else ())).where(Analysis.recording_id == recording_id)
    if analysis_id is not None:
        row = db.scalars(query.where(Analysis.id == analysis_id)).one_or_none()
        if row is None:
            raise not_found()
        if row.state not in CURRENT_STATES:
            raise Problem(ServiceCode.NOT_READY)
        return row
    done_first = case((Analysis.state == AnalysisState.DONE, 0), else_=1)
    newest = query.where(Analysis.state.in_(CURRENT_STATES)).order_by(
        done_first, Analysis.created_at.desc(), Analysis.id.desc()
    )
    row = db.scalars(newest.limit(1)).one_or_none()
    if row is None:
        raise Problem(ServiceCode.NOT_READY)
    return row


def file_of(db: Session, recording: Recording, name: FileName, analysis_id: str | None = None) -> File:
    """The blob a recording shows under a name.

    Raises
    ------
    Problem
        `not_found`, `not_ready`.
    """
    if name not in OF_ANALYSIS:
        file = _own(recording).get(name)
    else:
        row = current_analysis(db, recording.id, analysis_id, light=True)
        if row.curves_due and name in CURVES:
            raise Problem(ServiceCode.NOT_READY, "The curves are being drawn.", advice="Try again in a moment.")
        file = _made(recording, _drawn(db, row) if name is FileName.ANNOTATED else row, name)
    if file is None:
        raise not_found()
    return file


def files_of(db: Session, recording: Recording, analysis_id: str | None = None) -> dict[FileName, File]:
    """Every blob a recording has to show now.

    Raises
    ------
    Problem
        `not_found`, `not_ready` for an analysis that was asked for by its id.
    """
    found: dict[FileName, File | None] = dict(_own(recording))
    try:
        row = current_analysis(db, recording.id, analysis_id, light=True)
    except Problem:
        if analysis_id is not None:
            raise
    else:
        drawn = _drawn(db, row)
        for name in OF_ANALYSIS if not row.curves_due else set(OF_ANALYSIS) - CURVES:
            found[name] = _made(recording, drawn if name is FileName.ANNOTATED else row, name)
    return {name: file for name, file in found.items() if file is not None}


def _own(recording: Recording) -> dict[FileName, File]:
    original, copy = recording.original_key, recording.playable_key
    if original is None:
        copy = None  # written while the video was deleted: gone, too
    found = (
        (FileName.ORIGINAL, original, recording.media_type),
        (FileName.PLAYABLE, copy or original, recording.media_type if copy is None else "video/mp4"),
        (FileName.POSTER, recording.poster_key, "image/jpeg"),
    )
    return {name: File(key, kind, _saved_as(recording, name, key)) for name, key, kind in found if key is not None}


def _made(recording: Recording, row: Analysis | None, name: FileName) -> File | None:
    if row is None or row.blob_prefix is None or row.state is not AnalysisState.DONE:
        return None
    if name in PICTURES and recording.videos_removed_at is not None:
        return None
    kind = OF_ANALYSIS[name]
    return File(f"{row.blob_prefix}/{kind.blob}", kind.media_type, _saved_as(recording, name, kind.blob))


def _drawn(db: Session, row: Analysis) -> Analysis | None:
    """The analysis whose video shows: a re-assessment draws none of its own."""
    return row if row.reassess_of is None else db.get(Analysis, row.reassess_of, options=WITHOUT_TEXTS)


def _saved_as(recording: Recording, name: FileName, blob: str) -> str:
    return f"{name}-{recording.id[:8]}.{blob.rsplit('.', 1)[-1]}"


def newest_of(db: Session, recording_ids: Sequence[str]) -> dict[str, Progress]:
    """The analysis asked for last, of each recording."""
    if not recording_ids:
        return {}
    rows = db.execute(_HOW_FAR, {"recordings": recording_ids})
    return {recording_id: Progress(analysis_id, progress) for recording_id, analysis_id, progress in rows}
