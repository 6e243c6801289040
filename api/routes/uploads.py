"""Resumable uploads: tus 1.0.0 (core, creation, expiration, termination), for phones on poor connections."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from api.auth.access import get_or_404, visible_uploads
from api.core.problems import SIGNED_IN, FieldError, Problem, RefusalReason, ServiceCode, not_found, problem_responses
from api.core.text_types import IdPath
from api.db import Deed
from api.http.deps import Audit, Clock, Config, Db, MayUpload, OpenSessions, Principal, Store, Wakeups
from api.http.video_body import ANY_SIZE, body, declared_length, run_blocking, too_large
from api.recordings.requests import find_filmed_client, parse_request
from api.recordings.video_removal import remove_upload
from api.routes.recordings import BEFORE_UPLOADS
from api.uploads import tus
from api.uploads.ingest import Ingest
from api.uploads.tus import UploadState
from hinge_check.errors import Code

OFFSET_TYPE = "application/offset+octet-stream"
_TUS = {"Tus-Resumable": tus.VERSION}
_RECORDING = "Recording-Id"


async def _require_tus(tus_resumable: Annotated[str | None, Header(description="1.0.0")] = None) -> None:
    if tus_resumable != tus.VERSION:
        headers = {**_TUS, "Tus-Version": tus.VERSION}
        raise Problem(ServiceCode.PRECONDITION_FAILED, "This server speaks tus 1.0.0.", headers=headers)


router = APIRouter(prefix="/uploads", tags=["uploads"])
_ALL: dict[int | str, dict[str, Any]] = {
    **SIGNED_IN,
    **problem_responses(
        ServiceCode.PRECONDITION_FAILED,
        ServiceCode.UPLOAD_EXPIRED,
        ServiceCode.REFUSED_VIDEO,
        ServiceCode.STORAGE_FULL,
    ),
}
RequiresTus = Depends(_require_tus)


class UploadOut(BaseModel):
    """An upload: its progress and its outcome."""

    id: str
    offset: int
    length: int
    expires_at: datetime
    recording_id: str | None
    refusal: RefusalReason | None


@router.options("", status_code=204)
async def about_uploads(config: Config) -> Response:
    """Return the version, extensions and limits of tus that this server supports."""
    return Response(
        status_code=204,
        headers={
            **_TUS,
            "Tus-Version": tus.VERSION,
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Max-Size": str(config.max_upload_bytes),
        },
    )


@router.post(
    "",
    status_code=201,
    dependencies=[RequiresTus],
    response_class=Response,
    responses={
        **_ALL,
        **problem_responses(ServiceCode.LENGTH_REQUIRED, ServiceCode.UPLOAD_EMPTY, ServiceCode.CONFLICT),
        403: problem_responses(ServiceCode.FORBIDDEN, ServiceCode.CSRF, *BEFORE_UPLOADS)[403],
    },
)
def create_upload(
    request: Request,
    me: MayUpload,
    db: Db,
    sessions: OpenSessions,
    config: Config,
    clock: Clock,
    audit: Audit,
    upload_length: Annotated[str | None, Header(description="Bytes in all")] = None,
    upload_metadata: Annotated[
        str | None,
        Header(
            description="Base64 values of client_id, protocol, side, speed, trim_start_s, trim_end_s", max_length=4096
        ),
    ] = None,
) -> Response:
    """Begin an upload."""
    if upload_length is None:
        raise Problem(ServiceCode.LENGTH_REQUIRED, advice="Send Upload-Length.", headers=_TUS)
    length = _parse_byte_count(upload_length, "upload-length")
    if length == 0:
        raise Problem(ServiceCode.UPLOAD_EMPTY, headers=_TUS)
    if length > config.max_upload_bytes:
        raise too_large(config.max_upload_bytes)
    try:
        values: dict[str, Any] = dict(tus.parse_metadata(upload_metadata))
    except ValueError as error:
        raise _invalid_header("header.upload-metadata", str(error)) from None
    client_id = values.pop("client_id", None)
    options = parse_request(values, "header.upload-metadata")
    row = tus.create(
        db,
        clinic_id=me.clinic_id,
        client_id=find_filmed_client(sessions, me, client_id),
        length=length,
        options=options,
        now=clock(),
        keep_hours=config.upload_keep_hours,
    )
    audit.record(db, Deed.CREATED, "upload", row.id, row.client_id)
    db.commit()
    headers = {
        **_TUS,
        "Location": f"{request.url.path}/{row.id}",
        "Upload-Offset": "0",
        **_expiry_header(row.expires_at),
    }
    return Response(status_code=201, headers=headers)


@router.head("/{upload_id}", dependencies=[RequiresTus], response_class=Response, responses=_ALL)
async def where_upload(
    upload_id: IdPath,
    me: MayUpload,
    config: Config,
    sessions: OpenSessions,
    store: Store,
    wakeups: Wakeups,
    clock: Clock,
    audit: Audit,
) -> Response:
    """Return the offset at which to continue."""
    state = await run_in_threadpool(_read_state, sessions, me, upload_id, clock())
    if state.is_complete and not state.is_finalized:
        # The answer to the last piece was lost, or this process was killed before it could answer.
        state = await _finalize(sessions, store, Ingest(sessions, store, wakeups, config, clock, audit), clock, state)
    headers = {**_state_headers(state), "Upload-Length": str(state.length), "Cache-Control": "no-store"}
    return Response(status_code=200, headers=headers)


@router.patch(
    "/{upload_id}",
    status_code=204,
    dependencies=[RequiresTus],
    max_body_size=ANY_SIZE,
    response_class=Response,
    openapi_extra={
        "requestBody": {"content": {OFFSET_TYPE: {"schema": {"type": "string", "format": "binary"}}}, "required": True}
    },
    responses={
        **_ALL,
        **problem_responses(ServiceCode.UPLOAD_MISMATCH, ServiceCode.WRONG_MEDIA_TYPE, ServiceCode.CONFLICT),
    },
)
async def append_upload(
    upload_id: IdPath,
    request: Request,
    me: MayUpload,
    config: Config,
    sessions: OpenSessions,
    store: Store,
    wakeups: Wakeups,
    clock: Clock,
    audit: Audit,
    upload_offset: Annotated[str | None, Header(description="Where these bytes begin")] = None,
) -> Response:
    """Append bytes to an upload.

    The last bytes are answered once the video has been checked: with 204 and Recording-Id, or with the reason why it
    was refused.
    """
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != OFFSET_TYPE:
        raise Problem(ServiceCode.WRONG_MEDIA_TYPE, advice=f"Send {OFFSET_TYPE}.", headers=_TUS)
    if upload_offset is None:
        raise _invalid_header("header.upload-offset", "is missing")
    offset = _parse_byte_count(upload_offset, "upload-offset")
    state = await run_in_threadpool(_read_state, sessions, me, upload_id, clock())
    if offset != state.offset:
        raise Problem(ServiceCode.UPLOAD_MISMATCH, headers={**_TUS, "Upload-Offset": str(state.offset)})
    remaining = state.length - offset
    declared = declared_length(request)
    if declared is not None and declared > remaining:
        raise too_large(config.max_upload_bytes)
    if remaining:
        await tus.append(sessions, store, upload_id, offset, body(request, config, remaining))
        state = await run_in_threadpool(_read_state, sessions, me, upload_id, clock())
    if state.is_complete:
        state = await _finalize(sessions, store, Ingest(sessions, store, wakeups, config, clock, audit), clock, state)
        if state.refusal is not None:
            reason = state.refusal
            headers = _state_headers(state)
            raise Problem(Code(reason["code"]), reason["message"], advice=reason["advice"], headers=headers)
    return Response(status_code=204, headers=_state_headers(state))


@router.delete("/{upload_id}", status_code=204, dependencies=[RequiresTus], response_class=Response, responses=_ALL)
def end_upload(upload_id: IdPath, me: MayUpload, db: Db, store: Store) -> Response:
    """Discard an upload; a recording already made of it stays."""
    remove_upload(db, store, get_or_404(db, visible_uploads(me), upload_id))
    return Response(status_code=204, headers=_TUS)


@router.get("/{upload_id}", responses={**SIGNED_IN, **problem_responses(ServiceCode.UPLOAD_EXPIRED)})
def read_upload(upload_id: IdPath, me: MayUpload, sessions: OpenSessions, clock: Clock) -> UploadOut:
    """Return the state of an upload and, once it is complete, its outcome."""
    state = _read_state(sessions, me, upload_id, clock())
    return UploadOut(
        id=state.upload_id,
        offset=state.offset,
        length=state.length,
        expires_at=state.expires_at,
        recording_id=state.recording_id,
        refusal=None if state.refusal is None else RefusalReason.model_validate(state.refusal),
    )


async def _finalize(
    sessions: OpenSessions, store: Store, ingest: Ingest, clock: Clock, state: UploadState
) -> UploadState:
    finalized: UploadState | None = await run_blocking(tus.finalize, sessions, store, ingest, clock, state.upload_id)
    if finalized is None:
        raise not_found()
    if not finalized.is_finalized:
        raise Problem(ServiceCode.CONFLICT, "This upload is being finished.", headers={**_TUS, "Retry-After": "2"})
    return finalized


def _read_state(sessions: Any, me: Principal, upload_id: str, now: datetime) -> UploadState:
    db: Session
    with sessions() as db:
        row = get_or_404(db, visible_uploads(me), upload_id)
        if row.expires_at <= now and row.recording_id is None:
            raise Problem(ServiceCode.UPLOAD_EXPIRED, headers=_TUS)
        return tus.state_of(row)


def _state_headers(state: UploadState) -> dict[str, str]:
    headers = {**_TUS, "Upload-Offset": str(state.offset), **_expiry_header(state.expires_at)}
    if state.recording_id is not None:
        headers[_RECORDING] = state.recording_id
    return headers


def _expiry_header(moment: datetime) -> dict[str, str]:
    return {"Upload-Expires": format_datetime(moment, usegmt=True)}


def _parse_byte_count(text: str, header: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise _invalid_header(f"header.{header}", "is not a number of bytes")
    return int(text)


def _invalid_header(where: str, message: str) -> Problem:
    return Problem(
        ServiceCode.INVALID_REQUEST, status=400, errors=[FieldError(where=where, message=message)], headers=_TUS
    )
