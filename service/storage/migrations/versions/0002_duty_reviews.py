"""What people decided about the duties of the papers that the office has added."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "duty_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(120), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_duty_review"),
    )
    op.create_index(
        "uq_duty_review_document_id_fingerprint",
        "duty_review",
        ["document_id", "fingerprint"],
        unique=True,
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("duty_review")
