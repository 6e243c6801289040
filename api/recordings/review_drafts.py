"""Drafts of reviews: begun, saved as the clinician writes, then published or discarded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_recordings
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.corrections import AnyCorrection, computed_value
from api.care.remeasure import request_remeasure
from api.care.review_schemas import CommentForm, ReviewForm, ReviewOut
from api.care.reviews import comments_of, corrections_of, get_review, to_out, visible_reviews
from api.core.problems import Problem, ServiceCode
from api.db import Analysis, Comment, Correction, Deed, Recording, Review, ReviewState, new_id
from api.jobs.wakeup_queue import WakeupQueue
from api.recordings.result_files import current_analysis
from api.settings import Settings
from hinge_check.assess.report import HingeReport

SITTING_S = 600
"""Saves of one draft within so many seconds are one entry of the audit trail."""


def begin_review(
    db: Session, me: Principal, trail: Trail, recording_id: str, *, now: datetime
) -> tuple[ReviewOut, bool]:
    """Begin a draft, or return the existing one. Commits.

    After a published review, the draft starts as a copy of it.

    Returns
    -------
    (ReviewOut, bool)
        The draft, and whether it was begun by this call.

    Raises
    ------
    Problem
        `not_found` for the recording of another clinician's client; likewise for all functions of this module.
    """
    recording = get_or_404(db, visible_recordings(me), recording_id)
    newest = db.scalars(visible_reviews(True, recording.id).limit(1)).one_or_none()
    if newest is not None and newest.state is ReviewState.DRAFT:
        return to_out(db, newest), False
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
        created_at=now,
        updated_at=now,
    )
    db.add(row)
    db.flush()  # two drafts begun at the same instant cannot both get the number
    if newest is not None:
        _copy(db, newest, row)
    trail.record(db, Deed.CREATED, "review", row.id, recording.client_id)
    db.commit()
    return to_out(db, row), True


def save_review(
    db: Session,
    me: Principal,
    trail: Trail,
    recording_id: str,
    review_id: str,
    form: ReviewForm,
    *,
    version: str | None,
    now: datetime,
) -> ReviewOut:
    """Save a whole draft over the version that the caller read. Commits.

    Raises
    ------
    Problem
        `conflict` for a published review; `precondition_failed` when the draft was saved by another since.
    """
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = _get_draft(db, me, recording, review_id, version)
    report, analysis_id = _reviewed_report(db, recording, form.analysis_id)
    _update(db, row, now, clinician_id=me.id, verdict=form.verdict, summary=form.summary, analysis_id=analysis_id)
    for table in (Comment, Correction):
        db.execute(delete(table).where(table.review_id == row.id))
    db.add_all(_comment(row, position, each) for position, each in enumerate(form.comments))
    for position, each in enumerate(form.corrections):
        computed = None if report is None else computed_value(each, report)
        db.add(_correction(row, position, each, computed))
    # The row in memory is as it was read: with the version and the time of the previous save.
    if (now - row.updated_at).total_seconds() > SITTING_S or row.version == 1:
        trail.record(db, Deed.CHANGED, "review", row.id, recording.client_id)
    db.commit()
    db.refresh(row)
    return to_out(db, row)


def publish_review(
    db: Session,
    me: Principal,
    trail: Trail,
    recording_id: str,
    review_id: str,
    *,
    version: str | None,
    settings: Settings,
    wakeups: WakeupQueue,
    now: datetime,
) -> ReviewOut:
    """Publish a draft as the caller read it: the client sees it from now on, and it never changes again. Commits.

    After a corrected side or trim, the recording is measured again in the background; the reviewed analysis stays.

    Raises
    ------
    Problem
        As `save_review`.
    """
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = _get_draft(db, me, recording, review_id, version)
    _update(db, row, now, clinician_id=me.id, state=ReviewState.PUBLISHED, published_at=now)
    trail.record(db, Deed.PUBLISHED, "review", row.id, recording.client_id)
    queued = request_remeasure(db, recording, corrections_of(db, row.id), settings=settings, now=now)
    if queued is not None:
        trail.record(db, Deed.CREATED, "analysis", queued, recording.client_id)
    db.commit()
    if queued is not None:
        wakeups.notify(queued)
    db.refresh(row)
    return to_out(db, row)


def drop_draft(db: Session, me: Principal, trail: Trail, recording_id: str, review_id: str) -> None:
    """Discard a draft. Commits.

    Raises
    ------
    Problem
        `conflict` for a published review: it stays.
    """
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = get_review(db, me, recording, review_id)
    if row.state is ReviewState.PUBLISHED:
        raise Problem(ServiceCode.CONFLICT, "This review is published.", advice="Write another; it takes its place.")
    trail.record(db, Deed.REMOVED, "review", row.id, recording.client_id)
    db.execute(delete(Review).where(Review.id == row.id, Review.state == ReviewState.DRAFT))
    db.commit()


def etag(version: int) -> str:
    """Return the ETag of a review's version."""
    return f'"{version}"'


def _get_draft(db: Session, me: Principal, recording: Recording, review_id: str, version: str | None) -> Review:
    """Return the draft, if it is still as the caller read it."""
    row = get_review(db, me, recording, review_id)
    if row.state is ReviewState.PUBLISHED:
        raise Problem(ServiceCode.CONFLICT, "This review is published.", advice="Begin another; it takes its place.")
    if version != str(row.version):
        detail = "Say which version you read." if version is None else "The draft was saved elsewhere meanwhile."
        raise Problem(ServiceCode.PRECONDITION_FAILED, detail, headers={"ETag": etag(row.version)})
    return row


def _update(db: Session, row: Review, now: datetime, **values: Any) -> None:
    """Write the next version by one guarded UPDATE: of two saves of the same version one wins, the other is refused.

    The row in memory stays as it was read.
    """
    done = db.execute(
        update(Review)
        .where(Review.id == row.id, Review.version == row.version, Review.state == ReviewState.DRAFT)
        .values(version=row.version + 1, updated_at=now, **values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(done, CursorResult)
    if done.rowcount != 1:
        raise Problem(ServiceCode.PRECONDITION_FAILED, "The draft was saved elsewhere meanwhile.")


def _reviewed_report(
    db: Session, recording: Recording, analysis_id: str | None
) -> tuple[HingeReport | None, str | None]:
    """Return the report that the corrections refer to, and its analysis; (None, None) while there is none."""
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


def _correction(row: Review, position: int, form: AnyCorrection, computed: dict[str, Any] | None) -> Correction:
    return Correction(
        id=new_id(),
        clinic_id=row.clinic_id,
        review_id=row.id,
        position=position,
        kind=form.kind,
        corrected=form.model_dump(mode="json", exclude={"kind", "reason"}),
        computed=computed,
        reason=form.reason,
    )


def _copy(db: Session, source: Review, target: Review) -> None:
    """Copy comments and corrections from one review to another."""
    for table, rows in ((Comment, comments_of(db, source.id)), (Correction, corrections_of(db, source.id))):
        own = {"id", "review_id"}
        for row in rows:
            values = {c.key: getattr(row, c.key) for c in table.__table__.columns if c.key not in own}
            db.add(table(id=new_id(), review_id=target.id, **values))
