"""Blobs as responses: whole or one range, with an ETag. iOS needs ranges to play a video (it asks `bytes=0-1`)."""

from __future__ import annotations

import hashlib
import re

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from api.core.problems import Problem, ServiceCode
from api.storage.blob_store import BlobStore

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
CACHE = "private, no-cache"
"""Cached by the person's own browser alone, and revalidated before each use."""


def etag_of(text: str) -> str:
    """Return a strong ETag of a key whose content never changes, or of the content itself."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def not_modified(request: Request, etag: str) -> Response | None:
    """Return a 304 response if the caller has this content already."""
    header = request.headers.get("if-none-match")
    if header is None:
        return None
    known = {part.strip().removeprefix("W/") for part in header.split(",")}
    if etag in known or "*" in known:
        return Response(status_code=304, headers={"ETag": etag, "Cache-Control": CACHE})
    return None


def text_response(request: Request, text: str, media_type: str, *, name: str | None = None) -> Response:
    """Return a short text as a response, with an ETag."""
    etag = etag_of(text)
    headers = {"ETag": etag, "Cache-Control": CACHE}
    if name is not None:
        headers["Content-Disposition"] = f'inline; filename="{name}"'
    return not_modified(request, etag) or Response(text, media_type=media_type, headers=headers)


def blob_response(request: Request, store: BlobStore, key: str, media_type: str, *, name: str) -> Response:
    """Return a blob as the response to GET or HEAD.

    Parameters
    ----------
    key
        The content under a key never changes, so the ETag is made from the key.
    name
        Name under which a browser saves it; chosen by the service, never by people.

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
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    part = _requested_range(request, etag, size)
    start, end = part or (0, size)
    headers["Content-Length"] = str(end - start)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    status = 206 if part is not None else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=media_type)
    pieces = store.open_range(key, start, end)
    return StreamingResponse(pieces, status_code=status, headers=headers, media_type=media_type)


def _requested_range(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """Return the requested range, end exclusive; None for everything: several or invalid ranges may be ignored."""
    match = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if match is None or match.group(1) == match.group(2) == "":
        return None
    if request.headers.get("if-range", etag) != etag:
        return None
    first, last = match.groups()
    if first == "":
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None  # not a range at all
    if start >= end:
        raise Problem(ServiceCode.RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{size}"})
    return start, end
