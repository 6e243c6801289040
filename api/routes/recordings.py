"""Recordings: send, list, read, follow and remove them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from api.auth.access import get_or_404, visible_recordings
from api.auth.principal import is_active
from api.core.problems import SIGNED_IN, Problem, ServiceCode, not_found, problem_responses
from api.core.text_types import IdPath
from api.db import Recording, RecordingState
from api.db.engine import Sessions
from api.http.deps import Audit, Clock, Config, Db, MayUpload, Me, OpenSessions, Principal, Store, Wakeups
from api.http.inline_reads import inline_read
from api.http.pagination import Page, Paged
from api.http.recording_events import SignedOut, events
from api.http.video_body import ANY_SIZE, body, check_head, connection_lost, declared_length, ingest_in_thread
from api.recordings import service
from api.recordings.requests import AnalysisRequest, ProtocolName, find_filmed_client, parse_request
from api.recordings.result_files import newest_of
from api.recordings.schemas import RecordingOut
from api.storage.blob_store import Stored
from api.storage.keys import incoming_key
from api.uploads.ingest import IncomingVideo, Ingest

_EVENT = {
    "type": "object",
    "properties": {
        "event": {"enum": ["progress", "end"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "retry": {"type": "integer"},
    },
}
router = APIRouter(prefix="/recordings", tags=["recordings"], responses=SIGNED_IN)

IdInQuery = Annotated[str | None, Query(pattern="^[0-9a-f]{32}$")]
_BODY = {
    "requestBody": {
        "required": True,
        "description": "The video itself, as the phone saved it",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("video/mp4", "video/quicktime", "application/octet-stream")
        },
    }
}


BEFORE_UPLOADS = (ServiceCode.CONSENT_REQUIRED, ServiceCode.INTAKE_REQUIRED, ServiceCode.CLEARANCE_REQUIRED)
"""Codes for steps that may have to come before a client's first video."""


def request_in_query(
    protocol: Annotated[ProtocolName, Query(description="Name of the exercise's protocol")] = "bodyweight_hinge",
    side: Annotated[str, Query(pattern="^(auto|left|right)$")] = "auto",
    speed: Annotated[float | None, Query(gt=0, le=16, description="Playback over real speed")] = None,
    trim_start_s: Annotated[float | None, Query(ge=0, le=86400)] = None,
    trim_end_s: Annotated[float | None, Query(gt=0, le=86400)] = None,
) -> AnalysisRequest:
    """Return the analysis options from the query."""
    return parse_request(
        {
            "protocol": protocol,
            "side": side,
            "speed": speed,
            "trim_start_s": trim_start_s,
            "trim_end_s": trim_end_s,
        },
        "query",
    )


RequestInQuery = Annotated[AnalysisRequest, Depends(request_in_query)]


@router.post(
    "",
    status_code=201,
    max_body_size=ANY_SIZE,
    openapi_extra=_BODY,
    responses={
        200: {"model": RecordingOut, "description": "This client sent the same video before: the same recording"},
        **problem_responses(
            ServiceCode.UPLOAD_EMPTY,
            ServiceCode.CONFLICT,
            *BEFORE_UPLOADS,
            ServiceCode.WRONG_MEDIA_TYPE,
            ServiceCode.REFUSED_VIDEO,
            ServiceCode.STORAGE_FULL,
        ),
    },
)
async def send_recording(
    request: Request,
    response: Response,
    me: MayUpload,
    config: Config,
    sessions: OpenSessions,
    store: Store,
    wakeups: Wakeups,
    clock: Clock,
    options: RequestInQuery,
    audit: Audit,
    client_id: IdInQuery = None,
) -> RecordingOut:
    """Send a video as the request's body: it is checked at once and queued for analysis.

    A video that cannot be used is refused with a code and advice, and none of it is kept.
    """
    check_head(request, config)
    filmed_id = await run_in_threadpool(find_filmed_client, sessions, me, client_id)
    key = incoming_key()
    stored: Stored = await store.put_stream(key, body(request, config, config.max_upload_bytes))
    declared = declared_length(request)
    if stored.bytes == 0 or (declared is not None and stored.bytes != declared):
        await run_in_threadpool(store.delete, key)
        raise Problem(ServiceCode.UPLOAD_EMPTY) if stored.bytes == 0 else connection_lost()
    video = IncomingVideo(key, stored.bytes, stored.sha256, me.clinic_id, filmed_id)
    ingested = await ingest_in_thread(Ingest(sessions, store, wakeups, config, clock, audit), video, options)
    out = await run_in_threadpool(_read_out, sessions, me, ingested.recording_id)
    if out is None:
        raise not_found()
    response.status_code = 201 if ingested.is_new else 200
    response.headers["Location"] = f"{request.url.path}/{ingested.recording_id}"
    return out


@router.get("")
@inline_read
def list_recordings(
    me: Me, db: Db, paging: Paged, client_id: IdInQuery = None, state: RecordingState | None = None
) -> Page[RecordingOut]:
    """List recordings, newest first: a client's own, or those of a clinician's clients, all or one."""
    query = visible_recordings(me).where(Recording.clinic_id == me.clinic_id)
    if client_id is not None:
        query = query.where(Recording.client_id == client_id)
    if state is not None:
        query = query.where(Recording.state == state)
    rows, after = paging.rows(db, query)
    newest = newest_of(db, [row.id for row in rows])
    return Page(items=[service.to_out(row, newest.get(row.id)) for row in rows], next=after)


@router.get("/{recording_id}")
@inline_read
def read_recording(recording_id: IdPath, me: Me, db: Db) -> RecordingOut:
    """Return one recording."""
    return service.read_out(db, get_or_404(db, visible_recordings(me), recording_id))


@router.delete("/{recording_id}", status_code=204)
def remove_recording(recording_id: IdPath, me: Me, db: Db, store: Store, audit: Audit) -> None:
    """Remove a recording for good: the video, its analyses, and everything derived from it."""
    service.remove_recording(db, me, audit, recording_id, store=store)


@router.get(
    "/{recording_id}/events",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "Events 'progress' (state, progress, analysis_id, refusal) while it changes, then one 'end'",
            "content": {"text/event-stream": {"schema": _EVENT}},
        }
    },
)
async def follow_recording(recording_id: IdPath, me: Me, sessions: OpenSessions) -> StreamingResponse:
    """Stream the progress of a recording as Server-Sent Events, until it is analysed, refused, failed or removed."""
    if await run_in_threadpool(_read_out, sessions, me, recording_id) is None:
        raise not_found()

    stream = events(lambda: _read_while_active(sessions, me, recording_id))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


def _read_out(sessions: Sessions, me: Principal, recording_id: str) -> RecordingOut | None:
    with sessions() as db:
        row = _find(db, me, recording_id)
        return None if row is None else service.read_out(db, row)


def _read_while_active(sessions: Sessions, me: Principal, recording_id: str) -> RecordingOut | None:
    with sessions() as db:
        if not is_active(db, me):
            raise SignedOut
        row = _find(db, me, recording_id)
        return None if row is None else service.read_out(db, row)


def _find(db: Session, me: Principal, recording_id: str) -> Recording | None:
    return db.scalars(visible_recordings(me).where(Recording.id == recording_id)).one_or_none()
