"""Requests sent on time whatever happened to earlier ones: as many clients do, so that queueing shows.

Bytes over plain connections, made beforehand: the asker shares the machine with the server, and a full HTTP client
would take from it several times what a request costs.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


def get_request(path: str, headers: dict[str, str]) -> bytes:
    """Return the bytes of a GET request."""
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode("ascii")


async def measure_response_times(
    url: str, requests: Sequence[bytes], *, rate_hz: float, seconds: float, connections: int = 64
) -> list[float]:
    """Return the seconds from when each request was due until its answer was complete.

    Request number `n` is due at `n / rate_hz`; one that finds all connections busy waits for the first that is free,
    and that wait counts.

    Raises
    ------
    AssertionError
        An answer is not 200, or a connection was closed.
    """
    place = urlsplit(url)
    assert place.hostname is not None
    assert place.port is not None
    loop = asyncio.get_running_loop()
    free: deque[_Connection] = deque()
    for _ in range(connections):
        _, connection = await loop.create_connection(_Connection, place.hostname, place.port)
        free.append(connection)
    due: deque[tuple[bytes, float]] = deque()
    taken: list[float] = []
    total = int(seconds * rate_hz)
    finished: asyncio.Future[None] = loop.create_future()

    def send() -> None:
        while due and free:
            free.popleft().ask(*due.popleft(), answered)

    def answered(connection: _Connection, took: float | AssertionError) -> None:
        if isinstance(took, AssertionError):
            if not finished.done():
                finished.set_exception(took)
            return
        taken.append(took)
        free.append(connection)
        if len(taken) == total:
            finished.set_result(None)
        send()

    began = time.perf_counter() + 0.01
    try:
        for number in range(total):
            at = began + number / rate_hz
            wait = at - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            if finished.done():
                break
            due.append((requests[number % len(requests)], at))
            send()
        await finished
    finally:
        for connection in free:
            connection.close()
    return taken


_Tell = Callable[["_Connection", float | AssertionError], None]


class _Connection(asyncio.Protocol):
    """A connection that carries one request at a time."""

    def __init__(self) -> None:
        self._came = bytearray()
        self._whole: int | None = None
        self._due = 0.0
        self._tell: _Tell | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def ask(self, request: bytes, due: float, tell: _Tell) -> None:
        """Send a request; `tell` receives the outcome."""
        self._due, self._tell, self._whole = due, tell, None
        self._came.clear()
        self._transport.write(request)

    def close(self) -> None:
        """Close the connection."""
        self._tell = None
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._came += data
        if self._whole is None:
            end = self._came.find(b"\r\n\r\n")
            if end < 0:
                return
            length = _LENGTH.search(self._came, 0, end + 2)
            if length is None or not self._came.startswith(b"HTTP/1.1 200 "):
                self._answer(AssertionError(bytes(self._came[:400])))
                return
            self._whole = end + 4 + int(length[1])
        if len(self._came) >= self._whole:
            self._answer(time.perf_counter() - self._due)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        if self._tell is not None:
            self._answer(AssertionError("the server hung up"))

    def _answer(self, took: float | AssertionError) -> None:
        tell, self._tell = self._tell, None
        assert tell is not None
        tell(self, took)
