"""Trends as the page shows them: chart, newest figure, and whether the change exceeds the measuring error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from api.pages.progress.charts import Chart, chart
from hinge_check.clinic.history import Change, History, Metric, Point
from hinge_check.format import Z95, with_error

Comparison = Literal["only", "more", "less", "within", "unknown"]


@dataclass(frozen=True, slots=True)
class _MetricFormat:
    metric: Metric
    unit: str
    kind: str
    factor: float = 1.0
    floor: float | None = None
    top: float | None = None
    whole: bool = False


METRICS: Final = (
    _MetricFormat("hip_share", " %", "hip", 100.0, 0.0, 100.0),
    _MetricFormat("lumbar_deg", "°", "back"),
    _MetricFormat("score", "", "score", 1.0, 0.0, 100.0),
    _MetricFormat("pain_worst", "", "pain", 1.0, 0.0, 10.0, whole=True),
)
"""The metrics that are shown to a client, in this order."""
MEASURED: Final = 3
"""The first so many are measured, of one exercise at a time; the others are from check-ins, of all exercises."""


@dataclass(frozen=True, slots=True)
class Row:
    """One recording in the table of values."""

    recording_id: str
    point: Point
    value: str
    real: bool | None


@dataclass(frozen=True, slots=True)
class Trend:
    """A trend, and the figures of its sentence."""

    metric: Metric
    kind: str
    unit: str
    chart: Chart
    newest: str
    first: str
    difference: int
    comparison: Comparison
    """How the newest compares with the first: more, less, within the error, or unknown."""
    rows: tuple[Row, ...]
    """Newest first."""
    measured: bool


def exercises(history: History) -> list[str]:
    """Return the protocols with figures, that of the newest recording first."""
    newest: dict[str, Point] = {}
    for metric in ("hip_share", "lumbar_deg", "score"):
        for point in history.of(metric).points:
            if point.protocol is not None and (
                point.protocol not in newest or point.when > newest[point.protocol].when
            ):
                newest[point.protocol] = point
    return sorted(newest, key=lambda name: newest[name].when, reverse=True)


def trends(history: History, protocol: str | None) -> list[Trend]:
    """Return the trends that have points: those measured of one exercise, and check-ins of all exercises."""
    out = []
    for index, shown in enumerate(METRICS):
        points = history.of(shown.metric).points
        if index < MEASURED:
            points = tuple(each for each in points if each.protocol == protocol)
        if points:
            out.append(_trend(shown, points, measured=index < MEASURED))
    return out


def _trend(shown: _MetricFormat, points: Sequence[Point], *, measured: bool) -> Trend:
    newest, first = points[-1], points[0]
    change = next((each for each in newest.changes if each.versus == "first"), None)
    return Trend(
        metric=shown.metric,
        kind=shown.kind,
        unit=shown.unit,
        chart=chart(points, factor=shown.factor, floor=shown.floor, top=shown.top, whole=shown.whole),
        newest=_format_value(newest, shown, measured=measured),
        first=_format_value(first, shown, measured=measured),
        difference=abs(round((0 if change is None else change.difference) * shown.factor)),
        comparison="only" if change is None else _comparison(change),
        rows=tuple(
            Row(each.recording_id, each, _format_value(each, shown, measured=measured), _real(each))
            for each in reversed(points)
        ),
        measured=measured,
    )


def _comparison(change: Change) -> Comparison:
    if change.real is None:
        return "unknown"
    if not change.real:
        return "within"
    return "more" if change.difference > 0 else "less"


def _real(point: Point) -> bool | None:
    return next((each.real for each in point.changes if each.versus == "first"), None)


def _format_value(point: Point, shown: _MetricFormat, *, measured: bool) -> str:
    if not measured:
        return f"{round(point.value)}"
    se = None if point.half_width is None else point.half_width * shown.factor / Z95
    return with_error(point.value * shown.factor, se, shown.unit)
