"""Repetitions and their phases: stand, descent, bottom, ascent, stand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.signal import find_peaks

from hinge_check.arrays import BoolArray, FloatArray
from hinge_check.measure.quantiles import percentiles_of
from hinge_check.measure.rep_rules import RepRules
from hinge_check.measure.smoothing import smooth, velocity
from hinge_check.measure.types import Phase, Rep

REL_PROMINENCE = 0.35
"""A bend counts as a repetition when it rises above both neighbouring stands by this share of the clip's deepest bend:
a half rep does, a fidget or a double dip at the bottom does not."""

EDGE_SHARE = 0.05
"""The bottom is where the bend is within 5 % of its range of the deepest point, the stand within 5 % of the
highest: an eased movement spends the last tenth of its time there."""

MIN_EDGE_DEG = 2.0
"""Least width of those 5 %, so that quiet sway does not cut a hold short."""

SLOW_DEG_S, SLOW_SHARE = 6.0, 0.05
"""From those levels a boundary is moved on while the bend still changes faster than this, or than 5 % of its fastest
(the rule for onset and end of reaching movements); in quiet standing it changes by up to 4 deg/s after smoothing."""

SPEED_CUTOFF_HZ = 4.0
"""Low-pass before differentiating, lower than for the angles themselves, since differentiation raises noise."""

DIP_DEG = 6.0
"""A dip at the bottom is distinguished from tracking noise (2-3 deg) at twice its size."""


def find_reps(time_s: FloatArray, bend: FloatArray, rules: RepRules, *, at_floor: BoolArray) -> tuple[Rep, ...]:
    """Find the repetitions in a bend signal.

    A rep is counted by its ascent: the person was down and stood up. The descent must be in the clip too, except where
    the clip opens with the person set at the floor. A descent without ascent at the end (bending to the phone, the
    first half of a rep) is no repetition; neither is the rest of an ascent with which a clip opens.

    Parameters
    ----------
    time_s : (T,) real seconds
    bend : (T,) shoulder-hip-knee flexion, degrees; gaps are bridged linearly
    rules : RepRules
    at_floor : (T,) bool
        Frames in which the person is set at the floor: hands at shin height or lower.

    Returns
    -------
    tuple of Rep, in time order
    """
    known = np.isfinite(bend)
    if known.sum() < 5:
        return ()
    first, last = np.flatnonzero(known)[[0, -1]].tolist()
    signal = np.interp(time_s[first : last + 1], time_s[known], bend[known])
    low, high = percentiles_of(signal, 2, 99)
    need = max(rules.min_range_deg, REL_PROMINENCE * (high - low))
    peaks = _deepest_bends(signal, low, need)
    valleys = [int(a) + int(np.argmin(signal[a : b + 1])) for a, b in pairwise(peaks)]
    walls = [0, *valleys, len(signal) - 1]
    inside_s = time_s[first : last + 1]
    speed = velocity(inside_s, smooth(inside_s, signal, cutoff_hz=SPEED_CUTOFF_HZ))
    reps = []
    for i, peak in enumerate(peaks):
        left = walls[i] + int(np.argmin(signal[walls[i] : peak + 1]))
        right = peak + int(np.argmin(signal[peak : walls[i + 1] + 1]))
        rep = _rep(signal, speed, left, peak, right)
        descends = signal[peak] - signal[left] >= need
        ascends = signal[peak] - signal[right] >= need
        from_floor = not descends and rules.start != "standing" and bool(at_floor[first + rep.bottom_start])
        # Not yet standing in the first frame, or not again in the last: the clip cuts the rep.
        cut_left = descends and left == 0 and signal[left] - low > rules.stand_deg
        cut_right = right == len(signal) - 1 and signal[right] - low > rules.stand_deg
        start, end = left if cut_left else rep.start, right if cut_right else rep.end
        lasting = time_s[first + end] - time_s[first + start] >= rules.min_duration_s
        if ascends and lasting and (descends or from_floor):
            reps.append(
                Rep(
                    start=first + start,
                    bottom_start=first + rep.bottom_start,
                    bottom=first + rep.bottom,
                    bottom_end=first + rep.bottom_end,
                    end=first + end,
                    from_floor=from_floor,
                    partial=bool(cut_left or cut_right),
                    bounces=rep.bounces,
                )
            )
    return tuple(reps)


def _deepest_bends(signal: FloatArray, low: float, need: float) -> list[int]:
    """Find the peaks of the signal that rise by `need` above the valleys beside them."""
    # The clip's ends count as stands here; `find_reps` checks whether a side was really seen.
    padded = np.concatenate([[low - 1], signal, [low - 1]])
    maxima, _ = find_peaks(padded, prominence=need)
    peaks: list[int] = []
    for peak in (maxima - 1).tolist():
        # Two peaks of exactly the same height both count as prominent, however shallow the dip between them.
        if not peaks or min(signal[peaks[-1]], signal[peak]) - signal[peaks[-1] : peak].min() >= need:
            peaks.append(peak)
    return peaks


def _rep(signal: FloatArray, speed: FloatArray, left: int, peak: int, right: int) -> Rep:
    """Find the boundaries of the rep around `peak` whose lowest neighbours are `left` and `right`."""
    top = signal[peak]

    def last_at(level: float, start: int, stop: int) -> int:
        under = np.flatnonzero(signal[start : stop + 1] <= level)
        return start + int(under[-1]) if len(under) else start

    def first_at(level: float, start: int, stop: int) -> int:
        under = np.flatnonzero(signal[start : stop + 1] <= level)
        return start + int(under[0]) if len(under) else stop

    down, up = top - signal[left], top - signal[right]
    deep_down, deep_up = max(MIN_EDGE_DEG, EDGE_SHARE * down), max(MIN_EDGE_DEG, EDGE_SHARE * up)
    start = last_at(signal[left] + deep_down, left, peak)
    end = first_at(signal[right] + deep_up, peak, right)
    # A dip inside the bottom belongs to it: search from the outside in.
    inside = np.flatnonzero(signal[start : end + 1] >= top - max(deep_down, deep_up)) + start
    bottom_start, bottom_end = int(inside[0]), int(inside[-1])
    slow_down = max(SLOW_DEG_S, SLOW_SHARE * float(speed[start : bottom_start + 1].max()))
    slow_up = max(SLOW_DEG_S, SLOW_SHARE * float(-speed[bottom_end : end + 1].min()))
    while start > left and speed[start] > slow_down:
        start -= 1
    while bottom_start < min(peak, bottom_end) and speed[bottom_start] > slow_down:
        bottom_start += 1
    while bottom_end > max(peak, bottom_start) and -speed[bottom_end] > slow_up:
        bottom_end -= 1
    while end < right and -speed[end] > slow_up:
        end += 1
    dips, _ = find_peaks(-signal[bottom_start : bottom_end + 1], prominence=DIP_DEG)
    return Rep(start, bottom_start, peak, bottom_end, end, bounces=len(dips))


def phases(n: int, reps: tuple[Rep, ...], standing: BoolArray) -> npt.NDArray[np.str_]:
    """Return (T,) `Phase` values: the parts of every rep, and standing where it was seen between them."""
    out = np.where(standing, str(Phase.STAND), str(Phase.NONE)).astype("<U8")
    for rep in reps:
        out[rep.start : rep.bottom_start] = str(Phase.DESCENT)
        out[rep.bottom_end + 1 : rep.end + 1] = str(Phase.ASCENT)
        out[rep.bottom_start : rep.bottom_end + 1] = str(Phase.BOTTOM)
    return out[:n]
