"""What the office makes of questions: its own answers, its set of questions with right answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Nothing has been written yet."""
    op.create_table(
        "question_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("expected", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("document", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("must_contain", sa.JSON(), nullable=False),
        sa.Column("history", sa.JSON(), nullable=False),
        sa.Column("unit", sa.String(length=300), nullable=False),
        sa.Column("today", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_question_set"),
        sa.UniqueConstraint("name", name="uq_question_set_name"),
    )
    op.create_table(
        "curated_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("citations", sa.JSON(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_curated_answer"),
    )
    op.create_index("ix_curated_answer_revision", "curated_answer", ["revision"])
    op.create_table(
        "curated_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["curated_answer.id"],
            name="fk_curated_question_answer_id_curated_answer",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_curated_question"),
    )
    op.create_index("ix_curated_question_answer_id", "curated_question", ["answer_id"])
    op.create_table(
        "question_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_question_group"),
        sa.UniqueConstraint("fingerprint", name="uq_question_group_fingerprint"),
    )
    op.create_index(
        "ix_question_group_state_asked", "question_group", ["state", "asked", "last_at", "id"]
    )
    op.create_table(
        "question_group_key",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "group_id", name="pk_question_group_key"),
        _to("question_group_key", "group_id", "question_group"),
    )
    op.create_index("ix_question_group_key_group_id", "question_group_key", ["group_id"])
    op.create_table(
        "grouped_question",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("question_id", name="pk_grouped_question"),
        _to("grouped_question", "question_id", "asked_question"),
        _to("grouped_question", "group_id", "question_group"),
    )
    op.create_index("ix_grouped_question_group_id", "grouped_question", ["group_id"])
    op.create_table(
        "question_feedback",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("question_id", name="pk_question_feedback"),
        _to("question_feedback", "question_id", "asked_question"),
    )
    op.create_index(
        "ix_question_feedback_helpful_question_id",
        "question_feedback",
        ["helpful", "question_id"],
    )
    op.create_table(
        "wrong_clause",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("question_id", name="pk_wrong_clause"),
        _to("wrong_clause", "question_id", "asked_question"),
    )


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    """What names a row goes with it."""
    name = f"fk_{table}_{column}_{other}"
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    """All of it is lost."""
    op.drop_table("wrong_clause")
    op.drop_table("question_feedback")
    op.drop_table("grouped_question")
    op.drop_table("question_group_key")
    op.drop_table("question_group")
    op.drop_table("curated_question")
    op.drop_table("curated_answer")
    op.drop_table("question_set")
