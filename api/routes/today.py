"""Where a client begins: today's exercises, what is still to be said, what the clinician has said."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.care.clinic_content import Language, ladder_of, questions_of
from api.care.consent import consents_of, newest_intake
from api.care.plans import current_plans
from api.care.today import sets_since, under_way, unread
from api.core.problems import SIGNED_IN
from api.db import Client, IntakeOutcome, Recording, Verdict
from api.db.clinic import clinic_timezone
from api.http.deps import AsClient, Audit, Clock, Db
from api.recordings.schemas import RefusalReason
from hinge_check.clinic.consent import AgreementName, may_upload
from hinge_check.clinic.today import CompletedSet, Prescription, lookback_start, today

router = APIRouter(tags=["today"], responses=SIGNED_IN)

IntakeState = Literal["unanswered", "clear", "waiting", "cleared"]
Before = Literal["consent", "intake", "clearance"]


class IntakeStateOut(BaseModel):
    """How the questions before the first session stand."""

    state: IntakeState
    outcome: IntakeOutcome | None
    title: str | None = Field(description="For the client, calm words; null when nothing was answered")
    texts: list[str]


class ExerciseOut(BaseModel):
    """An exercise on the plan, and how it stands this week."""

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
    """A set that something is still to be said of."""

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
    """A recording that is being looked at."""

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


@router.get("/today")
def read_today(me: AsClient, db: Db, clock: Clock, audit: Audit, language: Language = "en") -> TodayOut:
    """A client's day: what is due, what is still to be said, what is new."""
    client = db.get_one(Client, me.id)
    zone = clinic_timezone(db, client.clinic_id)
    now = clock().astimezone(zone)
    ladder = ladder_of(db, client.clinic_id)
    titles = {step.name: step.title for step in ladder.steps}
    instructions = {step.name: list(step.instructions) for step in ladder.steps}
    agreed = consents_of(db, client.id)
    intake = intake_state(db, client, language)
    before: Before | None = None
    if not may_upload(agreed):
        before = "consent"
    elif intake.state == "unanswered":
        before = "intake"
    elif intake.state == "waiting":
        before = "clearance"
    plans = list(db.scalars(current_plans(client.id)))
    found = today(
        now,
        [Prescription(row.id, row.step, row.days_per_week) for row in plans],
        sets_since(db, client, lookback_start(now), zone),
        may_go_on=intake.state != "waiting",
    )
    out = TodayOut(
        name=client.name,
        day=found.day,
        week_begins=found.week_begins,
        time_zone=zone.key,
        before_filming=before,
        consents=agreed,
        intake=intake,
        exercises=[
            ExerciseOut(
                plan_id=row.id,
                step=row.step,
                title=titles.get(row.step, row.step),
                instructions=instructions.get(row.step, []),
                protocol=row.protocol,
                sets=row.sets,
                reps=row.reps,
                load_kg=row.load_kg,
                days_per_week=row.days_per_week,
                notes=row.notes,
                days_done=list(stands.days_done),
                done_today=stands.done_today,
                due=stands.due,
            )
            for row, stands in zip(plans, found.exercises, strict=True)
        ],
        morning=[
            SetOut(
                day=one.day,
                step=one.step,
                title=titles.get(one.step, one.step),
                recording_id=one.recording_id,
                checkin_id=one.checkin_id,
            )
            for one in found.morning
        ],
        unsaid=[
            SetOut(
                day=one.when.date(),
                step=one.step,
                title=titles.get(one.step, one.step),
                recording_id=one.recording_id,
                checkin_id=None,
            )
            for one in found.unsaid
        ],
        film_again=[_film_again(db, one, titles) for one in found.film_again],
        under_way=[
            UnderWayOut(recording_id=row.id, recorded_at=row.created_at, protocol=row.protocol)
            for row in under_way(db, client.id)
        ],
        unread=[
            UnreadOut(
                review_id=review.id,
                recording_id=recording.id,
                recorded_at=recording.created_at,
                published_at=review.published_at,
                verdict=review.verdict,
            )
            for review, recording in unread(db, client.id)
        ],
    )
    audit.record_view(db, "today", client.id, client.id)
    return out


def intake_state(db: Session, client: Client, language: Language) -> IntakeStateOut:
    """How the questions stand, in the words for the client."""
    row = newest_intake(db, client.id)
    if row is None:
        return IntakeStateOut(state="unanswered", outcome=None, title=None, texts=[])
    state: IntakeState = "clear"
    if row.outcome is not IntakeOutcome.CLEAR:
        state = "waiting" if row.cleared_at is None else "cleared"
    # Once cleared, the words to wait would be wrong; those for a clear outcome say what to watch for.
    told = questions_of(db, client.clinic_id, language).texts["clear" if state == "cleared" else row.outcome.value]
    return IntakeStateOut(state=state, outcome=row.outcome, title=told.title, texts=list(told.lines))


def _film_again(db: Session, one: CompletedSet, titles: dict[str, str]) -> FilmAgainOut:
    assert one.recording_id is not None
    row = db.get_one(Recording, one.recording_id)
    refusal = None
    if row.refusal_code is not None:
        refusal = RefusalReason(
            code=row.refusal_code, message=row.refusal_message or "", advice=row.refusal_advice or ""
        )
    return FilmAgainOut(
        recording_id=row.id,
        recorded_at=row.created_at,
        step=one.step,
        title=titles.get(one.step, one.step),
        refusal=refusal,
    )
