"""Check-ins as rows and as the domain has them."""

from __future__ import annotations

from api.db import CheckInRow
from hinge_check.clinic.checkin import CheckIn

FIELDS = tuple(CheckIn.model_fields)


def from_row(row: CheckInRow) -> CheckIn:
    """What the client said."""
    return CheckIn.model_validate({name: getattr(row, name) for name in FIELDS})


def to_row(row: CheckInRow, said: CheckIn) -> None:
    """Put it in a row."""
    for name in FIELDS:
        setattr(row, name, getattr(said, name))
