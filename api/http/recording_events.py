"""How far a recording is, as Server-Sent Events read from the database: any process may have made the progress.

The wire format is FastAPI's. Its `EventSourceResponse` is not used: it would change the answer's `Cache-Control` to
`no-cache`, which a browser may store, add an `itemSchema` to the OpenAPI document, and turn an error that is found
before the first event (404) into a stream that was already answered with 200.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable

from fastapi.sse import format_sse_event
from starlette.concurrency import run_in_threadpool

from api.recordings.schemas import RecordingOut

LOOK_EVERY_S = 0.5
SIGN_EVERY_S = 15.0
"""Silence longer than this is filled, so that nothing on the way takes the line for dead."""
LONGEST_S = 300.0
"""Then the browser comes again, and is asked again who it is."""
_ENDED = {"done", "refused", "failed"}


class SignedOut(Exception):
    """Whoever follows has signed out, or was signed out."""


async def events(
    look: Callable[[], RecordingOut | None],
    *,
    look_every_s: float = LOOK_EVERY_S,
    longest_s: float = LONGEST_S,
) -> AsyncIterator[bytes]:
    """Events `progress` while it changes, and one `end` when there is nothing more to come.

    Parameters
    ----------
    look
        The recording now, None when it is gone or no longer to be seen; called in a thread. Raises `SignedOut`: then
        the stream ends without a word, and a browser that comes again is told to sign in.
    """
    begun = spoke = time.monotonic()
    last = ""
    yield format_sse_event(retry=2000)
    while True:
        try:
            row = await run_in_threadpool(look)
        except SignedOut:
            return
        if row is None:
            yield _event("end", {"state": "removed"})
            return
        what = {
            "state": row.state,
            "progress": round(row.progress, 3),
            "analysis_id": row.analysis_id,
            "refusal": None if row.refusal is None else row.refusal.model_dump(),
        }
        now = time.monotonic()
        if json.dumps(what) != last:
            last, spoke = json.dumps(what), now
            yield _event("progress", what)
        elif now - spoke > SIGN_EVERY_S:
            spoke = now
            yield format_sse_event(comment="still here")
        if row.state in _ENDED:
            yield _event("end", what)
            return
        if now - begun > longest_s:
            return
        await asyncio.sleep(look_every_s)


def _event(name: str, what: dict[str, object]) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(what))
