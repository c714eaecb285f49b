"""What the steps of a broadcast share: each in a transaction that holds it, keys of its own."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine
from sqlmodel import Session

from service.storage.broadcast_tables import Broadcast, BroadcastSend
from service.storage.broadcasts import hold
from service.storage.engine import transaction

Step = Callable[[Session, Broadcast], bool]


def repeat(engine: Engine, id_: int, states: tuple[str, ...], step: Step) -> None:
    """A step again and again, each time in a transaction, as long as it says so."""
    again = True
    while again:
        with transaction(engine) as session:
            broadcast = hold(session, id_, states)
            again = broadcast is not None and step(session, broadcast)


def key_of(broadcast_id: int, *more: int) -> str:
    """What the keys of its messages begin with; no other's begin so."""
    return "".join(f"{part}:" for part in ("broadcast", broadcast_id, *more))


def tried_ways(send: BroadcastSend) -> tuple[str, ...]:
    """The ways to this person that were given up."""
    return tuple(filter(None, send.tried.split(",")))


def id_of(broadcast: Broadcast) -> int:
    """Of one that was read."""
    assert broadcast.id is not None, "rows that were read have an id"
    return broadcast.id
