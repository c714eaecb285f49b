"""What the database of a product that was killed says about its messages and events."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sqlmodel import col, select

from benchmarks.channels_product import Product, Running
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.inbox import count_events
from service.storage.outbox import count_messages


def in_flight(product: Product, channel: str, killed: Running | None = None) -> set[int]:
    """Messages begun and not yet marked, by id: of whomever, or of one process just killed."""
    begun = select(OutboundMessage.id, OutboundMessage.worker).where(
        col(OutboundMessage.channel) == channel, col(OutboundMessage.state) == "sending"
    )
    # A worker's name is host:process:number.
    of_it = f":{killed.process.pid}:" if killed else ""
    with product.database() as engine, transaction(engine) as session:
        return {id_ or 0 for id_, worker in session.exec(begun) if of_it in (worker or "")}


def messages_in(product: Product, channel: str, state: str) -> Sequence[OutboundMessage]:
    """All messages of a channel in one state."""
    of_state = select(OutboundMessage).where(
        col(OutboundMessage.channel) == channel, col(OutboundMessage.state) == state
    )
    with product.database() as engine, transaction(engine) as session:
        return session.exec(of_state).all()


def wait_settled(product: Product, channel: str, seconds: float) -> int:
    """Until nothing waits any more; what does when time is over."""
    until = time.monotonic() + seconds
    with product.database() as engine:
        while True:
            with transaction(engine) as session:
                left = count_events(session, "waiting")
                left += sum(count_messages(session, channel, s) for s in ("waiting", "sending"))
            if not left or time.monotonic() > until:
                return left
            time.sleep(1)
