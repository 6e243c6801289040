"""Faults: departures beyond the protocol's limits, one small pure function each, all figures from the protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from hinge_check.arrays import FloatArray
from hinge_check.assess.evidence import AssertedFault, Evidence, assert_fault, reps_to_watch
from hinge_check.assess.protocol import Limit
from hinge_check.assess.rep_values import BEND_SE, KNEE_SE, LUMBAR_SE, NECK_SE, SHIFT_SE, TRUNK_SE, RepValues

Limits = Mapping[str, Limit]

FAULTS: tuple[str, ...] = (
    "lumbar_flexion",
    "early_lumbar",
    "lumbar_extension",
    "squatting",
    "hips_first",
    "shallow",
    "incomplete_lockout",
    "neck",
    "bouncing",
    "too_fast",
    "weight_shift",
    "lumbar_drift",
)
"""Every code, in the order of the report."""

INDEPENDENT = float(np.sqrt(0.5))
"""Part of the lumbar error that differs between repetitions: half of its variance (design). The other half, clothes and
camera, is the same all through a set and cancels in a difference."""
TURN_SE = 150.0
"""Error of the turn's acceleration, degrees per second squared: design, 1 degree of jitter over 0.15 s."""
DIP_SE = 0.6
"""Error of the count of dips, dips: design; it counts whole dips that passed the rep finder's hysteresis."""
RISE_SE = 0.08
"""Error of the share of the trunk's rise: design, 3 degrees of 40."""
TEMPO_SE_S = 0.08
"""Least error of the duration of a phase, real seconds: design; two frames where those are longer."""
LEAST_INCLINATION_DEG = 30.0
"""Trunk inclination, degrees, below which balance demands little of the hips."""


def lumbar_flexion(v: RepValues, limits: Limits) -> Evidence:
    """Collect the evidence that the back rounds at the bottom."""
    return Evidence(
        "lumbar_flexion", v.lumbar, lumbar_se(v), limits["lumbar_flexion"], v.turned, v.bottom_s, _at_bottom
    )


def early_lumbar(v: RepValues, limits: Limits) -> Evidence:
    """Collect the evidence that the back moves while the hips should lead.

    The value is its share of the early bend; it counts only where the movement is larger than its error.
    """
    enough = v.early_lumbar >= limits["early_lumbar_amount"].value
    bend = v.early_lumbar + v.early_hip
    # hip and lumbar flexion share one bend, which landmarks measure well: what one gains the other loses
    se = np.where(np.isfinite(v.early_se), v.early_se, LUMBAR_SE) / np.maximum(bend, 1.0)

    def detail(i: int) -> str:
        return f"{v.early_lumbar[i]:.0f} deg of lumbar and {v.early_hip[i]:.0f} deg of hip flexion in the first half"

    return Evidence("early_lumbar", v.early_share, se, limits["early_lumbar"], v.complete & enough, v.early_s, detail)


def lumbar_extension(v: RepValues, limits: Limits) -> Evidence:
    """Collect the evidence that the back arches beyond standing at the bottom."""
    return Evidence(
        "lumbar_extension", -v.lumbar, lumbar_se(v), limits["lumbar_extension"], v.turned, v.bottom_s, _at_bottom
    )


def lumbar_extension_top(v: RepValues, limits: Limits) -> Evidence:
    """Collect the evidence that the back arches beyond the tall stand at the top."""

    def detail(_: int) -> str:
        return "at the top"

    return Evidence(
        "lumbar_extension", -v.top_lumbar, lumbar_se(v), limits["lumbar_extension_top"], v.complete, v.top_s, detail
    )


