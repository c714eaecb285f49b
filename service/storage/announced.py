"""Keep which ends of papers the desk was told of; the only SQL about it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Date, Integer, String
from sqlmodel import Field, Session, col

from service.storage.base import Table, instant
from service.storage.upserts import insert_into


class AnnouncedEnd(Table, table=True):
    """The desk was told so many days before the last day of a paper; -1: after it."""

    __tablename__ = "announced_end"

    document_id: str = Field(sa_column=Column(String(120), primary_key=True))
    until: date = Field(sa_column=Column(Date, primary_key=True))
    days: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=instant())


def announce(session: Session, document_id: str, until: date, days: int, at: datetime) -> bool:
    """Whether it had not been told yet; from now on it has."""
    told = {"document_id": document_id, "until": until, "days": days, "at": at}
    statement = insert_into(session, AnnouncedEnd).values(told).on_conflict_do_nothing()
    return session.execute(statement.returning(col(AnnouncedEnd.days))).first() is not None
