from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hinge_check.assess.evidence import AssertedFault
from hinge_check.assess.faults import FAULTS, drift_per_rep, evidence_for, find_faults, find_notes
from hinge_check.assess.protocol import list_protocols, load_protocol
from hinge_check.assess.rep_values import RepValues, rep_values
from tests.assess.hinges import hinges, values

DEFAULT = load_protocol().limits


def faults_of(
    v: RepValues, protocol: str = "bodyweight_hinge", *, tempo_known: bool = True
) -> dict[str, AssertedFault]:
    found = find_faults(evidence_for(v, load_protocol(protocol).limits, tempo_known=tempo_known))
    return {fault.code: fault for fault in found}


SQUAT = {"knee": 78.0, "trunk": 31.0, "shank": 31.0, "hips_back": 0.35, "hips_down": 0.43, "hip": 74.0}
KETTLEBELL = {"knee": 88.0, "trunk": 51.0, "shank": 24.0, "hips_back": 0.42, "hips_down": 0.55, "hip": 100.0}


@pytest.mark.parametrize(
    ("code", "reps", "knobs"),
    [
        ("lumbar_flexion", [{"lumbar": 41.0, "hip": 58.0}], {"lumbar_power": 4.0}),
        ("lumbar_extension", [{"lumbar": -10.0}], {}),
        ("squatting", [SQUAT], {}),
        ("shallow", [{"hip": 37.0, "trunk": 30.0, "lumbar": 4.0}], {}),
        ("incomplete_lockout", [{}, {}], {"top": 13.0}),
        ("neck", [{"neck": -75.0}], {}),
        ("neck", [{"neck": 75.0}], {}),
        ("bouncing", [{"bounces": 1}], {}),
        ("bouncing", [{}], {"tempo": (0.45, 0.0, 0.45)}),
        ("too_fast", [{}], {"tempo": (0.3, 0.6, 1.0)}),
        ("weight_shift", [{"hips_back": 0.0}], {}),
    ],
)
def test_each_fault_is_found_alone(code: str, reps: list[dict[str, float]], knobs: dict[str, Any]) -> None:
    assert list(faults_of(rep_values(hinges(reps, **knobs)))) == [code]


def test_early_lumbar_movement_is_found_where_it_begins() -> None:
    m = hinges([{"lumbar": 30.0, "hip": 60.0}], lumbar_power=0.4)
    early = faults_of(rep_values(m))["early_lumbar"]
    assert m.angles.time_s[m.reps[0].start] < early.time_s < m.angles.time_s[m.reps[0].bottom_start]
    late = faults_of(rep_values(hinges([{"lumbar": 30.0, "hip": 60.0}], lumbar_power=3.0)))
    assert "lumbar_flexion" in late
    assert "early_lumbar" not in late


def test_a_large_share_of_a_small_movement_is_not_early_lumbar_movement() -> None:
    assert "early_lumbar" not in faults_of(values(early_lumbar=8.0, early_hip=8.0))
    assert "early_lumbar" in faults_of(values(early_lumbar=16.0, early_hip=16.0))


def test_arching_at_the_top_counts_as_extension() -> None:
    fault = faults_of(values(top_lumbar=-14.0))["lumbar_extension"]
    assert fault.detail == "at the top"
    assert fault.time_s == pytest.approx(rep_values(hinges()).top_s[0])


def test_hips_first_needs_knees_that_straighten() -> None:
    lift = {**KETTLEBELL, "lumbar": 8.0}
    together = faults_of(rep_values(hinges([lift])), "kettlebell_deadlift")
    ahead = faults_of(rep_values(hinges([lift], knees_lead=3.0)), "kettlebell_deadlift")
    assert "hips_first" not in together
    assert "hips_first" in ahead
    assert "hips_first" not in faults_of(rep_values(hinges(knees_lead=3.0)))  # soft knees prove nothing


def test_one_sign_does_not_make_a_squat() -> None:
    knees_only = {**SQUAT, "trunk": 60.0, "shank": 10.0, "hips_down": 0.1}
    assert "squatting" not in faults_of(rep_values(hinges([knees_only])))


def test_every_protocol_names_a_squat_and_few_a_lift_from_the_floor() -> None:
    deep = {"knee": 121.0, "trunk": 21.0, "shank": 47.0, "hips_back": 0.24, "hips_down": 0.86, "hip": 90.0}
    for name, _ in list_protocols():
        assert "squatting" in faults_of(rep_values(hinges([deep])), name), name
    for name in ("bodyweight_hinge", "kettlebell_deadlift", "deadlift"):
        assert "squatting" not in faults_of(rep_values(hinges([KETTLEBELL])), name), name
    for name in ("bow", "rdl", "good_morning", "dowel_hinge"):
        assert "squatting" in faults_of(rep_values(hinges([KETTLEBELL])), name), name


def test_bending_from_the_back_is_not_called_shallow() -> None:
    assert "shallow" not in faults_of(rep_values(hinges([{"hip": 45.0, "lumbar": 35.0, "trunk": 58.0}])))


