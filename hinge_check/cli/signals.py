"""Termination on request."""

from __future__ import annotations

from types import FrameType


def stop(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's signature
    """Make SIGTERM end the program as Ctrl-C does, so that nothing half-written stays."""
    raise KeyboardInterrupt
