from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hinge_check.assess.rep_values import rep_values
from hinge_check.assess.windows import BOTTOM_WINDOW_S, bottom_window, median_known, medians
from hinge_check.measure.types import Rep
from tests.assess.hinges import GOOD, hinges, values

nan = np.nan


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([3.0, 1.0, 2.0], 2.0),
        ([4.0, 1.0, 2.0, 3.0], 2.5),
        ([nan, 5.0, 1.0, nan], 3.0),  # half known is enough
        ([nan, nan, 7.0], nan),  # less is not
        ([nan, nan], nan),
        ([], nan),
    ],
)
def test_medians_of_what_is_known(row: list[float], expected: float) -> None:
    got = medians(np.array([row]))
    assert got.shape == (1,)
    np.testing.assert_equal(got[0], expected)


def test_the_median_of_nothing_is_nan() -> None:
    assert np.isnan(median_known(np.array([])))
    assert median_known(np.array([nan, 2.0])) == 2.0


def test_values_at_the_bottom_match_the_input() -> None:
    v = rep_values(hinges([{}, {"hip": 70.0, "lumbar": 20.0}]))
    np.testing.assert_allclose(v.hip, [GOOD["hip"], 70.0], atol=0.1)
    np.testing.assert_allclose(v.lumbar, [5.0, 20.0], atol=0.1)
    np.testing.assert_allclose(v.knee_change, 12.0, atol=0.1)
    np.testing.assert_allclose(v.hip_share, [82 / 87, 70 / 90], atol=0.005)


def test_one_outlier_frame_changes_nothing() -> None:
    m = hinges()
    lumbar = m.angles.lumbar_flexion.copy()
    lumbar[m.reps[0].bottom] = 90.0
    wild = replace(m, angles=replace(m.angles, lumbar_flexion=lumbar))
    np.testing.assert_allclose(rep_values(wild).lumbar, rep_values(m).lumbar, atol=0.2)


def test_a_long_pause_is_read_in_its_middle() -> None:
    time = np.arange(400) / 100
    window = bottom_window(Rep(0, 100, 150, 300, 399), time)
    assert time[window][0] == pytest.approx(2 - BOTTOM_WINDOW_S / 2)
    assert time[window][-1] == pytest.approx(2 + BOTTOM_WINDOW_S / 2)


def test_a_lift_from_the_floor_is_read_at_its_last_moment() -> None:
    time = np.arange(400) / 100
    window = bottom_window(Rep(0, 0, 150, 300, 399, from_floor=True), time)
    assert (time[window][0], time[window][-1]) == (pytest.approx(2.5), pytest.approx(3.0))


def test_a_turn_without_pause_still_has_several_frames() -> None:
    assert len(range(400)[bottom_window(Rep(0, 200, 200, 200, 399), np.arange(400) / 30)]) >= 3


def test_tempo_is_in_real_seconds() -> None:
    slow = rep_values(hinges(speed=0.125))
    np.testing.assert_allclose(slow.descent_s, 2.0, atol=0.04)
    np.testing.assert_allclose(slow.hold_s, 0.4, atol=0.04)
    assert slow.start_s[0] == pytest.approx(8.0)  # positions stay media time


def test_a_cut_repetition_has_no_length_on_its_cut_side() -> None:
    m = hinges([{}])
    rep = m.reps[0]
    at_start = rep_values(replace(m, reps=(replace(rep, start=0, partial=True),)))
    assert np.isnan(at_start.descent_s[0])
    assert np.isfinite(at_start.ascent_s[0])


def test_a_lift_from_the_floor_has_no_descent() -> None:
    m = hinges([{}])
    rep = m.reps[0]
    floor = rep_values(replace(m, reps=(replace(rep, start=rep.bottom_start, from_floor=True),)))
    assert np.isnan(floor.descent_s[0])
    assert floor.rhythm[0, :, 0].sum() == pytest.approx(GOOD["hip"], abs=1.0)  # read from the way up


def test_rhythm_distinguishes_early_from_late_rounding() -> None:
    early, even, late = (
        rep_values(hinges([{"lumbar": 24.0}], lumbar_power=p)).rhythm[0, :, 1] for p in (0.4, 1.0, 3.0)
    )
    assert early[0] > even[0] > late[0]
    assert early[2] < even[2] < late[2]
    np.testing.assert_allclose(even, 8.0, atol=0.5)
    for thirds in (early, even, late):
        assert thirds.sum() == pytest.approx(24.0, abs=0.2)


def test_hip_flexion_never_uses_the_shoulder_hip_knee_angle() -> None:
    v = rep_values(hinges(lumbar_known=False))
    assert np.isnan(v.hip).all()
    assert np.isnan(v.hip_share).all()
    assert np.isnan(v.rhythm).all()
    assert np.isfinite(v.bend).all()


def test_a_share_of_almost_nothing_is_nan() -> None:
    assert np.isnan(values(hip=8.0, lumbar=5.0).hip_share).all()


def test_without_a_stand_the_top_is_nan() -> None:
    v = rep_values(hinges(stands=False))
    assert np.isnan(v.top_trunk).all()
    np.testing.assert_allclose(v.knee_change, 12.0, atol=0.5)  # read against the rep's own top


def test_no_repetitions_give_empty_values() -> None:
    v = rep_values(replace(hinges(), reps=()))
    assert len(v) == 0
    assert v.rhythm.shape == (0, 3, 2)
