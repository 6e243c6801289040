from __future__ import annotations

import numpy as np
import pytest

from hinge_check.arrays import BoolArray, FloatArray
from hinge_check.measure.standing import MIN_STILL_S, standing_frames
from tests.stick_figure import bow, clock, hinges


def frames(time: FloatArray, bend: FloatArray, trunk: float = 2.0, knee: float = 5.0) -> BoolArray:
    return standing_frames(time, bend, trunk + 0.8 * (bend - bend.min()), np.full(len(time), knee))


def test_stands_before_between_and_after_are_found() -> None:
    time = clock(8)
    way = hinges(time, 2)
    standing = frames(time, 60 * way)
    assert standing[time < 0.9].all()
    assert standing[(time > 3.6) & (time < 4.1)].all()
    assert standing[time > 7].all()
    # A stand may bend by as much as quiet sway, not more.
    assert (60 * way)[standing].max() < 10


@pytest.mark.parametrize("zero", [-8.0, 0.0, 25.0])
def test_the_offset_of_the_zero_does_not_matter(zero: float) -> None:
    time = clock(8)
    bend = 60 * hinges(time, 2)
    assert np.array_equal(frames(time, bend + zero), frames(time, bend))


def test_a_passage_through_upright_is_no_stand() -> None:
    """Swing from far bent to far arched: upright for an instant, at full speed."""
    time = clock(6)
    swing = 40 * np.cos(2 * np.pi * 0.7 * time)
    assert not standing_frames(time, swing, swing, np.full(len(time), 5.0)).any()


def test_without_a_still_stand_the_top_of_a_swing_is_used() -> None:
    time = clock(6)
    swing = 30 + 30 * np.cos(2 * np.pi * 0.7 * time)
    standing = frames(time, swing)
    assert standing.any()
    assert swing[standing].max() < 10
    assert not frames(time, swing, trunk=18.0).any()


def test_a_long_lockout_between_reps_is_a_stand() -> None:
    time = clock(6)
    held = 60 * (1 - bow(time, 1.0, 0.8, 0.5, 0.8))
    standing = frames(time, held)
    assert standing.any()
    assert np.ptp(time[standing]) >= MIN_STILL_S
    assert 1.4 < time[standing].min() < time[standing].max() < 2.7


def test_a_clip_all_bent_over_holds_no_stand() -> None:
    time = clock(4)
    assert not standing_frames(time, np.full(len(time), 80.0), np.full(len(time), 60.0), np.full(len(time), 10.0)).any()


def test_a_crouch_is_no_stand() -> None:
    time = clock(4)
    assert not frames(time, np.full(len(time), 30.0), trunk=10.0, knee=70.0).any()


def test_a_pause_halfway_is_no_stand_when_a_taller_one_is_there() -> None:
    time = clock(8)
    bend = 22 * bow(time, 2.0, 0.5, 3.0, 0.5)
    standing = standing_frames(time, bend, np.zeros(len(time)), np.zeros(len(time)))
    assert standing[time < 1.8].all()
    assert not standing[(time > 2.6) & (time < 5.4)].any()


def test_standing_still_throughout_is_a_stand_throughout() -> None:
    time = clock(3)
    assert frames(time, np.full(len(time), 3.0)).all()


def test_unseen_frames_are_no_stand() -> None:
    time = clock(3)
    bend = np.full(len(time), 3.0)
    bend[30:60] = np.nan
    gone = np.where(np.isnan(bend), np.nan, 2.0)
    standing = standing_frames(time, bend, gone, gone)
    assert not standing[29:61].any()
    assert standing[:29].all()
    assert not standing_frames(time, np.full(90, np.nan), np.full(90, np.nan), np.full(90, np.nan)).any()


def test_a_single_frame_is_no_stand() -> None:
    assert not standing_frames(np.zeros(1), np.zeros(1), np.zeros(1), np.zeros(1)).any()
