"""A suggestion to progress, hold or regress, with every reason shown. It never acts: the clinician decides."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from hinge_check.clinic import readiness_criteria
from hinge_check.clinic.metrics import Recorded, by_time
from hinge_check.clinic.readiness_criteria import Case, Reason
from hinge_check.clinic.readiness_rules import Rules, Threshold, load_rules
from hinge_check.clinic.sessions import group_sessions

Verdict = Literal["progress", "hold", "regress", "not_enough_data"]

TOWARD_PROGRESS: tuple[Verdict, ...] = ("regress", "hold", "not_enough_data", "progress")
"""Verdicts in order; a reason for an earlier one outweighs all reasons for a later one."""

SUMMARY: dict[Verdict, str] = {
    "progress": "Every criterion is met: the next step, or more load, may be tried.",
    "hold": "Something speaks for staying at this step for now.",
    "regress": "Something speaks for going back a step, or for less load.",
    "not_enough_data": "Nothing speaks against going on, but not everything is known yet.",
}
ONLY_A_SUGGESTION = "This is a suggestion by fixed rules, mostly of our own design; the clinician decides."


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The suggestion of the rule and its reasons; each criterion gives exactly one reason, met or not."""

    verdict: Verdict
    text: str
    reasons: tuple[Reason, ...]
    baseline_pain: float | None
    rules_sha256: str
    overrides: tuple[tuple[str, float], ...]
    """Figures of the rule that differ from the bundled ones."""
    figures: Mapping[str, Threshold]
    """Every figure of the rule that was used, with its source and whether it is the clinic's or the person's own."""


def suggest(
    records: Sequence[Recorded],
    *,
    step: str,
    now: datetime,
    rules: Rules | None = None,
    baseline_pain: float | None = None,
    measured: bool = True,
    back_hidden: bool = False,
) -> Suggestion:
    """Suggest what comes next for a person at a step.

    Parameters
    ----------
    records
        All recordings of the person, any order; those of other steps count for the baseline only.
    step
        The step the person is at.
    now
        In the same time zone as the records.
    baseline_pain
        The person's usual pain, 0 to 10, as set by the clinician. Without it, the median of pain before the set over
        the first check-ins.
    measured
        False for a step that is not filmed: only pain and check-ins decide.
    back_hidden
        True for a step at which the back cannot be read: hips, knees, depth and pain decide, and the text states it.
    """
    rules = load_rules() if rules is None else rules
    baseline = _own_baseline(records, rules) if baseline_pain is None else baseline_pain
    since = now - timedelta(days=rules["recent_days"])
    at_step = [record for record in records if record.step == step and since <= record.when <= now]
    case = Case(tuple(group_sessions(at_step)), rules, baseline, baseline_pain is not None, measured, back_hidden)
    asked: list[Callable[[Case], Reason]] = [readiness_criteria.enough_sessions, readiness_criteria.reps_in_band]
    if measured:
        asked += [readiness_criteria.steadiness, readiness_criteria.drift]
    asked += [
        readiness_criteria.baseline,
        readiness_criteria.pain_during,
        readiness_criteria.next_morning,
        readiness_criteria.pain_change,
        readiness_criteria.stopped_early,
    ]
    reasons = tuple(criterion(case) for criterion in asked)
    verdict = _verdict(reasons)
    return Suggestion(
        verdict=verdict,
        text=" ".join(
            (SUMMARY[verdict], *([readiness_criteria.BACK_HIDDEN] if back_hidden else []), ONLY_A_SUGGESTION)
        ),
        reasons=reasons,
        baseline_pain=baseline,
        rules_sha256=rules.sha256,
        overrides=tuple(rules.overrides.items()),
        figures=rules.figures,
    )


def _verdict(reasons: Sequence[Reason]) -> Verdict:
    says = {reason.says for reason in reasons}
    if "regress" in says:
        return "regress"
    if "hold" in says:
        return "hold"
    return "not_enough_data" if "unknown" in says else "progress"


def _own_baseline(records: Sequence[Recorded], rules: Rules) -> float | None:
    """Return the person's usual pain from their first check-ins; None while there are too few."""
    pains = [
        record.check_in.pain_before
        for record in by_time(records)
        if record.check_in is not None and record.check_in.pain_before is not None
    ]
    first = pains[: int(rules["baseline_check_ins"])]
    return float(statistics.median(first)) if len(first) == rules["baseline_check_ins"] else None
