"""Check-ins: pain, effort and load around a set, with or without a recording."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.care import checkins
from api.care.checkins import AddForm, CheckInForm, CheckInOut, LooseCheckInForm
from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.core.text_types import IdPath
from api.http.deps import Audit, Clock, Db, Me
from api.http.pagination import Page, Paged

router = APIRouter(tags=["check-ins"], responses=SIGNED_IN)


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
    """Report how a recorded set went, or report it again with later answers (pain the next morning)."""
    out, is_first = checkins.check_in(db, me, audit, recording_id, form, clock())
    if is_first:
        response.status_code = 201
    return out


@router.get("/recordings/{recording_id}/checkin")
def read_check_in(recording_id: IdPath, me: Me, db: Db, audit: Audit) -> CheckInOut:
    """Return how a recorded set went."""
    return checkins.read_check_in(db, me, audit, recording_id)


@router.post("/clients/{client_id}/checkins", status_code=201)
def check_in_unfilmed(
    client_id: IdPath, form: LooseCheckInForm, me: Me, db: Db, clock: Clock, audit: Audit
) -> CheckInOut:
    """Report how a set went that was not filmed."""
    return checkins.check_in_unfilmed(db, me, audit, client_id, form, clock())


@router.put("/clients/{client_id}/checkins/{checkin_id}")
def change_check_in(
    client_id: IdPath, checkin_id: IdPath, form: CheckInForm, me: Me, db: Db, clock: Clock, audit: Audit
) -> CheckInOut:
    """Replace a check-in as a whole, with later answers included."""
    return checkins.change_check_in(db, me, audit, client_id, checkin_id, form, clock())


@router.patch("/clients/{client_id}/checkins/{checkin_id}")
def add_to_check_in(
    client_id: IdPath, checkin_id: IdPath, form: AddForm, me: Me, db: Db, clock: Clock, audit: Audit
) -> CheckInOut:
    """Add later answers to a check-in, such as pain the next morning; omitted fields stay as they are."""
    return checkins.add_to_check_in(db, me, audit, client_id, checkin_id, form, clock())


@router.get("/clients/{client_id}/checkins")
def list_check_ins(client_id: IdPath, me: Me, db: Db, paging: Paged, audit: Audit) -> Page[CheckInOut]:
    """List a client's check-ins, newest first."""
    return checkins.list_check_ins(db, me, audit, client_id, paging)
