"""A recording without a result: its progress, why it cannot be used, or that the analysis failed."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_recordings
from api.core.text_types import IdPath
from api.db import Analysis, AnalysisState, CheckInRow, Recording, RecordingState
from api.http.deps import Clock, Config, Db, Principal, Wakeups
from api.jobs.retry import can_retry
from api.pages import illustrations
from api.pages.form_fields import TrailHere
from api.pages.messages import code_messages
from api.pages.page_deps import ClientHere
from api.pages.render import render, translator_for
from api.recordings.analyses import analyse_again
from api.recordings.schemas import RecordingOut
from api.recordings.service import read_out
from hinge_check.errors import Code

router = APIRouter()


@router.get("/recordings/{recording_id}/waiting")
def waiting(recording_id: IdPath, request: Request, me: ClientHere, db: Db) -> Response:
    """Show how far the analysis is; the result once there is one."""
    recording = read_out(db, get_or_404(db, visible_recordings(me), recording_id))
    if recording.state is RecordingState.DONE:
        return RedirectResponse(f"/recordings/{recording_id}", 303)
    return unfinished_page(request, me, recording)


@router.post("/recordings/{recording_id}/again")
def analyse_once_more(
    recording_id: IdPath, me: ClientHere, db: Db, clock: Clock, config: Config, wakeups: Wakeups, trail: TrailHere
) -> Response:
    """Try a failed analysis again, and wait for it."""
    recording: Recording = get_or_404(db, visible_recordings(me), recording_id)
    if can_retry(db, recording):  # else the page shows the present state
        analyse_again(db, me, trail, recording.id, settings=config, wakeups=wakeups, now=clock())
    return RedirectResponse(f"/recordings/{recording_id}/waiting", 303)


def unfinished_page(request: Request, me: Principal, recording: RecordingOut) -> Response:
    """Render the page of a recording in any state but `done`."""
    if recording.state is RecordingState.REFUSED:
        return refused_page(request, me, recording)
    if recording.state is RecordingState.FAILED:
        return failed_page(request, me, recording)
    return waiting_page(request, me, recording)


def waiting_page(request: Request, me: Principal, recording: RecordingOut) -> Response:
    """Render the page of a recording that has arrived: its state and progress."""
    with request.app.state.sessions() as db:
        ahead = _ahead(db, recording)
        unsaid = db.scalar(select(CheckInRow.id).where(CheckInRow.recording_id == recording.id)) is None
    return render(
        request,
        "waiting/waiting.html",
        me=me,
        recording=recording,
        state="analysing" if recording.state is RecordingState.ANALYSING else "queued",
        percent=round(100 * recording.progress),
        ahead=ahead,
        unsaid=unsaid,
    )


def refused_page(request: Request, me: Principal, recording: RecordingOut) -> Response:
    """Render the page of a recording that cannot be used: the reason, and how to film it, with a picture."""
    reason = recording.refusal
    code = Code.UNREADABLE if reason is None or reason.code not in set(Code) else Code(reason.code)
    t = translator_for(request)
    message = code_messages.refusal(
        t, code, "" if reason is None else reason.message, "" if reason is None else reason.advice
    )
    name = f"film-{code}"
    return render(
        request,
        "waiting/refused.html",
        me=me,
        recording=recording,
        refusal=message,
        picture=name if name in illustrations.NAMES else "setup_phone",
        plan=_plan(request, recording),
    )


def failed_page(request: Request, me: Principal, recording: RecordingOut) -> Response:
    """Render the page of an analysis that stopped by itself, through no fault of the person."""
    with request.app.state.sessions() as db:
        possible = can_retry(db, db.get_one(Recording, recording.id))
    return render(
        request,
        "waiting/failed.html",
        me=me,
        recording=recording,
        plan=_plan(request, recording),
        again=possible,
    )


def _plan(request: Request, recording: RecordingOut) -> str:
    """Return the plan of the recording; empty without one."""
    with request.app.state.sessions() as db:
        return db.scalar(select(Recording.plan_id).where(Recording.id == recording.id)) or ""


def _ahead(db: Session, recording: RecordingOut) -> int:
    """Count the videos that are analysed before this one, without those being analysed now."""
    mine = select(Analysis.queued_at).where(Analysis.id == recording.analysis_id).scalar_subquery()
    before = (Analysis.state == AnalysisState.QUEUED, Analysis.reassess_of.is_(None), Analysis.queued_at < mine)
    return db.scalar(select(func.count()).select_from(Analysis).where(*before)) or 0
