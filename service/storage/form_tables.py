"""The tables of what people send: submissions and their files, drafts to comment, hand-offs."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import JsonValue
from sqlalchemy import JSON, Boolean, Column, Date, ForeignKey, Integer, String, Text, false
from sqlmodel import Field

from service.storage.base import Table, instant


class PolicyDraft(Table, table=True):
    """A draft policy that people may comment on; its id is the number of "GOPY 12"."""

    __tablename__ = "policy_draft"

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(sa_column=Column(String(300), nullable=False))
    summary: str = Field(sa_column=Column(Text, nullable=False))
    lead: str = Field(sa_column=Column(String(200), nullable=False))  #: who is drafting it
    link: str = Field(default="", sa_column=Column(String(500), nullable=False))
    #: Last day for comments; None while the office has named none.
    closes_on: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    opened_at: datetime = Field(sa_column=instant())
    closed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class Submission(Table, table=True):
    """A form that somebody has sent, one row per version of it."""

    __tablename__ = "submission"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(sa_column=Column(String(12), nullable=False, unique=True))
    form: str = Field(sa_column=Column(String(40), nullable=False, index=True))
    form_version: int
    #: None once the person was forgotten: the record stays without them.
    person_id: int | None = Field(
        default=None,
        sa_column=Column(
            Integer, ForeignKey("person.id", ondelete="SET NULL"), nullable=True, index=True
        ),
    )
    unit_id: int | None = Field(
        default=None,
        sa_column=Column(
            Integer, ForeignKey("unit.id", ondelete="SET NULL"), nullable=True, index=True
        ),
    )
    policy_id: int | None = Field(
        default=None,
        sa_column=Column(
            Integer, ForeignKey("policy_draft.id", ondelete="SET NULL"), nullable=True, index=True
        ),
    )
    #: What the unit owed and this is about.
    assignment_id: int | None = Field(default=None, index=True)
    #: Whether it is done by this, once it is received.
    settles: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=false())
    )
    answers: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    #: pending (its sender waits to be confirmed) | received | accepted | returned | answered |
    #: withdrawn | replaced (by a newer version)
    state: str = Field(sa_column=Column(String(20), nullable=False, index=True))
    #: The version before this one.
    previous_id: int | None = Field(
        default=None,
        sa_column=Column(Integer, ForeignKey("submission.id", ondelete="SET NULL"), nullable=True),
    )
    #: What the office said: why it is returned, how a comment was handled.
    reply: str = Field(default="", sa_column=Column(Text, nullable=False))
    decided_by: str = Field(default="", sa_column=Column(String(60), nullable=False))
    decided_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    created_at: datetime = Field(sa_column=instant(index=True))
    updated_at: datetime = Field(sa_column=instant())


class SubmissionFile(Table, table=True):
    """A file of a submission, in the order in which it was sent."""

    __tablename__ = "submission_file"

    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("submission.id", ondelete="CASCADE"), nullable=False, index=True
        )
    )
    position: int
    sha256: str = Field(sa_column=Column(String(64), nullable=False, index=True))
    name: str = Field(sa_column=Column(String(255), nullable=False))
    media_type: str = Field(sa_column=Column(String(100), nullable=False))
    size: int  #: bytes


class HandOff(Table, table=True):
    """A person who wants an officer, until it is over."""

    __tablename__ = "hand_off"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(
        sa_column=Column(
            Integer,
            ForeignKey("channel_account.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        )
    )
    opened_at: datetime = Field(sa_column=instant())
    taken_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    taken_by: int | None = Field(
        default=None,
        sa_column=Column(Integer, ForeignKey("admin_user.id", ondelete="SET NULL"), nullable=True),
    )
    alerted_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    last_at: datetime = Field(sa_column=instant())  #: when either side last wrote
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class HandOffMessage(Table, table=True):
    """What was said between a person and the officer who took over."""

    __tablename__ = "hand_off_message"

    id: int | None = Field(default=None, primary_key=True)
    hand_off_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("hand_off.id", ondelete="CASCADE"), nullable=False, index=True
        )
    )
    by: str = Field(sa_column=Column(String(10), nullable=False))  #: person | officer
    text: str = Field(sa_column=Column(Text, nullable=False))
    at: datetime = Field(sa_column=instant())
