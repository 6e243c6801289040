"""Each trend as it is told: its chart, its newest figure, and whether it is more than measuring error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from api.pages.progress.charts import Chart, chart
from hinge_check.clinic.history import Change, History, Metric, Point
from hinge_check.format import Z95, with_error

Said = Literal["only", "more", "less", "within", "unknown"]


@dataclass(frozen=True, slots=True)
class _Shown:
    metric: Metric
    unit: str
    kind: str
    factor: float = 1.0
    floor: float | None = None
    top: float | None = None
    whole: bool = False


SHOWN: Final = (
    _Shown("hip_share", " %", "hip", 100.0, 0.0, 100.0),
    _Shown("lumbar_deg", "°", "back"),
    _Shown("score", "", "score", 1.0, 0.0, 100.0),
    _Shown("pain_worst", "", "pain", 1.0, 0.0, 10.0, whole=True),
)
"""What a client is shown, in this order."""
MEASURED: Final = 3
"""The first so many are measured, of one exercise at a time; what follows is what the person said, of all."""


@dataclass(frozen=True, slots=True)
class Row:
    """One recording in the table of values."""

    recording_id: str
    point: Point
    value: str
    real: bool | None


@dataclass(frozen=True, slots=True)
class Trend:
    """A trend with its words' figures."""

    metric: Metric
    kind: str
    unit: str
    chart: Chart
    newest: str
    first: str
    difference: int
    said: Said
    """How the newest compares with the first: more, less, within the error, or it cannot be told."""
    rows: tuple[Row, ...]
    """Newest first."""
    measured: bool


def exercises(found: History) -> list[str]:
    """Protocols with figures, the one of the newest recording first."""
    newest: dict[str, Point] = {}
    for metric in ("hip_share", "lumbar_deg", "score"):
        for point in found.of(metric).points:
            if point.protocol is not None and (
                point.protocol not in newest or point.when > newest[point.protocol].when
            ):
                newest[point.protocol] = point
    return sorted(newest, key=lambda name: newest[name].when, reverse=True)


def trends(found: History, protocol: str | None) -> list[Trend]:
    """The trends that have points: those measured of one exercise, and what was said of all."""
    out = []
    for index, shown in enumerate(SHOWN):
        points = found.of(shown.metric).points
        if index < MEASURED:
            points = tuple(each for each in points if each.protocol == protocol)
        if points:
            out.append(_trend(shown, points, measured=index < MEASURED))
    return out


def _trend(shown: _Shown, points: Sequence[Point], *, measured: bool) -> Trend:
    newest, first = points[-1], points[0]
    change = next((each for each in newest.changes if each.versus == "first"), None)
    return Trend(
        metric=shown.metric,
        kind=shown.kind,
        unit=shown.unit,
        chart=chart(points, factor=shown.factor, floor=shown.floor, top=shown.top, whole=shown.whole),
        newest=_told(newest, shown, measured=measured),
        first=_told(first, shown, measured=measured),
        difference=abs(round((0 if change is None else change.difference) * shown.factor)),
        said="only" if change is None else _said(change),
        rows=tuple(
            Row(each.recording_id, each, _told(each, shown, measured=measured), _real(each))
            for each in reversed(points)
        ),
        measured=measured,
    )


def _said(change: Change) -> Said:
    if change.real is None:
        return "unknown"
    if not change.real:
        return "within"
    return "more" if change.difference > 0 else "less"


def _real(point: Point) -> bool | None:
    return next((each.real for each in point.changes if each.versus == "first"), None)


def _told(point: Point, shown: _Shown, *, measured: bool) -> str:
    if not measured:
        return f"{round(point.value)}"
    se = None if point.half_width is None else point.half_width * shown.factor / Z95
    return with_error(point.value * shown.factor, se, shown.unit)
