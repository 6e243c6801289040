"""Check-ins between rows and the domain."""

from __future__ import annotations

from api.db import CheckInRow
from hinge_check.clinic.checkin import CheckIn

FIELDS = tuple(CheckIn.model_fields)


def from_row(row: CheckInRow) -> CheckIn:
    """Return what the client said."""
    return CheckIn.model_validate({name: getattr(row, name) for name in FIELDS})


def to_row(row: CheckInRow, check_in: CheckIn) -> None:
    """Write what the client said into a row."""
    for name in FIELDS:
        setattr(row, name, getattr(check_in, name))
