"""Who the office is, which ends of papers the desk was told of, and a week's questions by kind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """No office has said who it is yet."""
    op.create_table(
        "office",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("superior", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("hours", sa.String(length=100), nullable=False),
        sa.Column("public_url", sa.String(length=300), nullable=False),
        sa.Column("letterhead", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_office_one"),
        sa.PrimaryKeyConstraint("id", name="pk_office"),
    )
    op.create_table(
        "announced_end",
        sa.Column("document_id", sa.String(length=120), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "until", "days", name="pk_announced_end"),
    )


def downgrade() -> None:
    """What the office has said of itself is lost."""
    op.drop_table("announced_end")
    op.drop_table("office")
