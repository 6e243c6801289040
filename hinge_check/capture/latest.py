"""A slot for one item between two threads: the newest wins, nothing queues up."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestSlot(Generic[T]):
    """A slot into which one thread puts and from which another takes; an item not taken in time is replaced."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._item: T | None = None
        self._error: Exception | None = None
        self._ended = False
        self.put_count = 0
        self.taken_count = 0

    def put(self, item: T) -> bool:
        """Put the newest item; return False when the slot has ended."""
        with self._ready:
            if self._ended:
                return False
            self._item = item
            self.put_count += 1
            self._ready.notify_all()
            return True

    @property
    def wanted(self) -> bool:
        """True until the slot has ended."""
        return not self._ended

    def end(self, error: Exception | None = None) -> None:
        """End the slot; an item in it can still be taken. After that, taking raises `error`."""
        with self._ready:
            self._ended = True
            self._error = self._error or error
            self._ready.notify_all()

    def take(self, timeout_s: float | None) -> T | None:
        """Return the newest item not taken yet, or None when none comes in time; without a timeout wait for one.

        Raises
        ------
        EOFError
            The slot has ended; or the error that ended it.
        """
        with self._ready:
            self._ready.wait_for(lambda: self._item is not None or self._ended, timeout_s)
            if self._item is not None:
                item, self._item = self._item, None
                self.taken_count += 1
                return item
            if self._ended:
                raise self._error or EOFError
            return None
