"""The tables about questions that were asked: what the office makes of them; nobody is named."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import JsonValue
from sqlalchemy import JSON, Column, Date, ForeignKey, Index, Integer, String, Text
from sqlmodel import Field

from service.storage.base import Table, instant


def _key(table: str, *, index: bool = False) -> Column[int]:
    """A column that names a row as a part of its own name, and goes with it."""
    of = ForeignKey(f"{table}.id", ondelete="CASCADE")
    return Column(Integer, of, primary_key=True, autoincrement=False, index=index)


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


class CuratedAnswer(Table, table=True):
    """An answer in the office's own words, with the clauses that bear it."""

    __tablename__ = "curated_answer"

    id: int | None = Field(default=None, primary_key=True)
    text: str = Field(sa_column=Column(Text, nullable=False))
    #: [{"document", "address", "quote"}]; a digest has the quote "".
    citations: list[JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    audience: list[str] = Field(sa_column=Column(JSON, nullable=False))
    review_on: date = Field(sa_column=Column(Date, nullable=False))
    state: str = Field(sa_column=Column(String(10), nullable=False))  #: draft | approved | retired
    approved_on: date | None = Field(default=None, sa_column=Column(Date))
    version: int = 1  #: one more with each change of what is said
    #: What processes watch: it grows with whatever changes in any row.
    revision: int = Field(sa_column=Column(Integer, nullable=False, index=True))
    changed_at: datetime = Field(sa_column=instant())


class CuratedQuestion(Table, table=True):
    """One way to ask what a curated answer answers."""

    __tablename__ = "curated_question"

    id: int | None = Field(default=None, primary_key=True)
    answer_id: int = Field(
        sa_column=Column(
            Integer,
            ForeignKey("curated_answer.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        )
    )
    question: str = Field(sa_column=Column(Text, nullable=False))


class QuestionGroup(Table, table=True):
    """Questions that were not answered and nearly say the same."""

    __tablename__ = "question_group"
    __table_args__ = (
        # In the order of the desk's list, which is then read without sorting.
        Index("ix_question_group_state_asked", "state", "asked", "last_at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    #: The key of exactly the words of its first question (bot/paraphrase.py).
    fingerprint: str = Field(sa_column=Column(String(32), nullable=False, unique=True))
    label: str = Field(sa_column=Column(Text, nullable=False))  #: its first question, masked
    #: open | answered | not_ours | done
    state: str = Field(sa_column=Column(String(10), nullable=False))
    asked: int  #: how often since somebody dealt with it
    last_at: datetime = Field(sa_column=instant())


class QuestionGroupKey(Table, table=True):
    """A key that near questions share with the first of a group."""

    __tablename__ = "question_group_key"

    key: str = Field(sa_column=Column(String(32), primary_key=True))
    group_id: int = Field(sa_column=_key("question_group", index=True))


class GroupedQuestion(Table, table=True):
    """A question that stands in a group, and why."""

    __tablename__ = "grouped_question"

    question_id: int = Field(sa_column=_key("asked_question"))
    group_id: int = Field(
        sa_column=Column(
            Integer,
            ForeignKey("question_group.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        )
    )
    #: silent | clarify | unhelpful
    reason: str = Field(sa_column=Column(String(10), nullable=False))


class QuestionFeedback(Table, table=True):
    """What whoever asked said of the answer."""

    __tablename__ = "question_feedback"
    __table_args__ = (Index("ix_question_feedback_helpful_question_id", "helpful", "question_id"),)

    question_id: int = Field(sa_column=_key("asked_question"))
    helpful: bool
    comment: str = Field(sa_column=Column(Text, nullable=False))  #: masked
    at: datetime = Field(sa_column=instant())


class WrongClause(Table, table=True):
    """An answer of which the office has said that it cites the wrong clause."""

    __tablename__ = "wrong_clause"

    question_id: int = Field(sa_column=_key("asked_question"))
    at: datetime = Field(sa_column=instant())
