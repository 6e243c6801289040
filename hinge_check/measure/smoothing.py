"""Zero-lag smoothing of irregularly timed signals; missing stays missing."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter
from scipy.signal import butter, sosfiltfilt

FloatArray = npt.NDArray[np.floating[Any]]

CUTOFF_HZ = 6.0
"""Low-pass cut-off, per real second. Human gait and lifting kinematics are smoothed at 4-8 Hz (Winter 2009,
Biomechanics and Motor Control of Human Movement, ch. 3); 6 Hz leaves the bottom of a one-second rep within 1 deg."""

MAX_GAP_S = 0.3
"""Gaps up to this are bridged linearly before filtering; longer ones stay missing. A third of a second is a
fifth of the quickest rep the field notes report."""

SPIKE_S = 0.15
"""Window of the running median that takes out single-frame jumps of the pose tracker before the low-pass."""


def runs(flags: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """[start, stop) index pairs of the stretches of True."""
    padded = np.concatenate([[False], np.asarray(flags, bool), [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def smooth(time_s: FloatArray, values: FloatArray, *, cutoff_hz: float = CUTOFF_HZ) -> FloatArray:
    """Zero-lag 4th-order low-pass (2nd-order Butterworth, forwards and backwards) along time.

    The signal is put on a uniform grid of the median frame interval, spikes are taken out by a short running
    median, and the result is read back at the given times. NaN rule: gaps up to `MAX_GAP_S` are bridged
    linearly for filtering and given back filled; longer gaps split the signal and stay NaN.

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
    groups: dict[bytes, list[int]] = {}
    for column, pattern in enumerate(np.ascontiguousarray(finite.T)):
        groups.setdefault(pattern.tobytes(), []).append(column)
    for columns in groups.values():
        out[:, columns] = _smooth_together(time_s, values[:, columns], finite[:, columns[0]], cutoff_hz)
    return out


def _smooth_together(
    time_s: FloatArray, values: FloatArray, finite: npt.NDArray[np.bool_], cutoff_hz: float
) -> FloatArray:
    """`smooth` of (T, C) columns that are all finite in the same frames."""
    out = np.full(values.shape, np.nan)
    if finite.sum() < 2:
        out[finite] = values[finite]
        return out
    step = float(np.median(np.diff(time_s)))
    known = np.flatnonzero(finite)
    splits = np.flatnonzero(np.diff(time_s[known]) > max(MAX_GAP_S, 1.5 * step)) + 1
    for part in np.split(known, splits):
        first, last = part[0], part[-1]
        inside = slice(first, last + 1)
        if len(part) < 4:
            out[part] = values[part]
            continue
        n = max(2, round((time_s[last] - time_s[first]) / step) + 1)
        grid = np.linspace(time_s[first], time_s[last], n)
        uniform = _interpolate(grid, time_s[part], values[part])
        rate_hz = (n - 1) / (grid[-1] - grid[0])
        out[inside] = _interpolate(time_s[inside], grid, _low_pass(uniform, rate_hz, cutoff_hz))
    return out


def _interpolate(at: FloatArray, x: FloatArray, y: FloatArray) -> FloatArray:
    """Linear interpolation of (N, C) rows `y` given at rising `x`; `at` lies within `x`."""
    right = np.clip(np.searchsorted(x, at), 1, len(x) - 1)
    share = np.clip((at - x[right - 1]) / (x[right] - x[right - 1]), 0.0, 1.0)[:, None]
    return np.asarray(y[right - 1] * (1 - share) + y[right] * share)


@lru_cache(maxsize=32)
def _butterworth(corner_hz: float, rate_hz: float) -> FloatArray:
    """Second-order sections; designing them costs as much as filtering a short clip."""
    return np.asarray(butter(2, corner_hz, fs=rate_hz, output="sos"))


def _low_pass(uniform: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    """Running median, then the Butterworth both ways, along the first axis."""
    window = 2 * int(SPIKE_S * rate_hz / 2) + 1
    if window >= 3:
        uniform = median_filter(uniform, size=(window, 1), mode="nearest")
    # Two passes of a filter with corner f have their common -3 dB point at 0.802 f (Winter 2009, eq. 3.9).
    corner = cutoff_hz / 0.802
    if rate_hz <= 2 * corner:
        return uniform
    sos = _butterworth(corner, rate_hz)
    pad = min(len(uniform) - 1, int(rate_hz))
    return np.asarray(sosfiltfilt(sos, uniform, axis=0, padtype="odd", padlen=pad), float)


def velocity(time_s: FloatArray, values: FloatArray) -> FloatArray:
    """Central difference per second at the given times; NaN next to missing values."""
    if len(values) < 2:
        return np.full(len(values), np.nan)
    return np.asarray(np.gradient(np.asarray(values, float), time_s), float)
