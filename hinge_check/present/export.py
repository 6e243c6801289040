"""Tables and chapters: reps.csv, angles.csv, WebVTT. Columns are an interface: they may be added, never renamed."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hinge_check.assess.cues import PRIORITY
from hinge_check.assess.phrases import EAR
from hinge_check.assess.report import HingeReport, RepReport
from hinge_check.format import with_error

if TYPE_CHECKING:
    from hinge_check.analysis import Analysis

REPS_COLUMNS = (
    "rep",
    "start_s",
    "bottom_s",
    "end_s",
    "hip_flexion_deg",
    "hip_flexion_se_deg",
    "lumbar_flexion_deg",
    "lumbar_flexion_se_deg",
    "knee_flexion_deg",
    "trunk_inclination_deg",
    "hip_share",
    "descent_s",
    "bottom_hold_s",
    "ascent_s",
    "score",
    "faults",
)
ANGLES_COLUMNS = (
    "time_s",
    "rep",
    "phase",
    "trunk_inclination_deg",
    "hip_flexion_deg",
    "lumbar_flexion_deg",
    "lumbar_flexion_se_deg",
    "pelvic_tilt_deg",
    "knee_flexion_deg",
    "shank_inclination_deg",
    "neck_flexion_deg",
)


def write_reps_csv(report: HingeReport, path: Path) -> None:
    """Write one row per rep, values at its bottom; degrees to 0.1, seconds to 0.001, empty where not measurable."""
    _write(path, REPS_COLUMNS, ([_rep_cell(rep, column) for column in REPS_COLUMNS] for rep in report.reps))


def angles_columns(analysis: Analysis) -> dict[str, list[Any]]:
    """Return the columns of `ANGLES_COLUMNS`, one value an analysed frame, for angles.csv and angles.json alike.

    Seconds to 0.001, degrees to 0.1, never -0.0; None for `rep` outside reps and for angles that are not measurable.
    """
    measured = analysis.measurement
    angles = measured.angles
    degrees = (
        angles.trunk_inclination,
        angles.hip_flexion,
        angles.lumbar_flexion,
        angles.lumbar_se,
        angles.pelvic_tilt,
        angles.knee_flexion,
        angles.shank_inclination,
        angles.neck_flexion,
    )
    columns: tuple[list[Any], ...] = (
        [_rounded(float(time), 3) for time in angles.time_s],
        [_rep_at(analysis.report.reps, float(time)) for time in angles.time_s],
        [str(phase) or None for phase in measured.phase],
        *([_rounded(float(value), 1) for value in column] for column in degrees),
    )
    return dict(zip(ANGLES_COLUMNS, columns, strict=True))


def write_angles_csv(analysis: Analysis, path: Path) -> None:
    """Write one row per analysed frame; `rep` empty outside reps, angles empty where not measurable."""
    columns = angles_columns(analysis)
    cells = [[_angle_cell(name, value) for value in values] for name, values in columns.items()]
    _write(path, ANGLES_COLUMNS, [list(row) for row in zip(*cells, strict=True)])


def write_chapters_vtt(report: HingeReport, path: Path) -> None:
    """Write WebVTT with one cue per rep and its result; for `<track kind="chapters">` or subtitles.

    Times are those of the annotated video, which begins at 0 where the recording was trimmed.
    """
    trim = report.provenance.trim_s if report.provenance is not None else None
    origin = (trim[0] if trim is not None else None) or 0.0
    parts = ["WEBVTT\n"]
    for rep in report.reps:
        start, end = rep.start_s - origin, max(rep.end_s, rep.start_s + 0.001) - origin
        parts.append(f"rep-{rep.rep}\n{_stamp(start)} --> {_stamp(end)}\n{_escape(rep_words(rep))}\n")
    path.write_text("\n".join(parts), encoding="utf-8", newline="\n")


def rep_words(rep: RepReport) -> str:
    """Describe a rep in one line, figures and the one thing to change: 'Rep 2: hips 64 ± 8°, … – Feel your heels'."""
    figures = [
        f"hips {with_error(rep.hip_flexion_deg, rep.hip_flexion_se_deg) or 'not measurable'}",
        f"back {with_error(rep.lumbar_flexion_deg, rep.lumbar_flexion_se_deg) or 'not measurable'}",
    ]
    if rep.score is not None:
        figures.append(f"score {with_error(rep.score, rep.score_se, '')}")
    first = next((code for code in PRIORITY if code in rep.faults), None)
    return f"Rep {rep.rep}: {', '.join(figures)}" + (f" – {EAR[first]}" if first is not None else "")


def _rep_cell(rep: RepReport, column: str) -> str:
    value = getattr(rep, column)
    if column == "faults":
        return ";".join(rep.faults)
    if column == "rep":
        return str(rep.rep)
    return "" if value is None else _number(float(value), 3 if column.endswith("_s") or column == "hip_share" else 1)


def _angle_cell(column: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.{3 if column == 'time_s' else 1}f}"
    return str(value)


def _rep_at(reps: Sequence[RepReport], time_s: float) -> int | None:
    """Return the number of the rep a time is in; where one ends as the next begins, the earlier."""
    slack = 0.0005  # report and table both state milliseconds
    return next((rep.rep for rep in reps if rep.start_s - slack <= time_s <= rep.end_s + slack), None)


def _rounded(value: float, digits: int) -> float | None:
    """Round, never to -0.0; None for NaN."""
    return round(value, digits) + 0.0 if np.isfinite(value) else None


def _number(value: float, digits: int) -> str:
    """Format with fixed digits, never '-0.0'; empty for NaN."""
    rounded = _rounded(value, digits)
    return "" if rounded is None else f"{rounded:.{digits}f}"


def _stamp(seconds: float) -> str:
    ms = max(0, round(seconds * 1000))
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def _escape(text: str) -> str:
    """Escape plain text as WebVTT cue text, which may contain neither markup nor an arrow."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _write(path: Path, header: Iterable[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)
