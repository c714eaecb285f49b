"""Keep what was asked and what was answered; the only SQL about questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from pydantic import JsonValue
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session, col, select

from knowledge.vietnamese import fold
from service.storage.masking import mask, mask_same
from service.storage.tables import AskedQuestion

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
    message_id: str | None = None


def keep_question(session: Session, asked: Asked) -> bool:
    """Store it; False when a message with this id is already there (nothing is written then)."""
    masked = mask(asked.question)
    values = {
        "asked_at": asked.at,
        "channel": asked.channel,
        "message_id": asked.message_id,
        "question": masked.text,
        "kind": asked.kind,
        "outcome": mask_same(dict(asked.outcome), masked.taken),
        "citations": mask_same(asked.citations, masked.taken),
        "milliseconds": asked.milliseconds,
        "knowledge_version": asked.knowledge_version,
    }
    if asked.message_id is None:
        session.add(AskedQuestion.model_validate(values))
        session.flush()
        return True
    # Two copies of one message may arrive at once: the unique key decides, not a look before.
    insert = insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
    statement = insert(AskedQuestion).values(values).on_conflict_do_nothing()
    kept = session.exec(statement.returning(col(AskedQuestion.id))).first()
    return kept is not None


def find_question(session: Session, message_id: str) -> AskedQuestion | None:
    """What was kept under the sender's own key."""
    return session.exec(
        select(AskedQuestion).where(col(AskedQuestion.message_id) == message_id)
    ).first()


def is_same_question(kept: AskedQuestion, question: str) -> bool:
    """Whether `question` is the one that was kept (masked as it was)."""
    return kept.question == mask(question).text


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
