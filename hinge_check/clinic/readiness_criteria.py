"""Criteria of readiness: each checks the last sessions and gives a reason with figure, threshold and source.

Pain during the set is compared with what the person can bear by their own baseline; pain at rest (before the set, the
next morning) with the minimal important change.
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
    """One criterion: the finding, the threshold, and the threshold's source."""

    code: str
    says: Says
    text: str
    value: float | None
    threshold: float | None
    unit: str
    source: str
    days: tuple[date, ...] = ()
    """Days of the sessions it considered."""


@dataclass(frozen=True, slots=True)
class Case:
    """Input of the criteria: recent sessions at the step, oldest first, the rule, the person's usual pain."""

    sessions: tuple[TrainingSession, ...]
    rules: Rules
    baseline: float | None
    baseline_given: bool
    measured: bool
    back_hidden: bool = False
    """Whether the exercise itself hides the back (a stick): the other measurements then stand in for it."""

    @property
    def last(self) -> tuple[TrainingSession, ...]:
        """The last sessions of any kind."""
        return self.sessions[-int(self.rules["sessions"]) :]

    @property
    def judged(self) -> tuple[TrainingSession, ...]:
        """The last sessions with enough repetitions whose back was read, or that were seen where the back is hidden."""
        enough = [
            session
            for session in self.sessions
            if (session.reps_seen if self.back_hidden else session.reps_judged) >= self.rules["least_reps"]
        ]
        return tuple(enough[-int(self.rules["sessions"]) :])

    @property
    def complete(self) -> bool:
        """Whether there are as many last sessions as required."""
        return len(self.last) >= self.rules["sessions"]

    def reason(
        self, code: str, says: Says, text: str, name: str, value: float | None, days: Sequence[TrainingSession]
    ) -> Reason:
        """Return a reason whose threshold is the rule's figure `name`."""
        figure = self.rules.figures[name]
        return Reason(code, says, text, value, figure.value, figure.unit, figure.source, tuple(s.day for s in days))


def enough_sessions(case: Case) -> Reason:
    """Check that there are sessions to judge by."""
    wanted, days = case.rules["sessions"], case.rules["recent_days"]
    values = case.judged if case.measured else tuple(session for session in case.last if session.said)
    kind = "visible" if case.back_hidden else "readable"
    what = f"at least {case.rules['least_reps']:.0f} {kind} repetitions" if case.measured else "a check-in"
    says: Says = "met" if len(values) >= wanted else "unknown"
    text = f"{len(values)} of {wanted:.0f} sessions with {what} in the last {days:.0f} days."
    return case.reason("sessions", says, text, "sessions", len(values), values)


def reps_in_band(case: Case) -> Reason:
    """Check for enough repetitions in band in each of the last sessions."""
    least, back = case.rules["band_share"], case.rules["band_share_back"]
    if not case.measured:
        text = "This step is not measured: pain and check-ins alone speak here."
        return case.reason("reps_in_band", "info", text, "band_share", None, ())
    counts = [(session.reps_in_shape, session.reps_seen) for session in case.judged]
    if not case.back_hidden:
        counts = [(session.reps_in_band, session.reps_judged) for session in case.judged]
    shares = [good / of for good, of in counts if of]
    if not shares:
        what = "enough of the person could be seen" if case.back_hidden else "the back could be read"
        return case.reason("reps_in_band", "unknown", f"No session yet in which {what}.", "band_share", None, ())
    says: Says = "met"
    if min(shares) < least:
        says = "regress" if len(shares) >= case.rules["sessions"] and max(shares) < back else "hold"
    values_text = ", ".join(f"{good} of {of} ({good / of:.0%})" for good, of in counts if of)
    what = "Repetitions without a fault of knees, hips or depth" if case.back_hidden else "Repetitions in band"
    text = f"{what}: {values_text}; asked for {least:.0%} in each session, below {back:.0%} in each speaks for less."
    return case.reason("reps_in_band", says, text, "band_share", round(min(shares), 3), case.judged)


def steadiness(case: Case) -> Reason:
    """Check that the repetitions of a set are alike in depth."""
    return _at_most(
        case, "steadiness", "spread", "Largest difference in depth within a set", lambda session: session.spread_deg
    )


def drift(case: Case) -> Reason:
    """Check whether the back rounds more towards the end of a set."""
    if case.back_hidden:
        return case.reason("drift", "info", BACK_HIDDEN, "drift", None, ())
    return _at_most(case, "drift", "drift", "Rise of lumbar flexion over a set", lambda session: session.drift_deg)


def baseline(case: Case) -> Reason:
    """Return the reason that states what pain is compared with."""
    name = "baseline_check_ins"
    if case.baseline is None:
        text = "The person's usual pain is not known yet: neither given by the clinician nor enough check-ins."
        return case.reason("baseline", "unknown", text, name, None, ())
    whence = "as the clinician gave it" if case.baseline_given else "the median before the set of the first check-ins"
    text = f"Usual pain {_format_points(case.baseline)} of 10, {whence}."
    return case.reason("baseline", "info", text, name, case.baseline, ())


def pain_during(case: Case) -> Reason:
    """Check that the worst pain during the set is one that the pain-monitoring model accepts."""
    name, most = "pain_above_baseline", case.rules["pain_at_most"]
    values = _known_pains(case, "pain_worst")
    if case.baseline is None or not values:
        return case.reason("pain_during", "unknown", "Worst pain during the set is not known yet.", name, None, ())
    ceiling = min(case.baseline + case.rules[name], most)
    important = case.baseline + case.rules["pain_rise_points"]
    says: Says = "met" if max(values) <= ceiling else "hold"
    if case.complete and len(values) == len(case.last) and min(values) > most and min(values) >= important:
        says = "regress"
    values_text = f"Worst pain during the set: {_join(values)}; accepted up to {_format_points(ceiling)}"
    why = f"(usual + {_format_points(case.rules[name])}, and at most {_format_points(most)})"
    figures = case.rules.figures
    source = f"{figures[name].source}; {figures['pain_at_most'].source}"
    days = tuple(session.day for session in case.last)
    text = f"{values_text} {why}.{_gap_note(case, values)}"
    return Reason(
        "pain_during", _unknown_if_gaps(says, case, values), text, max(values), ceiling, "points", source, days
    )


