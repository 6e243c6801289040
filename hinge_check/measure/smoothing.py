"""Zero-lag smoothing of irregularly timed signals; missing values stay missing."""

from __future__ import annotations

from itertools import pairwise
from math import pi, sqrt, tan

import numpy as np
from scipy.ndimage import median_filter
from scipy.signal import lfilter

from hinge_check.arrays import BoolArray, FloatArray
from hinge_check.measure.quantiles import median_of

CUTOFF_HZ = 6.0
"""Low-pass cut-off, per real second. Human gait and lifting kinematics are smoothed at 4-8 Hz (Winter 2009,
Biomechanics and Motor Control of Human Movement, ch. 3); 6 Hz leaves the bottom of a one-second rep within 1 deg."""

MAX_GAP_S = 0.3
"""Gaps up to this are bridged linearly before filtering; longer ones stay missing. A third of a second is a
fifth of the quickest rep that the field notes report."""

SPIKE_S = 0.15
"""Window of the running median that removes single-frame jumps of the pose tracker before the low-pass."""


def runs(flags: BoolArray) -> list[tuple[int, int]]:
    """Return the [start, stop) index pairs of the stretches of True."""
    padded = np.concatenate([[False], np.asarray(flags, bool), [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def smooth(time_s: FloatArray, values: FloatArray, *, cutoff_hz: float = CUTOFF_HZ) -> FloatArray:
    """Apply a zero-lag 4th-order low-pass (2nd-order Butterworth, forwards and backwards) along time.

    The signal is resampled to a uniform grid of the median frame interval, spikes are removed by a short running
    median, and the result is read back at the given times. NaN rule: gaps up to `MAX_GAP_S` are bridged linearly for
    filtering and come back filled; longer gaps split the signal and stay NaN.

    Parameters
    ----------
    time_s : (T,) float array
        Strictly increasing, real seconds.
    values : (T,) or (T, C) float array
    cutoff_hz : float
        -3 dB point of the two passes together; signals sampled at under twice this are only median-filtered.

    Returns
    -------
    Same shape as `values`.
    """
    values = np.asarray(values, float)
    if values.ndim == 1:
        return smooth(time_s, values[:, None], cutoff_hz=cutoff_hz)[:, 0]
    out = np.full(values.shape, np.nan)
    # Columns missing in the same frames (the points of one pose, the rays of one edge) are filtered together.
    finite = np.isfinite(values)
    if (finite == finite[:, :1]).all():
        return _smooth_together(time_s, values, finite[:, 0], cutoff_hz)
    groups: dict[bytes, list[int]] = {}
    for column, pattern in enumerate(np.ascontiguousarray(finite.T)):
        groups.setdefault(pattern.tobytes(), []).append(column)
    for columns in groups.values():
        out[:, columns] = _smooth_together(time_s, values[:, columns], finite[:, columns[0]], cutoff_hz)
    return out


def _smooth_together(time_s: FloatArray, values: FloatArray, finite: BoolArray, cutoff_hz: float) -> FloatArray:
    """Smooth (T, C) columns that are all finite in the same frames."""
    out = np.full(values.shape, np.nan)
    known = np.flatnonzero(finite)
    if len(known) < 2:
        out[known] = values[known]
        return out
    step = median_of(np.diff(time_s))
    splits = np.flatnonzero(np.diff(time_s[known]) > max(MAX_GAP_S, 1.5 * step)) + 1
    bounds = [0, *splits.tolist(), len(known)]
    for begin, end in pairwise(bounds):
        part = known[begin:end]
        seen = values[part]
        if len(part) < 4:
            out[part] = seen
            continue
        first, last = int(part[0]), int(part[-1])
        inside = slice(first, last + 1)
        if (seen == seen[0]).all():  # the stand that live coaching prepends to the frames it measures
            out[inside] = seen[0]
            continue
        n = max(2, round((time_s[last] - time_s[first]) / step) + 1)
        grid = np.linspace(time_s[first], time_s[last], n)
        uniform = _interpolate(grid, time_s[part], seen)
        rate_hz = (n - 1) / (grid[-1] - grid[0])
        out[inside] = _interpolate(time_s[inside], grid, _low_pass(uniform, float(rate_hz), cutoff_hz))
    return out


def _interpolate(at: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Interpolate (N, C) rows `y`, given at rising `x`, linearly at `at`, which lies within `x`."""
    right = np.searchsorted(x, at).clip(1, len(x) - 1)
    left = right - 1
    before = x[left]
    share = ((at - before) / (x[right] - before)).clip(0.0, 1.0)[:, None]
    return np.asarray(y[left] * (1 - share) + y[right] * share)


def _low_pass(uniform: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    """Apply the running median, then the Butterworth both ways, along the first axis."""
    uniform = _running_median(uniform, 2 * int(SPIKE_S * rate_hz / 2) + 1)
    # Two passes of a filter with corner f have their common -3 dB point at 0.802 f (Winter 2009, eq. 3.9).
    corner = cutoff_hz / 0.802
    if rate_hz <= 2 * corner:
        return uniform
    return _both_ways(uniform, corner, rate_hz, pad=min(len(uniform) - 1, int(rate_hz)))


def _running_median(uniform: FloatArray, window: int) -> FloatArray:
    """Return the median of `window` rows about each; the ends are repeated. Up to 5 are compared pairwise: quicker."""
    if window < 3:
        return uniform
    if window > 5:
        return np.asarray(median_filter(uniform, size=(window, 1), mode="nearest"))
    n, half = len(uniform), window // 2
    longer = np.concatenate([uniform[:1].repeat(half, axis=0), uniform, uniform[-1:].repeat(half, axis=0)])
    a, b, c, *rest = (longer[k : k + n] for k in range(window))
    if rest:
        d, e = rest
        # Of a, b, c, d neither the lesser of the two minima nor the greater of the two maxima is the median of five.
        low, high = np.minimum(a, b), np.maximum(a, b)
        a, b, c = np.maximum(low, np.minimum(c, d)), np.minimum(high, np.maximum(c, d)), e
    return np.asarray(np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c)))


def _both_ways(uniform: FloatArray, corner_hz: float, rate_hz: float, *, pad: int) -> FloatArray:
    """Second-order Butterworth forwards and backwards over (N, C); its ends are turned about themselves `pad` long.

    `scipy.signal.sosfiltfilt` gives the same figures (to 3e-13 pixels, and in every written digit of 14 clips), but for
    the 20 to 90 frames that live coaching filters it takes three to seven times as long even with its section at hand
    (60 frames of 26 columns: 0.37 against 0.10 ms), since each call solves for the resting state anew, and ten times
    as long (0.97 ms) where the section must be designed. A cache of sections does not help: the rate of a live window
    is measured from its time stamps, and of 286 calls in a two-minute session with jitter 191 had a rate of their own.
    There a frame's mean push took 0.42 instead of 0.31 ms, the 99th percentile 10 instead of 7 ms.
    """
    # Bilinear transform of 1 / (s^2 + sqrt(2) s + 1), its corner prewarped.
    k = tan(pi * corner_hz / rate_hz)
    scale = 1 / (1 + sqrt(2) * k + k * k)
    b = np.array([1.0, 2.0, 1.0]) * (k * k * scale)
    a = np.array([1.0, 2 * (k * k - 1) * scale, (1 - sqrt(2) * k + k * k) * scale])
    rest = np.array([[1.0 - b[0]], [b[2] - a[2]]])  # the state of the filter after endless ones
    before = 2 * uniform[0] - uniform[pad:0:-1]
    after = 2 * uniform[-1] - uniform[-2 : -pad - 2 : -1]
    x = np.concatenate([before, uniform, after])
    for _ in range(2):
        x, _state = lfilter(b, a, x, axis=0, zi=rest * x[0])
        x = x[::-1]
    return np.asarray(x[pad : pad + len(uniform)])


def velocity(time_s: FloatArray, values: FloatArray) -> FloatArray:
    """Return the central difference per second at the given times; NaN next to missing values."""
    if len(values) < 2:
        return np.full(len(values), np.nan)
    return np.asarray(np.gradient(np.asarray(values, float), time_s), float)
