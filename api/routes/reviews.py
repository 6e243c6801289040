"""Reviews: a clinician writes a draft, saved as they go, and publishes it; a client sees what is published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from sqlalchemy import delete, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_recordings
from api.care.annotation_shapes import Drawing
from api.care.corrections import AnyCorrection, Seconds, computed_value
from api.care.remeasure import request_remeasure
from api.care.reviews import comments_of, corrections_of, visible_reviews
from api.core.problems import SIGNED_IN, Problem, ServiceCode, not_found, problem_responses
from api.core.text_types import BodyId, IdPath, Notes
from api.db import Analysis, Comment, Correction, Deed, Recording, Review, ReviewState, Verdict, new_id
from api.http.deps import AsClinician, Audit, Clock, Config, Db, Me, Principal, Wakeups
from api.recordings.result_files import current_analysis
from hinge_check.assess.report import HingeReport

router = APIRouter(prefix="/recordings/{recording_id}/reviews", tags=["reviews"], responses=SIGNED_IN)

IfMatch = Annotated[str | None, Header(description='The version that was read, as its ETag: "3"', max_length=40)]
_CHANGES = problem_responses(ServiceCode.CONFLICT, ServiceCode.PRECONDITION_FAILED)
_corrections: TypeAdapter[AnyCorrection] = TypeAdapter(AnyCorrection)


class CommentForm(BaseModel):
    """Words, and perhaps a drawing, at a moment."""

    model_config = ConfigDict(extra="forbid")

    time_s: Seconds | None = Field(default=None, description="Of the video; null for the recording as a whole")
    text: Notes = ""
    drawing: Drawing | None = None


class ReviewForm(BaseModel):
    """A whole draft, as it is saved."""

    model_config = ConfigDict(extra="forbid")

    summary: Notes = ""
    verdict: Verdict | None = Field(default=None, description="The clinician's own; no suggestion ever sets it")
    analysis_id: BodyId | None = Field(default=None, description="Which was looked at; the newest without it")
    comments: Annotated[list[CommentForm], Field(max_length=200)] = Field(default_factory=list)
    corrections: Annotated[list[AnyCorrection], Field(max_length=100)] = Field(default_factory=list)


class CorrectionOut(BaseModel):
    """Both: what the clinician says, and what was computed."""

    kind: str
    corrected: AnyCorrection
    computed: dict[str, Any] | None


class ReviewOut(BaseModel):
    """A review."""

    id: str
    recording_id: str
    number: int
    state: ReviewState
    version: int = Field(description="Also the ETag")
    analysis_id: str | None
    clinician_id: str | None
    verdict: Verdict | None
    summary: str
    comments: list[CommentForm]
    corrections: list[CorrectionOut]
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    seen_at: datetime | None = Field(description="When the client first read it")


@router.get("")
def list_reviews(recording_id: IdPath, me: Me, db: Db, audit: Audit) -> list[ReviewOut]:
    """Reviews of a recording, newest first; a client sees the published ones."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    rows = list(db.scalars(visible_reviews(me.is_clinician, recording.id)))
    out = [_told(db, row) for row in rows]
    _has_read(db, me, rows, audit.now)
    audit.record_view(db, "reviews", recording.id, recording.client_id)
    return out


@router.get("/{review_id}")
def read_review(recording_id: IdPath, review_id: IdPath, response: Response, me: Me, db: Db, audit: Audit) -> ReviewOut:
    """One review."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = _one(db, me.is_clinician, recording, review_id)
    response.headers["ETag"] = _etag(row.version)
    out = _told(db, row)
    _has_read(db, me, [row], audit.now)
    audit.record_view(db, "review", row.id, recording.client_id)
    return out


@router.post(
    "",
    status_code=201,
    responses={
        200: {"model": ReviewOut, "description": "There is a draft already"},
        **problem_responses(ServiceCode.CONFLICT),
    },
)
def begin_review(
    recording_id: IdPath, response: Response, me: AsClinician, db: Db, clock: Clock, audit: Audit
) -> ReviewOut:
    """Begin a draft, or go on with the one there is. After a published review it begins with a copy of that."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    newest = db.scalars(visible_reviews(True, recording.id).limit(1)).one_or_none()
    if newest is not None and newest.state is ReviewState.DRAFT:
        response.status_code = 200
        response.headers["ETag"] = _etag(newest.version)
        return _told(db, newest)
    row = Review(
        id=new_id(),
        clinic_id=recording.clinic_id,
        recording_id=recording.id,
        number=1 if newest is None else newest.number + 1,
        analysis_id=None if newest is None else newest.analysis_id,
        clinician_id=me.id,
        state=ReviewState.DRAFT,
        version=1,
        verdict=None if newest is None else newest.verdict,
        summary="" if newest is None else newest.summary,
        created_at=clock(),
        updated_at=clock(),
    )
    db.add(row)
    db.flush()  # two begun at once cannot both have the number
    if newest is not None:
        _copy(db, newest, row)
    audit.record(db, Deed.CREATED, "review", row.id, recording.client_id)
    db.commit()
    response.headers["ETag"] = _etag(row.version)
    return _told(db, row)


