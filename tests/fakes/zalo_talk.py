"""What was said between people and a bot, and how much in how short a time."""

from __future__ import annotations

import itertools
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.fakes.zalo_clock import Clock, Meter


@dataclass(frozen=True, slots=True)
class Button:
    """What may be pressed under a message."""

    title: str
    type: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said in a conversation, by the person, the bot, or an officer by hand."""

    id: str
    chat: str  #: the person, or the group
    by: Literal["user", "bot", "officer"]
    kind: str
    at: float
    text: str = ""
    buttons: tuple[Button, ...] = ()
    file: str = ""  #: name of an upload, or an address
    content: bytes = b""
    quota: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)  #: what the bot sent, as it was sent


@dataclass(kw_only=True)
class Talk:
    """The part of a fake's memory that every platform has."""

    clock: Clock
    lines: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    told: list[Line] = field(default_factory=list)  #: lines of the bot in the order of arrival
    said: Counter[str] = field(default_factory=Counter)  #: lines of the bot by chat, "" for all
    counts: Counter[str] = field(default_factory=Counter)
    sent_minute: Meter = field(default_factory=lambda: Meter(60))
    sent_second: Meter = field(default_factory=lambda: Meter(1))
    note: Callable[[], None] = lambda: None
    _numbers: itertools.count[int] = field(
        default_factory=lambda: itertools.count(int(time.time() * 1000) << 16)
    )

    def new_id(self) -> str:
        """An id that no restart repeats: a product that knows it already would ignore it."""
        return f"{next(self._numbers):020x}"

    def say(self, line: Line) -> None:
        """Remember what was said."""
        self.lines[line.chat].append(line)
        if line.by == "bot":
            self.told.append(line)
            self.said[line.chat] += 1
            self.said[""] += 1
        self.note()

    def count_sent(self) -> None:
        """One message more was accepted."""
        now = self.clock()
        self.counts["accepted"] += 1
        self.sent_minute.add(now)
        self.sent_second.add(now)

    def count_refused(self, code: int) -> None:
        """One call more was refused."""
        self.counts["refused"] += 1
        self.counts[f"refused {code}"] += 1
        self.note()
