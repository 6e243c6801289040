"""Recordings: their form in the API, and their removal."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_recordings
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.core.problems import RefusalReason
from api.db import Analysis, Deed, Recording
from api.jobs import leases
from api.recordings import result_files
from api.recordings.schemas import AnalysisOut, ProbeResult, RecordingOut
from api.storage.blob_store import BlobStore
from api.storage.keys import analysis_folder, recording_folder


def to_out(recording: Recording, newest: result_files.Progress | None) -> RecordingOut:
    """Return a recording with the progress of its newest analysis."""
    return RecordingOut(
        id=recording.id,
        client_id=recording.client_id,
        state=recording.state,
        progress=0.0 if newest is None else newest.progress,
        analysis_id=None if newest is None else newest.analysis_id,
        refusal=_reason(recording.refusal_code, recording.refusal_message, recording.refusal_advice),
        protocol=recording.protocol,
        side=recording.side,
        speed=recording.speed,
        trim_start_s=recording.trim_start_s,
        trim_end_s=recording.trim_end_s,
        bytes=recording.bytes,
        media_type=recording.media_type,
        video=None if recording.probe is None else ProbeResult.model_validate(recording.probe),
        created_at=recording.created_at,
        updated_at=recording.updated_at,
    )


def read_out(db: Session, recording: Recording) -> RecordingOut:
    """Look up the newest analysis of a recording, and return `to_out` of both."""
    return to_out(recording, result_files.newest_of(db, [recording.id]).get(recording.id))


def analysis_out(row: Analysis) -> AnalysisOut:
    """Return an analysis without its result."""
    return AnalysisOut(
        id=row.id,
        recording_id=row.recording_id,
        state=row.state,
        progress=row.progress,
        protocol=row.protocol_name,
        protocol_sha256=row.protocol_sha256,
        reassess_of=row.reassess_of,
        version=row.version,
        model_sha256=row.model_sha256,
        error=_reason(row.error_code, row.error, leases.FAILED_ADVICE),
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def remove_recording(db: Session, me: Principal, trail: Trail, recording_id: str, *, store: BlobStore) -> None:
    """Remove a recording for good: the video, its analyses, everything derived from it. Commits.

    Raises
    ------
    Problem
        `not_found` for the recording of another clinician's client.
    """
    recording = get_or_404(db, visible_recordings(me), recording_id)
    trail.record(db, Deed.REMOVED, "recording", recording.id, recording.client_id)
    remove(db, store, recording)


def remove(db: Session, store: BlobStore, recording: Recording) -> None:
    """Remove a recording with everything derived from it; commits.

    Files go first, so that a failure leaves a row that can be removed again, never a file without one. They are deleted
    a second time, because a worker may have written some in between; afterwards it has no row to publish to.
    """
    analyses = list(db.scalars(select(Analysis.id).where(Analysis.recording_id == recording.id)))
    folders = [recording_folder(recording.id), *(analysis_folder(each) for each in analyses)]
    for folder in folders:
        store.delete_prefix(folder)
    db.execute(delete(Recording).where(Recording.id == recording.id))
    db.commit()
    for folder in folders[1:]:
        store.delete_prefix(folder)


def _reason(code: str | None, message: str | None, advice: str | None) -> RefusalReason | None:
    return None if code is None else RefusalReason(code=code, message=message or "", advice=advice or "")