def next_morning(case: Case) -> Reason:
    """Check that the back is as usual the next morning."""
    name, values = "next_morning_above_baseline", _known_pains(case, "pain_next_morning")
    if case.baseline is None or not values:
        return case.reason("next_morning", "unknown", "Pain the next morning is not known yet.", name, None, ())
    ceiling = case.baseline + case.rules[name]
    says: Says = "met" if max(values) <= ceiling else "hold"
    usual = f"back to usual means up to {_format_points(ceiling)}."
    text = f"Pain the next morning: {_join(values)}; {usual}{_gap_note(case, values)}"
    days = tuple(session.day for session in case.last)
    source = case.rules.figures[name].source
    return Reason(
        "next_morning", _unknown_if_gaps(says, case, values), text, max(values), ceiling, "points", source, days
    )


def pain_change(case: Case) -> Reason:
    """Check whether pain at rest has changed by as much as matters to people.

    Either figure (points, share of the baseline) holds; by both, in each of the last sessions, regress.
    """
    name, points, share = "pain_rise_points", case.rules["pain_rise_points"], case.rules["pain_rise_share"]
    before = _known_pains(case, "pain_before")
    if case.baseline is None or not before:
        return case.reason("pain_change", "unknown", "Pain before the set is not known yet.", name, None, ())
    usual = case.baseline

    def either(rise: float) -> bool:
        return rise >= points or (usual > 0 and rise >= share * usual)

    def both(rise: float) -> bool:
        return rise >= points and rise >= share * usual

    rises = [pain - usual for pain in before]
    resting = [
        max(_pains(session, "pain_before") + _pains(session, "pain_next_morning"), default=None)
        for session in case.last
    ]
    says: Says = "hold" if either(max(rises)) else "met"
    if case.complete and all(pain is not None and both(pain - usual) for pain in resting):
        says = "regress"
    change = statistics.median(rises)
    values_text = f"Pain before the set: {_join(before)}, usual {_format_points(usual)}"
    matters = f"{_format_points(points)} points or {share:.0%} of the usual are a change that matters"
    better = " It has fallen by that much." if both(-change) else ""
    figures = case.rules.figures
    source = f"{figures[name].source}; {figures['pain_rise_share'].source}"
    days = tuple(session.day for session in case.last)
    text = f"{values_text}; {matters}.{better}{_gap_note(case, before)}"
    return Reason("pain_change", _unknown_if_gaps(says, case, before), text, max(rises), points, "points", source, days)


def stopped_early(case: Case) -> Reason:
    """Check whether a set was stopped early."""
    checked_in = [session for session in case.last if session.said]
    pain = [session for session in checked_in if "pain" in session.stopped]
    says, text = _stopped(case, checked_in, pain)
    days = tuple(session.day for session in case.last)
    return Reason("stopped_early", says, text, len(pain), 0, "sessions", STOPPED_SOURCE, days)


def _stopped(case: Case, checked_in: Sequence[TrainingSession], pain: Sequence[TrainingSession]) -> tuple[Says, str]:
    if not checked_in:
        return "unknown", "No check-in yet says whether a set was stopped early."
    if pain and case.complete and len(pain) == len(case.last):
        return "regress", "A set was stopped early for pain in each of the last sessions."
    if pain:
        return "hold", f"A set was stopped early for pain in {len(pain)} of the last {len(case.last)} sessions."
    if "fatigue" in checked_in[-1].stopped:
        return "hold", "A set was stopped early for fatigue in the last session."
    return "met", "No set was stopped early for pain or fatigue."


def _at_most(case: Case, code: str, name: str, what: str, figure: Callable[[TrainingSession], float | None]) -> Reason:
    limit = case.rules[name]
    values = [value for session in case.judged if (value := figure(session)) is not None]
    if not values:
        text = f"{what}: not known, since no set has three readable repetitions."
        return case.reason(code, "unknown", text, name, None, case.judged)
    says: Says = "hold" if max(values) > limit else "met" if len(values) == len(case.judged) else "unknown"
    values_text = ", ".join(f"{value:.0f}°" for value in values)
    return case.reason(
        code, says, f"{what}: {values_text}; up to {limit:.0f}° is steady.", name, max(values), case.judged
    )


def _pains(session: TrainingSession, pain: str) -> list[int]:
    """Yield a pain of a session, if known."""
    value = getattr(session, pain)
    return [] if value is None else [value]


def _known_pains(case: Case, pain: str) -> list[int]:
    return [value for session in case.last for value in _pains(session, pain)]


def _unknown_if_gaps(says: Says, case: Case, values: Sequence[int]) -> Says:
    """Count a criterion as not met where it is unknown for any of the last sessions."""
    return "unknown" if says == "met" and len(values) < len(case.last) else says


def _gap_note(case: Case, values: Sequence[int]) -> str:
    lacks = len(case.last) - len(values)
    return "" if not lacks else f" Not said yet for {lacks} of the last {len(case.last)} sessions."


def _join(pains: Sequence[int]) -> str:
    return ", ".join(str(pain) for pain in pains)


def _format_points(value: float) -> str:
    return f"{value:g}"
