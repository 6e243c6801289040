from __future__ import annotations

import numpy as np
import pytest

from hinge_check.assess.evidence import Evidence, assert_fault, asserted_reps, confidence, reps_to_watch
from hinge_check.assess.protocol import Limit

ABOVE = Limit(20.0, 14.0, "deg", "test")
BELOW = Limit(50.0, 55.0, "deg", "test", "below")


def one(value: float, se: float, limit: Limit = ABOVE, applies: bool = True) -> Evidence:
    return Evidence("lumbar_flexion", np.array([value]), np.array([se]), limit, np.array([applies]), np.array([1.0]))


@pytest.mark.parametrize(
    ("value", "se", "limit", "named", "told"),
    [
        (13.0, 4.0, ABOVE, False, False),  # below warn: nothing is said
        (17.0, 4.0, ABOVE, False, True),  # between: the clinician is told
        (20.0, 4.0, ABOVE, False, True),  # at the limit is not beyond it
        (21.0, 4.0, ABOVE, True, False),
        (21.0, 12.0, ABOVE, False, True),  # beyond, but the picture is too poor to say so
        (35.0, 12.0, ABOVE, True, False),
        (float("nan"), 4.0, ABOVE, False, False),
        (60.0, 4.0, BELOW, False, False),
        (52.0, 4.0, BELOW, False, True),
        (48.0, 4.0, BELOW, True, False),
    ],
)
def test_when_a_fault_is_named(value: float, se: float, limit: Limit, named: bool, told: bool) -> None:
    evidence = one(value, se, limit)
    assert bool(asserted_reps(evidence)) is named
    assert bool(reps_to_watch(evidence)) is told


def test_conditions_must_hold() -> None:
    assert assert_fault(one(40.0, 4.0, applies=False)) is None
    assert reps_to_watch(one(17.0, 4.0, applies=False)) == []


@pytest.mark.parametrize(
    ("value", "se", "direction", "expected"),
    [(20.0, 5.0, "above", 0.5), (25.0, 5.0, "above", 0.8413), (15.0, 5.0, "below", 0.8413), (21.0, 0.0, "above", 1.0)],
)
def test_confidence_is_a_normal_probability(value: float, se: float, direction: str, expected: float) -> None:
    assert confidence(value, 20.0, se, direction) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("value", "severity"), [(24.0, "mild"), (41.0, "marked")])
def test_severity(value: float, severity: str) -> None:
    fault = assert_fault(one(value, 4.0))
    assert fault is not None
    assert fault.severity == severity


def test_far_beyond_but_unsure_is_mild() -> None:
    fault = assert_fault(one(33.0, 15.0))
    assert fault is not None
    assert fault.severity == "mild"


def test_the_clearest_repetition_speaks() -> None:
    evidence = Evidence(
        "lumbar_flexion",
        np.array([25.0, 34.0, 5.0]),
        np.full(3, 4.0),
        ABOVE,
        np.ones(3, bool),
        np.array([1.0, 2.0, 3.0]),
    )
    fault = assert_fault(evidence)
    assert fault is not None
    assert (fault.reps, fault.value, fault.time_s) == ((0, 1), 34.0, 2.0)
