"""The open streams of web pages: one look at the database wakes those who were told something."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from service.storage.engine import transaction
from service.storage.outbox import newest_message, told_after

log = logging.getLogger(__name__)

LARGEST = 400  #: open streams of one process; whoever comes later polls
_EVERY = 1.0  #: seconds between two looks
_LATE = 30.0  #: seconds that a transaction may take: its ids are older than when they are seen

Look = Callable[[], Awaitable[Collection[str] | None]]


class Streams:
    """The open streams of this process, each with a bell."""

    def __init__(self, look: Look, every: float = _EVERY) -> None:
        """`look`: whom something was told since the last time; None: perhaps anybody."""
        self.closed = False
        self._look, self._every = look, every
        self._bells: dict[asyncio.Event, str] = {}
        self._watching: asyncio.Task[None] | None = None

    @property
    def full(self) -> bool:
        """Whether no more streams are taken."""
        return self.closed or len(self._bells) >= LARGEST

    @contextmanager
    def open(self, address: str) -> Iterator[asyncio.Event]:
        """A bell that rings when something was told to `address`, and at the end."""
        bell = asyncio.Event()
        self._bells[bell] = address
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())
        try:
            yield bell
        finally:
            del self._bells[bell]

    async def rings(self, bell: asyncio.Event, seconds: float) -> bool:
        """Whether the bell rings within so many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(bell.wait(), seconds)
        return bell.is_set()

    def close(self) -> None:
        """The server stops: every stream ends."""
        self.closed = True
        self._ring(None)

    async def _watch(self) -> None:
        try:
            while self._bells and not self.closed:
                await self._look_around()
                await asyncio.sleep(self._every)
        finally:
            self._watching = None

    async def _look_around(self) -> None:
        try:
            self._ring(await self._look())
        except SQLAlchemyError as error:
            log.error("looking for messages failed", exc_info=error)

    def _ring(self, addresses: Collection[str] | None) -> None:
        for bell, address in self._bells.items():
            if addresses is None or address in addresses:
                bell.set()


class News:
    """Whom a channel told something since the last look."""

    def __init__(
        self, engine: Engine, channel: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine, self._channel, self._monotonic = engine, channel, monotonic
        self._looks: deque[tuple[float, int]] = deque()  #: when, and the newest message then
        self._known: set[int] = set()

    def __call__(self) -> set[str] | None:
        """Their addresses; None at the first look and after a pause: perhaps anybody."""
        now = self._monotonic()
        paused = not self._looks or now - self._looks[-1][0] > _LATE
        with transaction(self._engine) as session:
            if paused:
                self._looks = deque([(now, newest_message(session))])
                self._known = set()
                return None
            # Ids are given out before they are seen: one that is late must not be overlooked.
            while len(self._looks) > 1 and now - self._looks[1][0] > _LATE:
                self._looks.popleft()
            found = told_after(session, self._channel, self._looks[0][1])
        fresh = {address for id_, address in found if id_ not in self._known}
        self._known = {id_ for id_, _ in found}
        self._looks.append((now, max((id_ for id_, _ in found), default=self._looks[-1][1])))
        return fresh
