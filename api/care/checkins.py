"""Check-ins: pain, effort and load around a set, with or without a recording."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_clients, visible_recordings
from api.auth.audit_trail import Trail
from api.auth.principal import Principal
from api.care.checkin_rows import from_row, to_row
from api.care.client_history import step_of
from api.care.clinic_content import ladder_of
from api.core.problems import FieldError, Problem, ServiceCode, not_found
from api.core.text_types import plain_lines
from api.db import CheckInRow, Deed, new_id
from api.db.pagination import Page, Paging
from hinge_check.clinic.checkin import CheckIn
from hinge_check.errors import UsageError


class CheckInForm(CheckIn):
    """A client's report about a set; omitted fields are unknown."""

    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(plain_lines)] = ""


class AddForm(CheckInForm):
    """Later answers about a set; omitted fields stay as they are."""


class LooseCheckInForm(CheckInForm):
    """A client's report about a set that was not filmed."""

    step: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(description="Of the ladder")


class CheckInOut(CheckIn):
    """A check-in."""

    id: str
    recording_id: str | None
    step: str
    created_at: datetime
    updated_at: datetime


def check_in(
    db: Session, me: Principal, trail: Trail, recording_id: str, form: CheckInForm, now: datetime
) -> tuple[CheckInOut, bool]:
    """Store how a recorded set went, or replace it with a report that has later answers (the next morning); commits.

    Returns
    -------
    CheckInOut, bool
        The check-in, and whether it is the first of this recording.
    """
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = find_check_in(db, recording.id)
    is_first = row is None
    if row is None:
        row = CheckInRow(
            id=new_id(),
            clinic_id=recording.clinic_id,
            client_id=recording.client_id,
            recording_id=recording.id,
            step=step_of(db, recording),
            created_at=now,
        )
        db.add(row)
    return _save(db, trail, row, form, now, Deed.CREATED if is_first else Deed.CHANGED), is_first


def read_check_in(db: Session, me: Principal, trail: Trail, recording_id: str) -> CheckInOut:
    """Return how a recorded set went, and record that it was viewed.

    Raises
    ------
    Problem
        `not_found`, also when there is no check-in for the set.
    """
    row = find_check_in(db, get_or_404(db, visible_recordings(me), recording_id).id)
    if row is None:
        raise not_found()
    trail.record_view(db, "checkin", row.id, row.client_id)
    return _check_in_out(row)


def check_in_unfilmed(
    db: Session, me: Principal, trail: Trail, client_id: str, form: LooseCheckInForm, now: datetime
) -> CheckInOut:
    """Store how a set went that was not filmed; commits.

    Raises
    ------
    Problem
        `not_found`; `invalid_request` for a step that the ladder does not have.
    """
    client = get_or_404(db, visible_clients(me), client_id)
    try:
        step = ladder_of(db, client.clinic_id).step(form.step)
    except UsageError as error:
        problem = FieldError(where="body.step", message=str(error)[:300])
        raise Problem(ServiceCode.INVALID_REQUEST, errors=[problem]) from None
    row = CheckInRow(id=new_id(), clinic_id=client.clinic_id, client_id=client.id, step=step.name, created_at=now)
    db.add(row)
    return _save(db, trail, row, form, now, Deed.CREATED)


def change_check_in(
    db: Session, me: Principal, trail: Trail, client_id: str, checkin_id: str, form: CheckInForm, now: datetime
) -> CheckInOut:
    """Replace a check-in as a whole; commits."""
    return _save(db, trail, _client_row(db, me, client_id, checkin_id), form, now, Deed.CHANGED)


def add_to_check_in(
    db: Session, me: Principal, trail: Trail, client_id: str, checkin_id: str, form: AddForm, now: datetime
) -> CheckInOut:
    """Add later answers, such as pain the next morning; omitted fields stay as they are. Commits."""
    row = _client_row(db, me, client_id, checkin_id)
    whole = from_row(row).model_copy(update=form.model_dump(exclude_unset=True))
    return _save(db, trail, row, whole, now, Deed.CHANGED)


def list_check_ins(db: Session, me: Principal, trail: Trail, client_id: str, paging: Paging) -> Page[CheckInOut]:
    """Return a client's check-ins, newest first, and record that they were viewed."""
    client = get_or_404(db, visible_clients(me), client_id)
    rows, after = paging.rows(db, select(CheckInRow).where(CheckInRow.client_id == client.id))
    out = [_check_in_out(row) for row in rows]
    trail.record_view(db, "checkins", client.id, client.id)
    return Page(items=out, next=after)


def find_check_in(db: Session, recording_id: str) -> CheckInRow | None:
    """Return the check-in of a recording; None when there is none."""
    return db.scalars(select(CheckInRow).where(CheckInRow.recording_id == recording_id)).one_or_none()


def _client_row(db: Session, me: Principal, client_id: str, checkin_id: str) -> CheckInRow:
    client = get_or_404(db, visible_clients(me), client_id)
    row = db.get(CheckInRow, checkin_id)
    if row is None or row.client_id != client.id:
        raise not_found()
    return row


def _save(db: Session, trail: Trail, row: CheckInRow, check_in: CheckIn, now: datetime, deed: Deed) -> CheckInOut:
    to_row(row, check_in)
    row.updated_at = now
    trail.record(db, deed, "checkin", row.id, row.client_id)
    db.commit()
    return _check_in_out(row)


def _check_in_out(row: CheckInRow) -> CheckInOut:
    return CheckInOut(
        id=row.id,
        recording_id=row.recording_id,
        step=row.step,
        created_at=row.created_at,
        updated_at=row.updated_at,
        **from_row(row).model_dump(),
    )
