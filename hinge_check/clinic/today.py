"""What a client finds on opening the product today: exercises that are due, what is still to be asked or filmed again.

Days are the calendar days of the moments that are given, so these must be in the person's time zone; weeks begin on
Monday. An exercise counts as done on a day by a usable recording, a live session or a check-in. Nothing here ever
reproaches: a day that was left out leaves no trace but fewer days done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hinge_check.clinic.checkin import CheckIn

ASKED_DAYS = 2
"""How long after a set the next morning's pain is asked for, days. Design: who missed the day itself still remembers
the morning one day later; beyond that the answer would be guessed."""


@dataclass(frozen=True, slots=True)
class Prescription:
    """An exercise on the plan."""

    plan_id: str
    step: str
    days_per_week: int


@dataclass(frozen=True, slots=True)
class CompletedSet:
    """A set: recorded, checked in, or both; neither for a live session, of which nothing can be said afterwards.

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
    """How an exercise stands this week; `due` says whether today is a good day for it."""

    plan_id: str
    days_done: tuple[date, ...]
    done_today: bool
    due: bool


@dataclass(frozen=True, slots=True)
class Morning:
    """A day whose next morning has not been told yet; asked once a day, of its last set."""

    day: date
    step: str
    recording_id: str | None
    checkin_id: str | None
    """The check-in the answer belongs to; None where the client has said nothing of that day yet."""


@dataclass(frozen=True, slots=True)
class Today:
    """All of it. `morning` is newest first; `unsaid` are recordings without a check-in, newest first."""

    day: date
    week_begins: date
    exercises: tuple[Exercise, ...]
    morning: tuple[Morning, ...]
    unsaid: tuple[CompletedSet, ...]
    film_again: tuple[CompletedSet, ...]
    """The newest recording of an exercise where that one could not be used."""


def lookback_start(now: datetime) -> datetime:
    """The earliest moment `today` looks at: of the week, or of the days that are still asked about."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=max(now.weekday(), ASKED_DAYS))


def today(
    now: datetime, plan: Sequence[Prescription], sets: Iterable[CompletedSet], *, may_go_on: bool = True
) -> Today:
    """What is to be done and said today.

    Parameters
    ----------
    now
        In the person's time zone.
    sets
        All since `looked_back(now)`, any order; earlier ones change nothing.
    may_go_on
        False while the clinician has to look at answers first: then nothing is due.
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
        exercises=tuple(_exercise(each, day, monday, ordered, may_go_on) for each in plan),
        morning=tuple(_mornings(day, recent)),
        unsaid=tuple(one for one in recent if one.usable and one.recording_id is not None and one.said is None),
        film_again=tuple(one for one in newest.values() if not one.usable),
    )


def _exercise(plan: Prescription, day: date, monday: date, sets: Iterable[CompletedSet], may_go_on: bool) -> Exercise:
    counted = (one for one in sets if one.step == plan.step and (one.usable or one.said is not None))
    days = sorted({at for one in counted if monday <= (at := one.when.date()) <= day})
    done_today = day in days
    due = may_go_on and not done_today and len(days) < plan.days_per_week
    return Exercise(plan.plan_id, tuple(days), done_today, due)


def _mornings(day: date, recent: Iterable[CompletedSet]) -> list[Morning]:
    """Days before today with a set, none of which has the next morning told."""
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
