"""Keep the token pair of a channel, whose turn it is to renew it, and why a channel stands still.

The only SQL about tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import Engine, delete, update
from sqlalchemy.dialects.postgresql import Insert as InsertPostgresql
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import Insert as InsertSqlite
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlmodel import Session, col

from service.storage.base import Table
from service.storage.delivery_tables import ChannelState, ChannelToken, Leader


@dataclass(frozen=True, slots=True)
class Pair:
    """What opens a channel, and what it is replaced with when it ends."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime
    refreshed_at: datetime
    seed: str | None = None  #: SHA-256 of the first refresh token that the settings gave


def read_pair(session: Session, account: str) -> Pair | None:
    """The pair in use; None before the first."""
    row = session.get(ChannelToken, account)
    if row is None:
        return None
    return Pair(row.access_token, row.refresh_token, row.expires_at, row.refreshed_at, row.seed)


def keep_pair(session: Session, account: str, pair: Pair) -> None:
    """Put it in the place of the one before, which stays beside it for whoever must find out."""
    row = session.get(ChannelToken, account)
    previous: dict[str, JsonValue] = {}
    if row is not None:
        previous = {
            "access_token": row.access_token,
            "refresh_token": row.refresh_token,
            "refreshed_at": row.refreshed_at.isoformat(),
        }
    session.merge(
        ChannelToken(
            account=account,
            access_token=pair.access,
            refresh_token=pair.refresh,
            expires_at=pair.expires_at,
            refreshed_at=pair.refreshed_at,
            previous=previous,
            seed=pair.seed,
        )
    )


def keep_seed(session: Session, account: str, seed: str) -> None:
    """The first token of the settings has been tried: only another one is tried anew."""
    session.execute(
        update(ChannelToken).where(col(ChannelToken.account) == account).values(seed=seed)
    )


def to_disk(engine: Engine) -> None:
    """Have what was committed outlive a power cut; SQLite's log waits for its next checkpoint."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")


def claim(session: Session, name: str, worker: str, now: datetime, until: datetime) -> bool:
    """Take the turn called `name`, if nobody has it; the first statement of its transaction."""
    statement = _insert(session)(Leader).values(name=name, worker=worker, until=until)
    taken = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"worker": worker, "until": until},
        where=col(Leader.until) <= now,
    ).returning(col(Leader.worker))
    return session.execute(taken).scalar() is not None


def release(session: Session, name: str, worker: str) -> None:
    """Give the turn back, if it is still ours."""
    ours = (col(Leader.name) == name) & (col(Leader.worker) == worker)
    session.execute(delete(Leader).where(ours))


def stop_channel(session: Session, channel: str, why: str, at: datetime) -> None:
    """Send nothing there until a person has acted."""
    told = {"stopped": why, "last_error": why, "last_error_at": at}
    # Whoever sends may write the first row of this channel at the same moment.
    statement = _insert(session)(ChannelState).values(channel=channel, **told)
    session.execute(statement.on_conflict_do_update(index_elements=["channel"], set_=told))


def stopped_by(session: Session, channel: str) -> str | None:
    """Why nothing is sent there; None while it is."""
    state = session.get(ChannelState, channel)
    return state.stopped if state else None


def start_channel(session: Session, channel: str, reasons: Collection[str]) -> bool:
    """Send again, if it was for one of these reasons that nothing was sent: whether it was."""
    state = session.get(ChannelState, channel)
    if state is None or state.stopped not in reasons:
        return False
    state.stopped = None
    session.add(state)
    return True


def _insert(session: Session) -> Callable[[type[Table]], InsertSqlite | InsertPostgresql]:
    return insert_sqlite if session.get_bind().dialect.name == "sqlite" else insert_postgresql
