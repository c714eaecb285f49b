"""What a process holds in the inbox and outbox: let go of at once when it is known to be dead.

Without this a hold lapses by itself some seconds later; the only SQL over all holds.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from service.storage.delivery_tables import InboundEvent, Leader, OutboundMessage, RateSlot
from service.storage.slots import WINDOW


def holders(session: Session, real: datetime) -> frozenset[str]:
    """The names of all processes that hold something now."""
    events = select(InboundEvent.worker).where(
        col(InboundEvent.state) == "waiting", col(InboundEvent.held_until) > real
    )
    messages = select(OutboundMessage.worker).where(
        col(OutboundMessage.state) == "sending", col(OutboundMessage.held_until) > real
    )
    slots = select(RateSlot.worker).where(col(RateSlot.free_at) > real)
    leaders = select(Leader.worker).where(col(Leader.until) > real)
    found = (name for each in (events, messages, slots, leaders) for name in session.exec(each))
    return frozenset(name for name in found if name)


def let_go(session: Session, workers: Collection[str], real: datetime) -> None:
    """What these held is free: events are taken again, messages settled as lost.

    A slot stays taken for one more window: its message may have gone out a moment ago.
    """
    for table, values, state in (
        (InboundEvent, {"held_until": real}, "waiting"),
        (OutboundMessage, {"held_until": real}, "sending"),
    ):
        mine = (col(table.worker).in_(workers), col(table.state) == state)
        session.execute(update(table).where(*mine).values(values))
    taken = update(RateSlot).where(col(RateSlot.worker).in_(workers))
    session.execute(taken.values(free_at=real + WINDOW, worker=None))
    led = update(Leader).where(col(Leader.worker).in_(workers))
    session.execute(led.values(until=real))
