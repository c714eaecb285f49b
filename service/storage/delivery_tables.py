"""The tables of messages on their way: each event once in, each message once out."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import JSON, BigInteger, Column, Index, String, Text
from sqlmodel import Field

from service.storage.base import Table, instant


class InboundEvent(Table, table=True):
    """One event of a channel, kept before it is answered; emptied of its words afterwards."""

    __tablename__ = "inbound_event"
    __table_args__ = (
        Index("uq_inbound_event_channel_event_id", "channel", "event_id", unique=True),
        Index("ix_inbound_event_state_due_at", "state", "due_at"),
        Index("ix_inbound_event_lane_state", "lane", "state"),
        Index("ix_inbound_event_lane_received_at", "lane", "received_at"),
        {"sqlite_autoincrement": True},  # an id is never given twice, as on PostgreSQL
    )

    id: int | None = Field(default=None, primary_key=True)  #: the order of acceptance
    channel: str = Field(sa_column=Column(String(20), nullable=False))
    event_id: str = Field(sa_column=Column(String(160), nullable=False))
    #: One person on one channel, or one group: a hash, which stays when the person is forgotten.
    lane: str = Field(sa_column=Column(String(160), nullable=False))
    #: bot.messages.Incoming; {} once it is done
    payload: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    state: str = Field(sa_column=Column(String(10), nullable=False))  #: waiting | done | parked
    received_at: datetime = Field(sa_column=instant())
    due_at: datetime = Field(sa_column=instant())  #: not before: now, or the time of a retry
    #: Whoever works on it holds it until then (of the machine's clock, whatever a test's says).
    held_until: datetime = Field(sa_column=instant())
    worker: str | None = Field(default=None, sa_column=Column(String(60)))
    attempts: int = 0
    error: str | None = Field(default=None, sa_column=Column(String(200)))
    done_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class OutboundMessage(Table, table=True):
    """One message to one chat, written in the transaction that decided it."""

    __tablename__ = "outbound_message"
    __table_args__ = (
        Index("ix_outbound_message_channel_state_due_at", "channel", "state", "due_at"),
        Index("ix_outbound_message_lane_state", "lane", "state"),
        Index("ix_outbound_message_lane_held_until", "lane", "held_until"),
        {"sqlite_autoincrement": True},  # a page asks for what came after the id it knows
    )

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(sa_column=Column(String(20), nullable=False))
    chat: str = Field(sa_column=Column(String(128), nullable=False))
    lane: str = Field(sa_column=Column(String(160), nullable=False))  #: "channel:chat"
    #: What must not be sent twice names itself: "duty 12, person 3, 2026-11-21".
    key: str | None = Field(default=None, sa_column=Column(String(160), unique=True))
    event_id: int | None = Field(default=None, index=True)  #: the event that it answers
    text: str = Field(sa_column=Column(Text, nullable=False))
    #: bot.messages.Button, as a list
    buttons: list[JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    #: {"name", "media_type", "sha256"} of a file in the data folder, or {}
    enclosure: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    #: {"id", "data"} of an approved template that goes out where the text may not; or {}
    template: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    #: the reply as our own page draws it; {} elsewhere
    drawn: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    #: waiting | sending | sent | unclear | failed
    state: str = Field(sa_column=Column(String(10), nullable=False))
    created_at: datetime = Field(sa_column=instant())
    due_at: datetime = Field(sa_column=instant())  #: not before
    #: The chat is held until then: by whoever sends this, then for the pause between two messages.
    held_until: datetime = Field(sa_column=instant())
    worker: str | None = Field(default=None, sa_column=Column(String(60)))
    attempts: int = 0
    message_id: str | None = Field(default=None, sa_column=Column(String(120)))  #: the channel's
    error: str | None = Field(default=None, sa_column=Column(String(200)))
    sent_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class RateSlot(Table, table=True):
    """A permission to send: a channel has as many as it takes messages in its window."""

    __tablename__ = "rate_slot"

    channel: str = Field(sa_column=Column(String(20), primary_key=True))
    number: int = Field(primary_key=True)
    free_at: datetime = Field(sa_column=instant())
    worker: str | None = Field(default=None, sa_column=Column(String(60)))  #: who has taken it


class ChannelState(Table, table=True):
    """How a channel fares: for the desk, and so that a restart goes on where it was."""

    __tablename__ = "channel_state"

    channel: str = Field(sa_column=Column(String(20), primary_key=True))
    last_event_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    last_sent_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    last_error: str | None = Field(default=None, sa_column=Column(String(200)))
    last_error_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    #: Why nothing is sent until a person has acted; None while it is.
    stopped: str | None = Field(default=None, sa_column=Column(String(200)))
    #: Sending waits until then: the channel has asked for it.
    quiet_until: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    cursor: str | None = Field(default=None, sa_column=Column(String(60)))  #: next update to fetch


class ChannelToken(Table, table=True):
    """The token pair of a Zalo OA, and the pair before it for diagnosis."""

    __tablename__ = "channel_token"

    account: str = Field(sa_column=Column(String(60), primary_key=True))  #: "zalo_oa:<app id>"
    access_token: str = Field(sa_column=Column(Text, nullable=False))
    refresh_token: str = Field(sa_column=Column(Text, nullable=False))
    expires_at: datetime = Field(sa_column=instant())
    refreshed_at: datetime = Field(sa_column=instant())
    previous: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    #: SHA-256 of the first refresh token that the settings gave: another one is tried anew.
    seed: str | None = Field(default=None, sa_column=Column(String(64)))


class PeriodicTurn(Table, table=True):
    """Periodic work, one row per name and slot: whoever inserts it does it."""

    __tablename__ = "periodic_turn"

    name: str = Field(sa_column=Column(String(60), primary_key=True))
    slot: str = Field(sa_column=Column(String(40), primary_key=True))
    taken_at: datetime = Field(sa_column=instant())


class Leader(Table, table=True):
    """Work that only one process may do at a time, such as polling; held by a lease."""

    __tablename__ = "leader"

    name: str = Field(sa_column=Column(String(60), primary_key=True))
    worker: str = Field(sa_column=Column(String(60), nullable=False))
    until: datetime = Field(sa_column=instant())


class MonthSpending(Table, table=True):
    """What messages of a calendar month have cost; nobody's name is on it."""

    __tablename__ = "month_spending"

    month: str = Field(sa_column=Column(String(7), primary_key=True))  #: "2026-11", in Việt Nam
    dong: int = Field(sa_column=Column(BigInteger, nullable=False))  #: never more than the cap
    #: Of which cap the desk was told that it is nearly used up, and that it stops messages.
    warned_of: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    stopped_of: int | None = Field(default=None, sa_column=Column(BigInteger, nullable=True))
