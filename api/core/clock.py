"""The one place time comes from, so that tests can move it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]
"""Gives the present moment: aware, UTC."""


def utc_now() -> datetime:
    """The present moment of this machine, UTC."""
    return datetime.now(UTC)
