"""Lumbopelvic rhythm: hip and lumbar flexion against trunk inclination on the way down, and the person's own band.

A band comes from the person's own earlier recordings: it shows what is usual for them, not what is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hinge_check.arrays import FloatArray
from hinge_check.clinic.alignment import Timed

GRID: FloatArray = np.arange(0.0, 91.0, 5.0)
"""Trunk inclinations, degrees from vertical, at which hip and lumbar flexion are read."""
LEAST_RECORDINGS = 3
"""Earlier recordings that a band needs at a trunk inclination. Design: fewer values have no meaningful quartiles."""
MOST_RECORDINGS = 10
"""Number of newest earlier recordings that make the band. Design: what is usual today, not a year ago."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Rhythm of one recording: the median over its repetitions.

    `trunk` (G,), `hip`, `lumbar` (G,) degrees, NaN where fewer than half of the repetitions were read.
    """

    trunk: FloatArray
    hip: FloatArray
    lumbar: FloatArray


@dataclass(frozen=True, slots=True)
class Spread:
    """Quartiles over recordings, (G,) each; NaN where fewer than `LEAST_RECORDINGS` were read."""

    low: FloatArray
    median: FloatArray
    high: FloatArray
    recordings: tuple[int, ...]
    """(G,) number of recordings that were read."""


@dataclass(frozen=True, slots=True)
class Band:
    """The range that is usual for the person."""

    hip: Spread
    lumbar: Spread


def rhythm(time_s: FloatArray, columns: Mapping[str, FloatArray], reps: Sequence[Timed]) -> Rhythm:
    """Return hip and lumbar flexion against trunk inclination, on the way down.

    Parameters
    ----------
    time_s
        (T,) increasing, media seconds.
    columns
        `trunk_inclination_deg`, `hip_flexion_deg`, `lumbar_flexion_deg`, (T,) each, NaN where not measured.
    reps
        Complete repetitions.

    Returns
    -------
    Rhythm
        At each inclination of `GRID`: where the trunk first reaches it, linear between two frames, NaN beside a gap.
    """
    trunk = columns["trunk_inclination_deg"]
    names = ("hip_flexion_deg", "lumbar_flexion_deg")
    read = {name: np.full((len(reps), len(GRID)), np.nan) for name in names}
    for k, rep in enumerate(reps):
        down = (time_s >= rep.start_s) & (time_s <= rep.bottom_s)
        for name in names:
            read[name][k] = _on_grid(trunk[down], columns[name][down])
    return Rhythm(GRID, *(_typical(read[name], (len(reps) + 1) // 2)[1] for name in names))


def band(earlier: Sequence[Rhythm]) -> Band:
    """Return median and quartiles over earlier recordings."""
    return Band(_spread([one.hip for one in earlier]), _spread([one.lumbar for one in earlier]))


def _on_grid(trunk: FloatArray, value: FloatArray) -> FloatArray:
    """Return (G,) values where the trunk first reaches each inclination from below; NaN where not, or beside a gap."""
    out = np.full(len(GRID), np.nan)
    for g, inclination in enumerate(GRID):
        reached = np.flatnonzero((trunk[:-1] < inclination) & (trunk[1:] >= inclination))
        if len(reached):
            i = int(reached[0])
            share = (inclination - trunk[i]) / (trunk[i + 1] - trunk[i])
            out[g] = value[i] + share * (value[i + 1] - value[i])
    return out


def _spread(rows: Sequence[FloatArray]) -> Spread:
    table = np.array(rows).reshape(len(rows), len(GRID))
    low, median, high = _typical(table, LEAST_RECORDINGS)
    return Spread(low, median, high, tuple(int(n) for n in np.isfinite(table).sum(axis=0)))


def _typical(table: FloatArray, least: int) -> FloatArray:
    """Return (3, G) quartiles over the rows that were read; NaN where fewer than `least`, or none, were."""
    out = np.full((3, table.shape[1]), np.nan)
    known = np.isfinite(table)
    for g in np.flatnonzero(known.sum(axis=0) >= max(least, 1)):
        out[:, g] = np.percentile(table[known[:, g], g], [25, 50, 75])
    return out
