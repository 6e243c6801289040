"""The client's tasks of today: exercises that are due, check-ins to complete, recordings to repeat.

Days are the calendar days of the given times, so these must be in the person's time zone; weeks begin on Monday. An
exercise counts as done on a day by a usable recording, a live session or a check-in. Nothing here ever reproaches: a
skipped day only means fewer days done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hinge_check.clinic.checkin import CheckIn

ASKED_DAYS = 2
"""How many days after a set to ask for the next morning's pain. Design: a person who missed the day itself still
remembers the morning one day later; beyond that the answer would be a guess."""


@dataclass(frozen=True, slots=True)
class Prescription:
    """An exercise on the plan."""

    plan_id: str
    step: str
    days_per_week: int


@dataclass(frozen=True, slots=True)
class CompletedSet:
    """A set: recorded, checked in, or both; neither for a live session, which has no check-in afterwards.

    Parameters
    ----------
    when
        In the person's time zone.
    usable
        False for a recording that was refused or failed.
    """

    when: datetime
    step: str
    recording_id: str | None
    checkin_id: str | None
    said: CheckIn | None
    usable: bool = True


@dataclass(frozen=True, slots=True)
class Exercise:
    """State of an exercise this week; `due` tells whether today is a good day for it."""

    plan_id: str
    days_done: tuple[date, ...]
    done_today: bool
    due: bool


@dataclass(frozen=True, slots=True)
class Morning:
    """A day whose next morning is not reported yet; asked once per day, for its last set."""

    day: date
    step: str
    recording_id: str | None
    checkin_id: str | None
    """The check-in the answer belongs to; None where the client has not checked in on that day yet."""


@dataclass(frozen=True, slots=True)
class Today:
    """All tasks. `morning` is newest first; `unsaid` are recordings without a check-in, newest first."""

    day: date
    week_begins: date
    exercises: tuple[Exercise, ...]
    morning: tuple[Morning, ...]
    unsaid: tuple[CompletedSet, ...]
    film_again: tuple[CompletedSet, ...]
    """The newest recording of an exercise, where that one could not be used."""


def lookback_start(now: datetime) -> datetime:
    """Return the earliest time that `today` considers: the start of the week, or of the days still asked about."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=max(now.weekday(), ASKED_DAYS))


def today(
    now: datetime, plan: Sequence[Prescription], sets: Iterable[CompletedSet], *, may_go_on: bool = True
) -> Today:
    """Return the client's tasks of today.

    Parameters
    ----------
    now
        In the person's time zone.
    sets
        All since `lookback_start(now)`, any order; earlier ones change nothing.
    may_go_on
        False while the clinician has to check answers first: then nothing is due.
    """
    day = now.date()
    monday = day - timedelta(days=day.weekday())
    ordered = sorted(sets, key=lambda one: (one.when, one.recording_id or ""))
    asked_from = day - timedelta(days=ASKED_DAYS)
    recent = [one for one in reversed(ordered) if one.when.date() >= asked_from]
    newest = {one.step: one for one in ordered if one.recording_id is not None}
    return Today(
        day=day,
        week_begins=monday,
        exercises=tuple(_exercise_state(each, day, monday, ordered, may_go_on) for each in plan),
        morning=tuple(_unreported_mornings(day, recent)),
        unsaid=tuple(one for one in recent if one.usable and one.recording_id is not None and one.said is None),
        film_again=tuple(one for one in newest.values() if not one.usable),
    )


def _exercise_state(
    plan: Prescription, day: date, monday: date, sets: Iterable[CompletedSet], may_go_on: bool
) -> Exercise:
    counted = (one for one in sets if one.step == plan.step and (one.usable or one.said is not None))
    days = sorted({at for one in counted if monday <= (at := one.when.date()) <= day})
    done_today = day in days
    due = may_go_on and not done_today and len(days) < plan.days_per_week
    return Exercise(plan.plan_id, tuple(days), done_today, due)


def _unreported_mornings(day: date, recent: Iterable[CompletedSet]) -> list[Morning]:
    """Return the days before today with a set of which none reports the next morning."""
    by_day: dict[date, list[CompletedSet]] = {}
    for one in recent:
        of_something = one.recording_id is not None or one.checkin_id is not None
        if one.when.date() < day and of_something and (one.usable or one.said is not None):
            by_day.setdefault(one.when.date(), []).append(one)
    out = []
    for when, sets in by_day.items():
        if any(one.said is not None and one.said.pain_next_morning is not None for one in sets):
            continue
        last = next((one for one in sets if one.said is not None), sets[0])
        out.append(Morning(when, last.step, last.recording_id, last.checkin_id))
    return out
