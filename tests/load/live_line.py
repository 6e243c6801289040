"""Many live sessions at once, as pages would hold them: lean, since the client shares the machine with the server."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import cast
from urllib.parse import urlsplit

_ZERO_KEY = b"\0\0\0\0"
"""Masking with zeros leaves a payload as it is."""


@dataclass
class Line:
    """The outcome of one session."""

    taken_s: list[float] = field(default_factory=list)
    """From when each frame was due until its answer had come."""
    superseded: int = 0
    """Frames whose turn came while the answer to an earlier one was still awaited, and that a newer one replaced."""
    told: list[dict[str, object]] = field(default_factory=list)
    """Answers that say or count something."""
    dropped: str = ""
    """Why the line was lost; empty where it was not."""


def frame_message(payload: bytes, *, binary: bool) -> bytes:
    """Return a message as a client's WebSocket frame."""
    opcode = 0x82 if binary else 0x81
    size = len(payload)
    head = struct.pack("!BB", opcode, 0x80 | size) if size < 126 else struct.pack("!BBH", opcode, 0x80 | 126, size)
    return head + _ZERO_KEY + payload


class Talk(asyncio.Protocol):
    """One session: the latest frame is sent as soon as the last answer has arrived."""

    def __init__(self, host: str, begin: dict[str, object]) -> None:
        self.line = Line()
        self.is_full = False
        """Whether this process takes nobody more."""
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._host, self._begin = host, begin
        self._came = bytearray()
        self._upgraded = False
        self._waiting: float | None = None
        self._next: tuple[bytes, bytes, float] | None = None
        self._closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its type
        key = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(
            (
                f"GET /api/v1/live HTTP/1.1\r\nHost: {self._host}\r\nOrigin: http://{self._host}\r\n"
                f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                f"Sec-WebSocket-Version: 13\r\n\r\n"
            ).encode()
        )

    def due(self, head: bytes, body: bytes, at: float) -> None:
        """Send a frame, in two parts, whose turn is now."""
        if self.line.dropped:
            return
        if self._waiting is not None:
            self.line.superseded += self._next is not None
            self._next = (head, body, at)
            return
        self._send(head, body, at)

    def close(self) -> None:
        """Close the connection."""
        self._closing = True
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._came += data
        if not self._upgraded:
            end = self._came.find(b"\r\n\r\n")
            if end < 0:
                return
            if not self._came.startswith(b"HTTP/1.1 101"):
                self._lost(bytes(self._came[:60]).decode())
                return
            del self._came[: end + 4]
            self._upgraded = True
            self._transport.write(frame_message(json.dumps(self._begin).encode(), binary=False))
        while len(self._came) >= 2:
            size, at = self._came[1] & 0x7F, 2
            if size == 126:
                if len(self._came) < 4:
                    return
                size, at = int.from_bytes(self._came[2:4], "big"), 4
            if len(self._came) < at + size:
                return
            opcode, payload = self._came[0] & 0x0F, bytes(self._came[at : at + size])
            del self._came[: at + size]
            self._message(opcode, payload)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        if not self._closing:
            self._lost("closed")

    def _message(self, opcode: int, payload: bytes) -> None:
        if opcode == 0x9:  # ping
            self._transport.write(struct.pack("!BB", 0x8A, 0x80 | len(payload)) + _ZERO_KEY + payload)
        elif opcode == 0x8 and not self._closing:
            self._lost(f"closed {int.from_bytes(payload[:2], 'big')}")
        elif payload.startswith(b'{"began"'):
            self.begun.set_result(None)
        elif payload.startswith(b'{"seq"'):
            assert self._waiting is not None
            self.line.taken_s.append(time.perf_counter() - self._waiting)
            self._waiting = None
            if b'"rep"' in payload or b'"say"' in payload:
                self.line.told.append(json.loads(payload))
            if self._next is not None:
                following, self._next = self._next, None
                self._send(*following)
        elif not self.begun.done() and b'"too_many_sessions"' in payload:
            self.is_full = self._closing = True
            self.begun.set_result(None)
        elif payload.startswith(b'{"problem"'):
            self._lost(payload.decode())

    def _send(self, head: bytes, body: bytes, at: float) -> None:
        self._waiting = at
        size = len(head) + len(body)
        self._transport.writelines((struct.pack("!BBH", 0x82, 0x80 | 126, size), _ZERO_KEY, head, body))

    def _lost(self, why: str) -> None:
        self.line.dropped = self.line.dropped or why
        if not self.begun.done():
            self.begun.set_exception(AssertionError(why))


async def run_crowd(
    url: str,
    frames: Sequence[bytes],
    *,
    sessions: int,
    rate_hz: float,
    joining_s: float,
    seconds: float,
    begin: dict[str, object],
    all_there: Callable[[], None],
) -> list[Line]:
    """Run sessions that each replay the frames repeatedly, measured from when all are connected.

    They join one after the other while those before them talk already, as people do: a server of several processes
    hands a newcomer to one that has time.
    """
    place = urlsplit(url)
    assert place.hostname is not None
    assert place.port is not None
    host, port = place.hostname, place.port
    loop = asyncio.get_running_loop()
    talks: list[Talk] = []

    async def join(after_s: float) -> None:
        await asyncio.sleep(after_s)
        talk = None
        while talk is None or talk.is_full:  # then, as a page does, it connects again and may reach another process
            if talk is not None:
                await asyncio.sleep(0.3)
            _, talk = await loop.create_connection(lambda: Talk(place.netloc, begin), host, port)
            await talk.begun
        talks.append(talk)

    joining = asyncio.gather(*(join(number / sessions * joining_s) for number in range(sessions)))
    interval = 1.0 / rate_hz
    began = time.perf_counter() + 0.05
    ticks = [0] * sessions
    # Each session has its own phase within the interval and its own place in the recording, whenever it joined: people
    # do not all turn at the same moment.
    shift = [number * len(frames) // sessions for number in range(sessions)]
    left = int(seconds * rate_hz)
    for round_ in count():
        if joining.done():
            await joining  # reports why a session could not join
            if left == int(seconds * rate_hz):
                all_there()
                for talk in talks:
                    talk.line = Line(dropped=talk.line.dropped)
            if not left:
                break
            left -= 1
        for number, talk in enumerate(tuple(talks)):
            at = began + (round_ + number / sessions) * interval
            wait = at - time.perf_counter()
            if wait > 0.0005:
                await asyncio.sleep(wait)
            body = frames[(round_ + shift[number]) % len(frames)]
            head = body[:4] + struct.pack("<Id", ticks[number], 100.0 + ticks[number] * interval)
            talk.due(head, body[16:], at)
            ticks[number] += 1
        await asyncio.sleep(0 if talks else interval)
    await asyncio.sleep(0.3)
    for talk in talks:
        talk.close()
    return [talk.line for talk in talks]
