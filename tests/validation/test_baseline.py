"""The crude edge measure on edges whose turn is known."""

from __future__ import annotations

import numpy as np
import pytest

from hinge_check.measure.back_profile import BACK_S
from validation.baseline import HIGH, LOW, edge_turn, from_standing


@pytest.mark.parametrize("degrees", [-20.0, 0.0, 15.0, 40.0])
def test_an_arc_turns_by_its_angle(degrees: float) -> None:
    # A parabola whose slope falls from +tan(a/2) to -tan(a/2) between the two ends.
    slope = np.tan(np.radians(degrees / 2))
    middle, half = (LOW + HIGH) / 2, (HIGH - LOW) / 2
    depth = 0.2 - slope * (BACK_S - middle) ** 2 / (2 * half)
    assert edge_turn(depth[None])[0] == pytest.approx(degrees, abs=1e-6)


def test_missing_edges_stay_missing() -> None:
    depth = np.tile(0.2 * np.ones(len(BACK_S)), (2, 1))
    depth[1, len(BACK_S) // 2] = np.nan
    assert np.isnan(edge_turn(depth)).tolist() == [False, True]


def test_change_from_standing() -> None:
    values = np.array([5.0, 7.0, 6.0, 40.0])
    assert from_standing(values, np.array([True, True, True, False])).tolist() == [-1.0, 1.0, 0.0, 34.0]
    assert np.isnan(from_standing(values, np.zeros(4, bool))).all()
