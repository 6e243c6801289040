"""The WebSocket connection with one page: one message in, one answer out, until either side closes it.

A frame is processed where it arrives, in the event loop: half a millisecond as a rule, several when a repetition ends.
A thread would occupy the same interpreter for as long and add its own overhead (measured: docs/live-protocol.md).
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
from api.live.delta_encoder import encode
from api.live.frame_codec import MOST_BYTES
from api.live.live_session import MOST_TEXT, Begin, ErrorCode, Finished, LiveSessionServer, MessageError

IDLE_S = 60.0
"""Longest time without a message; a page in a hidden tab drops the connection and resumes with its ticket later."""
CHECK_EVERY_S = 5.0
RECHECK_EVERY_S = 60.0
SEND_WITHIN_S = 15.0
"""A page that accepts no answer for this long is gone; checked periodically, as a timer per answer would cost time."""
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
"""WebSocket close codes by error."""

_log = get_logger("api.live")


class LiveConnection:
    """The connection of one page.

    Parameters
    ----------
    is_known
        Returns whether the person may still be connected; called periodically, in a thread.
    save
        Stores a finished session; what it returns is sent to the page.
    """

    def __init__(
        self,
        socket: WebSocket,
        session: LiveSessionServer,
        *,
        is_known: Callable[[], bool],
        save: Callable[[Finished], dict[str, Any]],
        idle_s: float = IDLE_S,
    ) -> None:
        self._socket, self._session = socket, session
        self._is_known, self._save = is_known, save
        self._idle_s = idle_s
        self._received_at = time.monotonic()
        self._sending_since = inf
        self._mistakes = 0
        self._frames = 0
        self._why = "left"

    async def run(self) -> None:
        """Answer messages until the connection is closed."""
        began = time.monotonic()
        running = asyncio.current_task()
        assert running is not None
        watch = asyncio.create_task(self._watch(running))
        try:
            await self._listen()
        except WebSocketDisconnect:
            pass
        except asyncio.CancelledError:
            if self._why != SLOW_READER:
                raise
            running.uncancel()
        except Exception as error:  # the one place where a bug becomes an answer
            _log.error("live_unexpected", exc_info=error)
            await self._close(ErrorCode.INTERNAL)
        finally:
            watch.cancel()
            _log.info("live_ended", why=self._why, frames=self._frames, seconds=round(time.monotonic() - began, 1))

    async def _listen(self) -> None:
        """Receive and answer messages until the page disconnects or the connection is closed."""
        limiter = RateLimiter()
        while True:
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            self._received_at = time.monotonic()
            data, text = message.get("bytes"), message.get("text")
            if len(data or b"") > MOST_BYTES or len(text or "") > MOST_TEXT:
                await self._close(ErrorCode.TOO_LARGE)
                return
            try:
                if not limiter.take():
                    raise MessageError(ErrorCode.TOO_FAST)
                answer = self._session.frame(data) if data is not None else await self._answer_text(text or "")
            except MessageError as error:
                if not await self._report(error):
                    return
                continue
            self._frames += data is not None
            await self._send(answer)
            finished = self._session.take_finished()
            if finished is not None:
                # In a thread: saving asks the database.
                await self._send({"finished": await run_in_threadpool(self._save, finished)})

    async def _answer_text(self, text: str) -> dict[str, Any]:
        """Return the answer to a message that is not a frame."""
        message = self._session.text(text)
        if isinstance(message, Begin):
            answer = await run_in_threadpool(self._session.begin, message)
            _log.info("live_began", resumed=answer["began"]["resumed"])
            return answer
        return self._session.button(message)

    async def _report(self, error: MessageError) -> bool:
        """Report a mistake to the page; return False when the connection was closed because of it."""
        self._mistakes += 1
        if self._mistakes >= MOST_MISTAKES or error.code is ErrorCode.NOT_CLEARED:
            await self._close(error.code)
            return False
        await self._send({"problem": {"code": error.code, "detail": error.detail}})
        return True

    async def _send(self, answer: dict[str, Any]) -> None:
        if self._socket.application_state is not WebSocketState.CONNECTED:  # closed meanwhile
            raise WebSocketDisconnect
        self._sending_since = time.monotonic()
        await self._socket.send_text(encode(answer))
        self._sending_since = inf

    async def _close(self, why: ErrorCode) -> None:
        """Report why, and close the connection."""
        self._why = str(why)
        if self._socket.application_state is not WebSocketState.CONNECTED:
            return
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                await self._send({"problem": {"code": why, "detail": ""}})
                await self._socket.close(CLOSED.get(why, 1008))
        except (WebSocketDisconnect, RuntimeError, TimeoutError):
            return  # gone already

    async def _watch(self, running: asyncio.Task[None]) -> None:
        """Close the connection of a page that is silent, accepts no answers, or may no longer be connected."""
        checked_at = time.monotonic()
        while True:
            await asyncio.sleep(min(CHECK_EVERY_S, self._idle_s))
            now = time.monotonic()
            if now - self._sending_since > SEND_WITHIN_S:
                self._why = SLOW_READER
                running.cancel()
                return
            if now - self._received_at > self._idle_s:
                await self._close(ErrorCode.IDLE)
                return
            if now - checked_at > RECHECK_EVERY_S:
                checked_at = now
                if not await run_in_threadpool(self._is_known):
                    await self._close(ErrorCode.SIGNED_OUT)
                    return
