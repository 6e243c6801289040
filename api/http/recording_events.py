"""Progress of a recording as Server-Sent Events, read from the database: any process may have made the progress.

The wire format is FastAPI's. Its `EventSourceResponse` is not used: it would change the response's `Cache-Control` to
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
KEEP_ALIVE_S = 15.0
"""After a silence this long a comment is sent, so that no proxy takes the connection for dead."""
LONGEST_S = 300.0
"""Then the stream ends; the browser reconnects and is authenticated again."""
_ENDED = {"done", "refused", "failed"}


class SignedOut(Exception):
    """Raised when the follower has signed out, or was signed out."""


async def events(
    look: Callable[[], RecordingOut | None],
    *,
    look_every_s: float = LOOK_EVERY_S,
    longest_s: float = LONGEST_S,
) -> AsyncIterator[bytes]:
    """Yield an event `progress` at each change, and one `end` when there will be no more.

    Parameters
    ----------
    look
        Returns the recording as it is now, None when it is gone or no longer visible; called in a thread. May raise
        `SignedOut`: then the stream ends without an event, and a browser that reconnects is asked to sign in.
    """
    began = sent_at = time.monotonic()
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
        progress = {
            "state": row.state,
            "progress": round(row.progress, 3),
            "analysis_id": row.analysis_id,
            "refusal": None if row.refusal is None else row.refusal.model_dump(),
        }
        now = time.monotonic()
        if json.dumps(progress) != last:
            last, sent_at = json.dumps(progress), now
            yield _event("progress", progress)
        elif now - sent_at > KEEP_ALIVE_S:
            sent_at = now
            yield format_sse_event(comment="still here")
        if row.state in _ENDED:
            yield _event("end", progress)
            return
        if now - began > longest_s:
            return
        await asyncio.sleep(look_every_s)


def _event(name: str, data: dict[str, object]) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data))
