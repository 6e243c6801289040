"""A clinic: the border nothing crosses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped

from api.db.base import Base, Id, Line


class Clinic(Base):
    """A practice with its clinicians and clients; every other row belongs to one."""

    __tablename__ = "clinic"

    id: Mapped[Id]
    name: Mapped[Line]
    created_at: Mapped[datetime]
