"""Put what was not answered with what nearly says the same; the only SQL about groups.

Done when a question is kept: a look-up by its keys, however many questions there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import case, delete, func, insert, update
from sqlmodel import Session, col, select

from bot.paraphrase import near_keys
from service.storage.asked_tables import GroupedQuestion, QuestionGroup, QuestionGroupKey
from service.storage.tables import AskedQuestion
from service.storage.upserts import insert_into

#: Why a question stands in a group: the papers do not say, asked back and not gone on with, or
#: whoever asked said that the answer was no help.
Reason = Literal["silent", "clarify", "unhelpful"]
#: What became of a group; whatever was dealt with opens again when it is asked again.
State = Literal["open", "answered", "not_ours", "done"]
DEALT: tuple[State, ...] = get_args(State)[1:]


@dataclass(frozen=True, slots=True)
class Grouped:
    """A question of a group, and why it stands there."""

    question: AskedQuestion
    reason: str


def group_question(
    session: Session, question_id: int, text: str, reason: Reason, at: datetime
) -> None:
    """Count it with those that nearly say the same; nothing where it stands in a group."""
    if session.get(GroupedQuestion, question_id) is not None:
        return
    keys = near_keys(text)
    group_id = _nearest(session, keys) or _begin(session, keys, text, at)
    again = case((col(QuestionGroup.state) == "open", col(QuestionGroup.asked) + 1), else_=1)
    session.execute(
        update(QuestionGroup)
        .where(col(QuestionGroup.id) == group_id)
        .values(asked=again, state="open", last_at=at)
    )
    session.execute(
        insert(GroupedQuestion).values(question_id=question_id, group_id=group_id, reason=reason)
    )


def leave_group(session: Session, question_id: int, reason: Reason) -> None:
    """It was answered after all; only what stands there for this `reason` leaves."""
    mine = (col(GroupedQuestion.question_id) == question_id, col(GroupedQuestion.reason) == reason)
    gone = delete(GroupedQuestion).where(*mine).returning(col(GroupedQuestion.group_id))
    group_id = session.execute(gone).scalar_one_or_none()
    if group_id is None:
        return
    others = select(GroupedQuestion.question_id).where(col(GroupedQuestion.group_id) == group_id)
    if session.exec(others.limit(1)).first() is None:
        session.execute(delete(QuestionGroup).where(col(QuestionGroup.id) == group_id))
        return
    counted = col(QuestionGroup.asked)
    session.execute(
        update(QuestionGroup)
        .where(col(QuestionGroup.id) == group_id)
        .values(asked=case((counted > 0, counted - 1), else_=0))
    )


def open_groups(session: Session, since: datetime, offset: int, limit: int) -> list[QuestionGroup]:
    """Those that were asked since then and wait, the most asked first."""
    of = select(QuestionGroup).where(
        col(QuestionGroup.state) == "open", col(QuestionGroup.last_at) >= since
    )
    listed = (col(QuestionGroup.asked), col(QuestionGroup.last_at), col(QuestionGroup.id))
    by = tuple(one.desc() for one in listed)
    return list(session.exec(of.order_by(*by).offset(offset).limit(limit)))


def dealt_groups(session: Session, offset: int, limit: int) -> list[QuestionGroup]:
    """Those that somebody has dealt with, the last asked first."""
    of = select(QuestionGroup).where(col(QuestionGroup.state).in_(DEALT))
    by = (col(QuestionGroup.last_at).desc(), col(QuestionGroup.id).desc())
    return list(session.exec(of.order_by(*by).offset(offset).limit(limit)))


def count_open_groups(session: Session, since: datetime) -> int:
    """How many were asked since then and wait."""
    of = select(func.count()).select_from(QuestionGroup)
    waiting = (col(QuestionGroup.state) == "open", col(QuestionGroup.last_at) >= since)
    return session.exec(of.where(*waiting)).one()


def get_group(session: Session, group_id: int) -> QuestionGroup | None:
    """By its number."""
    return session.get(QuestionGroup, group_id)


def questions_of_group(session: Session, group_id: int, offset: int, limit: int) -> list[Grouped]:
    """What was asked, the newest first."""
    of = (
        select(AskedQuestion, GroupedQuestion.reason)
        .join(GroupedQuestion, col(GroupedQuestion.question_id) == col(AskedQuestion.id))
        .where(col(GroupedQuestion.group_id) == group_id)
        .order_by(col(GroupedQuestion.question_id).desc())
    )
    return [Grouped(*found) for found in session.exec(of.offset(offset).limit(limit))]


def deal(session: Session, group: QuestionGroup, state: State) -> bool:
    """Somebody has dealt with it; False when that is so already."""
    if group.state == state:
        return False
    group.state = state
    session.add(group)
    session.flush()
    return True


def deal_with_same(session: Session, questions: Sequence[str], state: State) -> list[int]:
    """Deal with the open groups in which exactly these questions would stand; their numbers."""
    dealt = []
    for question in questions:
        group_id = _nearest(session, near_keys(question)[:1])
        group = get_group(session, group_id) if group_id else None
        if group and group.id and group.state == "open" and deal(session, group, state):
            dealt.append(group.id)
    return dealt


def _nearest(session: Session, keys: Sequence[str]) -> int | None:
    """The group that shares most keys with a question; the first of equals."""
    exact = select(QuestionGroup.id).where(col(QuestionGroup.fingerprint) == keys[0])
    if (found := session.exec(exact).first()) is not None:
        return found
    group_id = col(QuestionGroupKey.group_id)
    of = select(QuestionGroupKey.group_id).where(col(QuestionGroupKey.key).in_(keys))
    nearest = of.group_by(group_id).order_by(func.count().desc(), group_id).limit(1)
    return session.exec(nearest).first()


def _begin(session: Session, keys: Sequence[str], label: str, at: datetime) -> int:
    """A group of its own; the same one where another process begins it at this moment."""
    row = {"fingerprint": keys[0], "label": label, "state": "open", "asked": 0, "last_at": at}
    new = insert_into(session, QuestionGroup).values(**row)
    same = new.on_conflict_do_update(index_elements=["fingerprint"], set_={"last_at": at})
    group_id = int(session.execute(same.returning(col(QuestionGroup.id))).scalar_one())
    rows = [{"key": key, "group_id": group_id} for key in keys]
    session.execute(insert_into(session, QuestionGroupKey).on_conflict_do_nothing(), rows)
    return group_id