def squatting(v: RepValues, limits: Limits) -> Evidence:
    """Collect the evidence that the knees bend beyond the limit and enough other signs indicate a squat.

    Signs: knee against hip, shank, hips down against hips back, upright trunk. One angle alone cannot tell a
    squat from a knee-bent hinge. A sign that could not be read does not count.
    """
    hip = np.where(np.isfinite(v.hip), v.hip, v.bend)
    signs = np.stack(
        [
            v.knee_change > limits["squatting_ratio"].value * np.maximum(hip, 1.0),
            v.shank_change > limits["squatting_shank"].value,
            v.hips_down > limits["squatting_drop"].value * np.maximum(v.hips_back, 0.0),
            v.trunk < limits["squatting_upright"].value,
        ]
    ).sum(axis=0)

    def detail(i: int) -> str:
        return f"knee bend {v.knee_change[i]:.0f} deg against {hip[i]:.0f} deg of hip; {signs[i]} of 4 signs of a squat"

    return Evidence(
        "squatting",
        v.knee_change,
        _constant(v, KNEE_SE),
        limits["squatting"],
        v.turned & (signs >= limits["squatting_signs"].value),
        v.bottom_s,
        detail,
    )


def hips_first(v: RepValues, limits: Limits) -> Evidence:
    """Collect the evidence that the knees straighten on the way up while the trunk stays down."""

    def detail(i: int) -> str:
        return f"{max(v.rise_share[i], 0.0):.0%} of the trunk's rise done when the knees are half straight"

    time = (v.bottom_s + v.end_s) / 2
    return Evidence("hips_first", v.rise_share, _constant(v, RISE_SE), limits["hips_first"], v.complete, time, detail)


def shallow(v: RepValues, limits: Limits) -> Evidence:
    """Collect the evidence that the hips bend less than asked and the trunk is not down either."""
    measured = np.isfinite(v.hip)
    # unless the back arches, the whole bend is at least the hips' part: a safe substitute where hip flexion is unknown
    depth = np.where(measured, v.hip, v.bend)
    se = np.where(measured & np.isfinite(v.hip_se), v.hip_se, BEND_SE)
    upright = v.trunk < limits["shallow_trunk"].value

    def detail(i: int) -> str:
        what = "hip flexion" if measured[i] else "hip and back together"
        return f"{what} at the bottom, trunk inclination {v.trunk[i]:.0f} deg"

    return Evidence("shallow", depth, se, limits["shallow"], v.turned & upright, v.bottom_s, detail)


def incomplete_lockout(v: RepValues, limits: Limits) -> Evidence:
    """Collect the evidence that the trunk does not come back to the tall stand."""
    return Evidence(
        "incomplete_lockout", v.top_trunk, _constant(v, TRUNK_SE), limits["incomplete_lockout"], v.complete, v.top_s
    )


def neck(v: RepValues, limits: Limits) -> Evidence:
    """Collect the evidence that the head is tipped far back or tucked relative to the trunk."""

    def detail(i: int) -> str:
        return "looking up" if v.neck[i] < 0 else "chin tucked"

    return Evidence("neck", np.abs(v.neck), _constant(v, NECK_SE), limits["neck"], v.turned, v.bottom_s, detail)


def bouncing_dips(v: RepValues, limits: Limits) -> Evidence:  # noqa: ARG001
    """Collect the evidence that the bottom is left and reached again: the count of dips."""
    none = Limit(0.0, 0.0, "dips", "design: one way down, one way up")
    return Evidence("bouncing", v.bounces, _constant(v, DIP_SE), none, v.complete, v.bottom_s)


def bouncing_turn(v: RepValues, limits: Limits) -> Evidence:
    """Collect the evidence that the turn at the bottom is a rebound."""
    return Evidence("bouncing", v.turn, _constant(v, TURN_SE), limits["bouncing"], v.complete, v.bottom_s)


def too_fast(v: RepValues, limits: Limits) -> Evidence:
    """Collect the evidence that the descent is shorter than the protocol allows, in real seconds."""
    se = _constant(v, max(TEMPO_SE_S, 2 * v.frame_s))
    return Evidence("too_fast", v.descent_s, se, limits["too_fast"], v.complete, v.bottom_s)


def weight_shift(v: RepValues, limits: Limits) -> Evidence:
    """Collect the evidence that the hips stay over the feet while the trunk comes forward: weight on the toes."""
    sine = np.sin(np.radians(np.clip(v.trunk, 1.0, 90.0)))
    applies = v.complete & (v.trunk >= LEAST_INCLINATION_DEG)
    return Evidence("weight_shift", v.hips_back / sine, SHIFT_SE / sine, limits["weight_shift"], applies, v.bottom_s)


