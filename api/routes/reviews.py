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
    """Reviews of a recording, newest first; a client sees the published ones."""
    return reviews.list_reviews(db, me, audit, recording_id)


@router.get("/{review_id}")
def read_review(recording_id: IdPath, review_id: IdPath, response: Response, me: Me, db: Db, audit: Audit) -> ReviewOut:
    """One review."""
    return _tagged(response, reviews.read_review(db, me, audit, recording_id, review_id))


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
    out, is_new = review_drafts.begin_review(db, me, audit, recording_id, now=clock())
    response.status_code = 201 if is_new else 200
    return _tagged(response, out)


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
    version = _version_read(if_match)
    out = review_drafts.save_review(db, me, audit, recording_id, review_id, form, version=version, now=clock())
    return _tagged(response, out)


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
    """Publish a draft as it was read (If-Match): the client sees it from now on, and it is never changed again.

    A corrected side or trim is measured again in the background, beside the analysis that was looked at.
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
    return _tagged(response, out)


@router.delete("/{review_id}", status_code=204, responses=problem_responses(ServiceCode.CONFLICT))
def drop_draft(recording_id: IdPath, review_id: IdPath, me: AsClinician, db: Db, audit: Audit) -> None:
    """Throw a draft away; what is published stays."""
    review_drafts.drop_draft(db, me, audit, recording_id, review_id)


def _version_read(if_match: str | None) -> str | None:
    """Return the version an If-Match header names; empty, which matches none, for anything but one quoted tag."""
    if if_match is None:
        return None
    tag = if_match.strip().removeprefix("W/")
    return tag[1:-1] if len(tag) > 2 and tag[0] == tag[-1] == '"' else ""


def _tagged(response: Response, review: ReviewOut) -> ReviewOut:
    response.headers["ETag"] = etag(review.version)
    return review
