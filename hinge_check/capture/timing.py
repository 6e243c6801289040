"""Times of frames from the stamps of the container. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")

MAX_PENDING = 8
"""Most frames without a time that are held back for the next known one; each holds a decoded picture."""
BACK_JUMP_S = 1.0
"""A time this far behind the last one is a clock that started again, not a repeat."""
FORWARD_JUMP_S = 60.0
"""A time this far ahead is a clock that was set, not a pause: nobody films a still picture for so long."""


def steady_times(
    stamped: Iterable[tuple[float | None, float, T]], start_s: float | None = None
) -> Iterator[tuple[float, T]]:
    """Give every frame a strictly increasing time, the first shown frame of the stream being 0.

    Frames with a repeated time or a small step back are dropped: the picture adds nothing, and an invented time would
    distort velocities. Frames without a time are kept and spread evenly between their neighbours (their order is
    certain, only the label is missing); where no time is known at all they follow at their own duration. A clock that
    restarts (`BACK_JUMP_S`, `FORWARD_JUMP_S`) goes on one frame after the last.

    Parameters
    ----------
    stamped
        (time in seconds or None, nominal duration in seconds, item) in the order shown.
    start_s
        Stamp of the stream's first shown frame when reading starts later (after a seek); None takes the first stamp
        that comes.
    """
    timeline: _Timeline[T] = _Timeline(start_s)
    for stamp, duration, item in stamped:
        if stamp is None:
            yield from timeline.hold(duration, item)
        else:
            yield from timeline.place(stamp, duration, item)
    yield from timeline.flush()


class _Timeline(Generic[T]):
    """The times given so far, and the frames that wait for one."""

    def __init__(self, base: float | None) -> None:
        self._base = base
        self._last: float | None = None
        self._pending: list[tuple[float, T]] = []

    def hold(self, duration: float, item: T) -> Iterator[tuple[float, T]]:
        """Hold back a frame without a time; too many of them are let go at their own duration."""
        self._pending.append((duration, item))
        if len(self._pending) > MAX_PENDING:
            yield from self.flush()

    def place(self, stamp: float, duration: float, item: T) -> Iterator[tuple[float, T]]:
        """Yield the frames held back and a frame with a time, unless it repeats one."""
        if self._base is None:
            # Leading frames without a stamp come before the first known one.
            self._base = stamp - (self._pending_s() if self._last is None else self._last + duration)
        time = stamp - self._base
        if self._last is not None and (time < self._last - BACK_JUMP_S or time > self._last + FORWARD_JUMP_S):
            yield from self.flush()
            self._base = stamp - (self._last + duration)
            time = stamp - self._base
        yield from self._spread(time)
        if self._last is None or time > self._last:
            self._last = time
            yield time, item

    def flush(self) -> Iterator[tuple[float, T]]:
        """Yield the frames held back, each at its own duration after the one before."""
        for duration, item in self._pending:
            self._last = 0.0 if self._last is None else self._last + duration
            yield self._last, item
        self._pending.clear()

    def _pending_s(self) -> float:
        return sum(duration for duration, _ in self._pending)

    def _spread(self, until: float) -> Iterator[tuple[float, T]]:
        """Yield the frames held back, spread evenly up to a known time; drop them where there is no room."""
        if self._pending and self._last is None:
            first = max(0.0, until - self._pending_s())
            step = (until - first) / len(self._pending)
            for k, (_, item) in enumerate(self._pending):
                time = first + k * step
                if self._last is None or time > self._last:
                    self._last = time
                    yield time, item
        elif self._pending and self._last is not None and until > self._last:
            before = self._last
            step = (until - before) / (len(self._pending) + 1)
            for k, (_, item) in enumerate(self._pending, start=1):
                self._last = before + k * step
                yield self._last, item
        self._pending.clear()
