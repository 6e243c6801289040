from __future__ import annotations

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from hinge_check.assess.protocol import Limit, load_protocol
from hinge_check.assess.rep_values import rep_values
from hinge_check.assess.score import grade, score
from tests.assess.hinges import hinges, values

PROTOCOL = load_protocol()
SET = rep_values(hinges())


@pytest.mark.parametrize("limit", [Limit(20, 14, "deg", ""), Limit(50, 55, "deg", "", "below"), Limit(5, 5, "deg", "")])
def test_grades_fall_smoothly_towards_the_limit(limit: Limit) -> None:
    x = np.linspace(0, 100, 401)
    grades = grade(x, limit, 0.0 if limit.direction == "above" else 100.0)
    steps = np.diff(grades) * (1 if limit.direction == "below" else -1)
    assert (steps >= -1e-9).all()
    assert grades.max() == pytest.approx(100.0)
    assert grades.min() >= 0.0


def test_grade_at_warn_and_at_the_limit() -> None:
    at = grade(np.array([14.0, 20.0, np.nan]), Limit(20, 14, "deg", ""), 0.0)
    np.testing.assert_allclose(at, [90, 75, np.nan], atol=1.5)


@given(st.floats(0, 60), st.floats(0.5, 30))
@settings(max_examples=60)
def test_more_lumbar_flexion_never_raises_the_spine_score(lumbar: float, more: float) -> None:
    less = score(values(lumbar=lumbar), PROTOCOL)
    round_ = score(values(lumbar=lumbar + more), PROTOCOL)
    assert round_.subscores["spine"] < less.subscores["spine"]
    assert round_.total < less.total


@given(st.floats(0, 30), st.floats(0.5, 30))
@settings(max_examples=40)
def test_more_arching_never_raises_the_spine_score(arch: float, more: float) -> None:
    arched = score(values(lumbar=-arch - more), PROTOCOL).subscores["spine"]
    assert arched < score(values(lumbar=-arch), PROTOCOL).subscores["spine"]


@pytest.mark.parametrize(
    ("part", "field", "better", "worse"),
    [
        ("hip_drive", "hip", 80.0, 10.0),
        ("hip_drive", "knee_change", 10.0, 70.0),
        ("knees", "knee_change", 15.0, 50.0),
        ("depth", "hip", 70.0, 40.0),
        ("depth", "trunk", 60.0, 30.0),
        ("tempo", "descent_s", 2.0, 0.3),
        ("tempo", "turn", 100.0, 1200.0),
        ("tempo", "bounces", 0.0, 1.0),
        ("spine", "early_lumbar", 2.0, 30.0),
    ],
)
def test_each_part_follows_its_own_measurement(part: str, field: str, better: float, worse: float) -> None:
    good, poor = (score(values(**{field: x}), PROTOCOL) for x in (better, worse))
    assert good.subscores[part] > poor.subscores[part] + 2
    assert good.total > poor.total


def test_a_good_set_scores_high_with_a_small_error() -> None:
    scores = score(SET, PROTOCOL)
    assert scores.total > 95
    assert scores.total_se < 4
    assert (scores.reps > 95).all()


def test_uneven_repetitions_lower_consistency() -> None:
    uneven = rep_values(hinges([{}, {"trunk": 48.0, "hip": 62.0}, {}]))
    assert score(uneven, PROTOCOL).subscores["consistency"] < 75 < score(SET, PROTOCOL).subscores["consistency"]


def test_one_repetition_has_no_consistency_and_still_a_total() -> None:
    scores = score(rep_values(hinges([{}])), PROTOCOL)
    assert np.isnan(scores.subscores["consistency"])
    assert np.isfinite(scores.total)


def test_there_is_no_total_without_the_spine() -> None:
    scores = score(rep_values(hinges(lumbar_known=False)), PROTOCOL)
    assert np.isnan(scores.total)
    assert np.isnan(scores.total_se)
    assert np.isnan(scores.reps).all()
    assert np.isnan(scores.subscores["spine"])
    assert np.isnan(scores.subscores["hip_drive"])
    assert scores.subscores["depth"] > 90
    assert scores.subscores["knees"] > 90


def test_unknown_knees_leave_the_other_scores() -> None:
    scores = score(values(knee_change=np.nan), PROTOCOL)
    assert np.isnan(scores.subscores["knees"])
    assert np.isfinite(scores.total)


def test_doubtful_tempo_is_not_scored() -> None:
    assert np.isnan(score(SET, PROTOCOL, tempo_known=False).subscores["tempo"])


def test_a_poorer_picture_widens_the_error() -> None:
    near = values(lumbar=20.0, lumbar_se=2.0)
    assert score(replace(near, lumbar_se=near.lumbar_se * 3), PROTOCOL).total_se > score(near, PROTOCOL).total_se


def test_more_repetitions_do_not_shrink_a_shared_error() -> None:
    few, many = (score(rep_values(hinges([{"lumbar": 20.0}] * n)), PROTOCOL).total_se for n in (2, 8))
    assert many == pytest.approx(few, rel=0.02)


def test_weights_determine_the_total() -> None:
    only_knees = replace(PROTOCOL, weights={**dict.fromkeys(PROTOCOL.weights, 0.0), "knees": 1.0})
    scores = score(values(lumbar=45.0), only_knees)
    assert scores.total == pytest.approx(scores.subscores["knees"])


def test_a_squat_is_not_praised() -> None:
    squat = {"knee": 110.0, "trunk": 25.0, "shank": 40.0, "hips_back": 0.25, "hips_down": 0.8, "hip": 90.0}
    assert score(rep_values(hinges([squat] * 3)), PROTOCOL).total < 60


def test_the_same_set_scores_the_same() -> None:
    one, two = score(SET, PROTOCOL), score(SET, PROTOCOL)
    assert (one.total, one.total_se, one.subscores) == (two.total, two.total_se, two.subscores)
