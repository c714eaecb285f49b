"""Rate limits that hold across processes: a channel has as many slots as it takes messages.

A message takes a slot, and the slot is free again one window after the channel has answered. The
channel has seen the message before it answered, so in no window can it see more messages than
there are slots, however late answers are. The processes' clocks must agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Update, delete, update
from sqlmodel import Session, col, select

from service.storage.delivery_tables import RateSlot
from service.storage.upserts import insert_into

WINDOW = timedelta(seconds=1)


def lay_slots(session: Session, channel: str, count: int, real: datetime) -> None:
    """Have exactly `count` slots; a new one may have been in use a moment ago."""
    session.execute(
        delete(RateSlot).where(col(RateSlot.channel) == channel, col(RateSlot.number) >= count)
    )
    rows = [{"channel": channel, "number": n, "free_at": real + WINDOW} for n in range(count)]
    if rows:
        session.execute(insert_into(session, RateSlot).values(rows).on_conflict_do_nothing())


def take_slots(
    session: Session, channel: str, limit: int, worker: str, real: datetime, until: datetime
) -> list[int]:
    """At most `limit` free slots, taken until they are given back or `until`."""
    free = col(RateSlot.free_at) <= real
    numbers = session.exec(
        select(RateSlot.number)
        .where(col(RateSlot.channel) == channel, free)
        .order_by(col(RateSlot.number))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    # Two statements, for the reason given in service/storage/inbox.py.
    taken = session.execute(
        _slots(channel, numbers)
        .where(free)
        .values(free_at=until, worker=worker)
        .returning(col(RateSlot.number))
    )
    return [int(number) for (number,) in taken]


def keep_slots(
    session: Session, channel: str, numbers: Sequence[int], worker: str, until: datetime
) -> None:
    """Renew the hold on slots of messages that are still being sent."""
    mine = col(RateSlot.worker) == worker
    session.execute(_slots(channel, numbers).where(mine).values(free_at=until))


def give_back(
    session: Session, channel: str, numbers: Sequence[int], worker: str, free_at: datetime
) -> None:
    """The slots are free from `free_at` on; one that another has taken meanwhile stays taken."""
    mine = col(RateSlot.worker) == worker
    session.execute(_slots(channel, numbers).where(mine).values(free_at=free_at, worker=None))


def _slots(channel: str, numbers: Sequence[int]) -> Update:
    chosen = update(RateSlot).where(
        col(RateSlot.channel) == channel, col(RateSlot.number).in_(numbers)
    )
    return chosen.execution_options(synchronize_session=False)
