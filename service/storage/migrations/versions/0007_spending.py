"""What messages of a month have cost, and why a notice reached nobody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nothing is spent yet."""
    op.create_table(
        "month_spending",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("dong", sa.BigInteger(), nullable=False),
        sa.Column("warned_of", sa.BigInteger(), nullable=True),
        sa.Column("stopped_of", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("month", name="pk_month_spending"),
    )
    reason = sa.Column("reason", sa.String(length=20), nullable=False, server_default="")
    op.add_column("notice", reason)


def downgrade() -> None:
    """What was spent is forgotten."""
    op.drop_column("notice", "reason")
    op.drop_table("month_spending")
