"""A spec's movement over time."""

from __future__ import annotations

import numpy as np
import pytest

from validation.rig.motion import each_rep, ease, timeline
from validation.rig.spec import MotionSpec


def test_a_hinge_stands_bends_and_stands_again() -> None:
    play = timeline(MotionSpec(reps=2, hip=(80.0, 60.0), lumbar=20.0, jitter=0.0), seed=1)
    hip = np.array([k.hip for k in play.knobs])
    first, second = play.reps
    assert abs(hip[first["start"]]) < 1
    assert hip[first["bottom_start"] : first["bottom_end"]] == pytest.approx(80, abs=1)
    assert hip[second["bottom_start"] : second["bottom_end"]] == pytest.approx(60, abs=1)
    assert abs(hip[second["end"]]) < 1
    assert np.abs(np.diff(hip)).max() < 8  # no jump at 30 frames a second


def test_a_floor_start_never_stands_before_the_first_lift() -> None:
    play = timeline(MotionSpec(reps=2, hip=90.0, jitter=0.0, start="floor"), seed=1)
    first = play.reps[0]
    assert first["start"] == first["bottom_start"] == 0
    assert play.knobs[0].hip == pytest.approx(90, abs=1)
    assert play.knobs[first["end"]].hip == pytest.approx(0, abs=1)


def test_a_delayed_spine_moves_after_the_hips() -> None:
    play = timeline(MotionSpec(reps=1, hip=80.0, lumbar=40.0, lumbar_delay=0.5, jitter=0.0), seed=1)
    rep = play.reps[0]
    quarter = play.knobs[rep["start"] + int(0.4 * (rep["bottom_start"] - rep["start"]))]
    assert quarter.hip > 20
    assert abs(quarter.lumbar) < 1


def test_the_same_seed_gives_the_same_clip() -> None:
    spec = MotionSpec()
    assert timeline(spec, 5).knobs == timeline(spec, 5).knobs
    assert timeline(spec, 5).knobs != timeline(spec, 6).knobs


def test_thoracic_flexion_does_not_change_the_other_joints_random_numbers() -> None:
    plain, round_ = timeline(MotionSpec(reps=1), 5), timeline(MotionSpec(reps=1, thoracic=20.0), 5)
    assert [k.hip for k in plain.knobs][:20] == pytest.approx([k.hip for k in round_.knobs][:20], abs=1.0)
    assert max(k.thoracic for k in round_.knobs) == pytest.approx(20, rel=0.15)


def test_each_rep_may_have_its_own_value() -> None:
    assert each_rep((1.0, 2.0), 3) == [1.0, 2.0, 2.0]
    assert each_rep(4.0, 2) == [4.0, 4.0]


def test_ease_starts_and_ends_at_rest() -> None:
    x = np.linspace(-0.5, 1.5, 201)
    y = ease(x)
    assert (y[0], y[-1]) == (0, 1)
    assert np.all(np.diff(y) >= 0)
    assert y[100] == pytest.approx(0.5)
