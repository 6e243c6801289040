"""What is shown when: interpolation, reps, score so far, cues."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from hinge_check.analysis import Analysis
from hinge_check.format import with_error
from hinge_check.measure.types import Phase
from hinge_check.present.timeline import CUE_S, Timeline, cues

Make = Callable[..., Analysis]


def test_between_analysed_frames_values_are_interpolated(make_analysis: Make) -> None:
    analysis = make_analysis(fps=10.0)
    timeline = Timeline(analysis)
    a, b = (timeline.at(float(analysis.track.time_s[k])) for k in (15, 16))
    middle = timeline.at(float(analysis.track.time_s[15]) + 0.05)
    assert middle.hip_deg == pytest.approx((a.hip_deg + b.hip_deg) / 2, abs=1e-9)
    assert np.allclose(middle.body, (a.body + b.body) / 2)
    assert middle.phase is Phase.DESCENT


def test_nothing_is_held_across_a_gap(make_analysis: Make) -> None:
    analysis = make_analysis(unseen=(2.0, 4.0))
    moment = Timeline(analysis).at(3.0)
    assert not moment.seen
    assert np.isnan(moment.hip_deg)
    assert moment.phase is Phase.NONE
    assert not Timeline(analysis).at(1e6).seen


def test_reps_and_score_so_far(make_analysis: Make) -> None:
    timeline = Timeline(make_analysis(reps=2, score=70.0, score_se=4.0))
    assert timeline.total == 2
    assert [timeline.at(t).rep for t in (0.5, 2.0, 5.0, 7.9)] == [0, 1, 2, 2]
    assert [timeline.at(t).score for t in (2.0, 5.0, 7.5)] == [None, 70.0, 70.0]
    assert [timeline.at(t).score_se for t in (2.0, 5.0, 7.5)] == [None, 4.0, 4.0]


def test_cues_come_with_their_fault_and_go(make_analysis: Make) -> None:
    analysis = make_analysis(reps=2)
    timeline = Timeline(analysis)
    bottoms = [rep.bottom_s for rep in analysis.report.reps]
    assert [cue.start_s for cue in cues(analysis.report)] == bottoms
    assert timeline.at(bottoms[0] - 0.1).cue == ""
    assert timeline.at(bottoms[0] + 0.1).cue == "Chest long, hips back"
    assert timeline.at(bottoms[0] + CUE_S + 0.1).cue == ""
    assert cues(make_analysis(lumbar=5.0).report) == []


@pytest.mark.parametrize(
    ("value", "se", "words"),
    [
        (64.4, 2.6, "64 ± 5°"),
        (-0.3, 4, "0 ± 8°"),
        (-12.0, 0.1, "−12 ± 1°"),
        (12.0, np.nan, "≈ 12°"),
        (np.nan, 4.0, ""),
    ],
)
def test_numbers_are_whole_and_carry_their_error(value: float, se: float, words: str) -> None:
    assert with_error(value, se) == words
