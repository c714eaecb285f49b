"""The tables of knowledge: what was asked, added and decided. No column names a person.

Imports the other tables too, so that whoever needs all of them finds them here.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import JSON, Column, Index, String, Text
from sqlmodel import Field, UTCDateTime

from service.storage import (
    announced,
    api_tables,
    asked_tables,
    broadcast_tables,
    delivery_tables,
    duty_tables,
    figure_tables,
    form_tables,
    library_tables,
    office,
    people_tables,
    unit_tables,
)
from service.storage.base import Table

__all__ = [
    "AddedDocument",
    "AskedQuestion",
    "DutyReview",
    "Table",
    "announced",
    "api_tables",
    "asked_tables",
    "broadcast_tables",
    "delivery_tables",
    "duty_tables",
    "figure_tables",
    "form_tables",
    "library_tables",
    "office",
    "people_tables",
    "unit_tables",
]


class AskedQuestion(Table, table=True):
    """One question and what was answered, without who asked."""

    __tablename__ = "asked_question"
    __table_args__ = (Index("ix_asked_question_kind_id", "kind", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    asked_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False, index=True))
    channel: str = Field(sa_column=Column(String(20), nullable=False))
    question: str = Field(sa_column=Column(Text, nullable=False))  #: masked
    kind: str = Field(sa_column=Column(String(10), nullable=False))
    outcome: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))  #: as returned
    citations: list[JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    milliseconds: float
    knowledge_version: str = Field(sa_column=Column(String(80), nullable=False))


class AddedDocument(Table, table=True):
    """One version of a paper that the office has added; the files lie in the data folder."""

    __tablename__ = "added_document"
    __table_args__ = (
        Index("uq_added_document_document_id_version", "document_id", "version", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    document_id: str = Field(sa_column=Column(String(120), nullable=False))
    version: int
    file_name: str = Field(sa_column=Column(String(255), nullable=False))  #: as handed in
    sha256: str = Field(sa_column=Column(String(64), nullable=False))
    added_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
    superseded_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime()))


class DutyReview(Table, table=True):
    """What a person decided about one duty of a paper; a duty without a row waits."""

    __tablename__ = "duty_review"
    __table_args__ = (
        Index("uq_duty_review_document_id_fingerprint", "document_id", "fingerprint", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    document_id: str = Field(sa_column=Column(String(120), nullable=False))
    #: SHA-256 of the duty as programs read it: a duty that reads otherwise is another one.
    fingerprint: str = Field(sa_column=Column(String(64), nullable=False))
    verdict: str = Field(sa_column=Column(String(10), nullable=False))  #: reviewed | rejected
    reviewed_at: datetime = Field(sa_column=Column(UTCDateTime(), nullable=False))
