"""Rate limits that hold across processes: a channel has as many slots as it takes messages.

A message takes a slot, and the slot is free again one window after the channel has answered. The
channel has seen the message before it answered, so in no window can it see more messages than
there are slots, however late answers are. The processes' clocks must agree.
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
    asked = {"of": channel, "real": real}
    numbers = session.execute(_FREE, {**asked, "most": limit}).scalars().all()
    if not numbers:
        return []
    # Two statements, for the reason given in service/storage/inbox.py.
    taken = session.execute(_TAKE, {**asked, "numbers": numbers, "until": until, "by": worker})
    return [int(number) for number in taken.scalars()]


def keep_slots(
    session: Session, channel: str, numbers: Sequence[int], worker: str, until: datetime
) -> None:
    """Renew the hold on slots of messages that are still being sent."""
    _hold(session, channel, numbers, worker, worker, until)


def give_back(
    session: Session, channel: str, numbers: Sequence[int], worker: str, free_at: datetime
) -> None:
    """The slots are free from `free_at` on; one that another has taken meanwhile stays taken."""
    _hold(session, channel, numbers, worker, None, free_at)


def _hold(
    session: Session,
    channel: str,
    numbers: Sequence[int],
    worker: str,
    then: str | None,
    until: datetime,
) -> None:
    if numbers:
        asked = {"of": channel, "numbers": list(numbers), "mine": worker, "by": then}
        session.execute(_KEEP, {**asked, "until": until})


# Made once: every message passes them.
_SLOT = rows_of(RateSlot)
_FREE = (
    select(_SLOT.c.number)
    .where(_SLOT.c.channel == bindparam("of"), _SLOT.c.free_at <= bindparam("real"))
    .order_by(_SLOT.c.number)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_CHOSEN = (
    update(_SLOT)
    .where(
        _SLOT.c.channel == bindparam("of"),
        _SLOT.c.number.in_(bindparam("numbers", expanding=True)),
    )
    .values(free_at=bindparam("until"), worker=bindparam("by"))
)
_TAKE = _CHOSEN.where(_SLOT.c.free_at <= bindparam("real")).returning(_SLOT.c.number)
_KEEP = _CHOSEN.where(_SLOT.c.worker == bindparam("mine"))
