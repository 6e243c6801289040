"""a copy of a video that every browser plays; a failed analysis may be tried again."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # In place, as in 0002: a copied table would take the rows that hang on it along.
    op.add_column("recording", sa.Column("playable_key", sa.String(320), nullable=True))
    op.add_column("analysis", sa.Column("asked_again", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("analysis", "asked_again")
    op.drop_column("recording", "playable_key")
