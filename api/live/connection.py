"""The conversation with one page: one message in, one answer out, until somebody hangs up.

A frame is worked on where it arrives, in the event loop: half a millisecond as a rule, several when a repetition ends.
A thread would hold the same interpreter for as long and cost its hand-over on top (measured: docs/live-protocol.md).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from math import inf
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from api.core.logs import get_logger
from api.live.admission import RateLimiter
from api.live.delta_encoder import text
from api.live.frame_codec import MOST_BYTES
from api.live.live_session import MOST_TEXT, Begin, ErrorCode, Finished, LiveSessionServer, ProtocolError

IDLE_S = 60.0
"""Without a message; a page whose tab is hidden lets the line go and comes back with its ticket."""
LOOK_EVERY_S = 5.0
KNOWN_EVERY_S = 60.0
SEND_WITHIN_S = 15.0
"""A page that takes no answer for so long has gone; looked at now and then, as a timer for each answer is work too."""
MOST_MISTAKES = 5
SLOW_READER = "slow_reader"

CLOSED: Final[dict[ErrorCode, int]] = {
    ErrorCode.BAD_MESSAGE: 1008,
    ErrorCode.TOO_LARGE: 1009,
    ErrorCode.TOO_FAST: 1008,
    ErrorCode.TOO_MANY: 1013,
    ErrorCode.INTERNAL: 1011,
    ErrorCode.SIGNED_OUT: 4401,
    ErrorCode.NOT_CLEARED: 4403,
    ErrorCode.IDLE: 4408,
}
"""Codes the line is closed with."""

_log = get_logger("api.live")


class LiveConnection:
    """One page's line.

    Parameters
    ----------
    is_known
        Whether whoever came in may still be here; asked now and then, in a thread.
    keep
        What becomes of a finished session; its answer goes to the page.
    """

    def __init__(
        self,
        socket: WebSocket,
        desk: LiveSessionServer,
        *,
        is_known: Callable[[], bool],
        keep: Callable[[Finished], dict[str, Any]],
        idle_s: float = IDLE_S,
    ) -> None:
        self._socket, self._desk = socket, desk
        self._is_known, self._keep = is_known, keep
        self._idle_s = idle_s
        self._heard = time.monotonic()
        self._sending_since = inf
        self._mistakes = 0
        self._frames = 0
        self._why = "left"

    async def hold(self) -> None:
        """Talk until the line is closed."""
        began = time.monotonic()
        holding = asyncio.current_task()
        assert holding is not None
        watch = asyncio.create_task(self._watch(holding))
        try:
            await self._listen()
        except WebSocketDisconnect:
            pass
        except asyncio.CancelledError:
            if self._why != SLOW_READER:
                raise
            holding.uncancel()
        except Exception as error:  # the one place where a mistake of ours becomes an answer
            _log.error("live_unexpected", exc_info=error)
            await self._end(ErrorCode.INTERNAL)
        finally:
            watch.cancel()
            _log.info("live_ended", why=self._why, frames=self._frames, seconds=round(time.monotonic() - began, 1))

    async def _listen(self) -> None:
        allowance = RateLimiter()
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            self._heard = time.monotonic()
            data, words = message.get("bytes"), message.get("text")
            if len(data or b"") > MOST_BYTES or len(words or "") > MOST_TEXT:
                await self._end(ErrorCode.TOO_LARGE)
                return
            try:
                if not allowance.take():
                    raise ProtocolError(ErrorCode.TOO_FAST)
                told = self._desk.frame(data) if data is not None else await self._said(words or "")
            except ProtocolError as amiss:
                if not await self._object(amiss):
                    return
                continue
            self._frames += data is not None
            await self._tell(told)
            finished = self._desk.finished()
            if finished is not None:
                # What is kept is asked of the database.
                await self._tell({"finished": await run_in_threadpool(self._keep, finished)})

    async def _said(self, words: str) -> dict[str, Any]:
        message = self._desk.text(words)
        if isinstance(message, Begin):
            told = await run_in_threadpool(self._desk.begin, message)
            _log.info("live_began", resumed=told["began"]["resumed"])
            return told
        return self._desk.button(message)

    async def _object(self, amiss: ProtocolError) -> bool:
        """Say what is amiss; False when it was too often, and the line is closed."""
        self._mistakes += 1
        if self._mistakes >= MOST_MISTAKES or amiss.code is ErrorCode.NOT_CLEARED:
            await self._end(amiss.code)
            return False
        await self._tell({"problem": {"code": amiss.code, "detail": amiss.detail}})
        return True

    async def _tell(self, told: dict[str, Any]) -> None:
        if self._socket.application_state is not WebSocketState.CONNECTED:  # hung up on meanwhile
            raise WebSocketDisconnect
        self._sending_since = time.monotonic()
        await self._socket.send_text(text(told))
        self._sending_since = inf

    async def _end(self, why: ErrorCode) -> None:
        """Say why, and hang up."""
        self._why = str(why)
        if self._socket.application_state is not WebSocketState.CONNECTED:
            return
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                await self._tell({"problem": {"code": why, "detail": ""}})
                await self._socket.close(CLOSED.get(why, 1008))
        except (WebSocketDisconnect, RuntimeError, TimeoutError):
            return  # gone already

    async def _watch(self, holding: asyncio.Task[None]) -> None:
        """Hang up on who is silent, takes no answers, or may no longer be here."""
        asked = time.monotonic()
        while True:
            await asyncio.sleep(min(LOOK_EVERY_S, self._idle_s))
            now = time.monotonic()
            if now - self._sending_since > SEND_WITHIN_S:
                self._why = SLOW_READER
                holding.cancel()
                return
            if now - self._heard > self._idle_s:
                await self._end(ErrorCode.IDLE)
                return
            if now - asked > KNOWN_EVERY_S:
                asked = now
                if not await run_in_threadpool(self._is_known):
                    await self._end(ErrorCode.SIGNED_OUT)
                    return
