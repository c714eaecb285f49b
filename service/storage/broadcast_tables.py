"""The tables of broadcasts: what is said to many, who was reached, who wants to hear it."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Text
from sqlmodel import Field

from service.storage.base import Table, instant


def _of(table: str, *, index: bool = False, key: bool = False) -> Column[int]:
    """A column that names a row, and goes with it; `key`: a part of the row's own name."""
    foreign = ForeignKey(f"{table}.id", ondelete="CASCADE")
    if key:
        return Column(Integer, foreign, primary_key=True)
    return Column(Integer, foreign, nullable=False, index=index)


class Broadcast(Table, table=True):
    """Something written once for many people."""

    __tablename__ = "broadcast"
    __table_args__ = ({"sqlite_autoincrement": True},)  # its id names its messages for ever

    id: int | None = Field(default=None, primary_key=True)
    text: str = Field(sa_column=Column(Text, nullable=False))
    link: str = Field(default="", sa_column=Column(String(500), nullable=False))
    #: {"name", "media_type", "sha256"} of a file in the data folder, or {}
    file: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    #: service.storage.audiences.Audience
    audience: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    urgent: bool = False  #: may be sent at night
    #: draft | scheduled | sending | done | stopped
    state: str = Field(sa_column=Column(String(10), nullable=False, index=True))
    send_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    #: Everybody of the audience with an id up to this one has a row; `laid`: everybody has.
    laid_to: int = 0
    laid: bool = False
    created_at: datetime = Field(sa_column=instant())
    created_by: str = Field(sa_column=Column(String(60), nullable=False))
    began_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class BroadcastSend(Table, table=True):
    """One broadcast, one person: never twice."""

    __tablename__ = "broadcast_send"
    __table_args__ = (
        Index("uq_broadcast_send_broadcast_id_person_id", "broadcast_id", "person_id", unique=True),
        Index("ix_broadcast_send_broadcast_id_state_route", "broadcast_id", "state", "route"),
    )

    id: int | None = Field(default=None, primary_key=True)
    broadcast_id: int = Field(sa_column=_of("broadcast"))
    person_id: int = Field(sa_column=_of("person", index=True))
    #: waiting | open (among the messages to be sent) | told | unclear | unseen (by the page) |
    #: unreached
    state: str = Field(sa_column=Column(String(10), nullable=False))
    #: The way by which it is to go, or went; "" for none.
    route: str = Field(default="", sa_column=Column(String(20), nullable=False))
    #: The ways that were given up, by commas.
    tried: str = Field(default="", sa_column=Column(String(200), nullable=False))
    number: int = 0  #: how often it was put among the messages to be sent
    #: The latest message; None before there is one, and once it is too old to be kept.
    message_id: int | None = Field(
        default=None,
        sa_column=Column(
            Integer,
            ForeignKey("outbound_message.id", ondelete="SET NULL"),
            nullable=True,
            index=True,
        ),
    )
    at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    #: Why nobody was reached: channel | unsubscribed | left | cap | the channel's error
    reason: str = Field(default="", sa_column=Column(String(200), nullable=False))


class Follow(Table, table=True):
    """A person wants to hear what the office says of a draft policy."""

    __tablename__ = "follow"

    person_id: int = Field(sa_column=_of("person", key=True))
    draft_id: int = Field(sa_column=_of("policy_draft", key=True))
    since: datetime = Field(sa_column=instant())


class Unsubscribed(Table, table=True):
    """A person who does not want to hear what the office says to everybody."""

    __tablename__ = "unsubscribed"

    person_id: int = Field(sa_column=_of("person", key=True))
    at: datetime = Field(sa_column=instant())
