"""The tables that are reckoned from questions as they are kept: counts by day, and their words.

They name nobody, and are there so that no page ever walks over the questions themselves.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Column, Date, Float, Integer, String
from sqlmodel import Field

from service.storage.base import Table


class AskedDay(Table, table=True):
    """How many questions of one kind came on one day by one channel and took about so long."""

    __tablename__ = "asked_day"

    day: date = Field(sa_column=Column(Date, primary_key=True))  #: in Việt Nam
    channel: str = Field(sa_column=Column(String(20), primary_key=True))
    kind: str = Field(sa_column=Column(String(10), primary_key=True))
    #: Milliseconds that they took at most: one of a few numbers (figures.at_most).
    at_most: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    count: int = Field(sa_column=Column(Integer, nullable=False))
    milliseconds: float = Field(sa_column=Column(Float, nullable=False))  #: of all together


class AskedClause(Table, table=True):
    """How often answers of one day have cited a clause."""

    __tablename__ = "asked_clause"

    day: date = Field(sa_column=Column(Date, primary_key=True))  #: in Việt Nam
    document: str = Field(sa_column=Column(String(120), primary_key=True))
    address: str = Field(sa_column=Column(String(200), primary_key=True))
    count: int = Field(sa_column=Column(Integer, nullable=False))


class AskedWord(Table, table=True):
    """A word of a kept question without its accents, by which the question is found."""

    __tablename__ = "asked_word"
    # One tree by word and number is all there is to it: a table beside it would double its size.
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: str = Field(sa_column=Column(String(24), primary_key=True))
    question_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
