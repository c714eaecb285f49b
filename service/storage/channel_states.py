"""How each channel fares, and who alone may poll it; the only SQL about both."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlmodel import Session, col

from service.storage.delivery_tables import ChannelState, Leader, PeriodicTurn
from service.storage.upserts import insert_into

_STEP = timedelta(seconds=5)  #: how exactly the time of the last event or message is kept


def state_of(session: Session, channel: str) -> ChannelState:
    """The channel's row, made when there is none."""
    row = session.get(ChannelState, channel)
    if row is None:
        session.execute(
            insert_into(session, ChannelState).values(channel=channel).on_conflict_do_nothing()
        )
        row = session.get_one(ChannelState, channel)
    return row


def note_event(session: Session, channel: str, at: datetime) -> None:
    """Something came in; written at most every few seconds."""
    _note_time(session, channel, "last_event_at", at)


def note_sent(session: Session, channel: str, at: datetime) -> None:
    """Something went out; written at most every few seconds."""
    _note_time(session, channel, "last_sent_at", at)


def _note_time(session: Session, channel: str, field: str, at: datetime) -> None:
    known = col(getattr(ChannelState, field))
    session.execute(
        insert_into(session, ChannelState)
        .values({"channel": channel, field: at})
        .on_conflict_do_update(
            index_elements=["channel"],
            set_={field: at},
            where=or_(known.is_(None), known < at - _STEP),
        )
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