def test_depth_is_judged_without_the_lumbar_spine() -> None:
    v = rep_values(hinges([{"hip": 33.0, "lumbar": 4.0, "trunk": 28.0}], lumbar_known=False))
    assert list(faults_of(v)) == ["shallow"]


def test_a_good_morning_may_do_what_a_hinge_may_not() -> None:
    bow = rep_values(hinges([{"hip": 48.0, "trunk": 38.0, "lumbar": 4.0, "knee": 8.0}]))
    assert faults_of(bow, "bow") == {}
    assert "shallow" in faults_of(bow)


def test_drift_is_found_and_named_where_it_shows() -> None:
    m = hinges([{"lumbar": x} for x in (6.0, 9.0, 13.0, 19.0)])
    fault = faults_of(rep_values(m))["lumbar_drift"]
    assert fault.reps == (2, 3)
    assert fault.value == pytest.approx(13.0, abs=1.5)


@pytest.mark.parametrize(
    "lumbar",
    [
        (2.0, 6.0, 12.5),  # rises, within what counts as neutral
        (30.0, 22.0, 16.0),  # falls
        (5.0, 24.0, 5.0, 5.0),  # one off
        (5.0, 24.0),  # too few to call a trend
    ],
)
def test_changes_that_are_not_drift(lumbar: tuple[float, ...]) -> None:
    assert "lumbar_drift" not in faults_of(rep_values(hinges([{"lumbar": x} for x in lumbar])))


def test_drift_per_rep_is_a_robust_slope() -> None:
    assert drift_per_rep(rep_values(hinges([{"lumbar": x} for x in (4, 6, 8, 30, 12)]))) == pytest.approx(2.0, abs=0.1)
    assert np.isnan(drift_per_rep(rep_values(hinges([{}, {}]))))


def test_tempo_is_not_judged_when_the_speed_is_doubtful() -> None:
    hasty = rep_values(hinges([{}], tempo=(0.3, 0.0, 0.3)))
    assert {"too_fast", "bouncing"} <= set(faults_of(hasty))
    assert faults_of(hasty, tempo_known=False) == {}
    dips = rep_values(hinges([{"bounces": 2}]))
    assert "bouncing" in faults_of(dips, tempo_known=False)  # counting needs no clock


def test_slow_motion_is_judged_by_real_seconds() -> None:
    assert faults_of(rep_values(hinges([{}], tempo=(0.3, 0.6, 1.0), speed=0.125))).keys() == {"too_fast"}


def test_a_cut_repetition_is_judged_by_its_bottom_alone() -> None:
    v = rep_values(hinges([{"lumbar": 45.0, "hip": 50.0}], tempo=(0.3, 0.6, 1.0)))
    assert faults_of(v).keys() >= {"lumbar_flexion", "too_fast"}
    cut = faults_of(replace(v, complete=np.zeros(1, bool)))
    assert "lumbar_flexion" in cut
    assert "too_fast" not in cut


def test_only_the_repetitions_that_show_it_are_named() -> None:
    fault = faults_of(rep_values(hinges([{}, {"lumbar": 32.0, "hip": 60.0}, {}])))["lumbar_flexion"]
    assert fault.reps == (1,)


def test_between_warn_and_limit_only_the_clinician_is_informed() -> None:
    evidence = evidence_for(rep_values(hinges([{"lumbar": 17.0}])), DEFAULT)
    assert find_faults(evidence) == []
    assert [(e.code, reps) for e, reps in find_notes(evidence, [])] == [("lumbar_flexion", [0])]


@pytest.mark.parametrize("name", [name for name, _ in list_protocols()])
def test_a_good_hinge_has_no_fault_by_any_protocol(name: str) -> None:
    good = {"knee": 14.0, "hip": 80.0}
    assert faults_of(rep_values(hinges([good] * 3)), name) == {}


@pytest.mark.parametrize("missing", ["hip", "lumbar", "knee", "trunk", "shank", "neck", "hips_back", "bend", "early"])
def test_a_missing_measurement_causes_no_fault(missing: str) -> None:
    v = rep_values(hinges())
    columns = [name for name in v.__dataclass_fields__ if name.startswith(missing)]
    assert faults_of(values(**dict.fromkeys(columns, np.nan))) == {}


def test_a_set_without_measurements_has_no_fault() -> None:
    names = [n for n in RepValues.__dataclass_fields__ if n not in ("complete", "rhythm", "frame_s")]
    assert faults_of(values(**dict.fromkeys(names, np.nan))) == {}


def test_the_codes_are_the_published_ones() -> None:
    assert FAULTS == (
        "lumbar_flexion", "early_lumbar", "lumbar_extension", "squatting", "hips_first", "shallow",
        "incomplete_lockout", "neck", "bouncing", "too_fast", "weight_shift", "lumbar_drift",
    )  # fmt: skip
