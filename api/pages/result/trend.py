"""A recording's score beside the person's earlier ones: a small chart, and whether the change exceeds the error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from hinge_check.clinic.history import Point, history
from hinge_check.clinic.metrics import Recorded
from hinge_check.clinic.readiness_rules import Rules
from hinge_check.format import Z95, with_error

Comparison = Literal["same", "higher", "lower", "unknown"]

MOST: Final = 12
"""Recordings on the chart: more cannot be distinguished on a phone."""
WIDTH, HEIGHT, MARGIN = 320.0, 110.0, 14.0
"""Size and margin of the chart, in its own units; the scale runs from 0 at the bottom to 100 at the top."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A recording on the chart."""

    recording_id: str
    when: datetime
    score: str
    """With its uncertainty."""
    x: float
    y: float
    top: float
    """End of the error bar, as `bottom`."""
    bottom: float
    here: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """Earlier recordings of the same exercise and this one, oldest first."""

    dots: tuple[Dot, ...]
    comparison: Comparison
    """How the recording compares with the one before."""

    @property
    def line(self) -> str:
        """Return the points of the line that joins the dots, as SVG has them."""
        return " ".join(f"{dot.x:g},{dot.y:g}" for dot in self.dots)


def trend_of(records: Sequence[Recorded], recording_id: str, rules: Rules) -> Trend | None:
    """Lay out the chart; None for the first recording of an exercise, or one without a score."""
    points = history(records, rules=rules).of("score").points
    here = next((point for point in points if point.recording_id == recording_id), None)
    if here is None:
        return None
    upto = [point for point in points[: points.index(here) + 1] if point.protocol == here.protocol][-MOST:]
    if len(upto) < 2:
        return None
    step = (WIDTH - 2 * MARGIN) / (len(upto) - 1)
    dots = tuple(_dot(point, MARGIN + step * i, here=point is here) for i, point in enumerate(upto))
    return Trend(dots, _compare(here))


def _dot(point: Point, x: float, *, here: bool) -> Dot:
    half = point.half_width or 0.0
    return Dot(
        recording_id=point.recording_id,
        when=point.when,
        score=with_error(point.value, None if point.half_width is None else point.half_width / Z95, ""),
        x=round(x, 1),
        y=_y(point.value),
        top=_y(point.value + half),
        bottom=_y(point.value - half),
        here=here,
    )


def _y(score: float) -> float:
    return round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * min(max(score, 0.0), 100.0) / 100, 1)


def _compare(point: Point) -> Comparison:
    last = point.since_previous
    if last is None or last.real is None:
        return "unknown"
    if not last.real:
        return "same"
    return "higher" if last.difference > 0 else "lower"
