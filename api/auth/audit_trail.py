"""The audit trail: who saw or changed what, when. Ids and kinds, never what was in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from api.auth.principal import Principal
from api.core.logs import request_id
from api.db import AuditEntry, Deed, new_id
from api.db.pagination import Page, Paging

AGAIN = timedelta(minutes=10)
"""Looking at the same thing again within this time is one look: a player asks for a video many times."""
SERVICE = "service"


class AuditOut(BaseModel):
    """One entry: ids only, no names and no content."""

    id: str
    created_at: datetime
    who_kind: str = Field(description="clinician, program, client, service, or link (opened; made for who_id)")
    who_id: str | None
    what: Deed
    object_kind: str
    object_id: str
    client_id: str | None = Field(description="Whose data; a random id once they are erased")
    request_id: str = Field(description="As in the log")


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which entries to return; a field that is None does not filter."""

    client_id: str | None = None
    who_id: str | None = None
    what: Deed | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""


@dataclass(frozen=True, slots=True)
class Trail:
    """Writes the audit entries of one request."""

    who_kind: str
    who_id: str | None
    clinic_id: str
    request_id: str
    now: datetime

    def record(self, db: Session, what: Deed, kind: str, object_id: str, client_id: str | None) -> None:
        """Record a deed in the caller's transaction, so that neither is stored without the other."""
        db.add(self._entry(what, kind, object_id, client_id))

    def record_view(self, db: Session, kind: str, object_id: str, client_id: str | None) -> None:
        """Record that something was viewed, once for several views within minutes; commits."""
        lately = select(AuditEntry.id).where(
            AuditEntry.object_id == object_id,
            AuditEntry.who_id == self.who_id,
            AuditEntry.what == Deed.SAW,
            AuditEntry.created_at > self.now - AGAIN,
            AuditEntry.object_kind == kind,
            AuditEntry.who_kind == self.who_kind,
        )
        if db.scalar(lately.limit(1)) is None:
            self.record(db, Deed.SAW, kind, object_id, client_id)
            db.commit()

    def _entry(self, what: Deed, kind: str, object_id: str, client_id: str | None) -> AuditEntry:
        return AuditEntry(
            id=new_id(),
            clinic_id=self.clinic_id,
            created_at=self.now,
            who_kind=self.who_kind,
            who_id=self.who_id,
            what=what,
            object_kind=kind,
            object_id=object_id,
            client_id=client_id,
            request_id=self.request_id,
        )


def trail_of(me: Principal, scope: Mapping[str, object], now: datetime) -> Trail:
    """Return the trail of a person's or a program's request."""
    kind = "program" if me.token_id is not None else str(me.role)
    return Trail(kind, me.id, me.clinic_id, request_id(dict(scope)), now)


def trail_of_service(clinic_id: str, now: datetime) -> Trail:
    """Return the trail of what the service does by itself, such as deleting videos that are due."""
    return Trail(SERVICE, None, clinic_id, "", now)


def trail_of_link(made_for: str, clinic_id: str, scope: Mapping[str, object], now: datetime) -> Trail:
    """Return the trail of a signed link that was opened.

    Anyone who has the link may have opened it: only the person it was made for is known.
    """
    return Trail("link", made_for, clinic_id, request_id(dict(scope)), now)


def entries_of(clinic_id: str) -> Select[AuditEntry]:
    """Return the query for the entries of a clinic."""
    return select(AuditEntry).where(AuditEntry.clinic_id == clinic_id)


def read_audit(db: Session, me: Principal, paging: Paging, filters: TrailFilter) -> Page[AuditOut]:
    """Return the requested entries of the person's own clinic, newest first."""
    query = entries_of(me.clinic_id)
    if filters.client_id is not None:
        query = query.where(AuditEntry.client_id == filters.client_id)
    if filters.who_id is not None:
        query = query.where(AuditEntry.who_id == filters.who_id)
    if filters.what is not None:
        query = query.where(AuditEntry.what == filters.what)
    if filters.since is not None:
        query = query.where(AuditEntry.created_at >= filters.since)
    if filters.until is not None:
        query = query.where(AuditEntry.created_at < filters.until)
    rows, after = paging.rows(db, query)
    return Page(items=[AuditOut.model_validate(row, from_attributes=True) for row in rows], next=after)


def anonymise(db: Session, client_id: str) -> str:
    """Cut the entries about a client, and by them, from the client; return the random id that replaces theirs.

    The trail still shows that a client's data were viewed, by whom and when, but no longer which client's.
    """
    stranger = new_id()
    about = update(AuditEntry).where(AuditEntry.client_id == client_id)
    by = update(AuditEntry).where(AuditEntry.who_id == client_id)
    db.execute(about.values(object_id=stranger, client_id=stranger).execution_options(synchronize_session=False))
    db.execute(by.values(who_id=stranger).execution_options(synchronize_session=False))
    return stranger
