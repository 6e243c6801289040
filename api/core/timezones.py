"""The type of a clinic's time zone name; the zone decides what counts as a day there."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field


def _check_name(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, a path, an unknown name
        raise ValueError("is no time zone; write it as in 'Europe/London'") from None
    return name


ZoneName = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_check_name)]
"""IANA name of a time zone."""
