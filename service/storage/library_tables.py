"""The tables of the library at work: papers that wait for review, and jobs in the background."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Text
from sqlmodel import Field, UTCDateTime

from service.storage.base import Table, instant


class Candidate(Table, table=True):
    """A paper on its way into the library; its text and structure lie in the data folder."""

    __tablename__ = "candidate"

    id: int | None = Field(default=None, primary_key=True)
    #: reading | review | failed | publishing | published | dropped
    state: str = Field(sa_column=Column(String(12), nullable=False, index=True))
    #: Counts up with each change by hand: the folder of its text and structure as they are now.
    revision: int = 0
    #: The paper that it is a new version of, or its id once it has been read.
    document_id: str = Field(default="", sa_column=Column(String(120), nullable=False))
    title: str = Field(default="", sa_column=Column(String(300), nullable=False))
    file_name: str = Field(sa_column=Column(String(255), nullable=False))  #: as handed in
    #: Of the files as handed in, the paper first, then its annexes: [{"name", "sha256"}].
    files: list[JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    warnings: list[JsonValue] = Field(sa_column=Column(JSON, nullable=False))  #: of the reader
    problem: str = Field(default="", sa_column=Column(Text, nullable=False))  #: why it failed
    origin: str = Field(sa_column=Column(String(20), nullable=False))  #: desk | chat | api | paper
    #: How it came, in words that are printed with the paper.
    source: str = Field(default="", sa_column=Column(String(500), nullable=False))
    #: Of a paper that the library does not have yet, as it was chosen where it was handed in.
    audience: list[JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    #: As the audit trail names people.
    by: str = Field(sa_column=Column(String(60), nullable=False))
    created_at: datetime = Field(sa_column=instant())
    changed_at: datetime = Field(sa_column=instant())
    edition: int | None = None  #: the first edition that holds it


class Job(Table, table=True):
    """Something that takes a while: done by one process at a time, gone on with after a crash."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_id", "state", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_column=Column(String(20), nullable=False))
    subject: str = Field(sa_column=Column(String(160), nullable=False, index=True))
    argument: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    #: waiting | running | done | failed
    state: str = Field(sa_column=Column(String(10), nullable=False))
    step: str = Field(default="", sa_column=Column(String(40), nullable=False))
    done: int = 0  #: of `total` parts of the step
    total: int = 0
    attempts: int = 0  #: how often it was begun
    problem: str = Field(default="", sa_column=Column(Text, nullable=False))  #: for people
    #: What it has found or done so far, so that it goes on where it was.
    result: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    by: str = Field(sa_column=Column(String(60), nullable=False))
    created_at: datetime = Field(sa_column=instant())
    finished_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    worker: str | None = Field(default=None, sa_column=Column(String(80)))
    held_until: datetime | None = Field(default=None, sa_column=Column(UTCDateTime()))


class AnswerChange(Table, table=True):
    """One question that is answered otherwise once a paper that waits is published."""

    __tablename__ = "answer_change"
    __table_args__ = (Index("ix_answer_change_job_id_sort", "job_id", "sort"),)

    id: int | None = Field(default=None, primary_key=True)
    job_id: int = Field(
        sa_column=Column(Integer, ForeignKey("job.id", ondelete="CASCADE"), nullable=False)
    )
    sort: str = Field(sa_column=Column(String(10), nullable=False))  #: gained | lost | changed
    #: Of the office's set: right | wrong, where the answer was the other one before; else "".
    verdict: str = Field(default="", sa_column=Column(String(10), nullable=False))
    own: bool  #: whether it stands in the office's set
    times: int  #: how often it was asked in the month; 0 for one that only stands in the set
    question: str = Field(sa_column=Column(Text, nullable=False))  #: masked
    #: Kind, first lines, and the clause that is cited, in words: {"kind", "text", "cited"}.
    before: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))
    now: dict[str, JsonValue] = Field(sa_column=Column(JSON, nullable=False))
