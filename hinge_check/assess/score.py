"""Scores: sub-scores of 0 to 100, a weighted total, and how far the error of measuring could move it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hinge_check.arrays import FloatArray
from hinge_check.assess.faults import TEMPO_SE_S, drift_per_rep, lumbar_se
from hinge_check.assess.protocol import Limit, Protocol
from hinge_check.assess.protocol_schema import WEIGHTS
from hinge_check.assess.rep_values import BEND_SE, KNEE_SE, TRUNK_SE, RepValues
from hinge_check.assess.windows import median_known

AT_WARN, AT_LIMIT = 90.0, 75.0
"""Scores of a value at `warn` and at the limit: design; nobody loses much before a clinician would look."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of a set; NaN where something needed could not be measured."""

    reps: FloatArray
    """(R,) total of each repetition, without consistency."""
    reps_se: FloatArray
    subscores: dict[str, float]
    """Of the set: medians over complete repetitions, and consistency."""
    total: float
    """NaN where the spine could not be measured."""
    total_se: float


def grade(value: FloatArray, limit: Limit, best: float) -> FloatArray:
    """Grade values from 0 to 100: 100 at `best`, about `AT_WARN` at warn, about `AT_LIMIT` at the limit.

    Smooth and monotone: a logistic curve through the two points, scaled to reach 100 at `best`. NaN stays NaN.
    """
    logit_warn, logit_limit = (np.log(p / (100 - p)) for p in (AT_WARN, AT_LIMIT))
    side = 1.0 if limit.direction == "above" else -1.0
    span = max(abs(limit.value - limit.warn), 0.05 * abs(limit.value), 1e-6)
    steepness = (logit_warn - logit_limit) / span

    def curve(x: FloatArray) -> FloatArray:
        reach = np.clip(side * (x - limit.value) * steepness - logit_limit, -50, 50)
        return np.asarray(1 / (1 + np.exp(reach)))

    return np.minimum(100.0 * curve(value) / curve(np.array([best])), 100.0)


def score(v: RepValues, protocol: Protocol, *, tempo_known: bool = True) -> Scores:
    """Score a set; deterministic.

    The uncertainty is the root sum of squares of half the change of the score as each measured quantity goes one
    standard error up and down in all repetitions at once: clothes and camera affect all of them alike.
    """
    parts = _of_reps(_shifted_by_errors(v), protocol.limits, tempo_known)
    reps = _total(parts, protocol.weights)
    of_set = {name: median_known(part[:, v.used]) for name, part in parts.items()}
    # a shift shared by all repetitions does not change their differences
    of_set["consistency"] = np.full(len(reps), _consistency(v, protocol.limits))
    total = _total(of_set, protocol.weights)
    return Scores(
        reps=reps[0],
        reps_se=_half_changes(reps),
        subscores={name: float(of_set[name][0]) for name in WEIGHTS},
        total=float(total[0]),
        total_se=float(_half_changes(total)),
    )


def _half_changes(scores: FloatArray) -> FloatArray:
    """Return the root sum of squares of half the differences between rows 1 and 2, 3 and 4, ..."""
    return np.asarray(np.sqrt((((scores[1::2] - scores[2::2]) / 2) ** 2).sum(axis=0)))


def no_scores(v: RepValues) -> Scores:
    """Return the scores of a clip that is not judged: all NaN."""
    nothing = np.full(len(v), np.nan)
    return Scores(nothing, nothing, {}, float("nan"), float("nan"))


