"""Results of a recording: analyses, report, links to files; and scoring it again by another protocol."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.core.text_types import AnalysisId, IdPath
from api.http.deps import AsClinician, Audit, Clock, Config, Db, Me, Wakeups
from api.http.inline_reads import inline_read
from api.http.range_response import text_response
from api.recordings import analyses, media_links
from api.recordings.media_links import LinksOut
from api.recordings.requests import ReassessForm
from api.recordings.schemas import AnalysisOut
from hinge_check.assess.report import HingeReport

router = APIRouter(prefix="/recordings/{recording_id}", tags=["results"], responses=SIGNED_IN)

_CACHED: dict[int | str, dict[str, Any]] = {304: {"description": "You have it already (If-None-Match)"}}
_RESULT = {**_CACHED, **problem_responses(ServiceCode.NOT_READY)}


@router.get("/analyses")
@inline_read
def list_analyses(recording_id: IdPath, me: Me, db: Db) -> list[AnalysisOut]:
    """List every analysis of a recording, newest first."""
    return analyses.list_analyses(db, me, recording_id)


@router.post(
    "/analyses",
    status_code=202,
    responses={
        200: {"model": AnalysisOut, "description": "It has been scored by this protocol before"},
        **problem_responses(ServiceCode.NOT_READY),
    },
)
def reassess(
    recording_id: IdPath,
    form: ReassessForm,
    response: Response,
    me: AsClinician,
    db: Db,
    clock: Clock,
    config: Config,
    wakeups: Wakeups,
    audit: Audit,
) -> AnalysisOut:
    """Score a recording by another protocol or changed limits, without analysing the video again."""
    out, is_queued = analyses.request_reassessment(
        db, me, audit, recording_id, form, settings=config, wakeups=wakeups, now=clock()
    )
    response.status_code = 202 if is_queued else 200
    return out


@router.post(
    "/analyses/again",
    status_code=202,
    responses={
        200: {"model": AnalysisOut, "description": "It waits or is being analysed already"},
        **problem_responses(ServiceCode.CONFLICT),
    },
)
def analyse_again(
    recording_id: IdPath,
    response: Response,
    me: Me,
    db: Db,
    clock: Clock,
    config: Config,
    wakeups: Wakeups,
    audit: Audit,
) -> AnalysisOut:
    """Retry an analysis that failed, at most three times."""
    out, is_queued = analyses.analyse_again(db, me, audit, recording_id, settings=config, wakeups=wakeups, now=clock())
    response.status_code = 202 if is_queued else 200
    return out


@router.get("/analyses/{analysis_id}")
@inline_read
def read_analysis(recording_id: IdPath, analysis_id: IdPath, me: Me, db: Db) -> AnalysisOut:
    """Return one analysis."""
    return analyses.read_analysis(db, me, recording_id, analysis_id)


@router.get("/report", response_model=HingeReport, responses=_RESULT)
def read_report(
    recording_id: IdPath, request: Request, me: Me, db: Db, audit: Audit, analysis: AnalysisId = None
) -> Response:
    """Return the report, byte for byte as it was written; for a refused recording it states why."""
    report = analyses.read_report(db, me, audit, recording_id, analysis_id=analysis)
    return text_response(request, report, "application/json")


@router.get("/links", responses=problem_responses(ServiceCode.NOT_READY))
def read_links(
    recording_id: IdPath, me: Me, db: Db, clock: Clock, config: Config, audit: Audit, analysis: AnalysisId = None
) -> LinksOut:
    """Return fresh links to the files of a recording; each works for a short while, for anyone who has it."""
    return media_links.read_links(db, me, audit, recording_id, settings=config, now=clock(), analysis_id=analysis)
