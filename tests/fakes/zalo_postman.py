"""Carries events to a webhook: in order for each person, or doubled and out of order on demand."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.fakes.zalo_control import Control
from tests.fakes.zalo_wire import Wire

HELD_BACK = 0.3  #: real seconds that an event waits to be overtaken by the next one


@dataclass(frozen=True, slots=True)
class Letter:
    """One event on its way; a retry is the same letter with a higher number."""

    key: str  #: letters of one key are carried one after the other
    name: str
    body: bytes
    headers: Mapping[str, str]
    retry: int = 0
    first_tried: float = 0.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one POST went; status None: no answer in time, or no connection."""

    name: str
    body: bytes
    headers: Mapping[str, str]
    status: int | None
    retry: int
    at: float
    seconds: float


@dataclass
class Postman:
    """Posts letters to one address and tells `after` how each went."""

    control: Control
    after: Callable[[Letter, Attempt], None] = lambda letter, attempt: None
    deadline: float = 2.0  #: real seconds until an answer is too late
    parallel: int = 16
    url: str | None = None
    doubled: float = 0.0  #: share of the events that are sent twice
    swapped: float = 0.0  #: share of the events that the next one of the same person overtakes
    pending: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    _queues: dict[str, deque[Letter]] = field(default_factory=lambda: defaultdict(deque))
    _held: dict[str, Letter] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _dice: random.Random = field(default_factory=lambda: random.Random(407))

    async def __aenter__(self) -> Postman:
        self._wire = Wire()
        self._places = asyncio.Semaphore(self.parallel)
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._wire.close()
        for kept in (self._queues, self._held, self._busy):
            kept.clear()
        self._counted(-self.pending)

    def carry(self, letter: Letter) -> None:
        """Send it soon; callable from every thread."""
        if self.control.loop is None:
            raise RuntimeError("the fake is not being served")
        self._counted(1)
        self.control.loop.call_soon_threadsafe(self._sort, letter)

    def shuffle(self, doubled: float = 0.0, swapped: float = 0.0, seed: int = 407) -> None:
        """From now on these shares of the events come twice, and too late."""
        self.doubled, self.swapped = doubled, swapped
        self._dice = random.Random(seed)

    async def post(self, body: bytes, headers: Mapping[str, str], url: str) -> int | None:
        """The status of the answer; None if there was none before the deadline."""
        try:
            async with asyncio.timeout(self.deadline):
                sent = {"Content-Type": "application/json", **headers}
                return await self._wire.post(url, body, sent)
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
            return None

    def _sort(self, letter: Letter) -> None:
        key = letter.key
        late = self._held.pop(key, None)
        if late is None and not letter.retry and self._dice.random() < self.swapped:
            self._held[key] = letter
            asyncio.get_running_loop().call_later(HELD_BACK, self._release, letter)
        else:
            self._queue(letter)
        if not letter.retry and self._dice.random() < self.doubled:
            self._counted(1)
            self._queue(letter)
        if late is not None:
            self._queue(late)

    def _release(self, letter: Letter) -> None:
        if self._held.get(letter.key) is letter:
            self._queue(self._held.pop(letter.key))

    def _queue(self, letter: Letter) -> None:
        self._queues[letter.key].append(letter)
        if letter.key not in self._busy:
            self._busy.add(letter.key)
            task = asyncio.create_task(self._empty(letter.key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _empty(self, key: str) -> None:
        queue = self._queues[key]
        while queue:
            async with self._places:
                await self._try(queue.popleft())
        self._busy.discard(key)
        del self._queues[key]

    async def _try(self, letter: Letter) -> None:
        at, started = self.control.clock(), time.monotonic()
        status = await self.post(letter.body, letter.headers, self.url or "")
        took = time.monotonic() - started
        attempt = Attempt(letter.name, letter.body, letter.headers, status, letter.retry, at, took)
        with self.control.changed:
            self.attempts.append(attempt)
            self.after(letter, attempt)
            self._counted(-1)

    def _counted(self, change: int) -> None:
        with self.control.changed:
            self.pending += change
            self.control.changed.notify_all()