def _shifted_by_errors(v: RepValues) -> RepValues:
    """Return the set as measured (row 0), then with each measured quantity in turn one standard error up and down."""
    lumbar = lumbar_se(v)
    early = np.where(np.isfinite(v.early_se), v.early_se, lumbar)
    everywhere = np.ones(len(v))
    # early on, hip and back share one bend: what one gains the other loses; at the bottom each has an error of its own
    moves: tuple[dict[str, FloatArray], ...] = (
        {"lumbar": lumbar, "early_lumbar": early, "early_hip": -early},
        {"hip": np.where(np.isfinite(v.hip_se), v.hip_se, BEND_SE)},
        {"bend": BEND_SE * everywhere},
        {"knee_change": KNEE_SE * everywhere},
        {"trunk": TRUNK_SE * everywhere},
        {"descent_s": max(TEMPO_SE_S, 2 * v.frame_s) * everywhere},
    )
    rows: dict[str, Any] = {name: np.tile(getattr(v, name), (1 + 2 * len(moves), 1)) for move in moves for name in move}
    for k, move in enumerate(moves):
        for name, step in move.items():
            rows[name][1 + 2 * k] += step
            rows[name][2 + 2 * k] -= step
    return replace(v, **rows)


def _of_reps(v: RepValues, limits: Mapping[str, Limit], tempo_known: bool) -> dict[str, FloatArray]:
    """Compute the sub-scores of repetitions, all of one shape."""
    hip = np.where(np.isfinite(v.hip), v.hip, v.bend)
    knees_per_hip = v.knee_change / np.maximum(hip, 1.0)
    ratio = limits["squatting_ratio"]
    # the warn of a condition is no band, and grade needs one
    ratio = replace(ratio, warn=min(ratio.warn, 0.75 * ratio.value))
    deep = grade(hip, limits["shallow"], 180.0) * grade(v.trunk, limits["shallow_trunk"], 180.0)
    tempo = grade(v.descent_s, limits["too_fast"], 60.0) * _or_full(grade(v.turn, limits["bouncing"], 0.0)) / 100
    return {
        "spine": _spine(v, limits),
        "hip_drive": grade(v.hip_share, limits["hip_share"], 1.0) * _or_full(grade(knees_per_hip, ratio, 0.0)) / 100,
        "knees": grade(v.knee_change, limits["squatting"], 0.0),
        "depth": np.sqrt(deep),
        "tempo": tempo * 0.75**v.bounces if tempo_known else np.full_like(tempo, np.nan),
    }


def _spine(v: RepValues, limits: Mapping[str, Limit]) -> FloatArray:
    """Score flexion, arching and early movement together; each can only lower the score."""
    flexion = grade(v.lumbar, limits["lumbar_flexion"], 0.0)
    extension = grade(-v.lumbar, limits["lumbar_extension"], 0.0)
    early = _or_full(grade(v.early_share, limits["early_lumbar"], 0.0))
    # a large share of a small movement is mostly error: it counts only as far as the movement exceeds the error
    weight = np.clip(np.nan_to_num(v.early_lumbar) / limits["early_lumbar_amount"].value, 0.0, 1.0)
    return np.asarray(flexion * extension / 100 * (1 - weight * (1 - early / 100)))


def _consistency(v: RepValues, limits: Mapping[str, Limit]) -> float:
    """Score the evenness of depth (trunk inclination, its steadiest measure) and of the back; NaN below two reps."""
    trunk = v.trunk[v.complete & np.isfinite(v.trunk)]
    if len(trunk) < 2:
        return float("nan")
    even = grade(np.array([np.ptp(trunk)]), limits["consistency"], 0.0)
    rise = drift_per_rep(v) * (len(trunk) - 1)
    return float((even * _or_full(grade(np.array([rise]), limits["lumbar_drift"], 0.0)) / 100)[0])


def _total(parts: Mapping[str, FloatArray], weights: Mapping[str, float]) -> FloatArray:
    """Return the weighted mean of the known parts; NaN without the spine."""
    names = list(parts)
    stack = np.stack([parts[name] for name in names])
    weight = np.array([weights[name] for name in names]).reshape(-1, *[1] * (stack.ndim - 1)) * np.isfinite(stack)
    above, below = (np.nan_to_num(stack) * weight).sum(axis=0), weight.sum(axis=0)
    ok = np.isfinite(parts["spine"]) & (below > 0)
    return np.asarray(np.divide(above, below, out=np.full(above.shape, np.nan), where=ok))


def _or_full(part: FloatArray) -> FloatArray:
    """Replace NaN by 100: an unknown part does not lower a score that has others."""
    return np.where(np.isfinite(part), part, 100.0)
