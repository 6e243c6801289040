"""The service's only source of the current time, so that tests can replace it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]
"""Returns the current time: aware, UTC."""


def utc_now() -> datetime:
    """Return the current time of this machine, UTC."""
    return datetime.now(UTC)
