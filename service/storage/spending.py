"""Keep what messages cost in a month; the only SQL about money."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import or_, update
from sqlmodel import Session, col

from service.storage.delivery_tables import MonthSpending
from service.storage.upserts import insert_into

_DONG = col(MonthSpending.dong)

#: What the desk is told of a cap: that it is nearly used up; that it stops messages.
Word = Literal["warned_of", "stopped_of"]


def spent_in(session: Session, month: str) -> int:
    """In đồng; `month`: "2026-11"."""
    row = session.get(MonthSpending, month, populate_existing=True)
    return row.dong if row else 0


def take(session: Session, month: str, dong: int, most: int) -> int | None:
    """Spend that much unless it would become more than `most`; what is spent now, or None.

    Of several processes one at a time: the row is locked until the transaction ends.
    """
    begun = insert_into(session, MonthSpending).values(month=month, dong=0)
    session.execute(begun.on_conflict_do_nothing())
    taken = session.execute(
        update(MonthSpending)
        .where(col(MonthSpending.month) == month, _DONG + dong <= most)
        .values(dong=_DONG + dong)
        .returning(_DONG)
        .execution_options(synchronize_session=False)
    ).scalar()
    return None if taken is None else int(taken)


def put_back(session: Session, month: str, dong: int) -> None:
    """What was taken was not spent."""
    session.execute(
        update(MonthSpending)
        .where(col(MonthSpending.month) == month)
        .values(dong=_DONG - dong)
        .execution_options(synchronize_session=False)
    )


def is_first_word(session: Session, month: str, word: Word, cap: int) -> bool:
    """Whether the desk has not been told so of this cap in this month; from now on it has."""
    told = col(getattr(MonthSpending, word))
    begun = insert_into(session, MonthSpending).values(month=month, dong=0)
    session.execute(begun.on_conflict_do_nothing())
    first = session.execute(
        update(MonthSpending)
        .where(col(MonthSpending.month) == month, or_(told.is_(None), told != cap))
        .values({word: cap})
        .returning(col(MonthSpending.month))
        .execution_options(synchronize_session=False)
    )
    return first.first() is not None
