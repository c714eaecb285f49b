"""Whoever acts for a unit may be invited to be its head, and waits for that alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nobody waits for it yet."""
    op.add_column(
        "binding",
        sa.Column("head_asked", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    """Who waits goes on as they are."""
    op.drop_column("binding", "head_asked")
