"""Keep what was asked and what was answered; the only SQL about questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from service.storage.asked_words import keep_words, numbers_with_words
from service.storage.figure_tables import AskedWord
from service.storage.figures import count_question
from service.storage.grouping import Reason, group_question
from service.storage.masking import mask, mask_same
from service.storage.tables import AskedQuestion
from service.storage.upserts import rows_of


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it was asked; whatever points at a person is masked when it is kept."""

    at: datetime
    channel: str
    question: str
    kind: str
    outcome: Mapping[str, JsonValue]  #: what was returned
    citations: list[JsonValue]
    milliseconds: float
    knowledge_version: str
    #: Why it stands among what nobody has answered; None: it was answered, or is no question.
    unanswered: Reason | None = None


def keep_question(session: Session, asked: Asked) -> int:
    """Store it without who asked, count it in its day, have it found by its words; its number."""
    masked = mask(asked.question)
    row = {
        "asked_at": asked.at,
        "channel": asked.channel,
        "question": masked.text,
        "kind": asked.kind,
        "outcome": mask_same(dict(asked.outcome), masked.taken),
        "citations": mask_same(asked.citations, masked.taken),
        "milliseconds": asked.milliseconds,
        "knowledge_version": asked.knowledge_version,
    }
    number: int = session.execute(_KEEP, row).scalar_one()
    keep_words(session, number, masked.text)
    if asked.unanswered is not None:
        group_question(session, number, masked.text, asked.unanswered, asked.at)
    # Last: whoever counts the same day waits until this transaction is over.
    count_question(
        session, asked.at, asked.channel, asked.kind, asked.milliseconds, asked.citations
    )
    return number


_KEEP = insert(rows_of(AskedQuestion)).returning(rows_of(AskedQuestion).c.id)


def get_question(session: Session, number: int) -> AskedQuestion | None:
    """By its number."""
    return session.get(AskedQuestion, number)


def count_questions(session: Session) -> int:
    """How many questions are kept."""
    return session.exec(select(func.count()).select_from(AskedQuestion)).one()


def newest_questions(
    session: Session,
    kind: str | None,
    words: str,
    limit: int,
    *,
    before: int | None = None,
    after: int | None = None,
) -> list[AskedQuestion]:
    """The latest first; of one kind, with all of `words` in any spelling, where these are given.

    `before`: only those kept before the question of that number; `after`: those that were kept
    next after it. However far back they lie, nothing that lies between is read.
    """
    found = numbers_with_words(session, words) if words else select(AskedQuestion.id)
    if found is None:
        return []
    number = col(AskedWord.question_id) if words else col(AskedQuestion.id)
    if kind is not None and words:
        same = col(AskedQuestion.id) == number
        of_kind = select(AskedQuestion.id).where(same, col(AskedQuestion.kind) == kind)
        found = found.where(of_kind.exists())
    elif kind is not None:
        found = found.where(col(AskedQuestion.kind) == kind)
    if before is not None:
        found = found.where(number < before)
    if after is not None:
        found = found.where(number > after)
    next_ones = found.order_by(number.desc() if after is None else number.asc()).limit(limit)
    shown = col(AskedQuestion.id).in_(session.exec(next_ones).all())
    newest = select(AskedQuestion).where(shown).order_by(col(AskedQuestion.id).desc())
    return list(session.exec(newest))


def unanswered(session: Session, since: datetime, limit: int) -> list[str]:
    """The latest questions since then that got no answer, as they were asked."""
    latest = select(AskedQuestion.question).where(
        col(AskedQuestion.asked_at) >= since, col(AskedQuestion.kind) == "silent"
    )
    return list(session.exec(latest.order_by(col(AskedQuestion.id).desc()).limit(limit)))
