"""Trends as small charts drawn by the server: each point with its error, an arrow only where a change exceeds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from hinge_check.clinic.history import Change, History, Metric, Point

_Height = Callable[[float], float]
Comparison = Literal["real", "within", "unknown", "important", "slight", "first", "none"]

WIDTH: Final = 320.0
HEIGHT: Final = 132.0
LEFT: Final = 30.0
RIGHT: Final = 10.0
TOP: Final = 10.0
BOTTOM: Final = 20.0
"""Size and margins of the chart, in its own units; the margins hold the figures of the axes."""

SCALES: Final[dict[Metric, tuple[float, float, float]]] = {
    "hip_share": (40.0, 100.0, 20.0),
    "lumbar_deg": (-10.0, 40.0, 10.0),
    "score": (0.0, 100.0, 25.0),
    "pain_before": (0.0, 10.0, 5.0),
    "load_kg": (0.0, 20.0, 10.0),
}
"""Lowest and highest value of each axis, and its step; widened by whole steps where figures lie beyond."""
FACTOR: Final[dict[Metric, float]] = {"hip_share": 100.0}
UNIT: Final[dict[Metric, str]] = {
    "hip_share": "\N{NO-BREAK SPACE}%",
    "lumbar_deg": "°",
    "load_kg": "\N{NO-BREAK SPACE}kg",
}
MOST_TICKS: Final = 6


@dataclass(frozen=True, slots=True)
class Mark:
    """A recording on a chart."""

    when: datetime
    value: float
    half: float | None
    """Half of the 95 % interval; None where there is none."""
    x: float
    y: float
    top: float
    bottom: float
    moved: Literal["up", "down"] | None
    """Direction of the change since the previous point: only where it exceeds the error or (pain) is important."""
    live: bool
    """Whether it is from a live session, which has no recording."""


@dataclass(frozen=True, slots=True)
class Line:
    """A series on a chart."""

    metric: Metric
    marks: tuple[Mark, ...]

    @property
    def path(self) -> str:
        """Return the points of the line that joins the marks, as SVG has them."""
        return " ".join(f"{mark.x:g},{mark.y:g}" for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: the first line is that of its metric, a second one is shown beside it."""

    metric: Metric
    unit: str
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    """Height and figure of each."""
    limit: float | None
    """Height of the line that marks the limit; None without one."""
    comparison: Comparison
    """How the newest value compares with that of the first recording."""
    difference: float | None
    least: float | None
    """The smallest difference that exceeds the error, or (pain) that is important."""

    @property
    def last(self) -> Mark:
        """Return the newest mark."""
        return self.lines[0].marks[-1]


def exercises(history: History) -> list[str]:
    """Return the protocols with measured recordings, the one filmed last first."""
    points = [point for metric in ("score", "hip_share", "lumbar_deg") for point in history.of(metric).points]
    newest = sorted(points, key=lambda point: point.when, reverse=True)
    return list(dict.fromkeys(point.protocol for point in newest if point.protocol is not None))


def charts(history: History, protocol: str | None, limit_deg: float | None) -> list[Chart]:
    """Lay out the charts that have something to show, all on the same time axis.

    Parameters
    ----------
    protocol
        Measured figures are of this exercise only; what clients report is of all exercises.
    limit_deg
        Limit of lumbar flexion, marked on its chart.
    """
    wanted: tuple[tuple[Metric, Metric | None], ...] = (
        ("hip_share", None),
        ("lumbar_deg", None),
        ("score", None),
        ("pain_before", "pain_worst"),
        ("load_kg", None),
    )
    series: list[tuple[Metric, list[tuple[Metric, list[Point]]]]] = []
    for metric, beside in wanted:
        names = [metric] if beside is None else [metric, beside]
        lines = [(name, _points(history, name, protocol)) for name in names]
        lines = [(name, points) for name, points in lines if points]
        if lines:
            series.append((metric, lines))
    moments = [point.when for _, lines in series for _, points in lines for point in points]
    if not moments:
        return []
    ends = (min(moments), max(moments))
    return [_chart(metric, lines, ends, limit_deg if metric == "lumbar_deg" else None) for metric, lines in series]


def _points(history: History, metric: Metric, protocol: str | None) -> list[Point]:
    points = history.of(metric).points
    if metric.startswith("pain") or metric == "load_kg":
        return list(points)
    return [point for point in points if point.protocol == protocol]


def _chart(
    metric: Metric, lines: Sequence[tuple[Metric, list[Point]]], ends: tuple[datetime, datetime], limit: float | None
) -> Chart:
    factor = FACTOR.get(metric, 1.0)
    spans = [
        (factor * (p.value - (p.half_width or 0)), factor * (p.value + (p.half_width or 0)))
        for _, points in lines
        for p in points
    ]
    low, high, step = _scale(metric, min(low for low, _ in spans), max(high for _, high in spans))

    def y(value: float) -> float:
        share = (min(max(value, low), high) - low) / (high - low)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    drawn = tuple(Line(name, tuple(_mark(point, factor, ends, y) for point in points)) for name, points in lines)
    count = round((high - low) / step)
    ticks = tuple((y(low + i * step), f"{low + i * step:g}".replace("-", "−")) for i in range(count + 1))
    newest = lines[0][1][-1]
    change = next((each for each in newest.changes if each.versus == "first"), None)
    return Chart(
        metric=metric,
        unit=UNIT.get(metric, ""),
        lines=drawn,
        ticks=ticks,
        limit=None if limit is None else y(limit),
        comparison=_compare(lines[0][0], change),
        difference=None if change is None else round(factor * change.difference, 1),
        least=None if change is None or change.least_real is None else round(factor * change.least_real, 1),
    )


def _mark(point: Point, factor: float, ends: tuple[datetime, datetime], y: _Height) -> Mark:
    half = None if point.half_width is None else factor * point.half_width
    value = factor * point.value
    return Mark(
        when=point.when,
        value=value,
        half=half,
        x=_x(point.when, ends),
        y=y(value),
        top=y(value + (half or 0.0)),
        bottom=y(value - (half or 0.0)),
        moved=_direction(point),
        live=point.live,
    )


def _direction(point: Point) -> Literal["up", "down"] | None:
    before = point.since_previous
    if before is None or not before.real:
        return None
    return "up" if before.difference > 0 else "down"


def _compare(metric: Metric, change: Change | None) -> Comparison:
    if change is None:
        return "first"
    if metric == "load_kg":
        return "none"
    if change.real is None:
        return "unknown"
    if metric.startswith("pain"):
        return "important" if change.real else "slight"
    return "real" if change.real else "within"


def _x(when: datetime, ends: tuple[datetime, datetime]) -> float:
    whole = (ends[1] - ends[0]).total_seconds()
    share = (when - ends[0]).total_seconds() / whole if whole else 0.5
    # The width of a mark is kept free at both ends.
    return round(LEFT + 8 + share * (WIDTH - LEFT - RIGHT - 16), 1)


def _scale(metric: Metric, least: float, most: float) -> tuple[float, float, float]:
    low, high, step = SCALES[metric]
    while least < low and metric not in ("score", "pain_before", "load_kg"):
        low -= step
    while most > high and metric not in ("score", "pain_before", "hip_share"):
        high += step
    while (high - low) / step > MOST_TICKS:
        step *= 2
        high = low + step * -(-(high - low) // step)
    return low, high, step
