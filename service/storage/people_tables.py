"""The tables of people: who writes to us and where, who works at the desk, what was done."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Text
from sqlmodel import Field

from service.storage.base import Table, instant

#: Why an account cannot be written to that has been silent for too long: a template reaches it.
SILENT = "window"
#: The channel whose messages our own page fetches.
WEB = "web"
#: The channel of letters: nobody writes to us by it, and one address may be several people's.
MAIL = "email"


class Person(Table, table=True):
    """Somebody who writes to us; one person may use several channels."""

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    created_at: datetime = Field(sa_column=instant())
    invited: bool = False  #: may use the assistant while it is on trial


class ChannelAccount(Table, table=True):
    """One person on one channel."""

    __tablename__ = "channel_account"
    __table_args__ = (
        Index("uq_channel_account_channel_address", "channel", "address", unique=True),
        Index("ix_channel_account_channel_chat", "channel", "chat"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True
        )
    )
    channel: str = Field(sa_column=Column(String(20), nullable=False))
    #: The channel's own name for the person; of the web, the hash of a cookie; of letters, the
    #: person's number before the address.
    address: str = Field(sa_column=Column(String(128), nullable=False))
    #: Where the person can be written to; "" until they have written in private.
    chat: str = Field(sa_column=Column(String(128), nullable=False))
    created_at: datetime = Field(sa_column=instant())
    last_seen_at: datetime = Field(sa_column=instant())  #: when the person last wrote
    #: Why nothing can be delivered (the channel's code); None while it can.
    unreachable: str | None = Field(default=None, sa_column=Column(String(60)))
    #: An officer has taken over: no automatic answers in this conversation until then.
    paused_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class ConversationRow(Table, table=True):
    """Where one conversation stands; `key` names the person or the group."""

    __tablename__ = "conversation"

    key: str = Field(sa_column=Column(String(160), primary_key=True))
    #: Grows with every message: whoever read an older one does not write over a newer one.
    version: int
    state: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    updated_at: datetime = Field(sa_column=instant(index=True))


class OneTimeCode(Table, table=True):
    """A code that may be used once: to change channels, to be invited, to open the desk …"""

    __tablename__ = "one_time_code"

    hash: str = Field(sa_column=Column(String(64), primary_key=True))  #: SHA-256 of the code
    #: move | invite | desk | unit (to be bound to `unit_id`) | test (used: test messages of
    #: `admin_id` go to `person_id`) | mail (letters go to the address in `terms`) | ticket (the
    #: password of `admin_id` was right, a code is still asked for) | spare (instead of that code)
    purpose: str = Field(sa_column=Column(String(20), nullable=False))
    person_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("person.id", ondelete="CASCADE"))
    )
    admin_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("admin_user.id", ondelete="CASCADE"))
    )
    unit_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("unit.id", ondelete="CASCADE"))
    )
    terms: dict[str, JsonValue] = Field(  #: of an invitation to a unit: head, shared; address
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )
    uses_left: int  #: an invitation may be for many
    expires_at: datetime = Field(sa_column=instant())


class StoredFile(Table, table=True):
    """A file that a person sent; its bytes lie in the data folder under their hash."""

    __tablename__ = "stored_file"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True
        )
    )
    sha256: str = Field(sa_column=Column(String(64), nullable=False))
    name: str = Field(sa_column=Column(String(255), nullable=False))  #: as it was sent
    media_type: str = Field(sa_column=Column(String(100), nullable=False))
    size: int  #: bytes
    received_at: datetime = Field(sa_column=instant())


class ErasureRequest(Table, table=True):
    """Somebody has asked to be forgotten; kept without the name, so that a restore obeys it."""

    __tablename__ = "erasure_request"

    id: int | None = Field(default=None, primary_key=True)
    account_hash: str = Field(sa_column=Column(String(64), nullable=False, index=True))
    requested_at: datetime = Field(sa_column=instant())
    done_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class AdminUser(Table, table=True):
    """Somebody who works at the desk."""

    __tablename__ = "admin_user"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_column=Column(String(60), nullable=False, unique=True))  #: to sign in
    #: Argon2; None until the one-time link has been used.
    password_hash: str | None = Field(default=None, sa_column=Column(String(200)))
    role: str = Field(sa_column=Column(String(20), nullable=False))  #: owner|editor|receiver|viewer
    created_at: datetime = Field(sa_column=instant())
    disabled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    failed: int = 0  #: wrong passwords since the last right one
    locked_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class AdminSession(Table, table=True):
    """One signed-in browser."""

    __tablename__ = "admin_session"

    hash: str = Field(sa_column=Column(String(64), primary_key=True))  #: SHA-256 of the cookie
    admin_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("admin_user.id", ondelete="CASCADE"), nullable=False, index=True
        )
    )
    created_at: datetime = Field(sa_column=instant())
    last_seen_at: datetime = Field(sa_column=instant())


class Alert(Table, table=True):
    """Something that a person at the desk must look at; one open row per kind and source."""

    __tablename__ = "alert"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_column=Column(String(40), nullable=False))
    source: str = Field(sa_column=Column(String(160), nullable=False))  #: a channel, an event …
    detail: str = Field(sa_column=Column(Text, nullable=False))  #: without secrets and messages
    count: int  #: how often it has happened
    first_at: datetime = Field(sa_column=instant())
    last_at: datetime = Field(sa_column=instant(index=True))
    resolved_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    #: The same kind and source is one open row; empty once resolved.
    open_key: str | None = Field(default=None, sa_column=Column(String(201), unique=True))


class AuditEntry(Table, table=True):
    """What was done at the desk or by a command; never changed afterwards."""

    __tablename__ = "audit_entry"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=instant(index=True))
    actor: str = Field(sa_column=Column(String(60), nullable=False))  #: "admin:3", "command"
    action: str = Field(sa_column=Column(String(60), nullable=False))
    subject: str = Field(sa_column=Column(String(160), nullable=False))  #: ids, never names
    detail: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))


class Switch(Table, table=True):
    """A setting that is changed while the service runs: "paused", "trial"."""

    __tablename__ = "switch"

    name: str = Field(sa_column=Column(String(40), primary_key=True))
    on: bool
    changed_at: datetime = Field(sa_column=instant())


class SecondStep(Table, table=True):
    """A person at the desk who signs in with a code of an app as well."""

    __tablename__ = "second_step"

    admin_id: int = Field(
        sa_column=Column(Integer, ForeignKey("admin_user.id", ondelete="CASCADE"), primary_key=True)
    )
    #: The app's secret comes of it and of the key of the settings: this row alone opens nothing.
    seed: str = Field(sa_column=Column(String(64), nullable=False))
    begun_at: datetime = Field(sa_column=instant())
    #: None until a code of the app has been given.
    confirmed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    #: The last half minute since 1970 whose code was taken: none is taken twice.
    last_step: int = 0
