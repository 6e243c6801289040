"""A client's start page as the API states it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.core.problems import RefusalReason
from api.db import IntakeOutcome, Verdict
from hinge_check.clinic.consent import AgreementName

IntakeState = Literal["unanswered", "clear", "waiting", "cleared"]
Before = Literal["consent", "intake", "clearance"]


class IntakeStateOut(BaseModel):
    """The state of the questions before the first session."""

    state: IntakeState
    outcome: IntakeOutcome | None
    title: str | None = Field(description="For the client, calm words; null when nothing was answered")
    texts: list[str]


class ExerciseOut(BaseModel):
    """An exercise on the plan, and its progress this week."""

    plan_id: str
    step: str
    title: str = Field(description="The step's name where the ladder has it no more")
    instructions: list[str]
    protocol: str | None = Field(description="To film with; null where it is checked in only")
    sets: int
    reps: int
    load_kg: float | None
    days_per_week: int
    notes: str
    days_done: list[date] = Field(description="This week, Monday first")
    done_today: bool
    due: bool = Field(description="Not done today, days left this week, and nothing to be cleared first")


class SetOut(BaseModel):
    """A set with questions still open."""

    day: date
    step: str
    title: str
    recording_id: str | None
    checkin_id: str | None


class FilmAgainOut(BaseModel):
    """A recording that could not be used, and what to do about it."""

    recording_id: str
    recorded_at: datetime
    step: str
    title: str
    refusal: RefusalReason | None


class UnreadOut(BaseModel):
    """A published review that the client has not opened yet."""

    review_id: str
    recording_id: str
    recorded_at: datetime
    published_at: datetime | None
    verdict: Verdict | None


class UnderWayOut(BaseModel):
    """A recording that is not analysed yet."""

    recording_id: str
    recorded_at: datetime
    protocol: str


class TodayOut(BaseModel):
    """A client's start page."""

    name: str
    day: date
    week_begins: date
    time_zone: str
    before_filming: Before | None = Field(description="What is to be done first; null when a video can be sent")
    consents: dict[AgreementName, bool]
    intake: IntakeStateOut
    exercises: list[ExerciseOut] = Field(description="Newest prescription first")
    morning: list[SetOut] = Field(
        description="Days whose next morning is still to be told, newest first: PATCH the check-in with "
        "pain_next_morning, or, with checkin_id null, PUT the recording's check-in"
    )
    unsaid: list[SetOut] = Field(description="Recent recordings without a check-in, newest first")
    film_again: list[FilmAgainOut]
    under_way: list[UnderWayOut]
    unread: list[UnreadOut]
