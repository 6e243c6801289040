"""A blob as an answer: whole or one range of it, with an ETag. What iOS needs to play a video (it asks `bytes=0-1`)."""

from __future__ import annotations

import hashlib
import re

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from api.core.problems import Problem, ServiceCode
from api.storage.blob_store import BlobStore

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
CACHE = "private, no-cache"
"""Kept by the browser of the person alone, and asked about before it is used again."""


def etag_of(text: str) -> str:
    """A strong ETag for what never changes under this name, or for this very content."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def not_modified(request: Request, etag: str) -> Response | None:
    """The answer 304 where the caller has it already."""
    said = request.headers.get("if-none-match")
    if said is None:
        return None
    known = {part.strip().removeprefix("W/") for part in said.split(",")}
    if etag in known or "*" in known:
        return Response(status_code=304, headers={"ETag": etag, "Cache-Control": CACHE})
    return None


def text_response(request: Request, text: str, media_type: str, *, name: str | None = None) -> Response:
    """Something short as an answer, with an ETag."""
    etag = etag_of(text)
    headers = {"ETag": etag, "Cache-Control": CACHE}
    if name is not None:
        headers["Content-Disposition"] = f'inline; filename="{name}"'
    return not_modified(request, etag) or Response(text, media_type=media_type, headers=headers)


def blob_response(request: Request, store: BlobStore, key: str, media_type: str, *, name: str) -> Response:
    """A blob as an answer to GET or HEAD.

    Parameters
    ----------
    key
        Content under a key never changes, so the key decides the ETag.
    name
        What a browser would save it as; made by us, never by people.

    Raises
    ------
    Problem
        `range_not_satisfiable`.
    BlobMissing, StoreUnavailable
    """
    size = store.size(key)
    etag = etag_of(key)
    headers = {
        "ETag": etag,
        "Cache-Control": CACHE,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f'inline; filename="{name}"',
    }
    known = not_modified(request, etag)
    if known is not None:
        return known
    part = _wanted(request, etag, size)
    start, end = part or (0, size)
    headers["Content-Length"] = str(end - start)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    status = 206 if part is not None else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=media_type)
    pieces = store.open_range(key, start, end)
    return StreamingResponse(pieces, status_code=status, headers=headers, media_type=media_type)


def _wanted(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """The one range asked for, end exclusive; None for all of it: several ranges and nonsense may be ignored."""
    said = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if said is None or said.group(1) == said.group(2) == "":
        return None
    if request.headers.get("if-range", etag) != etag:
        return None
    first, last = said.groups()
    if first == "":
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None  # not a range at all
    if start >= end:
        raise Problem(ServiceCode.RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{size}"})
    return start, end
