"""A body that is a video: taken piece by piece as it comes, counted, and given up when it is not worth waiting for."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import anyio
from anyio.to_thread import run_sync
from fastapi import Request
from starlette.requests import ClientDisconnect

from api.core.problems import Problem, ServiceCode
from api.settings import Settings
from api.uploads.ingest import AT_ONCE, AnalysisRequest, IncomingVideo, Ingest, Ingested

ANY_SIZE = 2**62
"""`max_body_size` of routes that count for themselves."""
_TYPES = ("video/", "application/octet-stream", "application/mp4", "application/x-matroska", "image/gif")
_waiting: anyio.CapacityLimiter | None = None


def check_head(request: Request, config: Settings) -> None:
    """Refuse by the headers alone what cannot be a video that is taken.

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
    """Content-Length; None where the body says no length."""
    said = request.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() else None


def too_large(limit: int) -> Problem:
    """The problem of a body beyond the limit; the rest of it is not waited for."""
    return Problem(
        ServiceCode.TOO_LARGE, f"A video may have {limit / 1e6:.0f} MB at most; this one is larger.", headers=_CLOSE
    )


async def body(request: Request, config: Settings, limit: int) -> AsyncIterator[bytes]:
    """The body in pieces, never more than `limit` bytes.

    Raises
    ------
    Problem
        `too_large`; `request_timeout` when it comes too slowly or stops; `upload_mismatch` when the line breaks.
    """
    begun = time.monotonic()
    count = 0
    try:
        async for chunk in request.stream():
            count += len(chunk)
            if count > limit:
                raise too_large(limit)
            waited = time.monotonic() - begun
            # A little now and then keeps a line open for ever, and with enough of them the whole service.
            if waited > config.body_idle_s and count < config.upload_min_bytes_s * waited:
                raise Problem(ServiceCode.REQUEST_TIMEOUT, "The video comes too slowly.", headers=_CLOSE)
            if chunk:
                yield chunk
    except ClientDisconnect:
        raise connection_lost() from None


def connection_lost() -> Problem:
    """The problem of a line that broke; nobody is left to read it."""
    return Problem(ServiceCode.UPLOAD_MISMATCH, "The video ended before it was whole.", status=400)


async def ingest_in_thread(intake: Ingest, arrived: IncomingVideo, asked: AnalysisRequest) -> Ingested:
    """`Intake.take` in one of few threads of its own: those that answer requests never wait behind a video."""
    taken: Ingested = await run_blocking(intake.ingest, arrived, asked)
    return taken


async def run_blocking(function: Any, *given: Any) -> Any:
    """Call something that takes seconds."""
    global _waiting
    if _waiting is None:
        _waiting = anyio.CapacityLimiter(AT_ONCE + 1)
    # What has arrived whole is finished even when the line breaks now.
    with anyio.CancelScope(shield=True):
        return await run_sync(function, *given, limiter=_waiting)


_CLOSE = {"Connection": "close"}
