"""Rate limits that hold across processes: a channel has as many slots as it takes messages.

A message takes a slot, and the slot is free again one window after the channel has answered. The
channel has seen the message before it answered, so in no window can it see more messages than
there are slots: not even when answers are late or clocks of processes run unevenly.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from service.storage.delivery_tables import RateSlot
from service.storage.upserts import insert_into

WINDOW = timedelta(seconds=1)


def lay_slots(session: Session, channel: str, count: int, real: datetime) -> None:
    """Have exactly `count` slots."""
    session.execute(
        delete(RateSlot).where(col(RateSlot.channel) == channel, col(RateSlot.number) >= count)
    )
    rows = [{"channel": channel, "number": n, "free_at": real} for n in range(count)]
    if rows:
        session.execute(insert_into(session, RateSlot).values(rows).on_conflict_do_nothing())


def take_slots(
    session: Session, channel: str, limit: int, real: datetime, until: datetime
) -> list[int]:
    """At most `limit` free slots, taken until they are given back or `until`."""
    free = (
        select(RateSlot.number)
        .where(col(RateSlot.channel) == channel, col(RateSlot.free_at) <= real)
        .order_by(col(RateSlot.number))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = session.execute(
        update(RateSlot)
        .where(col(RateSlot.channel) == channel, col(RateSlot.number).in_(free))
        .values(free_at=until)
        .returning(col(RateSlot.number))
        .execution_options(synchronize_session=False)
    )
    return [int(number) for (number,) in taken]


def give_back(session: Session, channel: str, numbers: Sequence[int], free_at: datetime) -> None:
    """The slots are free from `free_at` on."""
    session.execute(
        update(RateSlot)
        .where(col(RateSlot.channel) == channel, col(RateSlot.number).in_(numbers))
        .values(free_at=free_at)
    )
