"""Counts for rate limits, shared by every process of the service."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, Digest


class Throttle(Base):
    """A count of tries since a moment; the key is a digest, so that it reveals no address."""

    __tablename__ = "throttle"

    key: Mapped[Digest] = mapped_column(primary_key=True)
    tries: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)
