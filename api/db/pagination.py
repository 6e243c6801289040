"""Long lists one page at a time, newest first. A page starts after a row, not at an offset: new rows shift nothing."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field
from sqlalchemy import Select, tuple_
from sqlalchemy.orm import Session

from api.core.problems import FieldError, Problem, ServiceCode

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """Some items and where the next ones begin."""

    items: list[Item]
    next: str | None = Field(description="Give it as 'after' for the next page; null on the last")


class Paging:
    """The part of a list that is asked for.

    Parameters
    ----------
    limit
        Rows of a page.
    after
        `next` of the page before; None for the first page.

    Raises
    ------
    Problem
        `invalid_request` when `after` is not a mark that a page gave.
    """

    def __init__(self, limit: int, after: str | None = None) -> None:
        self.limit = limit
        self._after = None if after is None else _decode(after)

    def rows(self, db: Session, query: Select[Any]) -> tuple[list[Any], str | None]:
        """Return the rows of this page and the mark of the next one.

        The query's first entity has `created_at` and `id`.
        """
        table = query.column_descriptions[0]["entity"]
        if self._after is not None:
            query = query.where(tuple_(table.created_at, table.id) < tuple_(*self._after))
        query = query.order_by(table.created_at.desc(), table.id.desc()).limit(self.limit + 1)
        rows = list(db.scalars(query))
        has_more = len(rows) > self.limit
        rows = rows[: self.limit]
        return rows, _encode(rows[-1]) if has_more else None


def _encode(row: Any) -> str:
    return base64.urlsafe_b64encode(f"{row.created_at.isoformat()} {row.id}".encode()).decode()


def _decode(text: str) -> tuple[datetime, str]:
    try:
        moment, _, identifier = base64.b64decode(text, altchars=b"-_", validate=True).decode("ascii").partition(" ")
        parsed = datetime.fromisoformat(moment)
        if parsed.tzinfo is None or len(identifier) != 32 or not identifier.isalnum():
            raise ValueError
        parsed.timestamp()
    except (binascii.Error, ValueError, OverflowError):
        error = FieldError(where="query.after", message="is not a mark that a page gave")
        raise Problem(ServiceCode.INVALID_REQUEST, errors=[error]) from None
    return parsed, identifier
