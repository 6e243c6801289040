"""Times of frames from what the container says about them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

MAX_PENDING = 8
"""Frames without a time held back for the next known one; each holds a decoded picture."""
BACK_JUMP_S = 1.0
"""A time this far behind the last one is a clock that started again, not a repeat."""
FORWARD_JUMP_S = 60.0
"""A time this far ahead is a clock that was set, not a pause: nobody films a picture that stands so long."""


def steady_times(
    stamped: Iterable[tuple[float | None, float, T]], start_s: float | None = None
) -> Iterator[tuple[float, T]]:
    """Give every frame a strictly increasing time, the first shown frame of the stream being 0.

    Repeated times and small steps back are dropped: the picture adds nothing and a made-up time would bend
    velocities. Frames without a time are kept and spread evenly between their neighbours (their order is
    certain, only the label is missing); where no time is known at all they follow at their own duration.
    A clock that restarts (`BACK_JUMP_S`, `FORWARD_JUMP_S`) goes on one frame after the last.

    Parameters
    ----------
    stamped
        (time in seconds or None, nominal duration in seconds, item) in the order shown.
    start_s
        Stamp of the stream's first shown frame when reading starts later (after a seek); None takes the
        first stamp met.
    """
    base = start_s
    last: float | None = None
    pending: list[tuple[float, T]] = []

    def flush() -> Iterator[tuple[float, T]]:
        nonlocal last
        for duration, item in pending:
            last = 0.0 if last is None else last + duration
            yield last, item
        pending.clear()

    for stamp, duration, item in stamped:
        if stamp is None:
            pending.append((duration, item))
            if len(pending) > MAX_PENDING:
                yield from flush()
            continue
        if base is None:
            # Leading frames without a stamp come before the first known one.
            base = stamp - (sum(d for d, _ in pending) if last is None else last + duration)
        time = stamp - base
        if last is not None and (time < last - BACK_JUMP_S or time > last + FORWARD_JUMP_S):
            yield from flush()
            base = stamp - (last + duration)
            time = stamp - base
        if last is None and pending:
            first = max(0.0, time - sum(d for d, _ in pending))
            step = (time - first) / len(pending)
            for k, (_, held) in enumerate(pending):
                if last is None or first + k * step > last:
                    last = first + k * step
                    yield last, held
        elif pending and last is not None and time > last:
            step = (time - last) / (len(pending) + 1)
            before = last
            for k, (_, held) in enumerate(pending, start=1):
                last = before + k * step
                yield last, held
        pending.clear()
        if last is None or time > last:
            last = time
            yield time, item
    yield from flush()
