"""A clinic: the boundary that no data crosses."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.db.base import Base, Id, Line, Word


class Clinic(Base):
    """A practice with its clinicians and clients; every other row belongs to one."""

    __tablename__ = "clinic"

    id: Mapped[Id]
    name: Mapped[Line]
    time_zone: Mapped[Word] = mapped_column(default="UTC", server_default="UTC")
    """IANA name: what counts as a day here."""
    created_at: Mapped[datetime]


def clinic_timezone(db: Session, clinic_id: str) -> ZoneInfo:
    """Return the time zone of a clinic."""
    return ZoneInfo(db.scalars(select(Clinic.time_zone).where(Clinic.id == clinic_id)).one())
