"""Reviewing a recording: the page, and its forms for browsers without scripts."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.access import get_or_404, visible_recordings
from api.auth.audit_trail import trail_of
from api.care.review_schemas import ReviewForm
from api.care.reviews import list_reviews
from api.core.problems import Problem, ServiceCode
from api.core.text_types import IdPath
from api.db import Recording, ReviewState, Verdict
from api.http.deps import Clock, Config, Db, Principal, Wakeups
from api.jobs.retry import can_retry
from api.pages.form_fields import TrailHere
from api.pages.page_deps import ClinicianHere, Form
from api.pages.render import render
from api.pages.review.view_model import ReviewView, load
from api.recordings import review_drafts
from api.recordings.analyses import analyse_again
from hinge_check.assess.phrases import TITLE, UNITS

router = APIRouter(prefix="/review/{recording_id}")

NOTICES = ("saved", "published", "elsewhere", "too-long")


@router.get("")
def review_page(
    recording_id: IdPath, request: Request, me: ClinicianHere, db: Db, clock: Clock, said: Annotated[str, Query()] = ""
) -> Response:
    """Show a recording and its review."""
    view = load(db, me, recording_id, clock, trail_of(me, request.scope, clock()))
    return _render_review(request, me, view, said=said if said in NOTICES else "")


@router.post("/again")
def analyse_once_more(
    recording_id: IdPath,
    me: ClinicianHere,
    db: Db,
    clock: Clock,
    config: Config,
    wakeups: Wakeups,
    trail: TrailHere,
) -> Response:
    """Try a failed analysis again."""
    recording: Recording = get_or_404(db, visible_recordings(me), recording_id)
    if can_retry(db, recording):  # else the page shows the present state
        analyse_again(db, me, trail, recording.id, settings=config, wakeups=wakeups, now=clock())
    return RedirectResponse(f"/review/{recording_id}", 303)


@router.post("/save")
async def save(recording_id: IdPath, request: Request, me: ClinicianHere, form: Form, db: Db, clock: Clock) -> Response:
    """Save summary and verdict as a draft; comments and corrections stay as they are."""
    typed = {name: str(form.get(name, "")) for name in ("summary", "verdict", "version")}

    def work() -> Response:
        try:
            _save(recording_id, request, me, db, clock, typed)
        except Problem as problem:
            if problem.code not in (ServiceCode.PRECONDITION_FAILED, ServiceCode.CONFLICT):
                raise
            said = "elsewhere"
        except ValidationError:
            said = "too-long"
        else:
            onward = f"/review/{recording_id}" + ("/publish" if form.get("then") == "publish" else "?said=saved")
            return RedirectResponse(onward, 303)
        view = load(db, me, recording_id, clock, trail_of(me, request.scope, clock()))
        return _render_review(request, me, view, said=said, typed=typed, status=409 if said == "elsewhere" else 422)

    return await run_in_threadpool(work)


@router.get("/publish")
def publish_page(recording_id: IdPath, request: Request, me: ClinicianHere, db: Db, clock: Clock) -> Response:
    """Show what the client will see, before publishing it."""
    view = load(db, me, recording_id, clock, trail_of(me, request.scope, clock()))
    if view.draft is None:
        return RedirectResponse(f"/review/{recording_id}", 303)
    return render(request, "review/publish.html", me=me, zone=view.zone, view=view, draft=view.draft)


@router.post("/publish")
async def publish(
    recording_id: IdPath,
    request: Request,
    me: ClinicianHere,
    form: Form,
    db: Db,
    clock: Clock,
    config: Config,
    wakeups: Wakeups,
) -> Response:
    """Publish the draft in the version that was read."""
    version = str(form.get("version", ""))

    def work() -> Response:
        trail = trail_of(me, request.scope, clock())
        reviews = list_reviews(db, me, trail, recording_id)
        if not version:
            raise Problem(ServiceCode.INVALID_REQUEST)
        said = "published"
        if not reviews or reviews[0].state is ReviewState.PUBLISHED:
            return RedirectResponse(f"/review/{recording_id}", 303)
        try:
            review_drafts.publish_review(
                db,
                me,
                trail,
                recording_id,
                reviews[0].id,
                version=version,
                settings=config,
                wakeups=wakeups,
                now=clock(),
            )
        except Problem as problem:
            if problem.code not in (ServiceCode.PRECONDITION_FAILED, ServiceCode.CONFLICT):
                raise
            said = "elsewhere"
        return RedirectResponse(f"/review/{recording_id}?{urlencode({'said': said})}", 303)

    return await run_in_threadpool(work)


def _render_review(
    request: Request,
    me: Principal,
    view: ReviewView,
    *,
    said: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    review = view.review
    if typed is None:
        verdict = "" if review is None or review.verdict is None else review.verdict.value
        typed = {"summary": "" if review is None else review.summary, "verdict": verdict, "version": ""}
    return render(
        request,
        "review/review.html",
        me=me,
        status=status,
        zone=view.zone,
        view=view,
        said=said,
        typed=typed,
        titles=TITLE,
        units=UNITS,
        verdicts=[each.value for each in Verdict],
    )


def _save(recording_id: str, request: Request, me: Principal, db: Session, clock: Clock, typed: dict[str, str]) -> None:
    """Save over the version that was read, which is "new" where there was no draft."""
    trail = trail_of(me, request.scope, clock())
    reviews = list_reviews(db, me, trail, recording_id)
    if not typed["version"]:
        raise Problem(ServiceCode.INVALID_REQUEST)
    draft = reviews[0] if reviews and reviews[0].state is ReviewState.DRAFT else None
    read = typed["version"]
    if draft is None:
        draft, _ = review_drafts.begin_review(db, me, trail, recording_id, now=clock())
        read = str(draft.version) if read == "new" else read
    corrections: list[Any] = [each.corrected for each in draft.corrections]
    form = ReviewForm(
        summary=typed["summary"],
        verdict=Verdict(typed["verdict"]) if typed["verdict"] in set(Verdict) else None,
        analysis_id=draft.analysis_id,
        comments=draft.comments,
        corrections=corrections,
    )
    review_drafts.save_review(db, me, trail, recording_id, draft.id, form, version=read, now=clock())
