"""The query parameters of a list that comes one page at a time."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from api.db.pagination import Page as Page, Paging as Paging

MOST = 200


async def _paging(
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    after: Annotated[str | None, Query(max_length=200, description="'next' of the page before")] = None,
) -> Paging:
    return Paging(limit, after)


Paged = Annotated[Paging, Depends(_paging)]
"""The part of a list that a request asks for."""
