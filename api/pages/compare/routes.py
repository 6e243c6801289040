"""`/compare`: two recordings side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.auth.access import get_or_404, visible_recordings
from api.auth.audit_trail import trail_of
from api.care.consent import may_watch
from api.core.problems import Problem, ServiceCode, not_found
from api.db import Client, Recording
from api.db.clinic import clinic_timezone
from api.http.deps import Clock, Db, Principal
from api.pages.page_deps import ClinicianHere
from api.pages.render import render
from api.recordings.result_files import current_analysis
from hinge_check.assess.report import HingeReport

router = APIRouter()

Which = Annotated[str, Query(pattern="^[0-9a-f]{32}$")]


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two recordings."""

    recording: Recording
    analysis_id: str
    report: HingeReport
    shown: bool


@router.get("/compare")
def compare_page(request: Request, me: ClinicianHere, db: Db, clock: Clock, a: Which, b: Which) -> Response:
    """Show both videos under one control, and their curves over the phase of the repetition."""
    halves = [_half(db, me, each) for each in (a, b)]
    if len({half.recording.client_id for half in halves}) > 1:
        raise not_found()
    # The earlier one is on the left, whatever the order of the query.
    halves.sort(key=lambda half: half.recording.created_at)
    client = db.get_one(Client, halves[0].recording.client_id)
    trail = trail_of(me, request.scope, clock())
    for half in halves:
        trail.record_view(db, "report", half.recording.id, client.id)
    return render(
        request,
        "compare/compare.html",
        me=me,
        zone=clinic_timezone(db, client.clinic_id).key,
        client=client,
        halves=halves,
        latest=halves[-1].recording.id,
    )


def _half(db: Session, me: Principal, recording_id: str) -> Half:
    recording: Recording = get_or_404(db, visible_recordings(me), recording_id)
    row = current_analysis(db, recording.id)
    if row.report is None:
        raise Problem(ServiceCode.NOT_READY)
    report = HingeReport.model_validate_json(row.report)
    if report.status != "analysed" or not report.reps:
        raise Problem(ServiceCode.NOT_READY, "Nothing was measured in this recording.")
    shown = may_watch(db, me, recording) and recording.original_key is not None
    return Half(recording, row.id, report, shown)
