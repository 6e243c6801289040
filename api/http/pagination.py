"""Pagination of long lists, newest first. A page starts after a row, not at an offset: new rows shift nothing."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy import Select, tuple_
from sqlalchemy.orm import Session

from api.core.problems import FieldError, Problem, ServiceCode

Item = TypeVar("Item")
MOST = 200


class Page(BaseModel, Generic[Item]):
    """Some items, and where the next page starts."""

    items: list[Item]
    next: str | None = Field(description="Give it as 'after' for the next page; null on the last")


class Paging:
    """The page of a list that is asked for."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
        after: Annotated[str | None, Query(max_length=200, description="'next' of the page before")] = None,
    ) -> None:
        self.limit = limit
        self._after = None if after is None else _parse_cursor(after)

    def rows(self, db: Session, query: Select[Any]) -> tuple[list[Any], str | None]:
        """Return the rows of this page and the cursor of the next; the query's entity has `created_at` and `id`."""
        table = query.column_descriptions[0]["entity"]
        if self._after is not None:
            query = query.where(tuple_(table.created_at, table.id) < tuple_(*self._after))
        query = query.order_by(table.created_at.desc(), table.id.desc()).limit(self.limit + 1)
        rows = list(db.scalars(query))
        more = len(rows) > self.limit
        rows = rows[: self.limit]
        return rows, _cursor_after(rows[-1]) if more else None


Paged = Annotated[Paging, Depends()]


def _cursor_after(row: Any) -> str:
    return base64.urlsafe_b64encode(f"{row.created_at.isoformat()} {row.id}".encode()).decode()


def _parse_cursor(text: str) -> tuple[datetime, str]:
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
