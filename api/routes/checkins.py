"""Check-ins: pain, effort and load around a set, with a recording or by themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import AfterValidator, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth.access import get_or_404, visible_clients, visible_recordings
from api.auth.audit_trail import Trail
from api.care.checkins import from_row, to_row
from api.care.client_history import step_of
from api.care.clinic_content import ladder_of
from api.core.problems import SIGNED_IN, FieldError, Problem, ServiceCode, not_found, problem_responses
from api.core.text_types import IdPath, plain_lines
from api.db import CheckInRow, Deed, new_id
from api.http.deps import Audit, Clock, Db, Me, Principal
from api.http.pagination import Page, Paged
from hinge_check.clinic.checkin import CheckIn
from hinge_check.errors import UsageError

router = APIRouter(tags=["check-ins"], responses=SIGNED_IN)


class CheckInForm(CheckIn):
    """What a client says of a set; what is left out is not known."""

    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(plain_lines)] = ""


class AddForm(CheckInForm):
    """What has come since; what is left out stays as it was said."""


class LooseCheckInForm(CheckInForm):
    """The same of an exercise that was not filmed."""

    step: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(description="Of the ladder")


class CheckInOut(CheckIn):
    """A check-in."""

    id: str
    recording_id: str | None
    step: str
    created_at: datetime
    updated_at: datetime


@router.put(
    "/recordings/{recording_id}/checkin",
    responses={
        201: {"model": CheckInOut, "description": "The first of this recording"},
        **problem_responses(ServiceCode.CONFLICT),
    },
)
def check_in(
    recording_id: IdPath, form: CheckInForm, response: Response, me: Me, db: Db, clock: Clock, audit: Audit
) -> CheckInOut:
    """Say how a recorded set went, or say it again with what has come since (the next morning)."""
    recording = get_or_404(db, visible_recordings(me), recording_id)
    row = _of(db, recording.id)
    if row is None:
        row = CheckInRow(
            id=new_id(),
            clinic_id=recording.clinic_id,
            client_id=recording.client_id,
            recording_id=recording.id,
            step=step_of(db, recording),
            created_at=clock(),
        )
        db.add(row)
        response.status_code = 201
    return _saved(db, audit, row, form, clock(), Deed.CREATED if response.status_code == 201 else Deed.CHANGED)


@router.get("/recordings/{recording_id}/checkin")
def read_check_in(recording_id: IdPath, me: Me, db: Db, audit: Audit) -> CheckInOut:
    """How a recorded set went."""
    row = _of(db, get_or_404(db, visible_recordings(me), recording_id).id)
    if row is None:
        raise not_found()
    audit.record_view(db, "checkin", row.id, row.client_id)
    return _told(row)


@router.post("/clients/{client_id}/checkins", status_code=201)
def check_in_unfilmed(
    client_id: IdPath, form: LooseCheckInForm, me: Me, db: Db, clock: Clock, audit: Audit
) -> CheckInOut:
    """Say how a set went that was not filmed."""
    client = get_or_404(db, visible_clients(me), client_id)
    try:
        step = ladder_of(db, client.clinic_id).step(form.step)
    except UsageError as error:
        wrong = FieldError(where="body.step", message=str(error)[:300])
        raise Problem(ServiceCode.INVALID_REQUEST, errors=[wrong]) from None
    row = CheckInRow(id=new_id(), clinic_id=client.clinic_id, client_id=client.id, step=step.name, created_at=clock())
    db.add(row)
    return _saved(db, audit, row, form, clock(), Deed.CREATED)


@router.put("/clients/{client_id}/checkins/{checkin_id}")
def change_check_in(
    client_id: IdPath, checkin_id: IdPath, form: CheckInForm, me: Me, db: Db, clock: Clock, audit: Audit
) -> CheckInOut:
    """Say it again, whole, with what has come since."""
    row = _one(db, me, client_id, checkin_id)
    return _saved(db, audit, row, form, clock(), Deed.CHANGED)


@router.patch("/clients/{client_id}/checkins/{checkin_id}")
def add_to_check_in(
    client_id: IdPath, checkin_id: IdPath, form: AddForm, me: Me, db: Db, clock: Clock, audit: Audit
) -> CheckInOut:
    """Add what has come since, such as pain the next morning; what is left out stays."""
    row = _one(db, me, client_id, checkin_id)
    whole = from_row(row).model_copy(update=form.model_dump(exclude_unset=True))
    return _saved(db, audit, row, whole, clock(), Deed.CHANGED)


@router.get("/clients/{client_id}/checkins")
def list_check_ins(client_id: IdPath, me: Me, db: Db, paging: Paged, audit: Audit) -> Page[CheckInOut]:
    """A client's check-ins, newest first."""
    client = get_or_404(db, visible_clients(me), client_id)
    rows, after = paging.rows(db, select(CheckInRow).where(CheckInRow.client_id == client.id))
    out = [_told(row) for row in rows]
    audit.record_view(db, "checkins", client.id, client.id)
    return Page(items=out, next=after)


def _of(db: Session, recording_id: str) -> CheckInRow | None:
    return db.scalars(select(CheckInRow).where(CheckInRow.recording_id == recording_id)).one_or_none()


def _one(db: Session, me: Principal, client_id: str, checkin_id: str) -> CheckInRow:
    client = get_or_404(db, visible_clients(me), client_id)
    row = db.get(CheckInRow, checkin_id)
    if row is None or row.client_id != client.id:
        raise not_found()
    return row


def _saved(db: Session, audit: Trail, row: CheckInRow, says: CheckIn, now: datetime, deed: Deed) -> CheckInOut:
    to_row(row, says)
    row.updated_at = now
    audit.record(db, deed, "checkin", row.id, row.client_id)
    db.commit()
    return _told(row)


def _told(row: CheckInRow) -> CheckInOut:
    return CheckInOut(
        id=row.id,
        recording_id=row.recording_id,
        step=row.step,
        created_at=row.created_at,
        updated_at=row.updated_at,
        **from_row(row).model_dump(),
    )
