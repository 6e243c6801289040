"""The data of the review page when it is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_recordings
from api.auth.audit_trail import Trail
from api.care.checkin_rows import from_row
from api.care.client_history import step_of
from api.care.clinic_content import ladder_of
from api.care.consent import may_watch
from api.care.limit_preview import limits_in
from api.care.plans import current_plans
from api.care.readiness import ReadinessOut, read_readiness
from api.care.review_schemas import ReviewOut
from api.care.reviews import list_reviews
from api.care.worklist import client_facts
from api.core.clock import Now
from api.core.problems import Problem
from api.db import Analysis, AnalysisState, CheckInRow, Client, Plan, Recording, RecordingState, ReviewState
from api.db.clinic import clinic_timezone
from api.http.deps import Principal
from api.jobs.retry import can_retry
from api.recordings.result_files import current_analysis
from api.recordings.schemas import RecordingOut
from api.recordings.service import read_out
from hinge_check.assess.report import HingeReport
from hinge_check.clinic.checkin import CheckIn
from hinge_check.clinic.worklist import worklist
from hinge_check.errors import UsageError

MOST_OTHERS = 50


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A recording as its clinician sees it."""

    recording: RecordingOut
    client: Client
    zone: str
    step: str
    """Title of the exercise."""
    report: HingeReport | None
    """None while it is being analysed."""
    analysis_id: str | None
    measured: bool
    """Whether there are curves and repetitions to look at."""
    shown: bool
    """Whether there is a video to look at."""
    withheld: bool
    """Whether the client does not show their videos to clinicians."""
    again: bool
    """Whether it failed and may be tried again."""
    origin_s: float
    """Where the annotated video begins in the original, seconds."""
    check_in: CheckIn | None
    readiness: ReadinessOut | None
    reviews: Sequence[ReviewOut]
    """Newest first."""
    plan: Plan | None
    limits: Mapping[str, Mapping[str, Any]]
    """Limits of the protocol that judged: value, warn, unit, reason."""
    others: Sequence[Recording]
    """Other analysed recordings of the same person, newest first."""
    next_id: str | None
    """The next recording that waits for a review."""
    waiting: int

    @property
    def review(self) -> ReviewOut | None:
        """Return the draft, else what was published last."""
        return self.reviews[0] if self.reviews else None

    @property
    def draft(self) -> ReviewOut | None:
        """Return the draft; None where there is none."""
        return self.review if self.review is not None and self.review.state is ReviewState.DRAFT else None

    @property
    def published(self) -> ReviewOut | None:
        """Return the review that the client reads now."""
        return next((each for each in self.reviews if each.state is ReviewState.PUBLISHED), None)

    @property
    def upright(self) -> bool:
        """Return whether the picture is higher than wide: curves stand beside it then."""
        video = self.recording.video
        return video is not None and video.height > video.width


def load(db: Session, me: Principal, recording_id: str, clock: Now, audit: Trail) -> ReviewView:
    """Load everything at once, and note the view in the audit trail.

    Raises
    ------
    Problem
        `not_found` for the recording of another clinician's client.
    """
    recording: Recording = get_or_404(db, visible_recordings(me), recording_id)
    client = db.get_one(Client, recording.client_id)
    row, report = _current_report(db, recording)
    watch = may_watch(db, me, recording)
    measured = report is not None and report.status == "analysed"
    check_in = db.scalars(select(CheckInRow).where(CheckInRow.recording_id == recording.id)).one_or_none()
    step = step_of(db, recording)
    audit.record_view(db, "report", recording.id, client.id)
    next_id, waiting = _waiting(db, me, recording, clock)
    return ReviewView(
        recording=read_out(db, recording),
        client=client,
        zone=clinic_timezone(db, client.clinic_id).key,
        step=_title(db, client.clinic_id, step),
        report=report,
        analysis_id=None if row is None else row.id,
        measured=measured,
        shown=watch and recording.original_key is not None,
        withheld=not watch,
        again=recording.state is RecordingState.FAILED and can_retry(db, recording),
        origin_s=recording.trim_start_s or 0.0,
        check_in=None if check_in is None else from_row(check_in),
        readiness=_readiness(db, me, client, step, clock, audit),
        reviews=list_reviews(db, me, audit, recording.id),
        plan=db.scalars(current_plans(client.id).where(Plan.protocol == recording.protocol).limit(1)).one_or_none(),
        limits={} if row is None or not measured else limits_in(row.protocol_text),
        others=_others(db, recording),
        next_id=next_id,
        waiting=waiting,
    )


def _current_report(db: Session, recording: Recording) -> tuple[Analysis | None, HingeReport | None]:
    try:
        row = current_analysis(db, recording.id)
    except Problem:  # nothing to show yet
        return None, None
    return row, None if row.report is None else HingeReport.model_validate_json(row.report)


def _title(db: Session, clinic_id: str, step: str) -> str:
    try:
        return ladder_of(db, clinic_id).step(step).title
    except UsageError:
        return step.replace("_", " ")


def _readiness(db: Session, me: Principal, client: Client, step: str, clock: Now, audit: Trail) -> ReadinessOut | None:
    try:
        return read_readiness(db, me, audit, client.id, now=clock(), step=step)
    except Problem:  # a step that is no longer on the clinic's ladder
        return None


def _others(db: Session, recording: Recording) -> list[Recording]:
    query = select(Recording).where(
        Recording.client_id == recording.client_id,
        Recording.id != recording.id,
        Recording.state == RecordingState.DONE,
        select(Analysis.id).where(Analysis.recording_id == Recording.id, Analysis.state == AnalysisState.DONE).exists(),
    )
    return list(db.scalars(query.order_by(Recording.created_at.desc(), Recording.id).limit(MOST_OTHERS)))


def _waiting(db: Session, me: Principal, recording: Recording, clock: Now) -> tuple[str | None, int]:
    """Return the recording to look at next, and how many people have some waiting."""
    waiting = [
        need.recording_id
        for entry in worklist(client_facts(db, me), clock())
        for need in entry.needs
        if need.kind in {"new_recordings", "refused"} and need.recording_id not in {None, recording.id}
    ]
    return (waiting[0] if waiting else None), len(waiting)
