"""People and channels, the desk, events in and messages out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "admin_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=("pk_admin_user")),
        sa.UniqueConstraint("name", name=("uq_admin_user_name")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=160), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_key", sa.String(length=201), nullable=True),
        sa.PrimaryKeyConstraint("id", name=("pk_alert")),
        sa.UniqueConstraint("open_key", name=("uq_alert_open_key")),
    )
    op.create_index("ix_alert_last_at", "alert", ["last_at"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"], unique=False)
    op.create_table(
        "channel_state",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("last_event_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("last_error_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped", sa.String(length=200), nullable=True),
        sa.Column("quiet_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=("pk_channel_state")),
    )
    op.create_table(
        "channel_token",
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.JSON(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("account", name=("pk_channel_token")),
    )
    op.create_table(
        "conversation",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=("pk_conversation")),
    )
    op.create_index("ix_conversation_updated_at", "conversation", ["updated_at"], unique=False)
    op.create_table(
        "erasure_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_hash", sa.String(length=64), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=("pk_erasure_request")),
    )
    op.create_index(
        ("ix_erasure_request_account_hash"), "erasure_request", ["account_hash"], unique=False
    )
    op.create_table(
        "inbound_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("event_id", sa.String(length=160), nullable=False),
        sa.Column("lane", sa.String(length=160), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker", sa.String(length=60), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=("pk_inbound_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_inbound_event_lane_received_at", "inbound_event", ["lane", "received_at"], unique=False
    )
    op.create_index("ix_inbound_event_lane_state", "inbound_event", ["lane", "state"], unique=False)
    op.create_index(
        "ix_inbound_event_state_due_at", "inbound_event", ["state", "due_at"], unique=False
    )
    op.create_index(
        "uq_inbound_event_channel_event_id", "inbound_event", ["channel", "event_id"], unique=True
    )
    op.create_table(
        "leader",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("worker", sa.String(length=60), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=("pk_leader")),
    )
    op.create_table(
        "outbound_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("lane", sa.String(length=160), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("enclosure", sa.JSON(), nullable=False),
        sa.Column("template", sa.JSON(), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker", sa.String(length=60), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=("pk_outbound_message")),
        sa.UniqueConstraint("key", name=("uq_outbound_message_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbound_message_channel_state_due_at",
        "outbound_message",
        ["channel", "state", "due_at"],
        unique=False,
    )
    op.create_index(
        ("ix_outbound_message_event_id"), "outbound_message", ["event_id"], unique=False
    )
    op.create_index(
        "ix_outbound_message_lane_held_until",
        "outbound_message",
        ["lane", "held_until"],
        unique=False,
    )
    op.create_index(
        "ix_outbound_message_lane_state", "outbound_message", ["lane", "state"], unique=False
    )
    op.create_table(
        "periodic_turn",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("slot", sa.String(length=40), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "slot", name=("pk_periodic_turn")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=("pk_person")),
    )
    op.create_table(
        "rate_slot",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("channel", "number", name=("pk_rate_slot")),
    )
    op.create_table(
        "switch",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=("pk_switch")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["unit.id"], name=("fk_unit_parent_id_unit"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_unit")),
        sa.UniqueConstraint("name", name=("uq_unit_name")),
    )
    op.create_table(
        "admin_session",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("admin_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["admin_id"],
            ["admin_user.id"],
            name=("fk_admin_session_admin_id_admin_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hash", name=("pk_admin_session")),
    )
    op.create_index("ix_admin_session_admin_id", "admin_session", ["admin_id"], unique=False)
    op.create_table(
        "channel_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=128), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unreachable", sa.String(length=60), nullable=True),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=("fk_channel_account_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_channel_account")),
    )
    op.create_index(
        "ix_channel_account_channel_chat", "channel_account", ["channel", "chat"], unique=False
    )
    op.create_index(
        ("ix_channel_account_person_id"), "channel_account", ["person_id"], unique=False
    )
    op.create_index(
        "uq_channel_account_channel_address", "channel_account", ["channel", "address"], unique=True
    )
    op.create_table(
        "one_time_code",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("admin_id", sa.Integer(), nullable=True),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["admin_id"],
            ["admin_user.id"],
            name=("fk_one_time_code_admin_id_admin_user"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=("fk_one_time_code_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("hash", name=("pk_one_time_code")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=("fk_role_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=("fk_role_unit_id_unit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_role")),
    )
    op.create_index(
        "uq_role_person_id_name_unit_id", "role", ["person_id", "name", "unit_id"], unique=True
    )
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=("fk_stored_file_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=("pk_stored_file")),
    )
    op.create_index("ix_stored_file_person_id", "stored_file", ["person_id"], unique=False)
    # Whether a message has come before is now known by its event.
    with op.batch_alter_table("asked_question") as batch:
        batch.drop_constraint("uq_asked_question_message_id", type_="unique")
        batch.drop_column("message_id")


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("asked_question") as batch:
        batch.add_column(sa.Column("message_id", sa.String(64), nullable=True))
        batch.create_unique_constraint("uq_asked_question_message_id", ["message_id"])
    op.drop_index("ix_stored_file_person_id", table_name="stored_file")
    op.drop_table("stored_file")
    op.drop_index("uq_role_person_id_name_unit_id", table_name="role")
    op.drop_table("role")
    op.drop_table("one_time_code")
    op.drop_index("uq_channel_account_channel_address", table_name="channel_account")
    op.drop_index("ix_channel_account_person_id", table_name="channel_account")
    op.drop_index("ix_channel_account_channel_chat", table_name="channel_account")
    op.drop_table("channel_account")
    op.drop_index("ix_admin_session_admin_id", table_name="admin_session")
    op.drop_table("admin_session")
    op.drop_table("unit")
    op.drop_table("switch")
    op.drop_table("rate_slot")
    op.drop_table("person")
    op.drop_table("periodic_turn")
    op.drop_index("ix_outbound_message_lane_state", table_name="outbound_message")
    op.drop_index("ix_outbound_message_lane_held_until", table_name="outbound_message")
    op.drop_index("ix_outbound_message_event_id", table_name="outbound_message")
    op.drop_index("ix_outbound_message_channel_state_due_at", table_name="outbound_message")
    op.drop_table("outbound_message")
    op.drop_table("leader")
    op.drop_index("uq_inbound_event_channel_event_id", table_name="inbound_event")
    op.drop_index("ix_inbound_event_state_due_at", table_name="inbound_event")
    op.drop_index("ix_inbound_event_lane_state", table_name="inbound_event")
    op.drop_index("ix_inbound_event_lane_received_at", table_name="inbound_event")
    op.drop_table("inbound_event")
    op.drop_index("ix_erasure_request_account_hash", table_name="erasure_request")
    op.drop_table("erasure_request")
    op.drop_index("ix_conversation_updated_at", table_name="conversation")
    op.drop_table("conversation")
    op.drop_table("channel_token")
    op.drop_table("channel_state")
    op.drop_index("ix_audit_entry_at", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index("ix_alert_last_at", table_name="alert")
    op.drop_table("alert")
    op.drop_table("admin_user")
