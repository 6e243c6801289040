"""Medians and percentiles of the known values: NaN does not count.

NumPy's own give the same numbers; on the few hundred values of a clip they spend nearly all of their time handling
arguments, and a measurement needs some thirty of them.
"""

from __future__ import annotations

import numpy as np

from hinge_check.arrays import FloatArray


def median_of(values: FloatArray) -> float:
    """Return the median of the known among (N,) values; NaN where none is known."""
    ordered, n = _sort(values)
    return float((ordered[(n - 1) // 2] + ordered[n // 2]) / 2) if n else float("nan")


def percentiles_of(values: FloatArray, *per_cent: float) -> tuple[float, ...]:
    """Return percentiles of the known among (N,) values, linear between neighbours; NaN where none is known."""
    ordered, n = _sort(values)
    return tuple(_interpolate(ordered, (n - 1) * (one / 100)) if n else float("nan") for one in per_cent)


def percentile_of(values: FloatArray, per_cent: float) -> float:
    """Return one percentile; see `percentiles_of`."""
    return percentiles_of(values, per_cent)[0]


def median_known(values: FloatArray) -> FloatArray:
    """Return the median of the known values along the last axis; NaN where none is known."""
    if values.shape[-1] == 0:
        return np.full(values.shape[:-1], np.nan)
    ordered = np.sort(values, axis=-1)  # NaN last
    if np.isfinite(ordered[..., -1]).all():  # usually all are known
        n = ordered.shape[-1]
        return np.asarray((ordered[..., (n - 1) // 2] + ordered[..., n // 2]) / 2)
    known = np.isfinite(values).sum(axis=-1)
    last = np.maximum(known - 1, 0)
    low = np.take_along_axis(ordered, (last // 2)[..., None], axis=-1)[..., 0]
    high = np.take_along_axis(ordered, ((last + 1) // 2)[..., None], axis=-1)[..., 0]
    return np.asarray(np.where(known > 0, (low + high) / 2, np.nan))


def _sort(values: FloatArray) -> tuple[FloatArray, int]:
    """Return the values in rising order, NaN last, and how many are known."""
    ordered = np.sort(values)
    n = len(ordered)
    return ordered, int(ordered.searchsorted(np.nan)) if n and np.isnan(ordered[-1]) else n


def _interpolate(ordered: FloatArray, place: float) -> float:
    """Interpolate between two values at a fractional index, starting from the nearer one, as NumPy rounds it."""
    k = int(place)
    low = float(ordered[k])
    if k == place:
        return low
    high, share = float(ordered[k + 1]), place - k
    return low + (high - low) * share if share < 0.5 else high - (high - low) * (1 - share)
