"""A thread that runs while a context is open."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class BackgroundThread(ABC):
    """A context manager that calls `run` in a daemon thread of its own, and on leaving stops and joins it.

    Errors are for `run` to handle: it hands them to whoever takes its results, or reports them.

    Parameters
    ----------
    name
        Name of the thread, for logs and debuggers.
    join_s
        Longest wait for the thread on leaving; None waits until it has ended.
    """

    def __init__(self, name: str, *, join_s: float | None = None) -> None:
        self._join_s = join_s
        self._thread = threading.Thread(target=self.run, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.request_stop()
        self._thread.join(self._join_s)

    @abstractmethod
    def run(self) -> None:
        """Do the work until asked to stop; called in the thread."""

    @abstractmethod
    def request_stop(self) -> None:
        """Ask `run` to return, without waiting for it."""
