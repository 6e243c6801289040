"""Reviews as rows, as they are told, and as reports show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.care.corrections import describe
from api.db import Clinician, Comment, Correction, Review, ReviewState
from hinge_check.clinic import review as domain


def visible_reviews(is_clinician: bool, recording_id: str) -> Select[Review]:
    """The reviews of a recording, newest first: drafts are the clinicians' alone."""
    query = select(Review).where(Review.recording_id == recording_id)
    if not is_clinician:
        query = query.where(Review.state == ReviewState.PUBLISHED)
    return query.order_by(Review.number.desc())


def comments_of(db: Session, review_id: str) -> list[Comment]:
    """In order."""
    return list(db.scalars(select(Comment).where(Comment.review_id == review_id).order_by(Comment.position)))


def corrections_of(db: Session, review_id: str) -> list[Correction]:
    """In order."""
    return list(db.scalars(select(Correction).where(Correction.review_id == review_id).order_by(Correction.position)))


def newest_published(db: Session, recording_id: str) -> Review | None:
    """What holds."""
    return db.scalars(visible_reviews(False, recording_id).limit(1)).one_or_none()


def for_report(db: Session, row: Review) -> domain.Review:
    """A review as a report shows it."""
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
    """A review with everything in it, for an export."""
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
