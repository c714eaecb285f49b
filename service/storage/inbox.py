"""Each event of a channel once, in the order of acceptance; the only SQL about events.

An event waits until it is done or parked. Whoever works on it holds it for a while: when the
holder dies, the hold lapses and another takes the event over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import (
    Executable,
    Integer,
    Update,
    and_,
    bindparam,
    exists,
    func,
    update,
)
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.messages import Incoming
from service.storage.base import UNHELD
from service.storage.delivery_tables import InboundEvent
from service.storage.people import account_hash
from service.storage.upserts import dialect_of, inserting, rows_of

HOLD = timedelta(seconds=10)  #: renewed while the work goes on

_INCOMING = TypeAdapter(Incoming)
_EVENT = rows_of(InboundEvent)


def lane_of(incoming: Incoming) -> str:
    """Events of one lane are answered one after the other; it does not tell whose they are."""
    return account_hash(incoming.channel, incoming.chat if incoming.group else incoming.person)


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
        "held_until": held_until or UNHELD,
        "worker": worker,
        "attempts": 1 if worker else 0,
    }
    kept = session.execute(_accepting(dialect_of(session)), row).scalar()
    return None if kept is None else int(kept)


@cache
def _accepting(dialect: str) -> Executable:
    return inserting(dialect, _EVENT).on_conflict_do_nothing().returning(_EVENT.c.id)


def claim_events(
    session: Session,
    worker: str,
    at: datetime,
    real: datetime,
    limit: int,
    *,
    channels: Collection[str] | None = None,
) -> list[InboundEvent]:
    """At most `limit` events to work on now, the oldest of each lane; held for HOLD.

    `at`: the service's clock; `real`: the machine's, by which events are held; `channels`: those
    that can be answered, None: all.
    """
    asked = {"at": at, "real": real, "most": limit}
    if channels is None:
        ids = session.execute(_CLAIMABLE, asked).scalars().all()
    else:
        ids = session.execute(_CLAIMABLE_OF, {**asked, "of": list(channels)}).scalars().all()
    if not ids:  # most of the time: then nothing is locked
        return []
    # Not one statement: PostgreSQL may run a locking subquery again for each row, and so take
    # more than `limit`. SQLite has locked nothing yet: what was taken meanwhile is left out.
    taken = {"ids": ids, "real": real, "until": real + HOLD, "by": worker}
    return sorted(session.scalars(_CLAIM, taken), key=lambda event: event.id or 0)


def _claimable() -> SelectOfScalar[int]:
    """Events that wait, are due, and are the oldest of a lane in which nobody works."""
    mine, other = _EVENT.c, _EVENT.alias().c
    same_lane = and_(other.lane == mine.lane, other.state == "waiting")
    is_first = ~exists().where(same_lane, other.id < mine.id)
    is_free = ~exists().where(same_lane, other.held_until > bindparam("real"))
    return (
        select(mine.id)
        .where(
            mine.state == "waiting",
            mine.due_at <= bindparam("at"),
            mine.held_until <= bindparam("real"),
            is_first,
            is_free,
        )
        # As the index has them: of a long queue only its head is read.
        .order_by(mine.due_at, mine.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True, of=_EVENT)
    )


# Made once: they are asked again and again.
_CLAIMABLE = _claimable()
_CLAIMABLE_OF = _CLAIMABLE.where(_EVENT.c.channel.in_(bindparam("of", expanding=True)))
_CLAIM = (
    update(InboundEvent)
    .where(
        col(InboundEvent.id).in_(bindparam("ids", expanding=True)),
        col(InboundEvent.state) == "waiting",
        col(InboundEvent.held_until) <= bindparam("real"),
    )
    .values(
        worker=bindparam("by"),
        held_until=bindparam("until"),
        attempts=InboundEvent.attempts + 1,
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


def retry_event(session: Session, event_id: int, worker: str, due_at: datetime, error: str) -> bool:
    """Try it again from `due_at` on, while the events behind it wait; False as for finishing."""
    return _let_go(session, event_id, worker, due_at=due_at, held_until=UNHELD, error=error[:200])


def park_event(session: Session, event_id: int, worker: str, error: str) -> bool:
    """Leave it for a person, while the events behind it go on; False as for finishing."""
    return _let_go(session, event_id, worker, state="parked", error=error[:200])


def _let_go(session: Session, event_id: int, worker: str, **values: object) -> bool:
    statement = _held(event_id, worker).values(worker=None, **values)
    return session.execute(statement.returning(col(InboundEvent.id))).first() is not None


def _held(event_id: int, worker: str) -> Update:
    """The event, as long as it is this worker's."""
    return update(InboundEvent).where(
        col(InboundEvent.id) == event_id,
        col(InboundEvent.worker) == worker,
        col(InboundEvent.state) == "waiting",
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


def events_up_to(session: Session, event_id: int, span: timedelta) -> int:
    """How many events its lane has brought in the `span` that ends with it, itself included."""
    lane, received_at = session.execute(_WHERE_FROM, {"event": event_id}).one()
    asked = {"lane": lane, "since": received_at - span, "event": event_id}
    return int(session.execute(_UP_TO, asked).scalar_one())


_WHERE_FROM = select(_EVENT.c.lane, _EVENT.c.received_at).where(_EVENT.c.id == bindparam("event"))
_UP_TO = (
    select(func.count())
    .select_from(_EVENT)
    .where(
        _EVENT.c.lane == bindparam("lane"),
        _EVENT.c.received_at > bindparam("since"),
        _EVENT.c.id <= bindparam("event"),
    )
)


def count_events(session: Session, state: str) -> int:
    """How many events are "waiting", "done" or "parked"."""
    return session.exec(
        select(func.count()).select_from(InboundEvent).where(col(InboundEvent.state) == state)
    ).one()
