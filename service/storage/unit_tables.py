"""The tables of offices: units, who acts for them, what they agreed to, whom to turn to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, false
from sqlmodel import Field

from service.storage.base import Table, instant


class Unit(Table, table=True):
    """An office: a department, a school, a commune."""

    __tablename__ = "unit"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_column=Column(String(200), nullable=False, unique=True))
    kind: str = Field(default="", sa_column=Column(String(60), nullable=False))  #: "xã", "trường"
    parent_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("unit.id", ondelete="SET NULL"))
    )
    #: The document that it follows; "" when none has been named.
    plan: str = Field(default="", sa_column=Column(String(100), nullable=False))
    contact: str = Field(default="", sa_column=Column(String(200), nullable=False))  #: in words
    head: str = Field(default="", sa_column=Column(String(100), nullable=False))  #: name and post
    #: First day on which it is no more; None while it is.
    closed_on: date | None = Field(default=None, sa_column=Column(Date, nullable=True))
    merged_into_id: int | None = Field(
        default=None, sa_column=Column(Integer, ForeignKey("unit.id", ondelete="SET NULL"))
    )
    created_at: datetime = Field(sa_column=instant())


class UnitName(Table, table=True):
    """A name that a unit had before."""

    __tablename__ = "unit_name"

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("unit.id", ondelete="CASCADE"), nullable=False, index=True
        )
    )
    name: str = Field(sa_column=Column(String(200), nullable=False))
    until: date = Field(sa_column=Column(Date, nullable=False))  #: first day of the next name


class Binding(Table, table=True):
    """A person who acts for a unit, or asks to; a citizen has none."""

    __tablename__ = "binding"
    __table_args__ = (Index("uq_binding_person_id_unit_id", "person_id", "unit_id", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(
        sa_column=Column(Integer, ForeignKey("person.id", ondelete="CASCADE"), nullable=False)
    )
    unit_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("unit.id", ondelete="CASCADE"), nullable=False, index=True
        )
    )
    name: str = Field(sa_column=Column(String(100), nullable=False))  #: as the person states it
    post: str = Field(sa_column=Column(String(100), nullable=False))  #: as the person states it
    head: bool = False  #: sees what is sent in the unit's name, and confirms others
    #: Acts for it already and was invited to be its head: waits for that alone.
    head_asked: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=false())
    )
    shared: bool = False  #: an account of several people: each submission asks who is acting
    asked_at: datetime = Field(sa_column=instant())
    #: Until then nothing of the unit is shown, and what is sent waits.
    confirmed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    confirmed_by: str = Field(default="", sa_column=Column(String(60), nullable=False))
    #: Refused, revoked or handed over: it counts no more.
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class Consent(Table, table=True):
    """What a person agreed to, when, and under which notice."""

    __tablename__ = "consent"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("person.id", ondelete="CASCADE"), nullable=False, index=True
        )
    )
    purpose: str = Field(sa_column=Column(String(20), nullable=False))  #: bot.forms.consent
    notice: int  #: version of the notice that was shown
    given_at: datetime = Field(sa_column=instant())
    withdrawn_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))


class Contact(Table, table=True):
    """Whom to turn to for a body that a paper names; the office enters it, nobody else."""

    __tablename__ = "contact"

    id: int | None = Field(default=None, primary_key=True)
    body: str = Field(sa_column=Column(String(200), nullable=False, unique=True))  #: as printed
    now: str = Field(default="", sa_column=Column(String(200), nullable=False))  #: called today
    reach: str = Field(sa_column=Column(String(300), nullable=False))  #: how, in words
