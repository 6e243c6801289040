"""A clinic's own content in place of the content that comes with the service."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, ClinicId, Id, LongText


class ContentKind(StrEnum):
    """Content that a clinic can edit."""

    LADDER = "ladder"
    CONSENT = "consent"
    RED_FLAGS = "red_flags"
    READINESS = "readiness"
    BOW = "protocol:bow"
    BODYWEIGHT_HINGE = "protocol:bodyweight_hinge"
    DOWEL_HINGE = "protocol:dowel_hinge"
    WALL_TAP = "protocol:wall_tap"
    RDL = "protocol:rdl"
    GOOD_MORNING = "protocol:good_morning"
    KETTLEBELL_DEADLIFT = "protocol:kettlebell_deadlift"
    DEADLIFT = "protocol:deadlift"

    @property
    def protocol(self) -> str | None:
        """The protocol of which it is a clinic's version; None for other content."""
        before, _, name = self.value.partition(":")
        return name if before == "protocol" else None


def kind_of_protocol(name: str) -> ContentKind:
    """Return the kind under which a clinic's version of a protocol is stored."""
    return ContentKind(f"protocol:{name}")


class ClinicContent(Base):
    """One file of a clinic, validated before it was stored."""

    __tablename__ = "content"
    __table_args__ = (UniqueConstraint("clinic_id", "kind"),)

    id: Mapped[Id]
    clinic_id: Mapped[ClinicId]
    kind: Mapped[ContentKind] = mapped_column(
        Enum(
            ContentKind,
            native_enum=False,
            create_constraint=False,
            length=64,
            values_callable=lambda kinds: [kind.value for kind in kinds],
        )
    )
    text: Mapped[LongText]
    """TOML."""
    updated_by: Mapped[str | None] = mapped_column(String(32), ForeignKey("clinician.id", ondelete="SET NULL"))
    updated_at: Mapped[datetime]
