"""Keep what people said of answers and what the office says of them; the only SQL about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from service.storage.asked_tables import QuestionFeedback, WrongClause
from service.storage.grouping import group_question, leave_group
from service.storage.masking import mask
from service.storage.tables import AskedQuestion
from service.storage.upserts import insert_into

LONGEST_COMMENT = 500  #: characters


def keep_vote(
    session: Session, question_id: int, *, helpful: bool, comment: str, at: datetime
) -> bool:
    """What whoever asked says now; a comment stays where none comes with a new vote.

    False when the question is not kept any more.
    """
    asked = session.get(AskedQuestion, question_id)
    if asked is None:
        return False
    said = {"helpful": helpful, "at": at}
    if comment:
        said["comment"] = mask(comment[:LONGEST_COMMENT]).text
    new = insert_into(session, QuestionFeedback).values(
        question_id=question_id, **{"comment": "", **said}
    )
    session.execute(new.on_conflict_do_update(index_elements=["question_id"], set_=said))
    if helpful:
        leave_group(session, question_id, "unhelpful")
    else:
        group_question(session, question_id, asked.question, "unhelpful", at)
    return True


def votes_on(session: Session, question_ids: Sequence[int]) -> dict[int, QuestionFeedback]:
    """What was said of these questions' answers."""
    of = select(QuestionFeedback).where(col(QuestionFeedback.question_id).in_(question_ids))
    return {one.question_id: one for one in session.exec(of)}


def voted_questions(
    session: Session, *, helpful: bool, offset: int, limit: int
) -> list[AskedQuestion]:
    """Questions with such a vote, the newest first."""
    of = (
        select(AskedQuestion)
        .join(QuestionFeedback, col(QuestionFeedback.question_id) == col(AskedQuestion.id))
        .where(col(QuestionFeedback.helpful).is_(helpful))
        .order_by(col(QuestionFeedback.question_id).desc())
    )
    return list(session.exec(of.offset(offset).limit(limit)))


def mark_wrong(session: Session, question_id: int, at: datetime) -> bool:
    """The answer cites the wrong clause; False when that was said before."""
    new = insert_into(session, WrongClause).values(question_id=question_id, at=at)
    said = new.on_conflict_do_nothing().returning(col(WrongClause.question_id))
    return session.execute(said).scalar_one_or_none() is not None


def marked_wrong(session: Session, question_ids: Sequence[int]) -> frozenset[int]:
    """Those of these questions whose answers cite the wrong clause."""
    of = select(WrongClause.question_id).where(col(WrongClause.question_id).in_(question_ids))
    return frozenset(session.exec(of))


def wrong_questions(session: Session, offset: int, limit: int) -> list[AskedQuestion]:
    """All of them, the newest first."""
    of = select(AskedQuestion).join(
        WrongClause, col(WrongClause.question_id) == col(AskedQuestion.id)
    )
    by = col(WrongClause.question_id).desc()
    return list(session.exec(of.order_by(by).offset(offset).limit(limit)))
