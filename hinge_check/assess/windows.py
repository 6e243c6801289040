"""Windows of frames and medians over them: no value of a repetition depends on a single frame."""

from __future__ import annotations

import numpy as np

from hinge_check.arrays import FloatArray
from hinge_check.measure.quantiles import median_known as median_known
from hinge_check.measure.types import Rep

BOTTOM_WINDOW_S = 0.5
"""Longest part of the bottom that is summarised, real seconds: of a longer pause, the middle."""
LEAST_WINDOW_S = 0.15
"""Shortest window of a median, real seconds: no value depends on a single frame."""
TOP_WINDOW_S = 1.0
"""Time after a repetition in which its tallest moment is searched, real seconds."""
TALL_S = 0.1
"""Half width of the window about the tallest moment, real seconds."""


def medians(rows: FloatArray) -> FloatArray:
    """Return the median of each row; NaN where fewer than half of its values are known."""
    known = np.isfinite(rows).sum(axis=1)
    return np.where(known * 2 >= np.maximum(rows.shape[1], 1), median_known(rows), np.nan)


def bottom_window(rep: Rep, real_s: FloatArray) -> slice:
    """Return the frames that represent the bottom: its middle, or the last moment of a rest on the floor."""
    begin, end = real_s[rep.bottom_start], real_s[rep.bottom_end]
    if end - begin > BOTTOM_WINDOW_S:
        if rep.from_floor:
            begin = end - BOTTOM_WINDOW_S
        else:
            middle = (begin + end) / 2
            begin, end = middle - BOTTOM_WINDOW_S / 2, middle + BOTTOM_WINDOW_S / 2
    lack = max(0.0, LEAST_WINDOW_S - (end - begin)) / 2
    first = int(np.searchsorted(real_s, begin - lack - 1e-9))
    last = int(np.searchsorted(real_s, end + lack + 1e-9, side="right"))
    return slice(max(first, rep.start), max(min(last, rep.end + 1), first + 1))


def top_window(reps: tuple[Rep, ...], i: int, trunk: FloatArray, real_s: FloatArray) -> slice:
    """Return the tallest 0.2 s between a repetition's end and the start of the next."""
    end = reps[i].end
    until = int(np.searchsorted(real_s, real_s[end] + TOP_WINDOW_S, side="right"))
    if i + 1 < len(reps):
        until = min(until, reps[i + 1].start + 1)
    until = max(until, end + 1)
    stretch = trunk[end:until]
    tallest = end + (int(np.nanargmin(stretch)) if np.isfinite(stretch).any() else 0)
    first = int(np.searchsorted(real_s, real_s[tallest] - TALL_S - 1e-9))
    last = int(np.searchsorted(real_s, real_s[tallest] + TALL_S + 1e-9, side="right"))
    return slice(first, last)
