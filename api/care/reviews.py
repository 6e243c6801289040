"""Reviews, read as rows, as the API states them, and as reports show them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_recordings
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.corrections import AnyCorrection, describe
from api.care.review_schemas import CommentForm, CorrectionOut, ReviewOut
from api.core.problems import not_found
from api.db import Clinician, Comment, Correction, Recording, Review, ReviewState
from hinge_check.clinic import review as domain

_corrections: TypeAdapter[AnyCorrection] = TypeAdapter(AnyCorrection)


def list_reviews(db: Session, me: Principal, trail: Trail, recording_id: str) -> list[ReviewOut]:
    """Return the reviews of a recording, newest first; a client sees only published ones.

    Records when a client first read them, and commits.

    Raises
    ------
    Problem
        `not_found` for the recording of another clinician's client.
    """
    recording = get_or_404(db, visible_recordings(me), recording_id)
    rows = list(db.scalars(visible_reviews(me.is_clinician, recording.id)))
    out = [to_out(db, row) for row in rows]
    _mark_seen(db, me, rows, trail.now)
    trail.record_view(db, "reviews", recording.id, recording.client_id)
    return out


def read_review(db: Session, me: Principal, trail: Trail, recording_id: str, review_id: str) -> ReviewOut:
    """Return one review; otherwise like `list_reviews`."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = get_review(db, me, recording, review_id)
    out = to_out(db, row)
    _mark_seen(db, me, [row], trail.now)
    trail.record_view(db, "review", row.id, recording.client_id)
    return out


def get_review(db: Session, me: Principal, recording: Recording, review_id: str) -> Review:
    """Return the row of a review that a person may see.

    Raises
    ------
    Problem
        `not_found`.
    """
    row = db.scalars(visible_reviews(me.is_clinician, recording.id).where(Review.id == review_id)).one_or_none()
    if row is None:
        raise not_found()
    return row


def to_out(db: Session, row: Review) -> ReviewOut:
    """Return a review as the API states it."""
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


def visible_reviews(is_clinician: bool, recording_id: str) -> Select[Review]:
    """Select the reviews of a recording, newest first; only clinicians see drafts."""
    query = select(Review).where(Review.recording_id == recording_id)
    if not is_clinician:
        query = query.where(Review.state == ReviewState.PUBLISHED)
    return query.order_by(Review.number.desc())


def comments_of(db: Session, review_id: str) -> list[Comment]:
    """Return the comments of a review, in order."""
    return list(db.scalars(select(Comment).where(Comment.review_id == review_id).order_by(Comment.position)))


def corrections_of(db: Session, review_id: str) -> list[Correction]:
    """Return the corrections of a review, in order."""
    return list(db.scalars(select(Correction).where(Correction.review_id == review_id).order_by(Correction.position)))


def newest_published(db: Session, recording_id: str) -> Review | None:
    """Return the review that counts: the newest published one; None without any."""
    return db.scalars(visible_reviews(False, recording_id).limit(1)).one_or_none()


def for_report(db: Session, row: Review) -> domain.Review:
    """Return a review as a report shows it."""
    by = None if row.clinician_id is None else db.get(Clinician, row.clinician_id)
    at: datetime = row.published_at or row.updated_at
    return domain.Review(
        by="the clinician" if by is None else by.name,
        at=at,
        verdict=None if row.verdict is None else row.verdict.value,
        summary=row.summary,
        comments=tuple(domain.Comment(each.time_s, each.text) for each in comments_of(db, row.id)),
        corrections=tuple(
            describe(each.kind, each.corrected, each.computed, each.reason) for each in corrections_of(db, row.id)
        ),
    )


def as_json(db: Session, row: Review) -> dict[str, Any]:
    """Return a review with everything in it, for an export."""
    return {
        "id": row.id,
        "recording_id": row.recording_id,
        "number": row.number,
        "state": str(row.state),
        "verdict": None if row.verdict is None else str(row.verdict),
        "summary": row.summary,
        "published_at": None if row.published_at is None else row.published_at.isoformat(),
        "comments": [
            {"time_s": each.time_s, "text": each.text, "drawing": each.drawing} for each in comments_of(db, row.id)
        ],
        "corrections": [
            {"kind": each.kind, "corrected": each.corrected, "computed": each.computed, "reason": each.reason}
            for each in corrections_of(db, row.id)
        ],
    }


def _mark_seen(db: Session, me: Principal, rows: Sequence[Review], now: datetime) -> None:
    """Record when a client first read these reviews; commits."""
    unseen = [] if me.is_clinician else [row for row in rows if row.seen_at is None]
    for row in unseen:
        row.seen_at = now
    if unseen:
        db.commit()
