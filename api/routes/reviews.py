"""Reviews: a clinician writes a draft, saved as they go, and publishes it; a client sees what is published."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Response

from api.care import reviews
from api.care.review_schemas import ReviewForm, ReviewOut
from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.core.text_types import IdPath
from api.http.deps import AsClinician, Audit, Clock, Config, Db, Me, Wakeups
from api.recordings import review_drafts
from api.recordings.review_drafts import etag

router = APIRouter(prefix="/recordings/{recording_id}/reviews", tags=["reviews"], responses=SIGNED_IN)

IfMatch = Annotated[str | None, Header(description='The version that was read, as its ETag: "3"', max_length=40)]
_CHANGES = problem_responses(ServiceCode.CONFLICT, ServiceCode.PRECONDITION_FAILED)


@router.get("")
def list_reviews(recording_id: IdPath, me: Me, db: Db, audit: Audit) -> list[ReviewOut]:
    """List the reviews of a recording, newest first; a client sees only published ones."""
    return reviews.list_reviews(db, me, audit, recording_id)


@router.get("/{review_id}")
def read_review(recording_id: IdPath, review_id: IdPath, response: Response, me: Me, db: Db, audit: Audit) -> ReviewOut:
    """Return one review."""
    return _set_etag(response, reviews.read_review(db, me, audit, recording_id, review_id))


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
    """Begin a draft, or return the existing one. After a published review, the draft starts as a copy of it."""
    out, is_new = review_drafts.begin_review(db, me, audit, recording_id, now=clock())
    response.status_code = 201 if is_new else 200
    return _set_etag(response, out)


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
    """Save a whole draft over the version that was read (If-Match); changes by others are never overwritten."""
    version = _version_read(if_match)
    out = review_drafts.save_review(db, me, audit, recording_id, review_id, form, version=version, now=clock())
    return _set_etag(response, out)


@router.post("/{review_id}/publication", responses=_CHANGES)
def publish_review(
    recording_id: IdPath,
    review_id: IdPath,
    response: Response,
    me: AsClinician,
    db: Db,
    clock: Clock,
    config: Config,
    wakeups: Wakeups,
    audit: Audit,
    if_match: IfMatch = None,
) -> ReviewOut:
    """Publish a draft as it was read (If-Match): the client sees it from now on, and it never changes again.

    After a corrected side or trim, the recording is measured again in the background; the reviewed analysis stays.
    """
    out = review_drafts.publish_review(
        db,
        me,
        audit,
        recording_id,
        review_id,
        version=_version_read(if_match),
        settings=config,
        wakeups=wakeups,
        now=clock(),
    )
    return _set_etag(response, out)


@router.delete("/{review_id}", status_code=204, responses=problem_responses(ServiceCode.CONFLICT))
def drop_draft(recording_id: IdPath, review_id: IdPath, me: AsClinician, db: Db, audit: Audit) -> None:
    """Discard a draft; published reviews stay."""
    review_drafts.drop_draft(db, me, audit, recording_id, review_id)


def _version_read(if_match: str | None) -> str | None:
    """Return the version that an If-Match header names; empty, which matches none, unless it is one quoted tag."""
    if if_match is None:
        return None
    tag = if_match.strip().removeprefix("W/")
    return tag[1:-1] if len(tag) > 2 and tag[0] == tag[-1] == '"' else ""


def _set_etag(response: Response, review: ReviewOut) -> ReviewOut:
    response.headers["ETag"] = etag(review.version)
    return review
