"""Dates and numbers as the templates write them: in the language of the page, and in the person's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal

from api.core.clock import Now


@dataclass(frozen=True, slots=True)
class LocalFormats:
    """The formatting functions of one page."""

    locale: Locale
    zone: ZoneInfo
    clock: Now

    def when(self, moment: datetime, form: str = "medium") -> str:
        """Format day and hour."""
        return format_datetime(moment.astimezone(self.zone), form, locale=self.locale)

    def day(self, moment: datetime, form: str = "medium") -> str:
        """Format the day."""
        return format_date(moment.astimezone(self.zone), form, locale=self.locale)

    def ago(self, moment: datetime) -> str:
        """Format the time since a moment, or until it."""
        return format_timedelta(moment - self.clock(), add_direction=True, locale=self.locale)

    def decimal(self, value: float, places: int | None = None) -> str:
        """Format with that many decimal places; at most two without `places`."""
        return format_decimal(value, "0.##" if places is None else "0." + "0" * places, locale=self.locale)
