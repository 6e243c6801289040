"""The clinicians of a clinic: list them, invite one, disable one who leaves."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth import colleagues
from api.auth.colleagues import ClinicianOut, InviteForm, LeavingForm
from api.auth.invitations import InvitationOut, NewInvitationOut
from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.core.text_types import IdPath
from api.http.deps import AsClinician, Audit, ClinicianInPerson, Clock, Config, Db
from api.http.inline_reads import inline_read

router = APIRouter(prefix="/clinicians", tags=["people"], responses=SIGNED_IN)


@router.get("")
@inline_read
def list_clinicians(me: AsClinician, db: Db) -> list[ClinicianOut]:
    """List the clinicians of your clinic."""
    return colleagues.list_clinicians(db, me)


@router.post("/invitations", status_code=201)
def invite_clinician(form: InviteForm, me: ClinicianInPerson, db: Db, clock: Clock, config: Config) -> NewInvitationOut:
    """Invite a colleague. The service sends nothing: pass the link on yourself."""
    return colleagues.invite_clinician(db, config, me, form, clock())


@router.get("/invitations")
@inline_read
def list_invitations(me: AsClinician, db: Db, clock: Clock) -> list[InvitationOut]:
    """List the invitations of colleagues that can still be used."""
    return colleagues.list_invitations(db, me, clock())


@router.delete("/invitations/{invitation_id}", status_code=204)
def revoke_invitation(invitation_id: IdPath, me: ClinicianInPerson, db: Db, clock: Clock) -> None:
    """Revoke the invitation of a colleague."""
    colleagues.revoke_invitation(db, me, invitation_id, clock())


@router.post("/{clinician_id}/leaving", status_code=204, responses=problem_responses(ServiceCode.CONFLICT))
def disable_clinician(
    clinician_id: IdPath, form: LeavingForm, me: ClinicianInPerson, db: Db, clock: Clock, audit: Audit
) -> None:
    """Disable a clinician of your clinic, or yourself: their sessions, tokens and invitations end.

    What they wrote stays. The last clinician of a clinic cannot leave.
    """
    colleagues.disable_clinician(db, me, audit, clinician_id, form, clock())
