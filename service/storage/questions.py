"""Keep what was asked and what was answered; the only SQL about questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from pydantic import JsonValue
from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from knowledge.vietnamese import fold
from service.storage.masking import mask, mask_same
from service.storage.tables import AskedQuestion
from service.storage.upserts import rows_of

#: Of so many questions, the newest, those with given words are looked for.
SEARCHED = 20_000


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


def keep_question(session: Session, asked: Asked) -> None:
    """Store it without who asked."""
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
    session.execute(_KEEP, row)


_KEEP = insert(rows_of(AskedQuestion))


def count_questions(session: Session) -> int:
    """How many questions are kept."""
    return session.exec(select(func.count()).select_from(AskedQuestion)).one()


def newest_questions(
    session: Session, kind: str | None, words: str, offset: int, limit: int
) -> list[AskedQuestion]:
    """The latest first; of one kind, with all of `words` in any spelling, where these are given."""
    newest = select(AskedQuestion).order_by(col(AskedQuestion.id).desc())
    if kind is not None:
        newest = newest.where(col(AskedQuestion.kind) == kind)
    wanted = fold(words).split()
    if wanted:
        found = list(islice(_with_words(session, kind, wanted), offset, offset + limit))
        return list(session.exec(newest.where(col(AskedQuestion.id).in_(found))))
    return list(session.exec(newest.offset(offset).limit(limit)))


def _with_words(session: Session, kind: str | None, wanted: list[str]) -> Iterator[int]:
    """Ids of questions that hold every word: databases do not compare letters without accents."""
    texts = select(AskedQuestion.id, AskedQuestion.question).order_by(col(AskedQuestion.id).desc())
    if kind is not None:
        texts = texts.where(col(AskedQuestion.kind) == kind)
    for id_, question in session.exec(texts.limit(SEARCHED)):
        folded = fold(question)
        if id_ is not None and all(word in folded for word in wanted):
            yield id_


def count_kinds(session: Session, since: datetime) -> dict[str, int]:
    """How many questions of each kind were asked since then; read from an index alone."""
    counted = select(col(AskedQuestion.kind), func.count()).where(
        col(AskedQuestion.asked_at) >= since
    )
    rows = session.execute(counted.group_by(col(AskedQuestion.kind)))
    return {kind: count for kind, count in rows}  # noqa: C416 rows are no pairs to the checker


def unanswered(session: Session, since: datetime, limit: int) -> list[str]:
    """The latest questions since then that got no answer, as they were asked."""
    latest = select(AskedQuestion.question).where(
        col(AskedQuestion.asked_at) >= since, col(AskedQuestion.kind) == "silent"
    )
    return list(session.exec(latest.order_by(col(AskedQuestion.asked_at).desc()).limit(limit)))
