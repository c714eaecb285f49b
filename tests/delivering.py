"""What tests of delivery share: a post over a database, a fast clock, a database that goes away."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from service import clock
from service.asking import Desk
from service.delivery.handling import Post
from service.delivery.receiving import Brought, keep_events
from service.live import LiveAssistant
from service.settings import Settings
from service.storage.channel_states import state_of
from service.storage.delivery_tables import ChannelState, InboundEvent, OutboundMessage
from service.storage.engine import transaction
from service.storage.outbox import enqueue
from service.storage.people_tables import Alert
from tests.builders import some_settings
from tests.fakes.answers import FakeAnswers
from tests.fakes.channels import LIMITS

DEADLINE = 30.0  #: seconds; a machine that is busy may take long, and no test waits for it


async def until(condition: Callable[[], object]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "it never came about"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def running(
    work: Callable[[asyncio.Event], Coroutine[Any, Any, None]],
) -> AsyncIterator[asyncio.Event]:
    """Run something until the block ends; its errors are the test's."""
    stop = asyncio.Event()
    task = asyncio.create_task(work(stop))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(DEADLINE):
            await task


@contextmanager
def threads() -> Iterator[ThreadPoolExecutor]:
    """Where a worker writes."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


def fast_settings(folder: Path, speed: int = 10_000, **changes: object) -> Settings:
    """Settings under which a pause of minutes is over in no time."""
    told = folder / "clock.json"
    now = datetime.now(UTC).isoformat()
    told.write_text(json.dumps({"base": now, "started_at": now, "speed": speed}))
    return some_settings(folder, clock=told, **changes)


class Office:
    """A desk and its post over one database, seen from outside."""

    def __init__(self, settings: Settings, engine: Engine, answers: FakeAnswers) -> None:
        self.engine, self.settings, self.answers = engine, settings, answers
        live = LiveAssistant(load=lambda: answers, stamp=lambda: 0)
        self.desk = Desk(live, engine, settings)
        self.post = Post(self.desk, {"fake": LIMITS, "other": LIMITS})

    def receive(self, *events: Any) -> None:
        """Events come in."""
        for incoming in events:
            at = clock.now(self.settings)
            keep_events(self.engine, Brought(incoming.channel, [incoming], at))

    def write(self, text: str = "tin", chat: str = "a", channel: str = "fake", **more: Any) -> int:
        """A message is to go out; its id."""
        with transaction(self.engine) as session:
            id_ = enqueue(session, channel, chat, text, clock.now(self.settings), **more)
        assert id_ is not None
        return id_

    def events(self, state: str = "done") -> list[InboundEvent]:
        """Events in a state, oldest first."""
        with transaction(self.engine) as session:
            chosen = select(InboundEvent).where(InboundEvent.state == state)
            return sorted(session.exec(chosen), key=lambda e: e.id or 0)

    def messages(self) -> list[OutboundMessage]:
        """All messages, oldest first."""
        with transaction(self.engine) as session:
            return sorted(session.exec(select(OutboundMessage)), key=lambda m: m.id or 0)

    def states(self) -> list[str]:
        """The states of all messages, oldest first."""
        return [message.state for message in self.messages()]

    def alerts(self) -> list[str]:
        """The kinds of alerts there are."""
        with transaction(self.engine) as session:
            return sorted(alert.kind for alert in session.exec(select(Alert)))

    def channel(self, name: str = "fake") -> ChannelState:
        """How a channel fares."""
        with transaction(self.engine) as session:
            return state_of(session, name)


@contextmanager
def away(engine: Engine) -> Iterator[None]:
    """While the block runs, every statement fails as that of a database that is gone."""

    def fail(*_: object) -> None:
        raise OperationalError("SELECT …", None, sqlite3.OperationalError("it is away"))

    event.listen(engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", fail)
