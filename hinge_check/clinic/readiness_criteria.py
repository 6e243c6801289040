"""The criteria of readiness: each looks at the last sessions and says one sentence with figure, threshold and source.

Pain during the set is held to what the person can bear by their own baseline; pain at rest (before the set, the next
morning) to the minimal important change.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from hinge_check.clinic.readiness_rules import Rules
from hinge_check.clinic.sessions import TrainingSession

Says = Literal["met", "hold", "regress", "unknown", "info"]


STOPPED_SOURCE = (
    "design: a set stopped for pain, or the last one for fatigue, holds; for pain in each session goes back"
)
BACK_HIDDEN = (
    "The back cannot be read at this step, since a stick lies over it: whether it stays as in standing is for you to "
    "see in the video."
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion: what was found, against what, and where that comes from."""

    code: str
    says: Says
    text: str
    value: float | None
    threshold: float | None
    unit: str
    source: str
    days: tuple[date, ...] = ()
    """Sessions it looked at."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the criteria look at: recent sessions at the step, oldest first, the rule, the person's usual pain."""

    sessions: tuple[TrainingSession, ...]
    rules: Rules
    baseline: float | None
    baseline_given: bool
    measured: bool
    back_hidden: bool = False
    """Something hides the back at this step by its nature (a stick): what else is seen stands in for it."""

    @property
    def last(self) -> tuple[TrainingSession, ...]:
        """The last sessions of any kind."""
        return self.sessions[-int(self.rules["sessions"]) :]

    @property
    def judged(self) -> tuple[TrainingSession, ...]:
        """The last sessions with enough repetitions whose back was read; that were seen, where it is hidden."""
        enough = [
            one
            for one in self.sessions
            if (one.reps_seen if self.back_hidden else one.reps_judged) >= self.rules["least_reps"]
        ]
        return tuple(enough[-int(self.rules["sessions"]) :])

    @property
    def complete(self) -> bool:
        """Whether there are as many last sessions as asked for."""
        return len(self.last) >= self.rules["sessions"]

    def reason(
        self, code: str, says: Says, text: str, name: str, value: float | None, days: Sequence[TrainingSession]
    ) -> Reason:
        """A reason whose threshold is the rule's figure `name`."""
        figure = self.rules.figures[name]
        return Reason(code, says, text, value, figure.value, figure.unit, figure.source, tuple(s.day for s in days))


def enough_sessions(case: Case) -> Reason:
    """Are there sessions to judge by?"""
    wanted, days = case.rules["sessions"], case.rules["recent_days"]
    found = case.judged if case.measured else tuple(one for one in case.last if one.said)
    kind = "visible" if case.back_hidden else "readable"
    what = f"at least {case.rules['least_reps']:.0f} {kind} repetitions" if case.measured else "a check-in"
    says: Says = "met" if len(found) >= wanted else "unknown"
    text = f"{len(found)} of {wanted:.0f} sessions with {what} in the last {days:.0f} days."
    return case.reason("sessions", says, text, "sessions", len(found), found)


def reps_in_band(case: Case) -> Reason:
    """Enough repetitions in band, in each of the last sessions?"""
    least, back = case.rules["band_share"], case.rules["band_share_back"]
    if not case.measured:
        text = "This step is not measured: pain and check-ins alone speak here."
        return case.reason("reps_in_band", "info", text, "band_share", None, ())
    counts = [(one.reps_in_shape, one.reps_seen) for one in case.judged]
    if not case.back_hidden:
        counts = [(one.reps_in_band, one.reps_judged) for one in case.judged]
    shares = [good / of for good, of in counts if of]
    if not shares:
        what = "enough of the person could be seen" if case.back_hidden else "the back could be read"
        return case.reason("reps_in_band", "unknown", f"No session yet in which {what}.", "band_share", None, ())
    says: Says = "met"
    if min(shares) < least:
        says = "regress" if len(shares) >= case.rules["sessions"] and max(shares) < back else "hold"
    told = ", ".join(f"{good} of {of} ({good / of:.0%})" for good, of in counts if of)
    what = "Repetitions without a fault of knees, hips or depth" if case.back_hidden else "Repetitions in band"
    text = f"{what}: {told}; asked for {least:.0%} in each session, below {back:.0%} in each speaks for less."
    return case.reason("reps_in_band", says, text, "band_share", round(min(shares), 3), case.judged)


def steadiness(case: Case) -> Reason:
    """Do the repetitions of a set look alike in depth?"""
    return _at_most(
        case, "steadiness", "spread", "Largest difference in depth within a set", lambda one: one.spread_deg
    )


def drift(case: Case) -> Reason:
    """Does the back round more towards the end of a set?"""
    if case.back_hidden:
        return case.reason("drift", "info", BACK_HIDDEN, "drift", None, ())
    return _at_most(case, "drift", "drift", "Rise of lumbar flexion over a set", lambda one: one.drift_deg)


def baseline(case: Case) -> Reason:
    """What pain is compared with."""
    name = "baseline_check_ins"
    if case.baseline is None:
        text = "The person's usual pain is not known yet: neither given by the clinician nor enough check-ins."
        return case.reason("baseline", "unknown", text, name, None, ())
    whence = "as the clinician gave it" if case.baseline_given else "the median before the set of the first check-ins"
    text = f"Usual pain {_points(case.baseline)} of 10, {whence}."
    return case.reason("baseline", "info", text, name, case.baseline, ())


