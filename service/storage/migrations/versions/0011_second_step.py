"""The second step of signing in; and what was written down at the desk is never changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_REFUSED = "what was written down is neither changed nor deleted"
_ON_POSTGRESQL = (
    f"""CREATE FUNCTION keep_audit_entry() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$""",
    """CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_entry()""",
)
_ON_SQLITE = tuple(
    f"""CREATE TRIGGER audit_entry_{event} BEFORE {event} ON audit_entry
    BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"""
    for event in ("update", "delete")
)
_OFF_POSTGRESQL = (
    "DROP TRIGGER audit_entry_kept ON audit_entry",
    "DROP FUNCTION keep_audit_entry()",
)
_OFF_SQLITE = ("DROP TRIGGER audit_entry_update", "DROP TRIGGER audit_entry_delete")


def upgrade() -> None:
    """Nobody has a second step yet."""
    op.create_table(
        "second_step",
        sa.Column("admin_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["admin_id"],
            ["admin_user.id"],
            name="fk_second_step_admin_id_admin_user",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("admin_id", name="pk_second_step"),
    )
    for statement in _ON_SQLITE if _is_sqlite() else _ON_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Whoever had a second step signs in with the password alone."""
    for statement in _OFF_SQLITE if _is_sqlite() else _OFF_POSTGRESQL:
        op.execute(statement)
    op.drop_table("second_step")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
