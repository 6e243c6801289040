"""Two recordings side by side, aligned by phase.

Curves are resampled by phase of the repetition, and a time in one recording is mapped to the matching time in the
other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hinge_check.arrays import FloatArray

BOTTOM = 0.5
"""Phase of the bottom: 0 where the repetition begins, 1 where it ends. The way down and the way up take half each."""


class Timed(Protocol):
    """A repetition's times, media seconds; `RepReport` is one."""

    @property
    def start_s(self) -> float:
        """Start of the descent."""

    @property
    def bottom_s(self) -> float:
        """Bottom."""

    @property
    def end_s(self) -> float:
        """End of the ascent."""


@dataclass(frozen=True, slots=True)
class PhaseCurves:
    """Curves of R repetitions over P phases.

    `phase` (P,), 0..1; `time_s` (R, P) media seconds; `values` by name, (R, P), NaN where not measured.
    """

    phase: FloatArray
    time_s: FloatArray
    values: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True)
class TimeMap:
    """Start, bottom and end of a repetition in both recordings, media seconds; linear in between."""

    here: tuple[float, float, float]
    there: tuple[float, float, float]


def by_phase(
    time_s: FloatArray, values: Mapping[str, FloatArray], reps: Sequence[Timed], *, phases: int = 101
) -> PhaseCurves:
    """Resample curves by phase of the repetition, linearly.

    Parameters
    ----------
    time_s
        (T,) increasing, media seconds.
    values
        By name, (T,) each. A phase between two frames of which one is NaN is NaN: no gap is bridged.
    phases
        How many, at least 3; an odd number has the bottom among them.
    """
    if phases < 3:
        raise ValueError("at least three phases are needed: start, bottom, end")
    phase = np.linspace(0.0, 1.0, phases)
    at = np.array([_time_at(phase, rep) for rep in reps]).reshape(len(reps), phases)
    return PhaseCurves(phase, at, {name: _sample(at, time_s, value) for name, value in values.items()})


def phase_at(time_s: float, reps: Sequence[Timed]) -> tuple[int, float] | None:
    """Return which repetition (from 0) and which phase a time is in; None between repetitions."""
    for k, rep in enumerate(reps):
        if rep.start_s <= time_s <= rep.end_s:
            return k, float(np.interp(time_s, *_phase_points(rep)))
    return None


def matching_time(time_s: float, reps: Sequence[Timed], other: Sequence[Timed]) -> float | None:
    """Return the time in another recording at the same phase of the same repetition.

    None between repetitions, or where the other recording has no such repetition.
    """
    place = phase_at(time_s, reps)
    if place is None or place[0] >= len(other):
        return None
    return float(_time_at(np.array([place[1]]), other[place[0]])[0])


def time_maps(reps: Sequence[Timed], other: Sequence[Timed]) -> list[TimeMap]:
    """Return which times correspond, repetition by repetition; those in only one recording are left out.

    Repetitions cut by the clip have no start or end to align by: leave them out.
    """
    return [TimeMap(_times(a), _times(b)) for a, b in zip(reps, other, strict=False)]


def _times(rep: Timed) -> tuple[float, float, float]:
    return rep.start_s, rep.bottom_s, rep.end_s


def _phase_points(rep: Timed) -> tuple[list[float], list[float]]:
    return [rep.start_s, rep.bottom_s, rep.end_s], [0.0, BOTTOM, 1.0]


def _time_at(phase: FloatArray, rep: Timed) -> FloatArray:
    times, phases = _phase_points(rep)
    return np.interp(phase, phases, times)


def _sample(at: FloatArray, time_s: FloatArray, value: FloatArray) -> FloatArray:
    """Return linear samples, NaN outside the recording and beside a NaN, except where a frame is hit exactly."""
    out = np.full(at.shape, np.nan)
    if len(time_s) == 0:
        return out
    right = np.clip(np.searchsorted(time_s, at), 1, max(1, len(time_s) - 1))
    left = right - 1
    right = np.minimum(right, len(time_s) - 1)
    span = np.where(time_s[right] > time_s[left], time_s[right] - time_s[left], 1.0)
    share = (at - time_s[left]) / span
    inside = (at >= time_s[0]) & (at <= time_s[-1])
    mixed = value[left] * (1 - share) + value[right] * share
    out = np.where(share == 0, value[left], np.where(share == 1, value[right], mixed))
    return np.where(inside, out, np.nan)
