"""The tables that are reckoned from questions as they are kept: counts by day, and their words.

They name nobody, and are there so that no page ever walks over the questions themselves.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Column, Date, Float, Integer, String
from sqlmodel import Field

from service.storage.base import Table


class AskedCount(Table, table=True):
    """How many questions of one kind came in one span by one channel and took about so long.

    Each question counts twice, in its day and in its month: a year is twelve months to read.
    """

    __tablename__ = "asked_count"

    span: str = Field(sa_column=Column(String(5), primary_key=True))  #: day | month
    day: date = Field(sa_column=Column(Date, primary_key=True))  #: in Việt Nam; a month's first
    channel: str = Field(sa_column=Column(String(20), primary_key=True))
    kind: str = Field(sa_column=Column(String(10), primary_key=True))
    #: Milliseconds that they took at most: one of a few numbers (figures.at_most).
    at_most: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    count: int = Field(sa_column=Column(Integer, nullable=False))
    milliseconds: float = Field(sa_column=Column(Float, nullable=False))  #: of all together


class AskedClause(Table, table=True):
    """How often answers of one span have cited a clause."""

    __tablename__ = "asked_clause"

    span: str = Field(sa_column=Column(String(5), primary_key=True))  #: day | month
    day: date = Field(sa_column=Column(Date, primary_key=True))  #: in Việt Nam; a month's first
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