def lumbar_drift(v: RepValues, limits: Limits) -> Evidence:
    """Collect the evidence that lumbar flexion rises over the set, out of what the protocol takes for neutral."""
    whole = np.flatnonzero(v.complete & np.isfinite(v.lumbar))
    value, applies = np.full(len(v), np.nan), np.zeros(len(v), dtype=bool)
    se = lumbar_se(v) * INDEPENDENT * np.sqrt(2)
    reps: tuple[int, ...] = ()
    if len(whole) >= 3:
        first, last = whole[0], whole[-1]
        value[last] = drift_per_rep(v) * (len(whole) - 1)
        applies[last] = v.lumbar[last] > limits["lumbar_flexion"].warn and v.lumbar[last] - v.lumbar[first] > se[last]
        risen = v.lumbar[whole] - v.lumbar[first] >= limits["lumbar_drift"].warn
        reps = tuple(int(i) for i in whole[risen])

    def detail(i: int) -> str:
        return f"from {v.lumbar[whole[0]]:.0f} to {v.lumbar[i]:.0f} deg over {len(whole)} reps"

    return Evidence("lumbar_drift", value, se, limits["lumbar_drift"], applies, v.bottom_s, detail, reps)


def drift_per_rep(v: RepValues) -> float:
    """Return the Theil-Sen slope of lumbar flexion over complete repetitions, degrees per rep; NaN below three."""
    lumbar = v.lumbar[v.complete & np.isfinite(v.lumbar)]
    if len(lumbar) < 3:
        return float("nan")
    i, j = np.triu_indices(len(lumbar), 1)
    return float(np.median((lumbar[j] - lumbar[i]) / (j - i)))


_OF_MOVEMENT: tuple[Callable[[RepValues, Limits], Evidence], ...] = (
    lumbar_flexion,
    early_lumbar,
    lumbar_extension,
    lumbar_extension_top,
    squatting,
    hips_first,
    shallow,
    incomplete_lockout,
    neck,
    bouncing_dips,
    weight_shift,
    lumbar_drift,
)
_OF_TEMPO: tuple[Callable[[RepValues, Limits], Evidence], ...] = (bouncing_turn, too_fast)


def evidence_for(v: RepValues, limits: Limits, *, tempo_known: bool = True) -> list[Evidence]:
    """Collect the evidence of every rule.

    Parameters
    ----------
    tempo_known
        False when the clip's real speed is doubtful: then pace is not judged.
    """
    return [rule(v, limits) for rule in (*_OF_MOVEMENT, *(_OF_TEMPO if tempo_known else ()))]


def find_faults(evidence: Sequence[Evidence]) -> list[AssertedFault]:
    """Return the faults that the evidence asserts, one per code in the order of `FAULTS`."""
    by_code: dict[str, AssertedFault] = {}
    for now in (assert_fault(one) for one in evidence):
        if now is not None:
            by_code[now.code] = _join(by_code[now.code], now) if now.code in by_code else now
    return [by_code[code] for code in FAULTS if code in by_code]


def find_notes(evidence: Sequence[Evidence], faults: Sequence[AssertedFault]) -> list[tuple[Evidence, list[int]]]:
    """Return the evidence between warn and limit with its repetitions, for the clinician; only of faults not named."""
    named = {fault.code for fault in faults}
    return [(one, reps) for one in evidence if one.code not in named and (reps := reps_to_watch(one))]


def lumbar_se(v: RepValues) -> FloatArray:
    """Return the error of lumbar flexion at the bottom; the literature's where the measurement states none."""
    return np.where(np.isfinite(v.lumbar_se), v.lumbar_se, LUMBAR_SE)


def _join(one: AssertedFault, other: AssertedFault) -> AssertedFault:
    """Join two kinds of evidence for one code: all their repetitions, the figures of the more confident."""
    surer = other if other.confidence > one.confidence else one
    return replace(surer, reps=tuple(sorted({*one.reps, *other.reps})))


def _constant(v: RepValues, se: float) -> FloatArray:
    return np.full(len(v), se)


def _at_bottom(_: int) -> str:
    return "at the bottom"
