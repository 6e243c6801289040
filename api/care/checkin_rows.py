"""Conversion of check-ins between database rows and the domain type."""

from __future__ import annotations

from api.db import CheckInRow
from hinge_check.clinic.checkin import CheckIn

FIELDS = tuple(CheckIn.model_fields)


def from_row(row: CheckInRow) -> CheckIn:
    """Return the check-in that a row holds."""
    return CheckIn.model_validate({name: getattr(row, name) for name in FIELDS})


def to_row(row: CheckInRow, check_in: CheckIn) -> None:
    """Write a check-in into a row."""
    for name in FIELDS:
        setattr(row, name, getattr(check_in, name))
