"""Who may begin a live session, how many there are, and how much each may send."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from api.settings import Settings

PER_PERSON = 2
"""A phone and a tablet."""
FRAMES_HZ, BURST = 40.0, 80.0
"""A camera of 30 frames a second and some buttons; more is no camera."""


class TooManySessions(Exception):
    """No more sessions now: of this person, or of this process."""


class SessionLimiter:
    """The sessions of this process; in the event loop's thread alone."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._here: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._here.total()

    @contextmanager
    def slot(self, who: str, *, most: int) -> Iterator[None]:
        """A place until the end of the block.

        Raises
        ------
        Full
        """
        if len(self) >= self._most or self._here[who] >= most:
            raise TooManySessions
        self._here[who] += 1
        try:
            yield
        finally:
            self._here[who] -= 1
            if not self._here[who]:
                del self._here[who]


class RateLimiter:
    """So many messages a second, and a few at once."""

    def __init__(
        self, rate_hz: float = FRAMES_HZ, burst: float = BURST, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate_hz, self._burst, self._monotonic = rate_hz, burst, monotonic
        self._left, self._at = burst, monotonic()

    def take(self) -> bool:
        """Whether one more is allowed now."""
        now = self._monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate_hz)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


def is_allowed_origin(origin: str | None, settings: Settings) -> bool:
    """Whether a page of ours asks. Another site's page may open a socket to us with our cookies, so it is looked at.

    On this machine alone its names stand for one another.
    """
    if not origin:
        return False
    asked, ours = urlsplit(origin), urlsplit(settings.public_url)
    if (asked.scheme, _port(asked)) != (ours.scheme, _port(ours)):
        return False
    return asked.hostname == ours.hostname or (_is_loopback(asked) and _is_loopback(ours))


def open_to_all(settings: Settings) -> bool:
    """Whether one may practise without an account."""
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
