"""A clinician's clients: added, changed, handed over, archived, invited."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from api.auth import invitations, sign_in_sessions
from api.auth.access import get_or_404, visible_clients
from api.auth.audit_trail import Trail
from api.auth.invitations import NewInvitationOut, new_invitation_out
from api.auth.principal import Principal
from api.core.problems import Problem, ServiceCode
from api.core.text_types import BodyId, Email, PersonName
from api.db import Client, Clinician, Deed, new_id
from api.db.pagination import Page, Paging
from api.settings import Settings


class ClientForm(BaseModel):
    """A new client."""

    name: PersonName
    email: Email | None = None


class ClientChange(BaseModel):
    """Changes to a client; absent fields stay as they are."""

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


def list_clients(db: Session, me: Principal, paging: Paging, *, archived: bool) -> Page[ClientOut]:
    """Return a clinician's clients, newest first; a client sees only themselves."""
    query = visible_clients(me).where(Client.archived_at.is_not(None) if archived else Client.archived_at.is_(None))
    rows, after = paging.rows(db, query)
    return Page(items=[_client_out(row) for row in rows], next=after)


def read_client(db: Session, me: Principal, client_id: str) -> ClientOut:
    """Return one client."""
    return _client_out(get_or_404(db, visible_clients(me), client_id))


def add_client(db: Session, me: Principal, trail: Trail, form: ClientForm, now: datetime) -> ClientOut:
    """Add a client of this clinician; commits."""
    client = Client(
        id=new_id(),
        clinic_id=me.clinic_id,
        clinician_id=me.id,
        name=form.name,
        email=form.email,
        created_at=now,
    )
    db.add(client)
    trail.record(db, Deed.CREATED, "client", client.id, client.id)
    db.commit()
    return _client_out(client)


def change_client(
    db: Session, me: Principal, trail: Trail, client_id: str, change: ClientChange, now: datetime
) -> ClientOut:
    """Change, hand over or archive a client; commits. Archiving ends their sessions and links.

    Raises
    ------
    Problem
        `not_found` for the client or for the colleague they are handed over to.
    """
    client = get_or_404(db, visible_clients(me), client_id)
    if change.name is not None:
        client.name = change.name
    if "email" in change.model_fields_set:
        client.email = change.email
    if change.clinician_id is not None and change.clinician_id != client.clinician_id:
        colleague = db.get(Clinician, change.clinician_id)
        if colleague is None or colleague.clinic_id != me.clinic_id or colleague.disabled_at is not None:
            raise Problem(ServiceCode.NOT_FOUND, "There is no such colleague.")
        client.clinician_id = colleague.id
    if change.archived is True and client.archived_at is None:
        client.archived_at = now
        client.link_wanted_at = None
        invitations.end_links_of(db, client.id, now)
        sign_in_sessions.end(db, client.id)
    elif change.archived is False:
        client.archived_at = None
    trail.record(db, Deed.CHANGED, "client", client.id, client.id)
    db.commit()
    return _client_out(client)


def invite_client(db: Session, settings: Settings, me: Principal, client_id: str, now: datetime) -> NewInvitationOut:
    """Make a new sign-in link for a client; earlier ones end. Commits.

    Raises
    ------
    Problem
        `not_found`; `conflict` for an archived client.
    """
    client = get_or_404(db, visible_clients(me), client_id)
    if client.archived_at is not None:
        raise Problem(ServiceCode.CONFLICT, "This client is archived.", advice="Bring the client back first.")
    row, link = invitations.invite_client(db, settings, now, client, invited_by=me.id)
    db.commit()
    return new_invitation_out(row, link)


def _client_out(row: Client) -> ClientOut:
    return ClientOut.model_validate(row, from_attributes=True)
