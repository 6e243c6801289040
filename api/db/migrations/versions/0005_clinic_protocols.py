"""room for the kinds of a clinic's own protocols."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # SQLite copies the table; nothing hangs on its rows.
    with op.batch_alter_table("content") as table:
        table.alter_column("kind", existing_type=sa.String(20), type_=sa.String(64), existing_nullable=False)


def downgrade() -> None:
    op.execute("DELETE FROM content WHERE kind LIKE 'protocol:%'")
    with op.batch_alter_table("content") as table:
        table.alter_column("kind", existing_type=sa.String(64), type_=sa.String(20), existing_nullable=False)
