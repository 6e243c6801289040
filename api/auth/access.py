"""Access control: every query for people's data begins here; data of others are not found (404)."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.auth.principal import Principal
from api.core.problems import not_found
from api.db import Analysis, Client, Recording, Upload

_Row = TypeVar("_Row", Client, Recording, Analysis, Upload)


def _narrow(me: Principal, query: Select[Any]) -> Select[Any]:
    """Narrow a query that includes `Client` to the clients a person may see."""
    query = query.where(Client.clinic_id == me.clinic_id)
    return query.where(Client.clinician_id == me.id) if me.is_clinician else query.where(Client.id == me.id)


def visible_clients(me: Principal) -> Select[Client]:
    """Return the query for the clients of a clinician, or for a client's own row."""
    return _narrow(me, select(Client))


def visible_recordings(me: Principal) -> Select[Recording]:
    """Return the query for the recordings of the visible clients."""
    return _narrow(me, select(Recording).join(Client, Client.id == Recording.client_id))


def visible_uploads(me: Principal) -> Select[Upload]:
    """Return the query for the uploads for the visible clients."""
    return _narrow(me, select(Upload).join(Client, Client.id == Upload.client_id))


def get_or_404(db: Session, query: Select[_Row], row_id: str) -> _Row:
    """Return the row with this id among those a person may see.

    Raises
    ------
    Problem
        `not_found`, whether it is absent or someone else's: the two look the same.
    """
    table = query.column_descriptions[0]["entity"]
    row = db.scalars(query.where(table.id == row_id)).one_or_none()
    if row is None:
        raise not_found()
    return row
