"""Analyses of a recording: read them, request another by a changed protocol, retry a failed one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_recordings
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.clinic_protocols import clinic_protocol, protocol_in
from api.core.problems import Problem, ServiceCode, invalid_field
from api.db import Analysis, AnalysisState, Deed, Recording
from api.db.analysis import WITHOUT_TEXTS
from api.jobs.enqueue import request_analysis
from api.jobs.retry import retry
from api.jobs.wakeup_queue import WakeupQueue
from api.recordings.requests import ReassessForm
from api.recordings.result_files import current_analysis
from api.recordings.schemas import AnalysisOut
from api.recordings.service import analysis_out
from api.settings import Settings
from hinge_check.assess.protocol import Protocol
from hinge_check.errors import UsageError


def list_analyses(db: Session, me: Principal, recording_id: str) -> list[AnalysisOut]:
    """Return every analysis of a recording, newest first.

    Raises
    ------
    Problem
        `not_found` for the recording of another clinician's client; likewise for all functions of this module.
    """
    get_or_404(db, visible_recordings(me), recording_id)
    query = select(Analysis).options(*WITHOUT_TEXTS).where(Analysis.recording_id == recording_id)
    return [analysis_out(row) for row in db.scalars(query.order_by(Analysis.created_at.desc(), Analysis.id.desc()))]


def read_analysis(db: Session, me: Principal, recording_id: str, analysis_id: str) -> AnalysisOut:
    """Return one analysis."""
    get_or_404(db, visible_recordings(me), recording_id)
    query = select(Analysis).options(*WITHOUT_TEXTS).where(Analysis.recording_id == recording_id)
    return analysis_out(get_or_404(db, query, analysis_id))


def read_report(db: Session, me: Principal, trail: Trail, recording_id: str, *, analysis_id: str | None = None) -> str:
    """Return the report, byte for byte as it was written; for a refused recording it states why.

    Raises
    ------
    Problem
        `not_ready` while there is none.
    """
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = current_analysis(db, recording_id, analysis_id)
    if row.report is None:
        raise Problem(ServiceCode.NOT_READY)
    trail.record_view(db, "report", recording.id, recording.client_id)
    return row.report


def request_reassessment(
    db: Session,
    me: Principal,
    trail: Trail,
    recording_id: str,
    form: ReassessForm,
    *,
    settings: Settings,
    wakeups: WakeupQueue,
    now: datetime,
) -> tuple[AnalysisOut, bool]:
    """Score a recording by another protocol or changed limits, without analysing the video again. Commits.

    Returns
    -------
    (AnalysisOut, bool)
        The analysis, and whether it was queued: not if the recording was scored like this before.

    Raises
    ------
    Problem
        `invalid_request` with every problem of the TOML; `not_ready` where nothing was measured.
    """
    recording = get_or_404(db, visible_recordings(me), recording_id)
    protocol = _protocol(db, recording.clinic_id, form)
    base = _base(db, recording)
    row = request_analysis(db, recording, protocol, settings=settings, now=now, reassess_of=base.id)
    is_queued = row.state is AnalysisState.QUEUED
    trail.record(db, Deed.CREATED, "analysis", row.id, recording.client_id)
    db.commit()
    if is_queued:
        wakeups.notify(row.id)
    return analysis_out(row), is_queued


def analyse_again(
    db: Session,
    me: Principal,
    trail: Trail,
    recording_id: str,
    *,
    settings: Settings,
    wakeups: WakeupQueue,
    now: datetime,
) -> tuple[AnalysisOut, bool]:
    """Retry an analysis that failed, at most three times. Commits.

    Returns
    -------
    (AnalysisOut, bool)
        The analysis, and whether this call queued it.

    Raises
    ------
    Problem
        `conflict` where it cannot be tried again.
    """
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row, is_queued = retry(db, recording, settings=settings, now=now)
    if is_queued:
        trail.record(db, Deed.CREATED, "analysis", row.id, recording.client_id)
    db.commit()
    if is_queued:
        wakeups.notify(row.id)
    return analysis_out(row), is_queued


def _base(db: Session, recording: Recording) -> Analysis:
    """Return the analysis that was made from the video itself."""
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
        raise _invalid(str(error).splitlines()) from None
    except (RecursionError, ValueError):  # figures of thousands of digits, brackets a thousand deep
        raise _invalid(["this is not a protocol"]) from None
    if len(protocol.name) > 64 or not protocol.name.isprintable():
        raise _invalid(["the name is not one line of at most 64 characters"])
    return protocol


def _invalid(lines: Sequence[str]) -> Problem:
    return invalid_field("body.text", lines, "This protocol is not right.")
