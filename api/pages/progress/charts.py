"""Layout of a series on a small chart: geometry only; words and colours are left to the template."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hinge_check.clinic.history import Point

WIDTH: Final = 400.0
HEIGHT: Final = 190.0
LEFT, RIGHT, TOP, BOTTOM = 50.0, 10.0, 14.0, 34.0
MOST: Final = 30
"""Recordings on a chart: the newest ones. More would overlap on a phone."""
_STEPS: Final = (1.0, 2.0, 5.0, 10.0)
_TICKS: Final = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A recording on the chart, in units of its view box; `low` and `high` end its error bar."""

    x: float
    y: float
    low: float | None
    high: float | None
    real: bool
    """Whether the change from the first recording is larger than the errors of both."""
    recording_id: str
    live: bool
    """Whether it is a live session, which has a mark of another shape."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the chart and the value it stands for."""

    y: float
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: everything that is drawn."""

    marks: tuple[Mark, ...]
    line: str
    band: str
    """Path around the error bars; empty where errors are not known."""
    ticks: tuple[Tick, ...]
    first: datetime
    last: datetime
    left: float = LEFT
    right: float = WIDTH - RIGHT
    bottom: float = HEIGHT - BOTTOM
    width: float = WIDTH
    height: float = HEIGHT


def chart(
    points: Sequence[Point],
    *,
    factor: float = 1.0,
    floor: float | None = None,
    top: float | None = None,
    whole: bool = False,
) -> Chart:
    """Lay out recordings, oldest first, evenly spaced: the order matters, and several may be of one day.

    Parameters
    ----------
    points
        At least one.
    factor
        Factor by which values are multiplied before they are shown: 100 for shares.
    floor, top
        Values the axis never goes beyond, where the figure is bounded (0 and 100 of a share).
    whole
        Whether the axis always goes from `floor` to `top`, so that small differences look small.
    """
    shown = points[-MOST:]
    lows = [(each.value - (each.half_width or 0.0)) * factor for each in shown]
    highs = [(each.value + (each.half_width or 0.0)) * factor for each in shown]
    if whole and floor is not None and top is not None:
        lowest, highest = floor, top
    else:
        lowest, highest = min(lows), max(highs)
    ticks = _ticks(lowest, highest, floor, top)
    low, high = ticks[0], ticks[-1]

    def down(value: float) -> float:
        clipped = min(max(value, low), high)
        return round(TOP + (high - clipped) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    span = WIDTH - LEFT - RIGHT - 24
    marks = tuple(
        Mark(
            x=round(LEFT + 12 + (span / 2 if len(shown) == 1 else span * index / (len(shown) - 1)), 1),
            y=down(each.value * factor),
            low=None if each.half_width is None else down(below),
            high=None if each.half_width is None else down(above),
            real=any(change.versus == "first" and change.real for change in each.changes),
            recording_id=each.recording_id,
            live=each.live,
        )
        for index, (each, below, above) in enumerate(zip(shown, lows, highs, strict=True))
    )
    return Chart(
        marks=marks,
        line=" ".join(f"{each.x:g},{each.y:g}" for each in marks),
        band=_band(marks),
        ticks=tuple(Tick(down(value), value) for value in ticks),
        first=shown[0].when,
        last=shown[-1].when,
    )


def _ticks(low: float, high: float, floor: float | None, top: float | None) -> list[float]:
    if high - low < 1.0:
        low, high = low - 0.5, high + 0.5
    rough = (high - low) / _TICKS
    power = 10 ** math.floor(math.log10(rough))
    step = max(1.0, next(each * power for each in _STEPS if each * power >= rough))
    begin, end = math.floor(low / step) * step, math.ceil(high / step) * step
    begin = begin if floor is None else max(begin, floor)
    end = end if top is None else min(end, top)
    if end <= begin:
        begin, end = (begin - step, begin) if end == top else (begin, begin + step)
    return [begin + step * index for index in range(math.floor((end - begin) / step + 1e-9) + 1)] + (
        [] if math.isclose((end - begin) / step % 1, 0, abs_tol=1e-9) else [end]
    )


def _band(marks: Sequence[Mark]) -> str:
    known = [(each.x, each.low, each.high) for each in marks if each.low is not None and each.high is not None]
    if len(known) < 2 or len(known) < len(marks):
        return ""
    above = [f"{x:g} {high:g}" for x, _, high in known]
    below = [f"{x:g} {low:g}" for x, low, _ in reversed(known)]
    return "M" + "L".join(above + below) + "Z"
