"""`/recordings/{id}`: the result for its client, or the page shown while there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_recordings
from api.care.client_history import client_history, step_of
from api.care.clinic_content import ladder_of, rules_of
from api.care.review_schemas import CorrectionOut, ReviewOut
from api.care.reviews import list_reviews
from api.core.problems import Problem, ServiceCode
from api.core.text_types import IdPath
from api.db import CheckInRow, Client, Clinician, Recording, RecordingState
from api.db.clinic import clinic_timezone
from api.http.deps import Audit, Clock, Config, Db, Store
from api.pages.form_fields import TrailHere
from api.pages.messages import code_messages
from api.pages.page_deps import ClientHere, RedirectTo, SomeoneHere
from api.pages.render import render, translator_for
from api.pages.result.figures import canvas_of, figures_of, findings_of, intervals_hold, origin_s, reach_of
from api.pages.result.trend import HEIGHT, WIDTH, trend_of
from api.pages.translations import Translator
from api.pages.waiting.routes import unfinished_page
from api.recordings import service
from api.recordings.media_links import LinksOut, read_links
from api.recordings.result_files import FileName, current_analysis
from hinge_check.assess.report import HingeReport
from hinge_check.errors import UsageError

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Files:
    """Links to the files that can be played, and when they expire."""

    href: str | None
    """None where the video is no longer kept."""
    poster: str | None
    expires_ms: int
    annotated: bool
    """Whether the video is the one with lines drawn on it."""
    table: bool
    """Whether there is a table of the repetitions."""


@router.get("/recordings/{recording_id}")
def recording_page(
    recording_id: IdPath, request: Request, me: SomeoneHere, db: Db, clock: Clock, config: Config, audit: Audit
) -> Response:
    """Show the result; clinicians look at recordings on the review page."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    if me.is_clinician:
        raise RedirectTo(f"/review/{recording.id}")
    if recording.state is not RecordingState.DONE:
        return unfinished_page(request, me, service.read_out(db, recording))
    report = _report(db, recording.id)
    t = translator_for(request)
    video = _files(read_links(db, me, audit, recording.id, settings=config, now=clock()))
    origin = origin_s(report) if video.annotated else 0.0
    published = list_reviews(db, me, audit, recording.id)
    audit.record_view(db, "report", recording.id, recording.client_id)
    page = partial(render, request, me=me, zone=clinic_timezone(db, recording.clinic_id).key)
    common: dict[str, Any] = {
        "recording": recording,
        "exercise": _exercise(t, db, recording, report),
        "video": video,
        "canvas": canvas_of(report),
        "origin_s": origin,
        "checked_in": db.scalar(select(CheckInRow.id).where(CheckInRow.recording_id == recording.id)) is not None,
        "review": published[0] if published else None,
        "by": _writer(db, published[0]) if published else None,
        "holds": intervals_hold(),
    }
    if report.judged_as == "range":
        return page("result/range.html", reach=reach_of(report), findings=findings_of(t, report), **common)
    figures = figures_of(t, report, origin)
    client = db.get_one(Client, recording.client_id)
    return page(
        "result/result.html",
        figures=figures,
        reps=figures.reps,
        findings=figures.findings,
        otherwise=bool(published) and sees_otherwise(published[0].corrections, figures.change),
        trend=trend_of(client_history(db, client.id), recording.id, rules_of(db, client)),
        trend_size=(WIDTH, HEIGHT),
        **common,
    )


@router.get("/recordings/{recording_id}/chapters.vtt")
def chapters(recording_id: IdPath, request: Request, me: SomeoneHere, db: Db) -> Response:
    """Return the repetitions as chapters of the annotated video, in the language of the reader."""
    report = _report(db, get_or_404(db, visible_recordings(me), recording_id).id)
    t, origin = translator_for(request), origin_s(report)
    cues = [
        f"rep-{rep.rep}\n{_stamp(rep.start_s - origin)} --> {_stamp(max(rep.end_s, rep.start_s + 0.001) - origin)}\n"
        + t("result-rep", number=rep.rep)
        for rep in report.reps
    ]
    headers = {"Vary": "Cookie, Accept-Language", "Cache-Control": "private, no-cache"}
    return Response("\n\n".join(["WEBVTT", *cues]) + "\n", media_type="text/vtt", headers=headers)


@router.post("/recordings/{recording_id}/delete")
def delete_recording(recording_id: IdPath, me: ClientHere, db: Db, store: Store, trail: TrailHere) -> Response:
    """Remove the recording for good, and go on to the list of recordings."""
    service.remove_recording(db, me, trail, recording_id, store=store)
    return RedirectResponse("/progress", 303)


def sees_otherwise(corrections: Sequence[CorrectionOut], change: str | None) -> bool:
    """Return whether the clinician says that the fault behind the one thing to change is not there at all."""
    corrected = [each.corrected for each in corrections]
    return any(one.kind == "fault" and one.code == change and one.reps is None for one in corrected)


def _report(db: Session, recording_id: str) -> HingeReport:
    row = current_analysis(db, recording_id)
    if row.report is None:
        raise Problem(ServiceCode.NOT_READY)
    return HingeReport.model_validate_json(row.report)


def _exercise(t: Translator, db: Session, recording: Recording, report: HingeReport) -> str:
    """Return the title of its step on the ladder, else that of the protocol that judged."""
    name = step_of(db, recording)
    try:
        step = ladder_of(db, recording.clinic_id).step(name)
    except UsageError:  # the clinic has since taken the step off its ladder
        return code_messages.protocol_title(t, report.protocol.name, report.protocol.title)
    return code_messages.step_title(t, step.name, step.title)


def _files(links: LinksOut) -> Files:
    of = {link.name: link.href for link in links.links}
    return Files(
        href=of.get(FileName.ANNOTATED) or of.get(FileName.PLAYABLE),
        poster=of.get(FileName.POSTER),
        expires_ms=int(links.expires_at.timestamp() * 1000),
        annotated=FileName.ANNOTATED in of,
        table=FileName.REPS_CSV in of,
    )


def _writer(db: Session, review: ReviewOut) -> str | None:
    by = None if review.clinician_id is None else db.get(Clinician, review.clinician_id)
    return None if by is None else by.name


def _stamp(seconds: float) -> str:
    ms = max(0, round(seconds * 1000))
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"
