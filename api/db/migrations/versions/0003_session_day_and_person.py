"""a clinic's time zone, a person's own readiness figures, what a client has read."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # In place, as in 0002: a copied table would take the rows that hang on it along.
    op.add_column("clinic", sa.Column("time_zone", sa.String(length=64), server_default="UTC", nullable=False))
    op.add_column("client", sa.Column("usual_pain", sa.Double(), nullable=True))
    op.add_column("client", sa.Column("readiness", sa.Text(), nullable=True))
    op.add_column("review", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("review", "seen_at")
    op.drop_column("client", "readiness")
    op.drop_column("client", "usual_pain")
    op.drop_column("clinic", "time_zone")
