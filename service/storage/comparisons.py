"""Which answers change with a paper that waits, and what was asked of late; the only SQL of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from knowledge.vietnamese import collapse, fold
from service.storage.library_tables import AnswerChange, Job
from service.storage.tables import AskedQuestion

_WORDINGS = 20_000  #: of a month, the most frequent, that are put together by what they say


@dataclass(frozen=True, slots=True)
class Often:
    """A question, however it was spelled, and how often it was asked."""

    text: str  #: in its most frequent spelling
    times: int


@dataclass(frozen=True, slots=True)
class Month:
    """What was asked in some time, up to one question: the same later on."""

    since: datetime
    last: int  #: the id of the last question that counts

    def questions(self, session: Session, limit: int) -> tuple[Often, ...]:
        """Each question once, whatever its accents, the most frequent first."""
        times = func.count()
        asked = (
            select(AskedQuestion.question, times)
            .where(col(AskedQuestion.asked_at) >= self.since, col(AskedQuestion.id) <= self.last)
            .group_by(col(AskedQuestion.question))
            .order_by(times.desc(), func.min(AskedQuestion.id))
            .limit(_WORDINGS)
        )
        found: dict[str, Often] = {}
        for text, count in session.exec(asked):
            key = said(text)
            first = found.get(key)
            found[key] = Often(first.text if first else text, count + (first.times if first else 0))
        found.pop("", None)
        return tuple(sorted(found.values(), key=lambda each: -each.times)[:limit])


def said(question: str) -> str:
    """The same for every spelling of one question."""
    return collapse(fold(question)).strip(" ?!.…")


def last_question(session: Session) -> int:
    """The id of the question that was asked last; 0 where there is none."""
    return session.exec(select(func.max(AskedQuestion.id))).one() or 0


def keep_changes(session: Session, changes: Iterable[AnswerChange]) -> None:
    """Keep what differs."""
    session.add_all(changes)
    session.flush()


def forget_changes(session: Session, subject: str) -> None:
    """What any comparison of `subject` has found."""
    jobs = select(Job.id).where(col(Job.subject) == subject)
    session.execute(delete(AnswerChange).where(col(AnswerChange.job_id).in_(jobs)))


def changes_of(
    session: Session,
    job_id: int,
    *,
    sort: str = "",
    verdict: str = "",
    offset: int = 0,
    limit: int = 20,
) -> list[AnswerChange]:
    """What a comparison has found: of one sort or verdict where given; the set, then what was
    asked most often, first."""
    found = select(AnswerChange).where(col(AnswerChange.job_id) == job_id)
    if sort:
        found = found.where(col(AnswerChange.sort) == sort)
    if verdict:
        found = found.where(col(AnswerChange.verdict) == verdict)
    order = (col(AnswerChange.own).desc(), col(AnswerChange.times).desc(), col(AnswerChange.id))
    return list(session.exec(found.order_by(*order).offset(offset).limit(limit)))
