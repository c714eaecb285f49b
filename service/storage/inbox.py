"""Each event of a channel once, in the order of acceptance; the only SQL about events.

An event waits until it is done or parked. Whoever works on it holds it for a while: when the
holder dies, the hold lapses and another takes the event over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import func, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, select

from bot.messages import Incoming
from service.storage.delivery_tables import InboundEvent
from service.storage.upserts import insert_into

HOLD = timedelta(seconds=10)  #: renewed while the work goes on

_INCOMING = TypeAdapter(Incoming)


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
    statement = insert_into(session, InboundEvent).values(
        channel=incoming.channel,
        event_id=incoming.event_id,
        lane=lane_of(incoming),
        payload=_INCOMING.dump_python(incoming, mode="json"),
        state="parked" if stale else "waiting",
        error="stale" if stale else None,
        received_at=at,
        due_at=at,
        held_until=held_until or at,
        worker=worker,
        attempts=1 if worker else 0,
    )
    kept = session.execute(
        statement.on_conflict_do_nothing().returning(col(InboundEvent.id))
    ).scalar()
    return None if kept is None else int(kept)


def claim_events(
    session: Session, worker: str, at: datetime, real: datetime, limit: int
) -> list[InboundEvent]:
    """At most `limit` events to work on now, the oldest of each lane; held for HOLD.

    `at`: the service's clock; `real`: the machine's, by which events are held.
    """
    earlier = aliased(InboundEvent)
    is_first = ~exists().where(
        col(earlier.lane) == col(InboundEvent.lane),
        col(earlier.state) == "waiting",
        col(earlier.id) < col(InboundEvent.id),
    )
    ids = (
        select(InboundEvent.id)
        .where(
            col(InboundEvent.state) == "waiting",
            col(InboundEvent.due_at) <= at,
            col(InboundEvent.held_until) <= real,
            is_first,
        )
        .order_by(col(InboundEvent.id))
        .limit(limit)
    )
    if session.exec(ids.limit(1)).first() is None:  # most of the time: then nothing is locked
        return []
    ids = ids.with_for_update(skip_locked=True)
    statement = (
        update(InboundEvent)
        .where(col(InboundEvent.id).in_(ids))
        .values(worker=worker, held_until=real + HOLD, attempts=InboundEvent.attempts + 1)
        .returning(InboundEvent)
        .execution_options(synchronize_session=False)
    )
    return sorted(session.scalars(statement), key=lambda event: event.id or 0)


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
    done = session.execute(
        update(InboundEvent)
        .where(
            col(InboundEvent.id) == event_id,
            col(InboundEvent.worker) == worker,
            col(InboundEvent.state) == "waiting",
        )
        .values(state="done", payload={}, done_at=at, error=None)
        .returning(col(InboundEvent.id))
    ).first()
    return done is not None


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
    return session.exec(
        select(func.count())
        .select_from(InboundEvent)
        .where(col(InboundEvent.lane) == lane, col(InboundEvent.received_at) > since)
    ).one()


def count_events(session: Session, state: str) -> int:
    """How many events are "waiting", "done" or "parked"."""
    return session.exec(
        select(func.count()).select_from(InboundEvent).where(col(InboundEvent.state) == state)
    ).one()
