"""Data of the page of one client, as their clinician sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_clients, visible_recordings
from api.auth.audit_trail import Trail
from api.care.checkins import CheckInOut, list_check_ins
from api.care.client_history import client_history, steps_of
from api.care.clinic_content import Language, ladder_of, rules_of
from api.care.consent import ConsentOut, read_consents
from api.care.intake import IntakeOut, list_intakes
from api.care.plan_schemas import PlanOut
from api.care.prescriptions import list_plans
from api.care.readiness import ReadinessOut, read_readiness
from api.care.worklist import client_facts
from api.core.clock import Now
from api.core.problems import Problem
from api.db import Client, Clinician, ConsentRecord, Invitation, Recording, Review, ReviewState, Verdict, WordingText
from api.db.clinic import clinic_timezone
from api.db.pagination import Paging
from api.http.deps import Principal
from api.pages.client import charts
from api.pages.messages import code_messages
from api.pages.translations import Translator
from api.pages.worklist.rows import NeedItem, need_item
from api.recordings.result_files import newest_of
from hinge_check.clinic.checkin import CheckIn
from hinge_check.clinic.history import History, history
from hinge_check.clinic.metrics import Recorded, SetMetrics
from hinge_check.clinic.red_flags import questions_from_text
from hinge_check.clinic.worklist import needs

FEW: Final = 12
"""How many recordings and check-ins are shown at first."""
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """A recording in the table."""

    recording: Recording
    progress: float
    step: str
    """Title of the exercise."""
    figures: SetMetrics | None
    check_in: CheckIn | None
    verdict: Verdict | None
    reviewed: bool
    """Whether a review is published."""
    draft: bool
    """Whether a review is begun and not published."""
    waits: bool
    """Whether it waits for a review: it is newer than every recording with a published one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A question in the wording the client read, and the answer."""

    question: str
    answer: str
    about: str | None
    """What the answer may be a sign of; None where it is no red flag."""


@dataclass(frozen=True, slots=True)
class ClientView:
    """A client as their clinician sees them."""

    client: Client
    zone: str
    needs: tuple[NeedItem, ...]
    plans: Sequence[PlanOut]
    intake: IntakeOut | None
    """The newest answers."""
    answers: Sequence[Answer]
    """The client's answers, red flags first."""
    consents: ConsentOut
    asked: bool
    """Whether the client has been asked for agreements at all."""
    readiness: ReadinessOut | None
    exercises: Sequence[str]
    exercise: str | None
    charts: Sequence[charts.Chart]
    first: datetime | None
    """First and last moment of the charts."""
    last: datetime | None
    has_live: bool
    """Whether some of the charts' marks are of live sessions."""
    about: str
    recordings: Sequence[RecordingRow]
    many: int
    """How many recordings there are."""
    check_ins: Sequence[tuple[CheckInOut, str]]
    """Each with the exercise's title."""
    link_until: datetime | None
    """Expiry of the open link; None when there is none."""
    titles: dict[str, str]
    """Titles of the ladder's steps, by name."""
    colleagues: Sequence[Clinician]
    """Clinicians to whom the client can be handed over."""

    @property
    def waits(self) -> bool:
        """Return whether answers wait for the clinician's clearance."""
        return self.intake is not None and not self.intake.may_go_on


def load(
    db: Session,
    me: Principal,
    client_id: str,
    clock: Now,
    audit: Trail,
    t: Translator,
    language: Language,
    *,
    exercise: str = "",
    whole: bool = False,
) -> ClientView:
    """Load everything at once, and note each view in the audit trail.

    Parameters
    ----------
    exercise
        Protocol whose figures the charts show; empty for that of the newest recording.
    whole
        Load all recordings and check-ins, up to `MOST`, instead of the first `FEW`.

    Raises
    ------
    Problem
        `not_found` for another clinician's client.
    """
    client = get_or_404(db, visible_clients(me), client_id)
    titles = _step_titles(db, client.clinic_id, t)
    records = client_history(db, client.id, live=True)
    past = history(records, rules=rules_of(db, client))
    audit.record_view(db, "history", client.id, client.id)
    trend = _draw_trend(past, records, exercise)
    answers = list_intakes(db, me, audit, client.id)
    shown = MOST if whole else FEW
    of = {each.recording_id: (each.figures, each.check_in) for each in records}
    rows, many = _load_recordings(db, me, client, of, titles, shown)
    return ClientView(
        client=client,
        zone=clinic_timezone(db, client.clinic_id).key,
        needs=_list_needs(db, me, client, clock()),
        plans=list_plans(db, me, audit, client.id),
        intake=answers[0] if answers else None,
        answers=_list_answers(db, t, answers[0]) if answers else [],
        consents=read_consents(db, me, client.id, language),
        asked=db.scalar(select(ConsentRecord.id).where(ConsentRecord.client_id == client.id).limit(1)) is not None,
        readiness=_load_readiness(db, me, client, clock, audit),
        exercises=trend.exercises,
        exercise=trend.exercise,
        charts=trend.charts,
        first=trend.first,
        last=trend.last,
        has_live=trend.has_live,
        about=past.about,
        recordings=rows,
        many=many,
        check_ins=_list_check_ins(db, me, audit, client, titles, shown),
        link_until=_link_expiry(db, client.id, clock()),
        titles=titles,
        colleagues=colleagues(db, me),
    )


