"""Events at the door: kept once under their own id, before anything is done about them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Engine

from bot.channels.base import Door
from bot.messages import Incoming
from bot.sensitive import bears_secrecy_mark
from service.shapes import clean
from service.storage.channel_states import note_event
from service.storage.engine import transaction
from service.storage.inbox import accept

_LONGEST_ADDRESS = 128  #: characters of a chat or a person
_AT_ONCE = 64  #: calls whose events are kept in one transaction
_LONGEST = 4_000  #: characters kept of a message; twice what is read of a question


@dataclass(frozen=True, slots=True)
class Entrance:
    """What lets the webhooks of one channel in."""

    door: Door
    #: Asks the platform how the bot is called, which groups need to know.
    identify: Callable[[], Awaitable[None]] | None = None
    close: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What one call of a channel brought."""

    channel: str
    events: Sequence[Incoming]
    at: datetime
    stale: bool = False  #: too old to be answered


def keep_events(engine: Engine, *brought: Brought) -> int:
    """Keep what is new, in one transaction; how many. The rest only counts as a sign of life."""
    kept = 0
    with transaction(engine) as session:
        for call in brought:
            for incoming in call.events:
                if incoming.event != "ignored" and (incoming.addressed or not incoming.group):
                    accepted = accept(session, shielded(incoming), call.at, stale=call.stale)
                    kept += accepted is not None
        for channel, at in {call.channel: call.at for call in brought}.items():
            note_event(session, channel, at)
    return kept


class Letterbox:
    """Keeps what calls bring, in the order in which they came.

    What comes while something is being kept is kept next, all of it in one transaction: the more
    there is to do, the less each takes.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="letterbox")
        self._waiting: list[tuple[Brought, asyncio.Future[None]]] = []
        self._working: asyncio.Task[None] | None = None

    async def keep(self, brought: Brought) -> None:
        """Return once it is kept; raises what kept it from being so."""
        loop = asyncio.get_running_loop()
        kept = loop.create_future()
        self._waiting.append((brought, kept))
        if self._working is None:
            self._working = loop.create_task(self._work())
        await kept

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            calls, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            brought = [call for call, _ in calls]
            errors = await loop.run_in_executor(self._thread, self._keep, brought)
            for (_, kept), error in zip(calls, errors, strict=True):
                if kept.done():  # whoever called has gone
                    continue
                if error:
                    kept.set_exception(error)
                else:
                    kept.set_result(None)
        self._working = None

    def _keep(self, brought: Sequence[Brought]) -> Sequence[Exception | None]:
        """What became of each: one that cannot be kept must not keep out the others."""
        error = self._kept(*brought)
        if error is None or len(brought) == 1:
            return [error] * len(brought)
        return [self._kept(call) for call in brought]

    def _kept(self, *brought: Brought) -> Exception | None:
        try:
            keep_events(self._engine, *brought)
        except Exception as error:
            return error
        return None


def shielded(incoming: Incoming) -> Incoming:
    """The event as it may be kept: a message with a secrecy mark loses its words and files."""
    incoming = fitting(incoming)
    names = (attachment.name for attachment in incoming.attachments)
    if any(map(bears_secrecy_mark, (incoming.text, *names))):
        return replace(incoming, event="secret", text="", attachments=())
    return replace(incoming, text=incoming.text[:_LONGEST])


def fitting(incoming: Incoming) -> Incoming:
    """The event as it can be stored: NFC, nothing a database refuses, keys of bounded length."""
    is_address = incoming.event == "migrated"
    return replace(
        incoming,
        event_id=_key(incoming.event_id, 160),
        chat=_key(incoming.chat, _LONGEST_ADDRESS),
        person=_key(incoming.person, _LONGEST_ADDRESS),
        text=_key(incoming.text, _LONGEST_ADDRESS) if is_address else clean(incoming.text),
        button=clean(incoming.button)[:_LONGEST],
        name=clean(incoming.name)[:_LONGEST],
        receipt=clean(incoming.receipt),
        attachments=tuple(
            replace(a, name=clean(a.name), source=clean(a.source), media_type=clean(a.media_type))
            for a in incoming.attachments
        ),
    )


def _key(value: str, longest: int) -> str:
    """A key of a platform; one that is longer than any real one is told by its hash."""
    plain = clean(value)
    if plain == value and len(plain) <= longest:
        return plain
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
