"""Events at the door: kept once under their own id, before anything is done about them."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
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
_LONGEST = 4_000  #: characters kept of a message; twice what is read of a question


@dataclass(frozen=True, slots=True)
class Entrance:
    """What lets the webhooks of one channel in."""

    door: Door
    #: Asks the platform how the bot is called, which groups need to know.
    identify: Callable[[], Awaitable[None]] | None = None
    close: Callable[[], Awaitable[None]] | None = None


def keep_events(
    engine: Engine, channel: str, events: Sequence[Incoming], at: datetime, *, stale: bool = False
) -> int:
    """Keep what is new; how many. The rest only counts as a sign of life."""
    kept = 0
    with transaction(engine) as session:
        for incoming in events:
            if incoming.event != "ignored" and (incoming.addressed or not incoming.group):
                kept += accept(session, shielded(incoming), at, stale=stale) is not None
        note_event(session, channel, at)
    return kept


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
