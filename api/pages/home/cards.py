"""Cards of the start page, one per exercise: texts in the person's language, the week as seven days, the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from api.care.today_schemas import ExerciseOut, TodayOut
from api.pages import illustrations
from api.pages.messages import code_messages
from api.pages.translations import Translator

DAYS = 7


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the week on a card."""

    date: date
    done: bool
    today: bool


@dataclass(frozen=True, slots=True)
class Card:
    """An exercise of the plan."""

    plan_id: str
    step: str
    title: str
    instructions: list[str]
    filmed: bool
    drawing: str | None
    sets: int
    reps: int
    load_kg: float | None
    notes: str
    days_per_week: int
    done: int
    done_today: bool
    due: bool
    week: tuple[Day, ...]


def cards(t: Translator, today: TodayOut) -> list[Card]:
    """Return a card for each exercise, those that are due first, each group in the plan's order."""
    all_cards = [_card(t, each, today.week_begins, today.day) for each in today.exercises]
    return sorted(all_cards, key=lambda card: not card.due)


def drawing_of(step: str, protocol: str | None) -> str | None:
    """Return the name of the demonstration drawing; None for a step without one."""
    names = (f"demo-{name}" for name in (step, protocol))
    return next((name for name in names if name in illustrations.NAMES), None)


def _card(t: Translator, exercise: ExerciseOut, monday: date, today: date) -> Card:
    return Card(
        plan_id=exercise.plan_id,
        step=exercise.step,
        title=code_messages.step_title(t, exercise.step, exercise.title),
        instructions=code_messages.step_instructions(t, exercise.step, exercise.instructions),
        filmed=exercise.protocol is not None,
        drawing=drawing_of(exercise.step, exercise.protocol),
        sets=exercise.sets,
        reps=exercise.reps,
        load_kg=exercise.load_kg,
        notes=exercise.notes,
        days_per_week=exercise.days_per_week,
        done=len(exercise.days_done),
        done_today=exercise.done_today,
        due=exercise.due,
        week=_week(exercise.days_done, monday, today),
    )


def _week(done: Sequence[date], monday: date, today: date) -> tuple[Day, ...]:
    days = (monday + timedelta(days=each) for each in range(DAYS))
    return tuple(Day(day, day in done, day == today) for day in days)
