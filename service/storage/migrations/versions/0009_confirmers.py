"""Who confirms what is owed, whom the paper named, and which changes of papers were put aside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"


def upgrade() -> None:
    """What was put on units before names nobody."""
    for column in (
        sa.Column("confirmer", sa.String(length=300), nullable=False, server_default=""),
        sa.Column("leads", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("obligation", column)
    op.create_table(
        "dismissed_change",
        sa.Column("obligation_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligation.id"],
            name="fk_dismissed_change_obligation_id_obligation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("obligation_id", "fingerprint", name="pk_dismissed_change"),
    )


def downgrade() -> None:
    """What was put aside comes back; who confirms is lost."""
    op.drop_table("dismissed_change")
    op.drop_column("obligation", "leads")
    op.drop_column("obligation", "confirmer")
