"""Each event of a channel once, in the order of acceptance; the only SQL about events.

An event waits until it is done or parked. Whoever works on it holds it for a while: when the
holder dies, the hold lapses and another takes the event over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import Executable, Integer, bindparam, func, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, select

from bot.messages import Incoming
from service.storage.delivery_tables import InboundEvent
from service.storage.upserts import dialect_of, inserting, rows_of

HOLD = timedelta(seconds=10)  #: renewed while the work goes on

_INCOMING = TypeAdapter(Incoming)
_EVENT = rows_of(InboundEvent)


def lane_of(incoming: Incoming) -> str:
    """Events of one lane are answered one after the other."""
    return f"{incoming.channel}:{incoming.chat if incoming.group else incoming.person}"


def incoming_of(event: InboundEvent) -> Incoming:
    """What was kept, as it came in."""
    return _INCOMING.validate_python(event.payload)


def accept(
    session: Session,
    incoming: Incoming,
    at: datetime,
    *,
    stale: bool = False,
    worker: str | None = None,
    held_until: datetime | None = None,
) -> int | None:
    """Keep one event; its id, or None when it is there already.

    `stale` parks it at once; `worker` takes it into work at once, until `held_until`.
    """
    row = {
        "channel": incoming.channel,
        "event_id": incoming.event_id,
        "lane": lane_of(incoming),
        "payload": _INCOMING.dump_python(incoming, mode="json"),
        "state": "parked" if stale else "waiting",
        "error": "stale" if stale else None,
        "received_at": at,
        "due_at": at,
        "held_until": held_until or at,
        "worker": worker,
        "attempts": 1 if worker else 0,
    }
    kept = session.execute(_accepting(dialect_of(session)), row).scalar()
    return None if kept is None else int(kept)


@cache
def _accepting(dialect: str) -> Executable:
    return inserting(dialect, _EVENT).on_conflict_do_nothing().returning(_EVENT.c.id)


def claim_events(
    session: Session, worker: str, at: datetime, real: datetime, limit: int
) -> list[InboundEvent]:
    """At most `limit` events to work on now, the oldest of each lane; held for HOLD.

    `at`: the service's clock; `real`: the machine's, by which events are held.
    """
    if session.execute(_DUE, {"at": at, "real": real, "most": 1}).first() is None:
        return []  # most of the time: then nothing is locked
    asked = {"at": at, "real": real, "most": limit, "by": worker, "until": real + HOLD}
    return sorted(session.scalars(_CLAIM, asked), key=lambda event: event.id or 0)


_EARLIER = aliased(InboundEvent)
_DUE = (
    select(InboundEvent.id)
    .where(
        col(InboundEvent.state) == "waiting",
        col(InboundEvent.due_at) <= bindparam("at"),
        col(InboundEvent.held_until) <= bindparam("real"),
        ~exists().where(
            col(_EARLIER.lane) == col(InboundEvent.lane),
            col(_EARLIER.state) == "waiting",
            col(_EARLIER.id) < col(InboundEvent.id),
        ),
    )
    .order_by(col(InboundEvent.id))
    .limit(bindparam("most", type_=Integer))
)
_CLAIM = (
    update(InboundEvent)
    .where(col(InboundEvent.id).in_(_DUE.with_for_update(skip_locked=True)))
    .values(
        worker=bindparam("by"), held_until=bindparam("until"), attempts=InboundEvent.attempts + 1
    )
    .returning(InboundEvent)
    .execution_options(synchronize_session=False)
)


def take_over(session: Session, event_id: int, worker: str, real: datetime) -> bool:
    """Hold one event that nobody holds; False while somebody does."""
    taken = session.execute(
        update(InboundEvent)
        .where(
            col(InboundEvent.id) == event_id,
            col(InboundEvent.state) == "waiting",
            col(InboundEvent.held_until) <= real,
        )
        .values(worker=worker, held_until=real + HOLD, attempts=InboundEvent.attempts + 1)
        .returning(col(InboundEvent.id))
    )
    return taken.first() is not None


def keep_holding(session: Session, worker: str, ids: Sequence[int], real: datetime) -> None:
    """Renew the hold on what is still being worked on."""
    session.execute(
        update(InboundEvent)
        .where(col(InboundEvent.id).in_(ids), col(InboundEvent.worker) == worker)
        .values(held_until=real + HOLD)
    )


def finish_event(session: Session, event_id: int, worker: str, at: datetime) -> bool:
    """It is answered: its words go. False when somebody else has taken it over meanwhile."""
    asked = {"event": event_id, "by": worker, "at": at}
    return session.execute(_FINISH, asked).first() is not None


_FINISH = (
    update(_EVENT)
    .where(
        _EVENT.c.id == bindparam("event"),
        _EVENT.c.worker == bindparam("by"),
        _EVENT.c.state == "waiting",
    )
    .values(state="done", payload={}, done_at=bindparam("at"), error=None)
    .returning(_EVENT.c.id)
)


def retry_event(session: Session, event_id: int, due_at: datetime, error: str) -> None:
    """Try it again from `due_at` on; the events behind it wait."""
    session.execute(
        update(InboundEvent)
        .where(col(InboundEvent.id) == event_id, col(InboundEvent.state) == "waiting")
        .values(due_at=due_at, held_until=due_at - HOLD, worker=None, error=error[:200])
    )


def park_event(session: Session, event_id: int, error: str) -> None:
    """Leave it for a person; the events behind it go on."""
    session.execute(
        update(InboundEvent)
        .where(col(InboundEvent.id) == event_id)
        .values(state="parked", worker=None, error=error[:200])
    )


def find_event(session: Session, channel: str, event_id: str) -> InboundEvent | None:
    """What was kept under the channel's own key."""
    return session.exec(
        select(InboundEvent).where(
            col(InboundEvent.channel) == channel, col(InboundEvent.event_id) == event_id
        )
    ).first()


def event_keys(session: Session, ids: Collection[int]) -> dict[int, str]:
    """The channel's own keys of events, by id."""
    found = session.exec(
        select(InboundEvent.id, InboundEvent.event_id).where(col(InboundEvent.id).in_(ids))
    )
    return {id_ or 0: key for id_, key in found}


def events_since(session: Session, lane: str, since: datetime) -> int:
    """How many events a lane has brought."""
    return int(session.execute(_SINCE, {"lane": lane, "since": since}).scalar_one())


_SINCE = (
    select(func.count())
    .select_from(_EVENT)
    .where(_EVENT.c.lane == bindparam("lane"), _EVENT.c.received_at > bindparam("since"))
)


def count_events(session: Session, state: str) -> int:
    """How many events are "waiting", "done" or "parked"."""
    return session.exec(
        select(func.count()).select_from(InboundEvent).where(col(InboundEvent.state) == state)
    ).one()
