"""What was found in a recording: report, curves, pictures; and scoring it again by another protocol."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_recordings
from api.auth.crypto import sign_media
from api.care.clinic_protocols import clinic_protocol, protocol_in
from api.care.consent import may_watch, show_mark
from api.core.problems import SIGNED_IN, FieldError, Problem, ServiceCode, problem_responses
from api.core.text_types import IdPath
from api.db import Analysis, AnalysisState, Deed, Recording
from api.db.analysis import WITHOUT_TEXTS
from api.http.deps import AsClinician, Audit, Clock, Config, Db, Me, Wakeups
from api.http.inline_reads import inline_read
from api.http.range_response import text_response
from api.jobs.enqueue import request_analysis
from api.jobs.retry import retry
from api.jobs.wakeup_queue import WakeupQueue
from api.recordings.result_files import PICTURES, FileName, current_analysis, files_of
from api.recordings.schemas import AnalysisOut
from api.recordings.service import analysis_out
from api.uploads.ingest import ProtocolName
from hinge_check.assess.protocol import Protocol
from hinge_check.assess.report import HingeReport
from hinge_check.errors import UsageError

router = APIRouter(prefix="/recordings/{recording_id}", tags=["results"], responses=SIGNED_IN)

AnalysisId = Annotated[
    str | None,
    Query(alias="analysis", pattern="^[0-9a-f]{32}$", description="The newest that is done without it"),
]
_CACHED: dict[int | str, dict[str, Any]] = {304: {"description": "You have it already (If-None-Match)"}}
_RESULT = {**_CACHED, **problem_responses(ServiceCode.NOT_READY)}


class ReassessForm(BaseModel):
    """By which protocol: one that comes with the service, or a text of one's own."""

    protocol: ProtocolName | None = None
    text: str | None = Field(
        default=None, max_length=65536, description='TOML; begin with extends = "NAME" to change a few figures only'
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> ReassessForm:
        if (self.protocol is None) == (self.text is None):
            raise ValueError("give either 'protocol' or 'text'")
        return self


class FileLink(BaseModel):
    """A file that whoever has the link can read until it expires."""

    name: FileName
    media_type: str
    href: str = Field(description="Relative to this service")


class LinksOut(BaseModel):
    """Links for players and pictures in pages, which send no headers of their own."""

    expires_at: datetime
    links: list[FileLink]


@router.get("/analyses")
@inline_read
def list_analyses(recording_id: IdPath, me: Me, db: Db) -> list[AnalysisOut]:
    """Every analysis of a recording, newest first."""
    get_or_404(db, visible_recordings(me), recording_id)
    query = select(Analysis).options(*WITHOUT_TEXTS).where(Analysis.recording_id == recording_id)
    return [analysis_out(row) for row in db.scalars(query.order_by(Analysis.created_at.desc(), Analysis.id.desc()))]


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
    bell: Wakeups,
    audit: Audit,
) -> AnalysisOut:
    """Score a recording by another protocol, or by changed limits, without looking at the video again."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    protocol = _protocol(db, recording.clinic_id, form)
    base = _base(db, recording)
    row = request_analysis(db, recording, protocol, settings=config, now=clock(), reassess_of=base.id)
    is_new = row.state is AnalysisState.QUEUED
    audit.record(db, Deed.CREATED, "analysis", row.id, recording.client_id)
    return _asked_for(db, response, bell, row, is_new)


@router.post(
    "/analyses/again",
    status_code=202,
    responses={
        200: {"model": AnalysisOut, "description": "It waits or is being analysed already"},
        **problem_responses(ServiceCode.CONFLICT),
    },
)
def analyse_again(
    recording_id: IdPath, response: Response, me: Me, db: Db, clock: Clock, config: Config, bell: Wakeups, audit: Audit
) -> AnalysisOut:
    """Try an analysis again that failed by itself; three times at most."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row, is_new = retry(db, recording, settings=config, now=clock())
    if is_new:
        audit.record(db, Deed.CREATED, "analysis", row.id, recording.client_id)
    return _asked_for(db, response, bell, row, is_new)


