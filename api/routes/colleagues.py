"""A clinician who leaves: comes in no more, and somebody else looks after their clients."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from api.auth import invitations, sign_in_sessions as sessions
from api.core.problems import SIGNED_IN, Problem, ServiceCode, not_found, problem_responses
from api.core.text_types import BodyId, IdPath
from api.db import ApiToken, Client, Clinic, Clinician, Deed
from api.http.deps import Audit, ClinicianInPerson, Clock, Db

router = APIRouter(tags=["people"], responses=SIGNED_IN)


class LeavingForm(BaseModel):
    """Who takes over."""

    clients_to: BodyId | None = Field(
        default=None, description="The colleague who looks after their clients from now on; needed where there are any"
    )


@router.post("/clinicians/{clinician_id}/leaving", status_code=204, responses=problem_responses(ServiceCode.CONFLICT))
def disable_clinician(
    clinician_id: IdPath, form: LeavingForm, me: ClinicianInPerson, db: Db, clock: Clock, audit: Audit
) -> None:
    """Let a clinician of one's own clinic, or oneself, in no more: sessions, tokens and the links they made end.

    What they wrote stays. The last clinician of a clinic cannot leave.
    """
    # One at a time: of two who send each other away one must stay. (SQLite lets one write at a time anyway.)
    db.execute(select(Clinic.id).where(Clinic.id == me.clinic_id).with_for_update())
    colleagues = (Clinician.clinic_id == me.clinic_id, Clinician.disabled_at.is_(None))
    person = db.scalars(select(Clinician).where(Clinician.id == clinician_id, *colleagues)).one_or_none()
    if person is None:
        raise not_found()
    other = aliased(Clinician)
    somebody_stays = exists().where(
        other.clinic_id == me.clinic_id, other.disabled_at.is_(None), other.id != clinician_id
    )
    leaves = update(Clinician).where(Clinician.id == clinician_id, *colleagues, somebody_stays)
    unread = {"synchronize_session": False}
    left = db.scalars(leaves.values(disabled_at=clock()).returning(Clinician.id), execution_options=unread).all()
    if not left:
        raise Problem(
            ServiceCode.CONFLICT,
            "This is the clinic's only clinician.",
            advice="Invite a colleague first, so that somebody can still come in.",
        )
    _hand_over(db, person, form.clients_to)
    sessions.end(db, person.id)
    tokens = update(ApiToken).where(ApiToken.clinician_id == person.id, ApiToken.revoked_at.is_(None))
    db.execute(tokens.values(revoked_at=clock()), execution_options=unread)
    invitations.end_links_by(db, person, clock())
    audit.record(db, Deed.REMOVED, "clinician", person.id, None)
    db.commit()


def _hand_over(db: Session, person: Clinician, to: str | None) -> None:
    theirs = Client.clinician_id == person.id
    if to is None:
        if db.scalar(select(Client.id).where(theirs).limit(1)) is not None:
            raise Problem(
                ServiceCode.CONFLICT,
                "This clinician looks after clients.",
                advice="Say in 'clients_to' which colleague looks after them from now on.",
            )
        return
    heir = db.get(Clinician, to)
    if heir is None or heir.clinic_id != person.clinic_id or heir.disabled_at is not None or heir is person:
        raise Problem(ServiceCode.NOT_FOUND, "There is no such colleague.")
    handed = update(Client).where(theirs).values(clinician_id=to)
    db.execute(handed, execution_options={"synchronize_session": False})
