"""Channels of tests: they do what their script says, and remember everything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.channels.base import Admitted, JsonValue, Limits
from bot.messages import Attachment, Incoming, Outgoing

#: Of a channel that takes everything at once.
LIMITS = Limits(text_length=2_000, buttons=5, download_bytes=1 << 20, per_second=0)


@dataclass
class FakeChannel:
    """Delivers at once, unless its script has an error to raise or a gate to wait at."""

    name: str = "fake"
    limits: Limits = LIMITS
    script: list[Exception | asyncio.Event | None] = field(default_factory=list)
    #: What people have sent, by its source.
    files: dict[str, bytes | Exception] = field(default_factory=dict)
    tried: list[Outgoing] = field(default_factory=list)
    sent: list[Outgoing] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    acknowledging: Exception | asyncio.Event | None = None
    closed: bool = False
    flying: list[str] = field(default_factory=list)  #: chats of what is on its way
    most_flying: int = 0
    doubled: bool = False  #: whether two were ever on their way to one chat

    async def send(self, message: Outgoing) -> str:
        """Follow the script."""
        self.tried.append(message)
        self.doubled = self.doubled or message.chat in self.flying
        self.flying.append(message.chat)
        self.most_flying = max(self.most_flying, len(self.flying))
        try:
            await _follow(self.script.pop(0) if self.script else None)
        finally:
            self.flying.remove(message.chat)
        self.sent.append(message)
        return f"m{len(self.sent)}"

    async def fetch(self, attachment: Attachment, largest: int) -> bytes:
        """What lies under the source, or the error that does."""
        found = self.files[attachment.source]
        if isinstance(found, Exception):
            raise found
        assert len(found) <= largest
        return found

    async def acknowledge(self, receipt: str) -> None:
        """Remember it."""
        await _follow(self.acknowledging)
        self.acknowledged.append(receipt)

    async def close(self) -> None:
        """Remember it."""
        self.closed = True

    @property
    def texts(self) -> list[str]:
        """What was delivered, in order."""
        return [message.text for message in self.sent]


async def _follow(step: Exception | asyncio.Event | None) -> None:
    if isinstance(step, Exception):
        raise step
    if step is not None:
        await step.wait()


@dataclass
class FakePoller:
    """Gives what lies behind a cursor (a number), and waits when there is nothing."""

    updates: list[Incoming] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)  #: raised first
    asked: list[str | None] = field(default_factory=list)
    at_once: int = 2

    async def poll(self, cursor: str | None) -> tuple[tuple[Incoming, ...], str | None]:
        """The next few updates."""
        self.asked.append(cursor)
        if self.errors:
            raise self.errors.pop(0)
        start = int(cursor or 0)
        while len(self.updates) <= start:
            await asyncio.sleep(0.005)
        found = tuple(self.updates[start : start + self.at_once])
        return found, str(start + len(found))


@dataclass
class FakeDoor:
    """Admits what `read` makes of a body; `read` may raise Refused."""

    read: Callable[[JsonValue], Admitted]
    seen: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)

    def admit(
        self, headers: Mapping[str, str], raw: bytes, body: JsonValue, now: datetime
    ) -> Admitted:
        """Remember the call."""
        self.seen.append((headers, raw))
        return self.read(body)
