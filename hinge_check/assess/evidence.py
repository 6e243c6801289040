"""Evidence for faults: the one rule that decides whether a value is beyond a limit, given the error of measuring."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hinge_check.arrays import BoolArray, FloatArray
from hinge_check.assess.protocol import Limit

SURE = 0.8
"""Probability that the true value lies beyond `warn` from which on a fault is named."""
MARKED_SPANS = 1.5
"""A departure beyond the limit by this many times the distance from warn to limit is marked."""
MARKED_SURE = 0.9
"""Probability that the true value lies beyond the limit from which on a fault may be marked."""


def no_detail(index: int) -> str:  # noqa: ARG001
    """Return no detail: the evidence speaks for itself."""
    return ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for one fault, repetition by repetition; (R,) arrays.

    `applies` holds the fault's further conditions; `time_s` is the media time of each repetition's example;
    `reps` replaces the repetitions named when the fault is of the whole set.
    """

    code: str
    value: FloatArray
    se: FloatArray
    limit: Limit
    applies: BoolArray
    time_s: FloatArray
    detail: Callable[[int], str] = no_detail
    reps: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class AssertedFault:
    """A fault that was asserted; `reps` are indices, the figures are the clearest repetition's."""

    code: str
    reps: tuple[int, ...]
    time_s: float
    value: float
    se: float
    limit: float
    unit: str
    confidence: float
    severity: Literal["mild", "marked"]
    detail: str


def confidence(value: float, figure: float, se: float, direction: str) -> float:
    """Return the probability that the true value lies beyond a figure, for a normal error of spread `se`."""
    beyond = value - figure if direction == "above" else figure - value
    if not se > 0:
        return 1.0 if beyond > 0 else 0.0
    return 0.5 * (1 + math.erf(beyond / se / math.sqrt(2)))


def asserted_reps(evidence: Evidence) -> list[int]:
    """Return the repetitions in which the fault is named.

    The best estimate must lie beyond the limit, and the true value must be beyond `warn` with a probability of
    `SURE`. The limit itself need not be passed with certainty: limits are set above what good lifters and the error of
    measuring explain, and demanding more would allow for a poor picture twice.
    """
    return [i for i in _beyond(evidence, evidence.limit.value) if _sure(evidence, i)]


def reps_to_watch(evidence: Evidence) -> list[int]:
    """Return the repetitions between warn and limit, or beyond it without certainty: for the clinician only."""
    named = set(asserted_reps(evidence))
    return [i for i in _beyond(evidence, evidence.limit.warn) if i not in named]


def assert_fault(evidence: Evidence) -> AssertedFault | None:
    """Return the fault with the figures of its clearest repetition; None where it is not asserted."""
    reps = asserted_reps(evidence)
    if not reps:
        return None
    limit = evidence.limit
    sure = {i: confidence(evidence.value[i], limit.value, evidence.se[i], limit.direction) for i in reps}
    # of equally certain ones the furthest beyond, then the first: max keeps the first of equals
    best = max(reps, key=lambda i: (round(sure[i], 6), round(abs(float(evidence.value[i]) - limit.value), 6)))
    span = abs(limit.value - limit.warn)
    far = span > 0 and abs(evidence.value[best] - limit.value) >= MARKED_SPANS * span
    return AssertedFault(
        code=evidence.code,
        reps=tuple(reps) if evidence.reps is None else evidence.reps,
        time_s=float(evidence.time_s[best]),
        value=float(evidence.value[best]),
        se=float(evidence.se[best]),
        limit=limit.value,
        unit=limit.unit,
        confidence=sure[best],
        severity="marked" if far and sure[best] >= MARKED_SURE else "mild",
        detail=evidence.detail(best),
    )


def _beyond(evidence: Evidence, figure: float) -> list[int]:
    """Return the repetitions to which the fault applies and whose value lies beyond a figure."""
    value = evidence.value
    beyond = value > figure if evidence.limit.direction == "above" else value < figure
    return np.flatnonzero(beyond & evidence.applies & np.isfinite(value)).tolist()


def _sure(evidence: Evidence, i: int) -> bool:
    limit = evidence.limit
    return confidence(float(evidence.value[i]), limit.warn, float(evidence.se[i]), limit.direction) >= SURE
