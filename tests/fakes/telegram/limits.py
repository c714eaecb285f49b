"""How much a bot may send: counted in windows that slide, as the strictest reading has it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import ceil

SECOND = 1.0
MINUTE = 60.0


@dataclass(slots=True)
class Limits:
    """Messages per window; None switches a limit off."""

    overall: int | None = 30  #: per second, all chats together
    per_chat: int | None = 1  #: per second, one private chat
    per_group: int | None = 20  #: per minute, one group


@dataclass(frozen=True, slots=True)
class Counters:
    """What went through a server."""

    total: int  #: calls of any method
    accepted: int  #: messages taken and shown
    refused_429: int  #: messages refused because of a limit, not of a fault asked for
    busiest_second: int  #: most messages accepted in any sliding second


class Window:
    """The times of what was accepted in the last `length` seconds."""

    def __init__(self, length: float) -> None:
        self.length = length
        self.times: deque[float] = deque()
        self.most = 0

    def wait(self, limit: int | None, now: float) -> float:
        """Seconds until one more fits."""
        while self.times and self.times[0] <= now - self.length:
            self.times.popleft()
        if limit is None or len(self.times) < limit:
            return 0.0
        return self.times[-limit] + self.length - now

    def add(self, now: float) -> None:
        """One more was accepted."""
        self.times.append(now)
        self.most = max(self.most, len(self.times))


class Traffic:
    """Every message asks here whether it may pass."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.overall = Window(SECOND)
        self.chats: dict[int, Window] = {}
        self.total = self.accepted = self.refused = 0

    def admit(self, chat: int, now: float) -> int:
        """0 when the message is counted and may pass, else the whole seconds to wait."""
        group = chat < 0
        limit = self.limits.per_group if group else self.limits.per_chat
        window = self.chats.get(chat)
        if window is None:
            window = self.chats[chat] = Window(MINUTE if group else SECOND)
        wait = max(self.overall.wait(self.limits.overall, now), window.wait(limit, now))
        if wait > 0:
            self.refused += 1
            return max(1, ceil(wait))
        self.overall.add(now)
        window.add(now)
        self.accepted += 1
        return 0

    def counters(self) -> Counters:
        """What happened so far."""
        return Counters(self.total, self.accepted, self.refused, self.overall.most)
