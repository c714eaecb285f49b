"""What was asked, and the papers that the office has added."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "asked_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("message_id", sa.String(64), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("citations", sa.JSON(), nullable=False),
        sa.Column("milliseconds", sa.Float(), nullable=False),
        sa.Column("knowledge_version", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_asked_question"),
        sa.UniqueConstraint("message_id", name="uq_asked_question_message_id"),
    )
    op.create_index("ix_asked_question_asked_at", "asked_question", ["asked_at"])
    op.create_table(
        "added_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_added_document"),
    )
    op.create_index(
        "uq_added_document_document_id_version",
        "added_document",
        ["document_id", "version"],
        unique=True,
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("added_document")
    op.drop_table("asked_question")
