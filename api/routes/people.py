"""The clinic and its clients."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth.invitations import NewInvitationOut
from api.care import clients, clinic_settings
from api.care.clients import ClientChange, ClientForm, ClientOut
from api.care.clinic_settings import ClinicForm, ClinicSettingsOut
from api.core.problems import SIGNED_IN, ServiceCode, problem_responses
from api.core.text_types import IdPath
from api.http.deps import AsClinician, Audit, ClinicianInPerson, Clock, Config, Db, Me
from api.http.inline_reads import inline_read
from api.http.pagination import Page, Paged

router = APIRouter(tags=["people"], responses=SIGNED_IN)


@router.get("/clinic")
@inline_read
def read_clinic(me: Me, db: Db) -> ClinicSettingsOut:
    """Return your clinic."""
    return clinic_settings.read_clinic(db, me)


@router.patch("/clinic")
def change_clinic(form: ClinicForm, me: ClinicianInPerson, db: Db, audit: Audit) -> ClinicSettingsOut:
    """Rename your clinic, or set the time zone in which its days begin."""
    return clinic_settings.change_clinic(db, me, audit, form)


@router.get("/clients")
@inline_read
def list_clients(me: Me, db: Db, paging: Paged, archived: bool = False) -> Page[ClientOut]:
    """List a clinician's clients, newest first; a client sees only themselves."""
    return clients.list_clients(db, me, paging, archived=archived)


@router.post("/clients", status_code=201)
def add_client(form: ClientForm, me: AsClinician, db: Db, clock: Clock, audit: Audit) -> ClientOut:
    """Add a client."""
    return clients.add_client(db, me, audit, form, clock())


@router.get("/clients/{client_id}")
@inline_read
def read_client(client_id: IdPath, me: Me, db: Db) -> ClientOut:
    """Return one client."""
    return clients.read_client(db, me, client_id)


@router.patch("/clients/{client_id}", responses=problem_responses(ServiceCode.CONFLICT))
def change_client(
    client_id: IdPath, form: ClientChange, me: AsClinician, db: Db, clock: Clock, audit: Audit
) -> ClientOut:
    """Change, hand over or archive a client."""
    return clients.change_client(db, me, audit, client_id, form, clock())


@router.post("/clients/{client_id}/links", status_code=201, responses=problem_responses(ServiceCode.CONFLICT))
def invite_client(client_id: IdPath, me: AsClinician, db: Db, clock: Clock, config: Config) -> NewInvitationOut:
    """Make a new sign-in link for a client; earlier ones end."""
    return clients.invite_client(db, config, me, client_id, clock())
