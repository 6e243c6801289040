"""Admission to live sessions: who may begin one, how many there may be, and how much each may send."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from api.settings import Settings

PER_PERSON = 2
"""Sessions of one person at once: a phone and a tablet."""
FRAMES_HZ, BURST = 40.0, 80.0
"""Messages per second and in a burst: a camera of 30 frames a second and some buttons stay below."""


class TooManySessions(Exception):
    """Raised when this person, or this process, has as many sessions as allowed."""


class SessionLimiter:
    """Counts the sessions of this process. Only for the event loop's thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._counts.total()

    @contextmanager
    def slot(self, who: str, *, most: int) -> Iterator[None]:
        """Hold one of the slots until the end of the block.

        Raises
        ------
        TooManySessions
            The person has `most` sessions already, or the process its maximum.
        """
        if len(self) >= self._most or self._counts[who] >= most:
            raise TooManySessions
        self._counts[who] += 1
        try:
            yield
        finally:
            self._counts[who] -= 1
            if not self._counts[who]:
                del self._counts[who]


class RateLimiter:
    """Token bucket: allows a number of messages a second, and a burst."""

    def __init__(
        self, rate_hz: float = FRAMES_HZ, burst: float = BURST, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate_hz, self._burst, self._monotonic = rate_hz, burst, monotonic
        self._left, self._at = burst, monotonic()

    def take(self) -> bool:
        """Return whether one more message is allowed now, and count it."""
        now = self._monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate_hz)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


def is_allowed_origin(origin: str | None, settings: Settings) -> bool:
    """Return whether the origin is our own site: pages of other sites can open a WebSocket with our cookies.

    The names of this machine (localhost, 127.0.0.1, ::1) count as the same.
    """
    if not origin:
        return False
    theirs, ours = urlsplit(origin), urlsplit(settings.public_url)
    if (theirs.scheme, _port(theirs)) != (ours.scheme, _port(ours)):
        return False
    return theirs.hostname == ours.hostname or (_is_loopback(theirs) and _is_loopback(ours))


def open_to_all(settings: Settings) -> bool:
    """Return whether live coaching is open to people without an account."""
    return settings.demo or settings.open_live


def _port(url: SplitResult) -> int | None:
    try:
        return url.port or {"http": 80, "https": 443}.get(url.scheme)
    except ValueError:
        return -1


def _is_loopback(url: SplitResult) -> bool:
    host = url.hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
