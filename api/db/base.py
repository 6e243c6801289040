"""Common parts of all tables: ids, UTC timestamps, names of constraints."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, ForeignKey, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, mapped_column


def new_id() -> str:
    """Return a new random id of 32 hexadecimal digits."""
    return uuid4().hex


class UtcDateTime(TypeDecorator[datetime]):
    """A timestamp, aware and UTC in Python whatever the database stores."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the timestamp to store, in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the stored timestamp, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - read by SQLAlchemy as it is
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
        # Stored as text and checked here: adding a state needs no change of the table.
        enum.StrEnum: Enum(
            enum.StrEnum, native_enum=False, create_constraint=False, length=20, values_callable=_values
        ),
    }


def _owner(column: str) -> Any:
    return mapped_column(String(32), ForeignKey(column, ondelete="CASCADE"), index=True)


Id = Annotated[str, mapped_column(String(32), primary_key=True, default=new_id)]
ClinicId = Annotated[str, _owner("clinic.id")]
ClinicianId = Annotated[str, _owner("clinician.id")]
ClientId = Annotated[str, _owner("client.id")]
RecordingId = Annotated[str, _owner("recording.id")]
Digest = Annotated[str, mapped_column(String(64))]
"""SHA-256, hexadecimal."""
Word = Annotated[str, mapped_column(String(64))]
Line = Annotated[str, mapped_column(String(320))]
LongText = Annotated[str, mapped_column(Text)]
Bytes = Annotated[int, mapped_column(BigInteger)]