@router.put("/{review_id}", responses=_CHANGES)
def save_review(
    recording_id: IdPath,
    review_id: IdPath,
    form: ReviewForm,
    response: Response,
    me: AsClinician,
    db: Db,
    clock: Clock,
    audit: Audit,
    if_match: IfMatch = None,
) -> ReviewOut:
    """Save a draft, whole, over the version that was read (If-Match); another's changes are never written over."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = _draft(db, recording, review_id, if_match)
    report, analysis_id = _looked_at(db, recording, form.analysis_id)
    _next_version(
        db, row, clock(), clinician_id=me.id, verdict=form.verdict, summary=form.summary, analysis_id=analysis_id
    )
    for table in (Comment, Correction):
        db.execute(delete(table).where(table.review_id == row.id))
    db.add_all(_comment(row, at, each) for at, each in enumerate(form.comments))
    for at, each in enumerate(form.corrections):
        had = None if report is None else computed_value(each, report)
        db.add(_correction(row, at, each, had))
    lately = row.updated_at  # one entry for the many saves of one sitting
    if (clock() - lately).total_seconds() > 600 or row.version == 1:
        audit.record(db, Deed.CHANGED, "review", row.id, recording.client_id)
    db.commit()
    db.refresh(row)
    response.headers["ETag"] = _etag(row.version)
    return _told(db, row)


@router.post("/{review_id}/publication", responses=_CHANGES)
def publish_review(
    recording_id: IdPath,
    review_id: IdPath,
    response: Response,
    me: AsClinician,
    db: Db,
    clock: Clock,
    config: Config,
    bell: Wakeups,
    audit: Audit,
    if_match: IfMatch = None,
) -> ReviewOut:
    """Publish a draft as it was read (If-Match): the client sees it from now on, and it is never changed again.

    A corrected side or trim is measured again in the background, beside the analysis that was looked at.
    """
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = _draft(db, recording, review_id, if_match)
    _next_version(db, row, clock(), clinician_id=me.id, state=ReviewState.PUBLISHED, published_at=clock())
    audit.record(db, Deed.PUBLISHED, "review", row.id, recording.client_id)
    waiting = request_remeasure(db, recording, corrections_of(db, row.id), settings=config, now=clock())
    if waiting is not None:
        audit.record(db, Deed.CREATED, "analysis", waiting, recording.client_id)
    db.commit()
    if waiting is not None:
        bell.notify(waiting)
    db.refresh(row)
    response.headers["ETag"] = _etag(row.version)
    return _told(db, row)


@router.delete("/{review_id}", status_code=204, responses=problem_responses(ServiceCode.CONFLICT))
def drop_draft(recording_id: IdPath, review_id: IdPath, me: AsClinician, db: Db, audit: Audit) -> None:
    """Throw a draft away; what is published stays."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = _one(db, True, recording, review_id)
    if row.state is ReviewState.PUBLISHED:
        raise Problem(ServiceCode.CONFLICT, "This review is published.", advice="Write another; it takes its place.")
    audit.record(db, Deed.REMOVED, "review", row.id, recording.client_id)
    db.execute(delete(Review).where(Review.id == row.id, Review.state == ReviewState.DRAFT))
    db.commit()


