"""Rate limits that hold across processes: a channel has as many slots as it takes messages.

A message takes a slot, and the slot is free again one window after the channel has answered. The
channel has seen the message before it answered, so in no window can it see more messages than
there are slots: not even when answers are late or clocks of processes run unevenly.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Integer, bindparam, delete, update
from sqlmodel import Session, col, select

from service.storage.delivery_tables import RateSlot
from service.storage.upserts import insert_into, rows_of

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
    asked = {"of": channel, "real": real, "most": limit, "until": until}
    return [int(number) for number in session.execute(_TAKE, asked).scalars()]


_SLOT = rows_of(RateSlot)
_FREE = (
    select(_SLOT.c.number)
    .where(_SLOT.c.channel == bindparam("of"), _SLOT.c.free_at <= bindparam("real"))
    .order_by(_SLOT.c.number)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(_SLOT)
    .where(_SLOT.c.channel == bindparam("of"), _SLOT.c.number.in_(_FREE))
    .values(free_at=bindparam("until"))
    .returning(_SLOT.c.number)
)


def give_back(session: Session, channel: str, numbers: Sequence[int], free_at: datetime) -> None:
    """The slots are free from `free_at` on."""
    if numbers:
        session.execute(_GIVE, {"of": channel, "numbers": list(numbers), "until": free_at})


_GIVE = (
    update(_SLOT)
    .where(
        _SLOT.c.channel == bindparam("of"),
        _SLOT.c.number.in_(bindparam("numbers", expanding=True)),
    )
    .values(free_at=bindparam("until"))
)
