"""Figures of a set, trends with their errors, and when a change is real; curves aligned by phase."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given, strategies as st

from hinge_check.clinic.accuracy import accuracy_from_text, least_real_change, load_accuracy
from hinge_check.clinic.alignment import by_phase, matching_time, phase_at
from hinge_check.clinic.history import history
from hinge_check.clinic.metrics import SetMetrics, set_metrics, share_se
from tests.clinic.people import check_in, figures, recorded_set, refused_report, rep, report
from validation.clinic_accuracy import FIGURES, RESULTS, figures_of, refreshed


def test_reps_in_band_are_those_within_the_limits_and_without_a_fault_of_shape() -> None:
    reps = [
        rep(1),
        rep(2, lumbar=20.0),  # at the limit
        rep(3, lumbar=20.1),
        rep(4, lumbar=-6.1),  # arched further than the limit
        rep(5, faults=["squatting"]),
        rep(6, faults=["neck", "too_fast"]),
        rep(7, hip=None, lumbar=None),  # the back unread
        rep(8, partial=True),
    ]
    f = set_metrics(report(reps))
    assert f is not None
    assert (f.reps, f.reps_judged, f.reps_in_band) == (7, 6, 3)


def test_figures_of_a_set() -> None:
    f = set_metrics(report([rep(k, trunk_inclination_deg=65.0 + 2 * k) for k in range(1, 6)]))
    assert f is not None
    assert f.spread_deg == 8.0
    assert f.drift_deg == 4.0
    assert f.lumbar_limit_deg == 20.0
    assert SetMetrics.model_validate_json(f.model_dump_json()) == f
    assert set_metrics(refused_report()) is None
    assert set_metrics(report(judged_as="range")) is None


@given(hip=st.floats(20, 120), lumbar=st.floats(-15, 60), hip_se=st.floats(0, 12), lumbar_se=st.floats(0, 12))
def test_the_error_of_the_share_covers_opposed_errors(
    hip: float, lumbar: float, hip_se: float, lumbar_se: float
) -> None:
    told = share_se(hip, hip_se, lumbar, lumbar_se)
    assert told is not None
    step = 1e-4
    moved = (hip - step * hip_se) / (hip + lumbar + step * (lumbar_se - hip_se))
    assert abs(moved - hip / (hip + lumbar)) / step <= told + 2e-3


def test_accuracy_is_that_of_the_last_validation() -> None:
    """If this fails, the figures are out of date: run `python -m validation.clinic_accuracy`."""
    accuracy = load_accuracy()
    for (section, name), value in figures_of(RESULTS.read_text(encoding="utf-8")).items():
        assert getattr(accuracy, section)[name] == value, f"{section}.{name}: run python -m validation.clinic_accuracy"


def test_refreshing_changes_figures_alone() -> None:
    text = FIGURES.read_text(encoding="utf-8")
    changed = refreshed(text, {("mean_error", "hip_flexion"): 9.25})
    assert accuracy_from_text(changed).mean_error["hip_flexion"] == 9.25
    different = [pair for pair in zip(text.splitlines(), changed.splitlines(), strict=True) if pair[0] != pair[1]]
    assert len(different) == 1
    assert different[0][1] == "value  = 9.25"


def test_a_change_is_real_beyond_both_errors_and_never_below_the_smallest() -> None:
    assert least_real_change(5.0, 5.0, 6.2) == pytest.approx(1.96 * math.hypot(5, 5))
    assert least_real_change(1.0, 1.0, 6.2) == 6.2
    assert least_real_change(None, 1.0, 6.2) is None


@pytest.mark.parametrize(("lumbar", "real"), [(30.0, False), (37.8, False), (38.0, True), (10.2, False), (10.0, True)])
def test_real_change_of_lumbar_flexion(lumbar: float, real: bool) -> None:
    # errors of 5 on both sides: 13.86 degrees
    told = history([recorded_set(9, figures(lumbar_deg=24.0), None), recorded_set(2, figures(lumbar_deg=lumbar), None)])
    change = told.of("lumbar_deg").points[1].changes[0]
    assert change.real is real
    assert change.versus == "first"
    assert change.recording_id == "r009"
    assert told.of("lumbar_deg").points[1].half_width == pytest.approx(9.8)
    assert told.of("lumbar_deg").points[0].changes == ()
    assert f"{load_accuracy().smallest_change['lumbar_flexion']:g}°" in told.of("lumbar_deg").rule
    assert "RESULTS.md" in told.about


def test_only_the_same_exercise_is_compared() -> None:
    rows = [
        recorded_set(20, figures(lumbar_deg=40.0), None),
        recorded_set(15, figures(lumbar_deg=5.0, protocol="bow"), None),
        recorded_set(10, figures(lumbar_deg=None, lumbar_se_deg=None), None),
        recorded_set(5, figures(lumbar_deg=20.0), None),
        recorded_set(1, figures(lumbar_deg=22.0), None),
    ]
    points = history(rows[::-1]).of("lumbar_deg").points
    assert [p.recording_id for p in points] == ["r020", "r015", "r005", "r001"]
    assert [[c.recording_id for c in p.changes] for p in points] == [[], [], ["r020"], ["r020", "r005"]]
    assert [c.real for c in points[-1].changes] == [True, False]


def test_an_error_that_is_not_known_leaves_a_change_untold() -> None:
    rows = [recorded_set(9, figures(score_se=None), None), recorded_set(2, figures(score=20.0), None)]
    change = history(rows).of("score").points[1].changes[0]
    assert change.real is None
    assert change.difference == -68


@pytest.mark.parametrize(("pain", "important"), [(5, False), (4, True), (8, True), (6, False)])
def test_pain_changes_by_two_points_or_more(pain: int, important: bool) -> None:
    rows = [recorded_set(9, None, check_in(pain_worst=6)), recorded_set(2, None, check_in(pain_worst=pain))]
    series = history(rows).of("pain_worst")
    assert series.points[1].changes[0].real is important
    assert "Ostelo 2008" in series.rule
    assert history(rows).of("load_kg").points[1].changes[0].real is None


def test_two_hundred_recordings_are_told_at_once() -> None:
    rows = [recorded_set(days, figures(lumbar_deg=float(days % 30)), check_in()) for days in range(200)]
    begun = time.perf_counter()
    told = history(rows)
    assert time.perf_counter() - begun < 0.1
    assert all(len(series.points) == 200 for series in told.series)


# -- alignment


def test_phases_of_a_known_curve() -> None:
    time_s = np.arange(0, 12, 0.05)
    reps = [rep(1, start_s=1.0, bottom_s=3.0, end_s=4.0), rep(2, start_s=5.0, bottom_s=6.0, end_s=9.0)]
    curve = by_phase(time_s, {"line": 2 * time_s}, reps, phases=5)
    assert curve.phase.tolist() == [0, 0.25, 0.5, 0.75, 1]
    np.testing.assert_allclose(curve.time_s, [[1, 2, 3, 3.5, 4], [5, 5.5, 6, 7.5, 9]])
    np.testing.assert_allclose(curve.values["line"], 2 * curve.time_s)


def test_no_gap_is_bridged_and_nothing_lies_outside() -> None:
    time_s = np.arange(0, 4.01, 0.5)
    value = np.where((time_s > 1.2) & (time_s < 2.2), np.nan, time_s)
    row = by_phase(time_s, {"v": value}, [rep(1, start_s=0.0, bottom_s=2.0, end_s=5.0)], phases=5).values["v"][0]
    np.testing.assert_allclose(row, [0, 1, np.nan, 3.5, np.nan])
    assert by_phase(time_s, {"v": value}, []).values["v"].shape == (0, 101)
    assert np.isnan(by_phase(np.zeros(0), {"v": np.zeros(0)}, [rep(1)]).values["v"]).all()
    assert by_phase(np.array([4.4]), {"v": np.array([7.0])}, [rep(1)], phases=3).values["v"][0, 1] == 7.0
    with pytest.raises(ValueError, match="three phases"):
        by_phase(time_s, {}, [], phases=2)


def test_the_same_moment_in_another_recording() -> None:
    slow = [rep(1, start_s=0.0, bottom_s=4.0, end_s=6.0), rep(2, start_s=7.0, bottom_s=9.0, end_s=10.0)]
    quick = [rep(1, start_s=1.0, bottom_s=2.0, end_s=3.0)]
    assert matching_time(4.0, slow, quick) == 2.0
    assert matching_time(2.0, slow, quick) == 1.5
    assert matching_time(5.0, slow, quick) == 2.5
    assert matching_time(6.5, slow, quick) is None  # between repetitions
    assert matching_time(9.0, slow, quick) is None  # no second one there
    assert phase_at(9.5, slow) == (1, 0.75)


@given(at=st.floats(0, 6))
def test_there_and_back_is_the_same_moment(at: float) -> None:
    slow, quick = [rep(1, start_s=0.0, bottom_s=4.0, end_s=6.0)], [rep(1, start_s=1.0, bottom_s=2.0, end_s=3.0)]
    there = matching_time(at, slow, quick)
    assert there is not None
    assert matching_time(there, quick, slow) == pytest.approx(at, abs=1e-9)
