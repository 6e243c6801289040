"""Resumable uploads: tus 1.0.0 (core, creation, expiration, termination), as phones on poor lines need them."""

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
from api.recordings.requests import client_filmed, parse_request
from api.recordings.video_removal import remove_upload
from api.routes.recordings import BEFORE_UPLOADS
from api.uploads import tus
from api.uploads.ingest import Ingest
from api.uploads.tus import UploadState
from hinge_check.errors import Code

OFFSET_TYPE = "application/offset+octet-stream"
_TUS = {"Tus-Resumable": tus.VERSION}
_RECORDING = "Recording-Id"


async def _speaks_tus(tus_resumable: Annotated[str | None, Header(description="1.0.0")] = None) -> None:
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
SpeaksTus = Depends(_speaks_tus)


class UploadOut(BaseModel):
    """An upload, and what became of it."""

    id: str
    offset: int
    length: int
    expires_at: datetime
    recording_id: str | None
    refusal: RefusalReason | None


@router.options("", status_code=204)
async def about_uploads(config: Config) -> Response:
    """What of tus is spoken here."""
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
    dependencies=[SpeaksTus],
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
    length = _count(upload_length, "upload-length")
    if length == 0:
        raise Problem(ServiceCode.UPLOAD_EMPTY, headers=_TUS)
    if length > config.max_upload_bytes:
        raise too_large(config.max_upload_bytes)
    try:
        given: dict[str, Any] = dict(tus.metadata(upload_metadata))
    except ValueError as error:
        raise _wrong("header.upload-metadata", str(error)) from None
    client_id = given.pop("client_id", None)
    asked = parse_request(given, "header.upload-metadata")
    row = tus.create(
        db,
        clinic_id=me.clinic_id,
        client_id=client_filmed(sessions, me, client_id),
        length=length,
        asked=asked,
        now=clock(),
        keep_hours=config.upload_keep_hours,
    )
    audit.record(db, Deed.CREATED, "upload", row.id, row.client_id)
    db.commit()
    headers = {**_TUS, "Location": f"{request.url.path}/{row.id}", "Upload-Offset": "0", **_expires(row.expires_at)}
    return Response(status_code=201, headers=headers)


@router.head("/{upload_id}", dependencies=[SpeaksTus], response_class=Response, responses=_ALL)
async def where_upload(
    upload_id: IdPath,
    me: MayUpload,
    config: Config,
    sessions: OpenSessions,
    store: Store,
    bell: Wakeups,
    clock: Clock,
    audit: Audit,
) -> Response:
    """Where to go on."""
    place = await run_in_threadpool(_place, sessions, me, upload_id, clock())
    if place.is_whole and not place.is_settled:
        # The answer to its last piece was lost, or we were killed before there was one.
        place = await _settled(sessions, store, Ingest(sessions, store, bell, config, clock, audit), clock, place)
    headers = {**_where(place), "Upload-Length": str(place.length), "Cache-Control": "no-store"}
    return Response(status_code=200, headers=headers)


@router.patch(
    "/{upload_id}",
    status_code=204,
    dependencies=[SpeaksTus],
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
    bell: Wakeups,
    clock: Clock,
    audit: Audit,
    upload_offset: Annotated[str | None, Header(description="Where these bytes begin")] = None,
) -> Response:
    """Send bytes. The last ones are answered when the video has been looked at: 204 with Recording-Id, or why not."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != OFFSET_TYPE:
        raise Problem(ServiceCode.WRONG_MEDIA_TYPE, advice=f"Send {OFFSET_TYPE}.", headers=_TUS)
    if upload_offset is None:
        raise _wrong("header.upload-offset", "is missing")
    offset = _count(upload_offset, "upload-offset")
    place = await run_in_threadpool(_place, sessions, me, upload_id, clock())
    if offset != place.offset:
        raise Problem(ServiceCode.UPLOAD_MISMATCH, headers={**_TUS, "Upload-Offset": str(place.offset)})
    left = place.length - offset
    declared = declared_length(request)
    if declared is not None and declared > left:
        raise too_large(config.max_upload_bytes)
    if left:
        await tus.append(sessions, store, upload_id, offset, body(request, config, left))
        place = await run_in_threadpool(_place, sessions, me, upload_id, clock())
    if place.is_whole:
        place = await _settled(sessions, store, Ingest(sessions, store, bell, config, clock, audit), clock, place)
        if place.refusal is not None:
            reason = place.refusal
            headers = _where(place)
            raise Problem(Code(reason["code"]), reason["message"], advice=reason["advice"], headers=headers)
    return Response(status_code=204, headers=_where(place))


@router.delete("/{upload_id}", status_code=204, dependencies=[SpeaksTus], response_class=Response, responses=_ALL)
def end_upload(upload_id: IdPath, me: MayUpload, db: Db, store: Store) -> Response:
    """Give an upload up; a recording it has become stays."""
    remove_upload(db, store, get_or_404(db, visible_uploads(me), upload_id))
    return Response(status_code=204, headers=_TUS)


@router.get("/{upload_id}", responses={**SIGNED_IN, **problem_responses(ServiceCode.UPLOAD_EXPIRED)})
def read_upload(upload_id: IdPath, me: MayUpload, sessions: OpenSessions, clock: Clock) -> UploadOut:
    """An upload, and what became of it."""
    place = _place(sessions, me, upload_id, clock())
    return UploadOut(
        id=place.upload_id,
        offset=place.offset,
        length=place.length,
        expires_at=place.expires_at,
        recording_id=place.recording_id,
        refusal=None if place.refusal is None else RefusalReason.model_validate(place.refusal),
    )


async def _settled(
    sessions: OpenSessions, store: Store, intake: Ingest, clock: Clock, place: UploadState
) -> UploadState:
    settled: UploadState | None = await run_blocking(tus.finalize, sessions, store, intake, clock, place.upload_id)
    if settled is None:
        raise not_found()
    if not settled.is_settled:
        raise Problem(ServiceCode.CONFLICT, "This upload is being finished.", headers={**_TUS, "Retry-After": "2"})
    return settled


def _place(sessions: Any, me: Principal, upload_id: str, now: datetime) -> UploadState:
    db: Session
    with sessions() as db:
        row = get_or_404(db, visible_uploads(me), upload_id)
        if row.expires_at <= now and row.recording_id is None:
            raise Problem(ServiceCode.UPLOAD_EXPIRED, headers=_TUS)
        return tus.state_of(row)


def _where(place: UploadState) -> dict[str, str]:
    headers = {**_TUS, "Upload-Offset": str(place.offset), **_expires(place.expires_at)}
    if place.recording_id is not None:
        headers[_RECORDING] = place.recording_id
    return headers


def _expires(moment: datetime) -> dict[str, str]:
    return {"Upload-Expires": format_datetime(moment, usegmt=True)}


def _count(text: str, header: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise _wrong(f"header.{header}", "is not a number of bytes")
    return int(text)


def _wrong(where: str, message: str) -> Problem:
    return Problem(
        ServiceCode.INVALID_REQUEST, status=400, errors=[FieldError(where=where, message=message)], headers=_TUS
    )
