"""The files of a recording's results, and which of its analyses is the current one."""

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
    """Files of a recording that can be requested or linked to by name."""

    ORIGINAL = "original"
    PLAYABLE = "playable"
    """The original where every browser plays it, else a copy that they all play."""
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
"""Files that show the person; all others hold numbers and drawings of numbers."""
CURVES = frozenset({FileName.CHART, FileName.ANGLES, FileName.ANGLES_CSV})
"""Files that follow a moment later when many recordings were scored again."""
_PROGRESS = (
    select(Analysis.recording_id, Analysis.id, Analysis.progress)
    .where(Analysis.recording_id.in_(bindparam("recordings", expanding=True)))
    .order_by(Analysis.created_at, Analysis.id)
)
CURRENT_STATES = (AnalysisState.DONE, AnalysisState.REFUSED)


@dataclass(frozen=True, slots=True)
class Progress:
    """An analysis and its progress."""

    analysis_id: str
    progress: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class File:
    """A blob to serve."""

    key: str
    media_type: str
    name: str
    """Name under which a browser saves it."""


def current_analysis(
    db: Session, recording_id: str, analysis_id: str | None = None, *, light: bool = False
) -> Analysis:
    """Return the requested analysis or, by default, the newest that is done (else the newest that was refused).

    Parameters
    ----------
    light
        Whether to leave out its report and its protocol's text.

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
    """Return the blob of a recording under a name.

    Raises
    ------
    Problem
        `not_found`, `not_ready`.
    """
    if name not in OF_ANALYSIS:
        file = _own_files(recording).get(name)
    else:
        row = current_analysis(db, recording.id, analysis_id, light=True)
        if row.curves_due and name in CURVES:
            raise Problem(ServiceCode.NOT_READY, "The curves are being drawn.", advice="Try again in a moment.")
        file = _analysis_file(recording, _drawn_by(db, row) if name is FileName.ANNOTATED else row, name)
    if file is None:
        raise not_found()
    return file


def files_of(db: Session, recording: Recording, analysis_id: str | None = None) -> dict[FileName, File]:
    """Return every blob that a recording has now.

    Raises
    ------
    Problem
        `not_found`, `not_ready` for an analysis requested by its id.
    """
    files: dict[FileName, File | None] = dict(_own_files(recording))
    try:
        row = current_analysis(db, recording.id, analysis_id, light=True)
    except Problem:
        if analysis_id is not None:
            raise
    else:
        drawn_by = _drawn_by(db, row)
        for name in OF_ANALYSIS if not row.curves_due else set(OF_ANALYSIS) - CURVES:
            files[name] = _analysis_file(recording, drawn_by if name is FileName.ANNOTATED else row, name)
    return {name: file for name, file in files.items() if file is not None}


def _own_files(recording: Recording) -> dict[FileName, File]:
    """Return the files of the recording itself: the video, its playable copy and its still."""
    original, copy = recording.original_key, recording.playable_key
    if original is None:
        copy = None  # written while the video was deleted: deleted as well
    files = (
        (FileName.ORIGINAL, original, recording.media_type),
        (FileName.PLAYABLE, copy or original, recording.media_type if copy is None else "video/mp4"),
        (FileName.POSTER, recording.poster_key, "image/jpeg"),
    )
    return {name: File(key, kind, _download_name(recording, name, key)) for name, key, kind in files if key is not None}


def _analysis_file(recording: Recording, row: Analysis | None, name: FileName) -> File | None:
    """Return a file that an analysis made; None where there is none or the video was deleted."""
    if row is None or row.blob_prefix is None or row.state is not AnalysisState.DONE:
        return None
    if name in PICTURES and recording.videos_removed_at is not None:
        return None
    kind = OF_ANALYSIS[name]
    return File(f"{row.blob_prefix}/{kind.blob}", kind.media_type, _download_name(recording, name, kind.blob))


def _drawn_by(db: Session, row: Analysis) -> Analysis | None:
    """Return the analysis whose annotated video is shown: rescoring draws none of its own."""
    return row if row.reassess_of is None else db.get(Analysis, row.reassess_of, options=WITHOUT_TEXTS)


def _download_name(recording: Recording, name: FileName, blob: str) -> str:
    return f"{name}-{recording.id[:8]}.{blob.rsplit('.', 1)[-1]}"


def newest_of(db: Session, recording_ids: Sequence[str]) -> dict[str, Progress]:
    """Return the newest analysis of each recording."""
    if not recording_ids:
        return {}
    rows = db.execute(_PROGRESS, {"recordings": recording_ids})
    return {recording_id: Progress(analysis_id, progress) for recording_id, analysis_id, progress in rows}
