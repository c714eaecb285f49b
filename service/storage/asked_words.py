"""Find kept questions by their words, in any spelling; the only SQL about those words.

Databases do not compare letters without accents, so each word of a question is kept without them,
with the question's number. Words are whole: Vietnamese ones are single syllables.
"""

from __future__ import annotations

import re

from sqlalchemy import insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from knowledge.vietnamese import fold
from service.storage.figure_tables import AskedWord
from service.storage.upserts import rows_of

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 24  #: letters of a word that are kept
_MOST = 12  #: words that are looked for at once
_MANY = 20_000  #: questions with a word: how many more there are does not matter

_KEEP = insert(rows_of(AskedWord))


def words_of(text: str) -> list[str]:
    """Its words without accents, each once: "Hạn nộp 20/9" → ["20", "9", "han", "nop"]."""
    return sorted({word[:_LONGEST] for word in _WORD.findall(fold(text))})


def keep_words(session: Session, question_id: int, text: str) -> None:
    """Have the question found by what it says."""
    words = words_of(text)
    if words:
        session.execute(_KEEP, [{"word": word, "question_id": question_id} for word in words])


def numbers_with_words(session: Session, text: str) -> SelectOfScalar[int] | None:
    """The numbers of the questions with every word of `text`; None where there is no word in it.

    The list of the rarest word is gone over, the others are looked up: whatever people look for,
    that is the least work. Further conditions and the order are for `AskedWord.question_id`.
    """
    words = words_of(text)[:_MOST]
    if len(words) > 1:
        words.sort(key=lambda word: _count(session, word))
    if not words:
        return None
    found = select(AskedWord.question_id).where(col(AskedWord.word) == words[0])
    for word in words[1:]:
        other = aliased(AskedWord)
        same = col(other.question_id) == col(AskedWord.question_id)
        found = found.where(select(other.word).where(col(other.word) == word, same).exists())
    return found


def _count(session: Session, word: str) -> int:
    some = select(AskedWord.question_id).where(col(AskedWord.word) == word).limit(_MANY)
    return session.exec(select(func.count()).select_from(some.subquery())).one()