def pain_during(case: Case) -> Reason:
    """Is the worst pain during the set one that the pain-monitoring model accepts?"""
    name, most = "pain_above_baseline", case.rules["pain_at_most"]
    found = _known(case, "pain_worst")
    if case.baseline is None or not found:
        return case.reason("pain_during", "unknown", "Worst pain during the set is not known yet.", name, None, ())
    ceiling = min(case.baseline + case.rules[name], most)
    important = case.baseline + case.rules["pain_rise_points"]
    says: Says = "met" if max(found) <= ceiling else "hold"
    if case.complete and len(found) == len(case.last) and min(found) > most and min(found) >= important:
        says = "regress"
    told = f"Worst pain during the set: {_list(found)}; accepted up to {_points(ceiling)}"
    why = f"(usual + {_points(case.rules[name])}, and at most {_points(most)})"
    figures = case.rules.figures
    source = f"{figures[name].source}; {figures['pain_at_most'].source}"
    days = tuple(one.day for one in case.last)
    text = f"{told} {why}.{_gaps(case, found)}"
    return Reason("pain_during", _or_unknown(says, case, found), text, max(found), ceiling, "points", source, days)


def next_morning(case: Case) -> Reason:
    """Is the back as usual the next morning?"""
    name, found = "next_morning_above_baseline", _known(case, "pain_next_morning")
    if case.baseline is None or not found:
        return case.reason("next_morning", "unknown", "Pain the next morning is not known yet.", name, None, ())
    ceiling = case.baseline + case.rules[name]
    says: Says = "met" if max(found) <= ceiling else "hold"
    text = f"Pain the next morning: {_list(found)}; back to usual means up to {_points(ceiling)}.{_gaps(case, found)}"
    days = tuple(one.day for one in case.last)
    source = case.rules.figures[name].source
    return Reason("next_morning", _or_unknown(says, case, found), text, max(found), ceiling, "points", source, days)


def pain_change(case: Case) -> Reason:
    """Has pain at rest changed by as much as matters to people?

    Either of both figures (points, share of the baseline) holds; both, in each of the last sessions, go back.
    """
    name, points, share = "pain_rise_points", case.rules["pain_rise_points"], case.rules["pain_rise_share"]
    before = _known(case, "pain_before")
    if case.baseline is None or not before:
        return case.reason("pain_change", "unknown", "Pain before the set is not known yet.", name, None, ())
    usual = case.baseline

    def either(rise: float) -> bool:
        return rise >= points or (usual > 0 and rise >= share * usual)

    def both(rise: float) -> bool:
        return rise >= points and rise >= share * usual

    rises = [pain - usual for pain in before]
    resting = [max(_of(one, "pain_before") + _of(one, "pain_next_morning"), default=None) for one in case.last]
    says: Says = "hold" if either(max(rises)) else "met"
    if case.complete and all(pain is not None and both(pain - usual) for pain in resting):
        says = "regress"
    change = statistics.median(rises)
    told = f"Pain before the set: {_list(before)}, usual {_points(usual)}"
    matters = f"{_points(points)} points or {share:.0%} of the usual are a change that matters"
    better = " It has fallen by that much." if both(-change) else ""
    figures = case.rules.figures
    source = f"{figures[name].source}; {figures['pain_rise_share'].source}"
    days = tuple(one.day for one in case.last)
    text = f"{told}; {matters}.{better}{_gaps(case, before)}"
    return Reason("pain_change", _or_unknown(says, case, before), text, max(rises), points, "points", source, days)


def stopped_early(case: Case) -> Reason:
    """Was a set given up?"""
    said = [one for one in case.last if one.said]
    pain = [one for one in said if "pain" in one.stopped]
    says, text = _stopped(case, said, pain)
    days = tuple(one.day for one in case.last)
    return Reason("stopped_early", says, text, len(pain), 0, "sessions", STOPPED_SOURCE, days)


def _stopped(case: Case, said: Sequence[TrainingSession], pain: Sequence[TrainingSession]) -> tuple[Says, str]:
    if not said:
        return "unknown", "No check-in yet says whether a set was stopped early."
    if pain and case.complete and len(pain) == len(case.last):
        return "regress", "A set was stopped early for pain in each of the last sessions."
    if pain:
        return "hold", f"A set was stopped early for pain in {len(pain)} of the last {len(case.last)} sessions."
    if "fatigue" in said[-1].stopped:
        return "hold", "A set was stopped early for fatigue in the last session."
    return "met", "No set was stopped early for pain or fatigue."


def _at_most(case: Case, code: str, name: str, what: str, figure: Callable[[TrainingSession], float | None]) -> Reason:
    limit = case.rules[name]
    found = [value for one in case.judged if (value := figure(one)) is not None]
    if not found:
        text = f"{what}: not known, since no set has three readable repetitions."
        return case.reason(code, "unknown", text, name, None, case.judged)
    says: Says = "hold" if max(found) > limit else "met" if len(found) == len(case.judged) else "unknown"
    told = ", ".join(f"{value:.0f}°" for value in found)
    return case.reason(code, says, f"{what}: {told}; up to {limit:.0f}° is steady.", name, max(found), case.judged)


def _of(one: TrainingSession, pain: str) -> list[int]:
    """A pain of a session, if known."""
    value = getattr(one, pain)
    return [] if value is None else [value]


def _known(case: Case, pain: str) -> list[int]:
    return [value for one in case.last for value in _of(one, pain)]


def _or_unknown(says: Says, case: Case, found: Sequence[int]) -> Says:
    """What is not known of every one of the last sessions is not met."""
    return "unknown" if says == "met" and len(found) < len(case.last) else says


def _gaps(case: Case, found: Sequence[int]) -> str:
    lacks = len(case.last) - len(found)
    return "" if not lacks else f" Not said yet for {lacks} of the last {len(case.last)} sessions."


def _list(pains: Sequence[int]) -> str:
    return ", ".join(str(pain) for pain in pains)


def _points(value: float) -> str:
    return f"{value:g}"
