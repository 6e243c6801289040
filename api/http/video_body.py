"""Request bodies that are videos: read piece by piece, counted, and rejected when too large or too slow."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import anyio
from anyio.to_thread import run_sync
from fastapi import Request
from starlette.requests import ClientDisconnect

from api.core.problems import Problem, ServiceCode
from api.recordings.requests import AnalysisRequest
from api.settings import Settings
from api.uploads.ingest import PROBES_AT_ONCE, IncomingVideo, Ingest, Ingested

ANY_SIZE = 2**62
"""`max_body_size` of routes that count the bytes themselves."""
_TYPES = ("video/", "application/octet-stream", "application/mp4", "application/x-matroska", "image/gif")
_limiter: anyio.CapacityLimiter | None = None


def check_head(request: Request, config: Settings) -> None:
    """Refuse a request whose headers already rule out an acceptable video.

    Raises
    ------
    Problem
        `wrong_media_type`, `too_large`, `upload_empty`.
    """
    kind = request.headers.get("content-type", "application/octet-stream").strip().lower()
    if not kind.startswith(_TYPES):
        advice = "Send the video itself as the body, with its own type (video/mp4), not as a form."
        raise Problem(ServiceCode.WRONG_MEDIA_TYPE, advice=advice, headers=_CLOSE)
    declared = declared_length(request)
    if declared is not None and declared > config.max_upload_bytes:
        raise too_large(config.max_upload_bytes)
    if declared == 0:
        raise Problem(ServiceCode.UPLOAD_EMPTY)


def declared_length(request: Request) -> int | None:
    """Return Content-Length; None where the request states no length."""
    header = request.headers.get("content-length", "")
    return int(header) if header.isascii() and header.isdigit() else None


def too_large(limit: int) -> Problem:
    """Return the problem of a body beyond the limit; the connection is closed without reading the rest."""
    return Problem(
        ServiceCode.TOO_LARGE, f"A video may have {limit / 1e6:.0f} MB at most; this one is larger.", headers=_CLOSE
    )


async def body(request: Request, config: Settings, limit: int) -> AsyncIterator[bytes]:
    """Yield the body in pieces, never more than `limit` bytes.

    Raises
    ------
    Problem
        `too_large`; `request_timeout` when it is too slow or stops; `upload_mismatch` when the connection breaks.
    """
    began = time.monotonic()
    count = 0
    try:
        async for chunk in request.stream():
            count += len(chunk)
            if count > limit:
                raise too_large(limit)
            waited = time.monotonic() - began
            # A body that arrives very slowly keeps a connection open for ever; enough of those block the whole service.
            if waited > config.body_idle_s and count < config.upload_min_bytes_s * waited:
                raise Problem(ServiceCode.REQUEST_TIMEOUT, "The video comes too slowly.", headers=_CLOSE)
            if chunk:
                yield chunk
    except ClientDisconnect:
        raise connection_lost() from None


def connection_lost() -> Problem:
    """Return the problem of a broken connection; usually the caller can no longer read it."""
    return Problem(ServiceCode.UPLOAD_MISMATCH, "The video ended before it was whole.", status=400)


async def ingest_in_thread(ingest: Ingest, video: IncomingVideo, options: AnalysisRequest) -> Ingested:
    """Run `Ingest.ingest` in one of a few threads of its own: threads that answer requests never wait for a video."""
    ingested: Ingested = await run_blocking(ingest.ingest, video, options)
    return ingested


async def run_blocking(function: Any, *arguments: Any) -> Any:
    """Call a function that takes seconds, in a thread; it finishes even if the request is cancelled."""
    global _limiter
    if _limiter is None:
        _limiter = anyio.CapacityLimiter(PROBES_AT_ONCE + 1)
    # A video that arrived completely is ingested even if the connection breaks now.
    with anyio.CancelScope(shield=True):
        return await run_sync(function, *arguments, limiter=_limiter)


_CLOSE = {"Connection": "close"}
