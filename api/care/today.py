"""A client's start page: what they have done lately, what is due, what their clinician has said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.checkin_rows import from_row
from api.care.client_history import steps_of
from api.care.clinic_content import Language, ladder_of, questions_of
from api.care.consent import consents_of
from api.care.intake import newest_intake
from api.care.plans import current_plans
from api.care.today_schemas import (
    Before,
    ExerciseOut,
    FilmAgainOut,
    IntakeState,
    IntakeStateOut,
    SetOut,
    TodayOut,
    UnderWayOut,
    UnreadOut,
)
from api.core.problems import RefusalReason
from api.db import (
    CheckInRow,
    Client,
    IntakeOutcome,
    LiveSession,
    Plan,
    Recording,
    RecordingState,
    Review,
    ReviewState,
)
from api.db.clinic import clinic_timezone
from hinge_check.clinic.consent import may_upload
from hinge_check.clinic.ladder import Ladder
from hinge_check.clinic.today import CompletedSet, Exercise, Prescription, lookback_start, today

UNUSABLE = (RecordingState.REFUSED, RecordingState.FAILED)
UNDER_WAY = (RecordingState.RECEIVED, RecordingState.QUEUED, RecordingState.ANALYSING)


def read_today(db: Session, me: Principal, trail: Trail, *, now: datetime, language: Language = "en") -> TodayOut:
    """Return a client's day: what is due, which questions are still open, what is new."""
    client = db.get_one(Client, me.id)
    zone = clinic_timezone(db, client.clinic_id)
    now = now.astimezone(zone)
    ladder = ladder_of(db, client.clinic_id)
    titles = {step.name: step.title for step in ladder.steps}
    consents = consents_of(db, client.id)
    intake = intake_state(db, client, language)
    plans = list(db.scalars(current_plans(client.id)))
    day = today(
        now,
        [Prescription(row.id, row.step, row.days_per_week) for row in plans],
        sets_since(db, client, lookback_start(now), zone),
        may_go_on=intake.state != "waiting",
    )
    out = TodayOut(
        name=client.name,
        day=day.day,
        week_begins=day.week_begins,
        time_zone=zone.key,
        before_filming=_before_filming(may_upload(consents), intake.state),
        consents=consents,
        intake=intake,
        exercises=[_exercise(row, state, ladder) for row, state in zip(plans, day.exercises, strict=True)],
        morning=[_set(each.day, each.step, titles, each.recording_id, each.checkin_id) for each in day.morning],
        unsaid=[_set(each.when.date(), each.step, titles, each.recording_id, None) for each in day.unsaid],
        film_again=[_film_again(db, each, titles) for each in day.film_again],
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
    trail.record_view(db, "today", client.id, client.id)
    return out


def intake_state(db: Session, client: Client, language: Language) -> IntakeStateOut:
    """Return the state of the questions before the first session, worded for the client."""
    row = newest_intake(db, client.id)
    if row is None:
        return IntakeStateOut(state="unanswered", outcome=None, title=None, texts=[])
    state: IntakeState = "clear"
    if row.outcome is not IntakeOutcome.CLEAR:
        state = "waiting" if row.cleared_at is None else "cleared"
    # Once cleared, the text that asks to wait would be wrong; the one for a clear outcome says what to watch for.
    text = questions_of(db, client.clinic_id, language).texts["clear" if state == "cleared" else row.outcome.value]
    return IntakeStateOut(state=state, outcome=row.outcome, title=text.title, texts=list(text.lines))


def sets_since(db: Session, client: Client, since: datetime, zone: ZoneInfo) -> list[CompletedSet]:
    """Return the recordings, live sessions and check-ins of a client since a moment, each set once."""
    steps = steps_of(db, client.id, client.clinic_id)
    rows = db.scalars(select(CheckInRow).where(CheckInRow.client_id == client.id, CheckInRow.created_at >= since))
    check_ins = list(rows)
    with_recording = {row.recording_id: row for row in check_ins if row.recording_id is not None}
    recorded = db.execute(
        select(Recording.id, Recording.created_at, Recording.state, Recording.protocol, Recording.plan_id).where(
            Recording.client_id == client.id, Recording.created_at >= since
        )
    )
    found = []
    for row in recorded:
        check_in = with_recording.pop(row.id, None)
        found.append(
            CompletedSet(
                when=row.created_at.astimezone(zone),
                step=steps.of(row.plan_id, row.protocol),
                recording_id=row.id,
                checkin_id=None if check_in is None else check_in.id,
                said=None if check_in is None else from_row(check_in),
                usable=row.state not in UNUSABLE,
            )
        )
    practised = select(LiveSession.began_at, LiveSession.plan_id, LiveSession.protocol)
    for live in db.execute(practised.where(LiveSession.client_id == client.id, LiveSession.began_at >= since)):
        step = steps.of(live.plan_id, live.protocol)
        found.append(CompletedSet(live.began_at.astimezone(zone), step, recording_id=None, checkin_id=None, said=None))
    return found + [
        CompletedSet(row.created_at.astimezone(zone), row.step, None, row.id, from_row(row))
        for row in check_ins
        if row.recording_id is None
    ]


def unread(db: Session, client_id: str) -> list[Row[Review, Recording]]:
    """Return the newest published review of each recording that the client has not read yet; newest first."""
    newest = (
        select(Review.recording_id, func.max(Review.number).label("number"))
        .join(Recording, Recording.id == Review.recording_id)
        .where(Recording.client_id == client_id, Review.state == ReviewState.PUBLISHED)
        .group_by(Review.recording_id)
        .subquery()
    )
    query = (
        select(Review, Recording)
        .join(newest, (newest.c.recording_id == Review.recording_id) & (newest.c.number == Review.number))
        .join(Recording, Recording.id == Review.recording_id)
        .where(Review.seen_at.is_(None))
    )
    return list(db.execute(query.order_by(Review.published_at.desc(), Review.id)))


def under_way(db: Session, client_id: str) -> list[Recording]:
    """Return the recordings that are not analysed yet, newest first."""
    query = select(Recording).where(Recording.client_id == client_id, Recording.state.in_(UNDER_WAY))
    return list(db.scalars(query.order_by(Recording.created_at.desc(), Recording.id)))


def _before_filming(may_store: bool, intake: IntakeState) -> Before | None:
    """Return what the client has to do before sending a video."""
    if not may_store:
        return "consent"
    if intake == "unanswered":
        return "intake"
    return "clearance" if intake == "waiting" else None


def _exercise(row: Plan, state: Exercise, ladder: Ladder) -> ExerciseOut:
    step = next((each for each in ladder.steps if each.name == row.step), None)
    return ExerciseOut(
        plan_id=row.id,
        step=row.step,
        title=row.step if step is None else step.title,
        instructions=[] if step is None else list(step.instructions),
        protocol=row.protocol,
        sets=row.sets,
        reps=row.reps,
        load_kg=row.load_kg,
        days_per_week=row.days_per_week,
        notes=row.notes,
        days_done=list(state.days_done),
        done_today=state.done_today,
        due=state.due,
    )


def _set(day: date, step: str, titles: Mapping[str, str], recording_id: str | None, checkin_id: str | None) -> SetOut:
    return SetOut(day=day, step=step, title=titles.get(step, step), recording_id=recording_id, checkin_id=checkin_id)


def _film_again(db: Session, unusable: CompletedSet, titles: Mapping[str, str]) -> FilmAgainOut:
    assert unusable.recording_id is not None
    row = db.get_one(Recording, unusable.recording_id)
    refusal = None
    if row.refusal_code is not None:
        refusal = RefusalReason(
            code=row.refusal_code, message=row.refusal_message or "", advice=row.refusal_advice or ""
        )
    return FilmAgainOut(
        recording_id=row.id,
        recorded_at=row.created_at,
        step=unusable.step,
        title=titles.get(unusable.step, unusable.step),
        refusal=refusal,
    )
