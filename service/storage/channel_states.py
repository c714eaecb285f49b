"""How each channel fares, and who alone may poll it; the only SQL about both."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Literal

from sqlalchemy import Executable, bindparam, delete, or_, update
from sqlmodel import Session, col, select

from service.storage.delivery_tables import ChannelState, Leader, PeriodicTurn
from service.storage.upserts import dialect_of, insert_into, inserting, rows_of

_STEP = timedelta(seconds=5)  #: how exactly the time of the last event or message is kept


def state_of(session: Session, channel: str) -> ChannelState:
    """The channel's row, made when there is none."""
    row = session.scalars(_OF, {"of": channel}).first()
    if row is None:
        session.execute(
            insert_into(session, ChannelState).values(channel=channel).on_conflict_do_nothing()
        )
        row = session.get_one(ChannelState, channel)
    return row


_OF = select(ChannelState).where(col(ChannelState.channel) == bindparam("of"))


def note_event(session: Session, channel: str, at: datetime) -> None:
    """Something came in; written at most every few seconds."""
    _note_time(session, channel, "last_event_at", at)


def note_sent(session: Session, channel: str, at: datetime) -> None:
    """Something went out; written at most every few seconds."""
    _note_time(session, channel, "last_sent_at", at)


_Time = Literal["last_event_at", "last_sent_at"]


def _note_time(session: Session, channel: str, field: _Time, at: datetime) -> None:
    row = {"channel": channel, field: at, "recent": at - _STEP}
    session.execute(_noting(dialect_of(session), field), row)


@cache
def _noting(dialect: str, field: _Time) -> Executable:
    rows = rows_of(ChannelState)
    known, insert = rows.c[field], inserting(dialect, rows)
    insert = insert.values({"channel": bindparam("channel"), field: bindparam(field)})
    return insert.on_conflict_do_update(
        index_elements=["channel"],
        set_={field: insert.excluded[field]},
        where=or_(known.is_(None), known < bindparam("recent")),
    )


def note(session: Session, channel: str, **values: object) -> None:
    """Write fields of the channel's row: `last_sent_at`, `last_error`, `stopped` …"""
    session.execute(
        insert_into(session, ChannelState)
        .values(channel=channel, **values)
        .on_conflict_do_update(index_elements=["channel"], set_=values)
    )


def lead(session: Session, name: str, worker: str, real: datetime, hold: timedelta) -> bool:
    """Whether this process may do, or go on doing, what only one may do at a time."""
    values = {"worker": worker, "until": real + hold}
    statement = (
        insert_into(session, Leader)
        .values(name=name, **values)
        .on_conflict_do_update(
            index_elements=["name"],
            set_=values,
            where=or_(col(Leader.worker) == worker, col(Leader.until) <= real),
        )
        .returning(col(Leader.worker))
    )
    return session.execute(statement).scalar() == worker


def step_down(session: Session, worker: str, real: datetime) -> None:
    """Another may lead at once."""
    session.execute(update(Leader).where(col(Leader.worker) == worker).values(until=real))


def take_turn(session: Session, name: str, slot: str, at: datetime) -> bool:
    """Whether this process is the one that does `name` for `slot` ("2026-11-21")."""
    statement = (
        insert_into(session, PeriodicTurn)
        .values(name=name, slot=slot, taken_at=at)
        .on_conflict_do_nothing()
        .returning(col(PeriodicTurn.name))
    )
    return session.execute(statement).first() is not None


def is_new(session: Session, name: str, slot: str, at: datetime) -> bool:
    """Whether `slot` is another than the last one of `name`, which it is from now on."""
    others = (col(PeriodicTurn.name) == name, col(PeriodicTurn.slot) != slot)
    session.execute(delete(PeriodicTurn).where(*others))
    return take_turn(session, name, slot, at)


def last_slot(session: Session, name: str) -> str | None:
    """The slot of `name` as `is_new` left it."""
    of = select(PeriodicTurn.slot).where(col(PeriodicTurn.name) == name)
    return session.exec(of).first()