@router.get("/analyses/{analysis_id}")
@inline_read
def read_analysis(recording_id: IdPath, analysis_id: IdPath, me: Me, db: Db) -> AnalysisOut:
    """One analysis."""
    get_or_404(db, visible_recordings(me), recording_id)
    return analysis_out(
        get_or_404(
            db, select(Analysis).options(*WITHOUT_TEXTS).where(Analysis.recording_id == recording_id), analysis_id
        )
    )


@router.get("/report", response_model=HingeReport, responses=_RESULT)
def read_report(
    recording_id: IdPath, request: Request, me: Me, db: Db, audit: Audit, analysis: AnalysisId = None
) -> Response:
    """The report, byte for byte as it was made; that of a refused recording says why."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = current_analysis(db, recording_id, analysis)
    if row.report is None:
        raise Problem(ServiceCode.NOT_READY)
    audit.record_view(db, "report", recording.id, recording.client_id)
    return text_response(request, row.report, "application/json")


@router.get("/links", responses=problem_responses(ServiceCode.NOT_READY))
def read_links(
    recording_id: IdPath, me: Me, db: Db, clock: Clock, config: Config, audit: Audit, analysis: AnalysisId = None
) -> LinksOut:
    """Fresh links to what there is of a recording; each works for a short while, for whoever has it."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    mark, shown = show_mark(db, recording.client_id), may_watch(db, me, recording)
    links = [
        FileLink(
            name=name, media_type=file.media_type, href=_href(config.key, recording_id, name, analysis, mark, me.id)
        )
        for name, file in files_of(db, recording, analysis).items()
        if shown or name not in PICTURES
    ]
    audit.record_view(db, "links", recording.id, recording.client_id)  # opening one is noted by itself
    return LinksOut(expires_at=clock() + timedelta(minutes=config.media_link_minutes), links=links)


def media_resource(recording_id: str, name: FileName, analysis_id: str | None, mark: str, who_id: str) -> str:
    """What a link is signed for, and whom it was made for; `mark` changes when the client shows their videos no more,
    which ends every link.
    """
    return f"recording/{recording_id}/{analysis_id or 'newest'}/{name}/{mark}/{who_id}"


def _href(key: str, recording_id: str, name: FileName, analysis_id: str | None, mark: str, who_id: str) -> str:
    query = {"token": sign_media(key, media_resource(recording_id, name, analysis_id, mark, who_id)), "for": who_id}
    if analysis_id is not None:
        query["analysis"] = analysis_id
    return f"/api/v1/media/{recording_id}/{name}?{urlencode(query)}"


def _asked_for(db: Session, response: Response, bell: WakeupQueue, row: Analysis, is_new: bool) -> AnalysisOut:
    db.commit()
    if is_new:
        bell.notify(row.id)
    response.status_code = 202 if is_new else 200
    return analysis_out(row)


def _base(db: Session, recording: Recording) -> Analysis:
    """The analysis that looked at the video."""
    row = current_analysis(db, recording.id, light=True)
    if row.state is not AnalysisState.DONE:
        raise Problem(ServiceCode.NOT_READY, "Nothing was measured in this recording.", advice="Film again.")
    return row if row.reassess_of is None else db.get_one(Analysis, row.reassess_of)


def _protocol(db: Session, clinic_id: str, form: ReassessForm) -> Protocol:
    if form.protocol is not None:
        return clinic_protocol(db, clinic_id, form.protocol)
    assert form.text is not None
    try:
        protocol = protocol_in(db, clinic_id, form.text)
    except UsageError as error:
        raise _wrong(str(error).splitlines()) from None
    except (RecursionError, ValueError):  # figures of thousands of digits, brackets a thousand deep
        raise _wrong(["this is not a protocol"]) from None
    if len(protocol.name) > 64 or not protocol.name.isprintable():
        raise _wrong(["the name is not one line of at most 64 characters"])
    return protocol


def _wrong(lines: list[str]) -> Problem:
    errors = [FieldError(where="body.text", message=line[:300]) for line in lines[:20]]
    return Problem(ServiceCode.INVALID_REQUEST, "This protocol is not right.", errors=errors)
