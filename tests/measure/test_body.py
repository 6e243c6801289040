from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from hinge_check.measure.body import JOINTS, Body, inclination
from tests.stick_figure import clock, hinges, mirrored, stick


@pytest.mark.parametrize(
    ("upper", "expected"),
    [
        ((0, -10), 0),  # straight up the picture
        ((10, -10), 45),
        ((10, 0), 90),
        ((-10, -10), -45),
        ((10, 10), 135),
    ],
)
def test_inclination_facing_right(upper: tuple[float, float], expected: float) -> None:
    lower = np.zeros((1, 2))
    assert inclination(lower, np.array([upper]), 1.0)[0] == pytest.approx(expected)
    flipped = np.array([[-upper[0], upper[1]]])
    assert inclination(lower, flipped, -1.0)[0] == pytest.approx(expected)


@given(angle=st.floats(-170, 170), length=st.floats(0.1, 1e4), x=st.floats(-1e3, 1e3), y=st.floats(-1e3, 1e3))
def test_inclination_does_not_depend_on_size_and_place(angle: float, length: float, x: float, y: float) -> None:
    turn = np.radians(angle)
    lower = np.array([[x, y]])
    upper = lower + length * np.array([[np.sin(turn), -np.cos(turn)]])
    assert inclination(lower, upper, 1.0)[0] == pytest.approx(angle, abs=1e-6 * (1 + 1e3 / length))


def test_a_missing_point_has_no_inclination() -> None:
    lower = np.array([[0.0, 0.0], [np.nan, np.nan]])
    assert np.isnan(inclination(lower, lower + np.array([[np.nan, 0], [1, 1]]), 1.0)).all()


def test_near_is_the_named_side_and_mid_is_the_middle() -> None:
    time = clock(2)
    track = stick(time, np.zeros(len(time)), yaw=30).track
    left, right = Body(track, "left"), Body(track, "right")
    for joint, (l_index, r_index) in JOINTS.items():
        assert np.allclose(left.near(joint), track.landmarks[:, l_index, :2], atol=0.01)
        assert np.allclose(right.near(joint), track.landmarks[:, r_index, :2], atol=0.01)
        assert np.allclose(left.mid(joint), (left.near(joint) + right.near(joint)) / 2)
    assert np.allclose(left.nose, track.landmarks[:, 0, :2], atol=0.01)


def test_a_mirrored_track_is_the_mirrored_body() -> None:
    time = clock(4)
    track = stick(time, hinges(time, 1), noise_px=1).track
    there, here = Body(mirrored(track), "left").near("knee"), Body(track, "right").near("knee")
    assert np.allclose(there[:, 0], track.info.frame_size[0] - here[:, 0], atol=1e-3)
    assert np.allclose(there[:, 1], here[:, 1], atol=1e-3)


def test_slow_motion_is_smoothed_over_real_time() -> None:
    """Film at 240 and play at 30: the same frames are the same movement."""
    time = clock(1.5, 240)
    track = stick(time, hinges(time, 1, lead=0.1), noise_px=2).track
    slow = replace(track, time_s=track.time_s * 8, info=replace(track.info, speed=0.125))
    assert np.allclose(Body(slow, "right").near("hip"), Body(track, "right").near("hip"), atol=1e-6)
