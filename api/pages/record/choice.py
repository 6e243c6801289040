"""The exercise to film: one on the person's plan, or a plain hip hinge where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.care.today_schemas import ExerciseOut
from hinge_check.assess.protocol import DEFAULT


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise that can be filmed."""

    plan_id: str
    """Empty where it is not on a plan."""
    step: str
    title: str
    protocol: str
    sets: int | None = None
    reps: int | None = None
    load_kg: float | None = None


def list_exercises(prescribed: Sequence[ExerciseOut], usual: str) -> list[Exercise]:
    """Return the exercises of a plan that are filmed, in its order; without any, the usual hinge, called `usual`."""
    exercises = [
        Exercise(each.plan_id, each.step, each.title, each.protocol, each.sets, each.reps, each.load_kg)
        for each in prescribed
        if each.protocol is not None
    ]
    return exercises or [Exercise("", DEFAULT, usual, DEFAULT)]


def choose_exercise(exercises: Sequence[Exercise], plan_id: str) -> Exercise:
    """Return the exercise of this plan, else the first one."""
    return next((each for each in exercises if each.plan_id == plan_id), exercises[0])
