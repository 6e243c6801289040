"""The clinic, its clinicians, their clients."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.auth import invitations, sign_in_sessions as sessions
from api.auth.access import get_or_404, visible_clients
from api.auth.accounts import ClinicOut
from api.core.problems import SIGNED_IN, Problem, ServiceCode, not_found, problem_responses
from api.core.text_types import BodyId, Email, IdPath, PersonName
from api.core.timezones import ZoneName
from api.db import Client, Clinic, Clinician, Deed, Invitation, InvitationKind, new_id
from api.http.deps import AsClinician, Audit, ClinicianInPerson, Clock, Config, Db, Me
from api.http.inline_reads import inline_read
from api.http.pagination import Page, Paged

router = APIRouter(tags=["people"], responses=SIGNED_IN)


class ClinicianOut(BaseModel):
    """A clinician."""

    id: str
    name: str
    email: str


class InviteForm(BaseModel):
    """A colleague to invite."""

    email: Email


class InvitationOut(BaseModel):
    """A link that has been made; its address is told once, when it is made."""

    id: str
    kind: InvitationKind
    email: str | None
    created_at: datetime
    expires_at: datetime


class NewInvitationOut(InvitationOut):
    """A fresh link."""

    link: str = Field(description="Pass it on yourself; it works once and is not shown again")


class ClientForm(BaseModel):
    """A new client."""

    name: PersonName
    email: Email | None = None


class ClientChange(BaseModel):
    """What changes; what is absent stays."""

    name: PersonName | None = None
    email: Email | None = None
    clinician_id: BodyId | None = Field(default=None, description="Hands the client over to a colleague")
    archived: bool | None = Field(default=None, description="An archived client can no longer come in")


class ClientOut(BaseModel):
    """A client."""

    id: str
    name: str
    email: str | None
    clinician_id: str
    created_at: datetime
    archived_at: datetime | None
    link_wanted_at: datetime | None = Field(description="When they asked for a new link")


class ClinicSettingsOut(ClinicOut):
    """A clinic and what holds for all of it."""

    time_zone: str = Field(description="IANA name: what counts as a day")


@router.get("/clinic")
@inline_read
def read_clinic(me: Me, db: Db) -> ClinicSettingsOut:
    """One's own clinic."""
    clinic = db.get_one(Clinic, me.clinic_id)
    return ClinicSettingsOut.model_validate(clinic, from_attributes=True)


class ClinicForm(BaseModel):
    """What changes; what is absent stays."""

    name: PersonName | None = None
    time_zone: ZoneName | None = None


@router.patch("/clinic")
def change_clinic(form: ClinicForm, me: ClinicianInPerson, db: Db, audit: Audit) -> ClinicSettingsOut:
    """Rename one's own clinic, or say in which time zone its days begin."""
    clinic = db.get_one(Clinic, me.clinic_id)
    clinic.name = clinic.name if form.name is None else form.name
    clinic.time_zone = clinic.time_zone if form.time_zone is None else form.time_zone
    audit.record(db, Deed.CHANGED, "clinic", clinic.id, None)
    db.commit()
    return ClinicSettingsOut.model_validate(clinic, from_attributes=True)


@router.get("/clinicians")
@inline_read
def list_clinicians(me: AsClinician, db: Db) -> list[ClinicianOut]:
    """The clinicians of one's own clinic."""
    return [ClinicianOut(id=c.id, name=c.name, email=c.email) for c in clinicians_of(db, me.clinic_id)]


def clinicians_of(db: Session, clinic_id: str) -> list[Clinician]:
    """Who works in a clinic, in the order they came."""
    query = select(Clinician).where(Clinician.clinic_id == clinic_id, Clinician.disabled_at.is_(None))
    return list(db.scalars(query.order_by(Clinician.created_at)))


@router.post("/clinicians/invitations", status_code=201)
def invite_clinician(form: InviteForm, me: ClinicianInPerson, db: Db, clock: Clock, config: Config) -> NewInvitationOut:
    """Invite a colleague; pass the link on yourself."""
    row, link = invitations.invite_clinician(
        db, config, clock(), clinic_id=me.clinic_id, email=form.email, invited_by=me.id
    )
    db.commit()
    return _new_link(row, link)


@router.get("/clinicians/invitations")
@inline_read
def list_invitations(me: AsClinician, db: Db, clock: Clock) -> list[InvitationOut]:
    """Links to colleagues that still work."""
    return [_link(row) for row in open_invitations(db, me.clinic_id, clock())]


