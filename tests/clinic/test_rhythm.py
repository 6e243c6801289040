"""The lumbopelvic rhythm on a grid of trunk inclinations, and a client's own band of it."""

from __future__ import annotations

import numpy as np
import pytest

from hinge_check.arrays import FloatArray
from hinge_check.clinic.alignment import time_maps
from hinge_check.clinic.rhythm import GRID, LEAST_RECORDINGS, Rhythm, band, rhythm
from tests.clinic.people import rep


def curves(share: float = 0.7, depth: float = 62.0) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Return two repetitions, seconds 3 to 5.6 and 6 to 8.6, the hips taking a fixed share of the trunk's movement."""
    time_s = np.arange(0.0, 10.0, 1 / 30)
    trunk = np.interp(time_s, [3, 4.4, 5.6, 6, 7.4, 8.6], [-1, depth, -1, -1, depth, -1])
    columns = {"trunk_inclination_deg": trunk, "hip_flexion_deg": share * trunk}
    return time_s, {**columns, "lumbar_flexion_deg": (1 - share) * trunk}


REPS = [rep(1), rep(2)]


def test_each_inclination_is_read_where_the_trunk_first_reaches_it() -> None:
    found = rhythm(*curves(), REPS)
    reached = GRID <= 60
    assert found.hip[reached] == pytest.approx(0.7 * GRID[reached], abs=1e-9)
    assert found.lumbar[reached] == pytest.approx(0.3 * GRID[reached], abs=1e-9)
    assert np.isnan(found.hip[~reached]).all()


def test_gaps_are_not_bridged_and_half_of_the_repetitions_are_enough() -> None:
    time_s, columns = curves()
    down = (time_s > 3) & (time_s < 4.4) & (columns["trunk_inclination_deg"] > 30)
    columns["lumbar_flexion_deg"] = np.where(down, np.nan, columns["lumbar_flexion_deg"])
    found = rhythm(time_s, columns, REPS)
    assert found.lumbar[GRID == 40] == pytest.approx(12)  # the second repetition's
    alone = rhythm(time_s, columns, REPS[:1])
    assert np.isnan(alone.lumbar[GRID == 40]).all()
    assert alone.hip[GRID == 40] == pytest.approx(28)
    assert np.isnan(rhythm(time_s, columns, []).hip).all()


def test_the_band_needs_enough_recordings() -> None:
    found = [rhythm(*curves(share, depth), REPS) for share, depth in ((0.6, 62), (0.7, 62), (0.8, 62), (0.7, 42))]
    usual = band(found)
    at = int(np.flatnonzero(GRID == 40)[0])
    assert (usual.hip.low[at], usual.hip.median[at], usual.hip.high[at]) == pytest.approx((27, 28, 29))
    assert usual.lumbar.recordings[at] == 4
    deeper = int(np.flatnonzero(GRID == 60)[0])
    assert usual.hip.median[deeper] == pytest.approx(42)
    assert usual.hip.recordings[deeper] == LEAST_RECORDINGS
    few = band(found[:2])
    assert np.isnan(few.hip.median).all()
    assert few.hip.recordings[at] == 2
    assert band([]).hip.recordings == (0,) * len(GRID)


def test_the_band_does_not_depend_on_order() -> None:
    found = [rhythm(*curves(share), REPS) for share in (0.5, 0.6, 0.9)]
    one, other = band(found), band(found[::-1])
    assert np.array_equal(one.hip.low, other.hip.low, equal_nan=True)
    assert isinstance(found[0], Rhythm)


def test_repetitions_are_paired_in_order() -> None:
    maps = time_maps([rep(1), rep(2)], [rep(3)])
    assert [(each.here, each.there) for each in maps] == [((3.0, 4.4, 5.6), (9.0, 10.4, 11.6))]
    assert time_maps([], [rep(1)]) == []
