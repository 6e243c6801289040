"""Run by alembic, always within `api.db.migrate`, which hands over the connection."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import DateTime

from api.db import Base
from api.db.base import UtcDateTime


def _plain(kind: str, item: Any, autogen: Any) -> str | Literal[False]:  # noqa: ARG001 - alembic's signature
    # Migrations name SQLAlchemy's own types: ours may change, what was migrated may not.
    if kind == "type" and isinstance(item, UtcDateTime):
        return f"sa.{DateTime(timezone=True)!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a column by copying its table
    compare_type=True,
    render_item=_plain,
    transactional_ddl=False,  # the transaction is upgrade()'s
)
context.run_migrations()
