"""The fakes' own time: what it is, what is due, how much happened in the last second or minute."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
LOOK = 0.02  #: real seconds between two looks at a clock that others may move
HOUR, DAY = 3600.0, 86400.0


class Clock:
    """Seconds since 1970 as `base` tells them, run `speed` times as fast, moved on by hand."""

    def __init__(self, base: Callable[[], float] = time.time, speed: float = 1.0) -> None:
        self._base, self._speed = base, speed
        self._start, self._offset = base(), 0.0

    def __call__(self) -> float:
        return self._start + (self._base() - self._start) * self._speed + self._offset

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self._offset += seconds

    def milliseconds(self) -> str:
        """As the platforms write an instant."""
        return str(int(self() * 1000))

    def in_vietnam(self) -> datetime:
        """The time of day that the rules for the night look at."""
        return datetime.fromtimestamp(self(), VIETNAM)


class Timeline:
    """Does each piece of work when its time has come by the clock, in the server's loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self.looks = 0  #: how often the clock was looked at

    def at(self, when: float, work: Callable[[], None]) -> None:
        """Have `work` done then; callable from every thread."""
        with self._lock:
            heapq.heappush(self._due, (when, next(self._numbers), work))

    def __len__(self) -> int:
        return len(self._due)

    async def run(self) -> None:
        """Look again and again, since the clock may jump."""
        while True:
            for work in self._taken():
                work()
            self.looks += 1
            await asyncio.sleep(LOOK)

    def _taken(self) -> list[Callable[[], None]]:
        now, taken = self._clock(), []
        with self._lock:
            while self._due and self._due[0][0] <= now:
                taken.append(heapq.heappop(self._due)[2])
        return taken


class Meter:
    """Counts what happened within a sliding window, and remembers the most there ever was."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._at = seconds, deque[float]()
        self.most = 0

    def count(self, now: float) -> int:
        """How many lie within the window that ends now."""
        while self._at and self._at[0] <= now - self._seconds:
            self._at.popleft()
        return len(self._at)

    def add(self, now: float) -> None:
        """One more."""
        self._at.append(now)
        self.most = max(self.most, self.count(now))
