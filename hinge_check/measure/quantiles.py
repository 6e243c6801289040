"""Medians and percentiles of what is known.

numpy's own give the same numbers; with the few hundred values of a clip nearly all of their time goes into handling
arguments, and a measurement asks for some thirty of them.
"""

from __future__ import annotations

import numpy as np

from hinge_check.arrays import FloatArray


def median_of(values: FloatArray) -> float:
    """Median of the known among (N,) values; NaN where none is."""
    ordered, n = _ordered(values)
    return float((ordered[(n - 1) // 2] + ordered[n // 2]) / 2) if n else float("nan")


def percentiles_of(values: FloatArray, *per_cent: float) -> tuple[float, ...]:
    """Percentiles of the known among (N,) values, linear between neighbours; NaN where none is."""
    ordered, n = _ordered(values)
    return tuple(_between(ordered, (n - 1) * (one / 100)) if n else float("nan") for one in per_cent)


def percentile_of(values: FloatArray, per_cent: float) -> float:
    """One percentile; see `percentiles_of`."""
    return percentiles_of(values, per_cent)[0]


def median_known(values: FloatArray) -> FloatArray:
    """Median along the last axis of what is known; NaN where nothing is."""
    if values.shape[-1] == 0:
        return np.full(values.shape[:-1], np.nan)
    ordered = np.sort(values, axis=-1)  # NaN last
    if np.isfinite(ordered[..., -1]).all():  # all of them, as a rule
        n = ordered.shape[-1]
        return np.asarray((ordered[..., (n - 1) // 2] + ordered[..., n // 2]) / 2)
    known = np.isfinite(values).sum(axis=-1)
    last = np.maximum(known - 1, 0)
    low = np.take_along_axis(ordered, (last // 2)[..., None], axis=-1)[..., 0]
    high = np.take_along_axis(ordered, ((last + 1) // 2)[..., None], axis=-1)[..., 0]
    return np.asarray(np.where(known > 0, (low + high) / 2, np.nan))


def _ordered(values: FloatArray) -> tuple[FloatArray, int]:
    """The values in rising order with NaN last, and how many are known."""
    ordered = np.sort(values)
    n = len(ordered)
    return ordered, int(ordered.searchsorted(np.nan)) if n and np.isnan(ordered[-1]) else n


def _between(ordered: FloatArray, place: float) -> float:
    """The value at a place between two of them, from the nearer one, as numpy rounds it."""
    k = int(place)
    low = float(ordered[k])
    if k == place:
        return low
    high, share = float(ordered[k + 1]), place - k
    return low + (high - low) * share if share < 0.5 else high - (high - low) * (1 - share)