def open_invitations(db: Session, clinic_id: str, now: datetime) -> list[Invitation]:
    """The links to colleagues of a clinic that still work, oldest first."""
    query = select(Invitation).where(
        Invitation.clinic_id == clinic_id,
        Invitation.kind == InvitationKind.CLINICIAN,
        Invitation.used_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now,
    )
    return list(db.scalars(query.order_by(Invitation.created_at)))


@router.delete("/clinicians/invitations/{invitation_id}", status_code=204)
def revoke_invitation(invitation_id: IdPath, me: ClinicianInPerson, db: Db, clock: Clock) -> None:
    """End a link to a colleague."""
    row = db.scalars(
        select(Invitation).where(
            Invitation.id == invitation_id,
            Invitation.clinic_id == me.clinic_id,
            Invitation.kind == InvitationKind.CLINICIAN,
        )
    ).one_or_none()
    if row is None:
        raise not_found()
    if row.used_at is None and row.revoked_at is None:
        row.revoked_at = clock()
        db.commit()


@router.get("/clients")
@inline_read
def list_clients(me: Me, db: Db, paging: Paged, archived: bool = False) -> Page[ClientOut]:
    """A clinician's clients, newest first; a client sees themselves alone."""
    query = visible_clients(me).where(Client.archived_at.is_not(None) if archived else Client.archived_at.is_(None))
    rows, after = paging.rows(db, query)
    return Page(items=[_client(row) for row in rows], next=after)


@router.post("/clients", status_code=201)
def add_client(form: ClientForm, me: AsClinician, db: Db, clock: Clock, audit: Audit) -> ClientOut:
    """A new client of this clinician."""
    client = Client(
        id=new_id(),
        clinic_id=me.clinic_id,
        clinician_id=me.id,
        name=form.name,
        email=form.email,
        created_at=clock(),
    )
    db.add(client)
    audit.record(db, Deed.CREATED, "client", client.id, client.id)
    db.commit()
    return _client(client)


@router.get("/clients/{client_id}")
@inline_read
def read_client(client_id: IdPath, me: Me, db: Db) -> ClientOut:
    """One client."""
    return _client(get_or_404(db, visible_clients(me), client_id))


@router.patch("/clients/{client_id}", responses=problem_responses(ServiceCode.CONFLICT))
def change_client(
    client_id: IdPath, form: ClientChange, me: AsClinician, db: Db, clock: Clock, audit: Audit
) -> ClientOut:
    """Change, hand over or archive a client."""
    client = get_or_404(db, visible_clients(me), client_id)
    given = form.model_fields_set
    if form.name is not None:
        client.name = form.name
    if "email" in given:
        client.email = form.email
    if form.clinician_id is not None and form.clinician_id != client.clinician_id:
        colleague = db.get(Clinician, form.clinician_id)
        if colleague is None or colleague.clinic_id != me.clinic_id or colleague.disabled_at is not None:
            raise Problem(ServiceCode.NOT_FOUND, "There is no such colleague.")
        client.clinician_id = colleague.id
    if form.archived is True and client.archived_at is None:
        client.archived_at = clock()
        client.link_wanted_at = None
        invitations.end_links_of(db, client.id, clock())
        sessions.end(db, client.id)
    elif form.archived is False:
        client.archived_at = None
    audit.record(db, Deed.CHANGED, "client", client.id, client.id)
    db.commit()
    return _client(client)


@router.post("/clients/{client_id}/links", status_code=201, responses=problem_responses(ServiceCode.CONFLICT))
def invite_client(client_id: IdPath, me: AsClinician, db: Db, clock: Clock, config: Config) -> NewInvitationOut:
    """A fresh link for a client; the ones before it end."""
    client = get_or_404(db, visible_clients(me), client_id)
    if client.archived_at is not None:
        raise Problem(ServiceCode.CONFLICT, "This client is archived.", advice="Bring the client back first.")
    row, link = invitations.invite_client(db, config, clock(), client, invited_by=me.id)
    db.commit()
    return _new_link(row, link)


def _client(row: Client) -> ClientOut:
    return ClientOut.model_validate(row, from_attributes=True)


def _link(row: Invitation) -> InvitationOut:
    return InvitationOut.model_validate(row, from_attributes=True)


def _new_link(row: Invitation, link: str) -> NewInvitationOut:
    return NewInvitationOut(**_link(row).model_dump(), link=link)
