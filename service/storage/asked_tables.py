"""The tables about questions that were asked: what the office makes of them; nobody is named."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import JsonValue
from sqlalchemy import JSON, Column, Date, String, Text
from sqlmodel import Field

from service.storage.base import Table, instant


class SetQuestion(Table, table=True):
    """A question of the office's own set, and what a right answer to it must be."""

    __tablename__ = "question_set"

    id: int | None = Field(default=None, primary_key=True)
    #: The `id` of its line; an imported line with the same one takes its place.
    name: str = Field(sa_column=Column(String(80), nullable=False, unique=True))
    question: str = Field(sa_column=Column(Text, nullable=False))
    expected: str = Field(
        sa_column=Column(String(10), nullable=False)
    )  #: answer | clarify | silent
    kind: str = Field(sa_column=Column(String(80), nullable=False))  #: how reports group it
    document: str = Field(default="", sa_column=Column(String(120), nullable=False))
    address: str = Field(default="", sa_column=Column(String(60), nullable=False))
    must_contain: list[str] = Field(sa_column=Column(JSON, nullable=False))
    history: list[JsonValue] = Field(sa_column=Column(JSON, nullable=False))  #: earlier turns
    unit: str = Field(default="", sa_column=Column(String(300), nullable=False))
    today: date | None = Field(default=None, sa_column=Column(Date))
    source: str = Field(sa_column=Column(String(20), nullable=False))  #: desk | asked | import
    changed_at: datetime = Field(sa_column=instant())