def _step_titles(db: Session, clinic_id: str, t: Translator) -> dict[str, str]:
    return {step.name: code_messages.step_title(t, step.name, step.title) for step in ladder_of(db, clinic_id).steps}


@dataclass(frozen=True, slots=True)
class _Trend:
    """The charts of one exercise; fields as in `ClientView`."""

    exercises: Sequence[str]
    exercise: str | None
    charts: Sequence[charts.Chart]
    first: datetime | None
    last: datetime | None
    has_live: bool


def _draw_trend(past: History, records: Sequence[Recorded], exercise: str) -> _Trend:
    """Draw the requested exercise, else that of the newest recording, with the limit of its newest set."""
    protocols = charts.exercises(past)
    chosen = exercise if exercise in protocols else protocols[0] if protocols else None
    limits = [each.figures.lumbar_limit_deg for each in records if each.figures and each.figures.protocol == chosen]
    drawn = charts.charts(past, chosen, limits[-1] if limits else None)
    marks = [mark for chart in drawn for line in chart.lines for mark in line.marks]
    moments = [mark.when for mark in marks]
    return _Trend(
        exercises=protocols,
        exercise=chosen,
        charts=drawn,
        first=min(moments, default=None),
        last=max(moments, default=None),
        has_live=any(mark.live for mark in marks),
    )


def _list_check_ins(
    db: Session, me: Principal, audit: Trail, client: Client, titles: dict[str, str], most: int
) -> list[tuple[CheckInOut, str]]:
    rows = list_check_ins(db, me, audit, client.id, Paging(limit=most)).items
    return [(each, titles.get(each.step, each.step.replace("_", " "))) for each in rows]


def _list_needs(db: Session, me: Principal, client: Client, now: datetime) -> tuple[NeedItem, ...]:
    mine = next((each for each in client_facts(db, me) if each.client_id == client.id), None)
    return () if mine is None else tuple(need_item(client.id, need) for need in needs(mine, now))


def _list_answers(db: Session, t: Translator, intake: IntakeOut) -> list[Answer]:
    asked = questions_from_text(db.get_one(WordingText, intake.wording_sha256).text).questions
    flags = [flag.question for flag in intake.flags or ()]
    by_urgency = sorted(asked, key=lambda each: flags.index(each.name) if each.name in flags else len(flags))
    return [
        Answer(
            code_messages.question(t, each), str(intake.answers[each.name]), each.about if each.name in flags else None
        )
        for each in by_urgency
    ]


def _load_readiness(db: Session, me: Principal, client: Client, clock: Now, audit: Trail) -> ReadinessOut | None:
    try:
        return read_readiness(db, me, audit, client.id, now=clock())
    except Problem:  # a step that is no longer on the clinic's ladder
        return None


def _load_recordings(
    db: Session,
    me: Principal,
    client: Client,
    of: dict[str, tuple[SetMetrics | None, CheckIn | None]],
    titles: dict[str, str],
    most: int,
) -> tuple[list[RecordingRow], int]:
    theirs = visible_recordings(me).where(Recording.client_id == client.id)
    rows = list(db.scalars(theirs.order_by(Recording.created_at.desc(), Recording.id.desc()).limit(most)))
    many = db.scalar(select(func.count()).select_from(Recording).where(Recording.client_id == client.id)) or 0
    ids = [row.id for row in rows]
    far = newest_of(db, ids)
    reviews = select(Review.recording_id, Review.state, Review.verdict).where(Review.recording_id.in_(ids))
    published: dict[str, Verdict | None] = {}
    drafts: set[str] = set()
    for recording_id, state, verdict in db.execute(reviews.order_by(Review.number)):
        if state is ReviewState.PUBLISHED:
            published[recording_id] = verdict
            drafts.discard(recording_id)
        else:
            drafts.add(recording_id)
    steps = steps_of(db, client.id, client.clinic_id)
    upto = max((row.created_at for row in rows if row.id in published), default=None)
    out = []
    for row in rows:
        figures, check_in = of.get(row.id, (None, None))
        step = steps.of(row.plan_id, row.protocol)
        out.append(
            RecordingRow(
                recording=row,
                progress=far[row.id].progress if row.id in far else 0.0,
                step=titles.get(step, step.replace("_", " ")),
                figures=figures,
                check_in=check_in,
                verdict=published.get(row.id),
                reviewed=row.id in published,
                draft=row.id in drafts,
                waits=upto is None or row.created_at > upto,
            )
        )
    return out, many


def colleagues(db: Session, me: Principal) -> list[Clinician]:
    """Return the other clinicians of the clinic who can sign in."""
    others = select(Clinician).where(
        Clinician.clinic_id == me.clinic_id, Clinician.id != me.id, Clinician.disabled_at.is_(None)
    )
    return list(db.scalars(others.order_by(Clinician.name, Clinician.id)))


def _link_expiry(db: Session, client_id: str, now: datetime) -> datetime | None:
    open_ones = select(func.max(Invitation.expires_at)).where(
        Invitation.client_id == client_id,
        Invitation.used_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now,
    )
    return db.scalar(open_ones)
