"""A clinic's time zone: what counts as a day, a week, yesterday evening."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field


def _known(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, a path, a name of no zone
        raise ValueError("is no time zone; write it as in 'Europe/London'") from None
    return name


ZoneName = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_known)]
"""IANA name of a time zone."""
