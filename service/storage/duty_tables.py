"""The tables of duties: what is put on which unit, by when, and who was reminded of it."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import JsonValue
from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, String, Text
from sqlmodel import Field

from service.storage.base import Table, instant


def _of(table: str, *, index: bool = False) -> Column[int]:
    """A column that names a row, and goes with it."""
    key = ForeignKey(f"{table}.id", ondelete="CASCADE")
    return Column(Integer, key, nullable=False, index=index)


def _key(table: str) -> Column[int]:
    """The same as a part of the row's own name."""
    key = ForeignKey(f"{table}.id", ondelete="CASCADE")
    return Column(Integer, key, primary_key=True)


class OfficeDay(Table, table=True):
    """A day on which the office works although others rest, or rests although others work."""

    __tablename__ = "office_day"

    day: date = Field(sa_column=Column(Date, primary_key=True))
    working: bool
    note: str = Field(default="", sa_column=Column(String(200), nullable=False))


class Obligation(Table, table=True):
    """A duty that the office has put on units: of a paper, or of its own making."""

    __tablename__ = "obligation"

    id: int | None = Field(default=None, primary_key=True)
    #: The paper and the clause that state it; "" for an urgent request.
    document: str = Field(default="", sa_column=Column(String(120), nullable=False, index=True))
    address: str = Field(default="", sa_column=Column(String(60), nullable=False))
    #: SHA-256 of the duty as it was read then (service/duty_reviews.py); "" for an urgent request
    fingerprint: str = Field(default="", sa_column=Column(String(64), nullable=False))
    title: str = Field(sa_column=Column(Text, nullable=False))  #: the task, in the paper's words
    source: str = Field(sa_column=Column(String(300), nullable=False))  #: what the paper is called
    #: To whom it is reported, and which body confirms it; "" where nobody is named.
    recipient: str = Field(default="", sa_column=Column(String(300), nullable=False))
    confirmer: str = Field(default="", sa_column=Column(String(300), nullable=False))
    #: Whom the paper named then, by "; "; "" for an urgent request.
    leads: str = Field(default="", sa_column=Column(Text, nullable=False))
    #: The time as the paper prints it; "" where it prints none.
    printed: str = Field(default="", sa_column=Column(String(300), nullable=False))
    #: Whether its days are the office's, which the paper does not state.
    own_date: bool = False
    #: "trước ngày D": the last day is the one before.
    before: bool = False
    rule: str = Field(default="", sa_column=Column(String(200), nullable=False))  #: an RRULE
    #: The last day on which the paper counts; None where it is open, or the rule is the office's.
    until: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    form: str = Field(sa_column=Column(String(40), nullable=False))  #: which settles it
    #: service.duties.schedule.Policy; {} for the office's own
    policy: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(sa_column=instant())
    created_by: str = Field(sa_column=Column(String(60), nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class DismissedChange(Table, table=True):
    """A change of a paper that the office does not follow for what it has put on units."""

    __tablename__ = "dismissed_change"

    obligation_id: int = Field(sa_column=_key("obligation"))
    #: SHA-256 of what was proposed; another change has another.
    fingerprint: str = Field(sa_column=Column(String(64), primary_key=True))
    at: datetime = Field(sa_column=instant())
    by: str = Field(sa_column=Column(String(60), nullable=False))


class Assignment(Table, table=True):
    """What one unit owes by one day; it is settled by what is sent for it."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index(
            "uq_assignment_obligation_id_unit_id_due_on",
            "obligation_id",
            "unit_id",
            "due_on",
            unique=True,
        ),
        Index("ix_assignment_unit_id_last_day", "unit_id", "last_day"),
        Index("ix_assignment_last_day", "last_day"),
        {"sqlite_autoincrement": True},  # what was sent names it, and people know it as "V12"
    )

    id: int | None = Field(default=None, primary_key=True)
    obligation_id: int = Field(sa_column=_of("obligation"))
    unit_id: int = Field(sa_column=_of("unit"))
    due_on: date = Field(sa_column=Column(Date, nullable=False))  #: its last day as first set
    last_day: date = Field(sa_column=Column(Date, nullable=False))  #: as it is now
    since: date = Field(sa_column=Column(Date, nullable=False))  #: nobody is reminded before
    #: The next day of a reminder; None when there is none left.
    next_on: date | None = Field(default=None, sa_column=Column(Date, nullable=True, index=True))
    looked_on: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    #: Ended by a person at the desk, as when the unit owes it no more.
    ended_by: str = Field(default="", sa_column=Column(String(60), nullable=False))


class PutOff(Table, table=True):
    """A person asked not to be reminded of an assignment before a day."""

    __tablename__ = "put_off"

    assignment_id: int = Field(sa_column=_key("assignment"))
    person_id: int = Field(sa_column=_key("person"))
    until: date = Field(sa_column=Column(Date, nullable=False))


class Notice(Table, table=True):
    """One message to one person about their duties, by whichever channel finds them."""

    __tablename__ = "notice"
    __table_args__ = ({"sqlite_autoincrement": True},)  # its id names its message for ever

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(sa_column=_of("person", index=True))
    day: date = Field(sa_column=Column(Date, nullable=False, index=True))
    written_at: datetime = Field(sa_column=instant())
    #: open | told | unclear | unreached | dropped (of no use before it reached anybody)
    state: str = Field(sa_column=Column(String(10), nullable=False, index=True))
    #: Why nobody was reached: "cap" (the month's money is used up); "" where the attempts tell it.
    reason: str = Field(default="", sa_column=Column(String(20), nullable=False, server_default=""))


class NoticeAttempt(Table, table=True):
    """One channel by which a notice was tried."""

    __tablename__ = "notice_attempt"
    __table_args__ = (Index("ix_notice_attempt_outcome_at", "outcome", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    notice_id: int = Field(sa_column=_of("notice", index=True))
    channel: str = Field(sa_column=Column(String(20), nullable=False))
    #: The message; None once it is too old to be kept.
    message_id: int | None = Field(
        default=None,
        sa_column=Column(
            Integer,
            ForeignKey("outbound_message.id", ondelete="SET NULL"),
            nullable=True,
            index=True,
        ),
    )
    at: datetime = Field(sa_column=instant())
    #: What became of it: "" while it is on its way | waited (nothing is known after a while, and
    #: there is no other way) | told | unclear | unseen (by the page) | late (called back for
    #: another way) | the channel's error
    outcome: str = Field(default="", sa_column=Column(String(200), nullable=False))


class Reminder(Table, table=True):
    """One assignment, one person, one day: never twice."""

    __tablename__ = "reminder"
    __table_args__ = (
        Index(
            "uq_reminder_assignment_id_person_id_day",
            "assignment_id",
            "person_id",
            "day",
            unique=True,
        ),
        Index("ix_reminder_state_person_id", "state", "person_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    assignment_id: int = Field(sa_column=_of("assignment"))
    person_id: int = Field(sa_column=_of("person", index=True))
    day: date = Field(sa_column=Column(Date, nullable=False))  #: on which it is told
    planned_on: date = Field(sa_column=Column(Date, nullable=False))  #: earlier when it was missed
    kind: str = Field(sa_column=Column(String(10), nullable=False))  #: new | before | late
    #: waiting | told (in a notice) | dropped (settled meanwhile)
    state: str = Field(sa_column=Column(String(10), nullable=False))
    notice_id: int | None = Field(
        default=None,
        sa_column=Column(
            Integer, ForeignKey("notice.id", ondelete="CASCADE"), nullable=True, index=True
        ),
    )