def _has_read(db: Session, me: Principal, rows: Sequence[Review], now: datetime) -> None:
    """Note when a client first read them; commits."""
    fresh = [] if me.is_clinician else [row for row in rows if row.seen_at is None]
    for row in fresh:
        row.seen_at = now
    if fresh:
        db.commit()


def _one(db: Session, is_clinician: bool, recording: Recording, review_id: str) -> Review:
    row = db.scalars(visible_reviews(is_clinician, recording.id).where(Review.id == review_id)).one_or_none()
    if row is None:
        raise not_found()
    return row


def _draft(db: Session, recording: Recording, review_id: str, if_match: str | None) -> Review:
    """The draft, if it is still as the caller read it."""
    row = _one(db, True, recording, review_id)
    if row.state is ReviewState.PUBLISHED:
        raise Problem(ServiceCode.CONFLICT, "This review is published.", advice="Begin another; it takes its place.")
    if if_match is None or if_match.strip().removeprefix("W/") != _etag(row.version):
        detail = "Say which version you read." if if_match is None else "The draft was saved elsewhere meanwhile."
        raise Problem(ServiceCode.PRECONDITION_FAILED, detail, headers={"ETag": _etag(row.version)})
    return row


def _next_version(db: Session, row: Review, now: datetime, **values: Any) -> None:
    """One guarded UPDATE: of two saves of the same version one wins, and the other is told."""
    done = db.execute(
        update(Review)
        .where(Review.id == row.id, Review.version == row.version, Review.state == ReviewState.DRAFT)
        .values(version=row.version + 1, updated_at=now, **values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    if done.rowcount != 1:
        raise Problem(ServiceCode.PRECONDITION_FAILED, "The draft was saved elsewhere meanwhile.")


def _looked_at(db: Session, recording: Recording, analysis_id: str | None) -> tuple[HingeReport | None, str | None]:
    """The report that corrections stand beside."""
    try:
        row: Analysis = current_analysis(db, recording.id, analysis_id)
    except Problem as problem:
        if analysis_id is not None or problem.code is not ServiceCode.NOT_READY:
            raise
        return None, None
    return None if row.report is None else HingeReport.model_validate_json(row.report), row.id


def _comment(row: Review, position: int, form: CommentForm) -> Comment:
    drawing = None if form.drawing is None else form.drawing.model_dump(mode="json")
    return Comment(
        id=new_id(),
        clinic_id=row.clinic_id,
        review_id=row.id,
        position=position,
        time_s=form.time_s,
        text=form.text,
        drawing=drawing,
    )


def _correction(row: Review, position: int, form: AnyCorrection, had: dict[str, Any] | None) -> Correction:
    return Correction(
        id=new_id(),
        clinic_id=row.clinic_id,
        review_id=row.id,
        position=position,
        kind=form.kind,
        corrected=form.model_dump(mode="json", exclude={"kind", "reason"}),
        computed=had,
        reason=form.reason,
    )


def _copy(db: Session, source: Review, target: Review) -> None:
    for table, rows in ((Comment, comments_of(db, source.id)), (Correction, corrections_of(db, source.id))):
        apart = {"id", "review_id"}
        for row in rows:
            values = {c.key: getattr(row, c.key) for c in table.__table__.columns if c.key not in apart}
            db.add(table(id=new_id(), review_id=target.id, **values))


def _told(db: Session, row: Review) -> ReviewOut:
    return ReviewOut(
        id=row.id,
        recording_id=row.recording_id,
        number=row.number,
        state=row.state,
        version=row.version,
        analysis_id=row.analysis_id,
        clinician_id=row.clinician_id,
        verdict=row.verdict,
        summary=row.summary,
        comments=[
            CommentForm(time_s=each.time_s, text=each.text, drawing=each.drawing) for each in comments_of(db, row.id)
        ],
        corrections=[
            CorrectionOut(
                kind=each.kind,
                corrected=_corrections.validate_python({"kind": each.kind, "reason": each.reason, **each.corrected}),
                computed=each.computed,
            )
            for each in corrections_of(db, row.id)
        ],
        created_at=row.created_at,
        updated_at=row.updated_at,
        published_at=row.published_at,
        seen_at=row.seen_at,
    )


def _etag(version: int) -> str:
    return f'"{version}"'
