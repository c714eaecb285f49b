"""Events at the door: kept once under their own id, before anything is done about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from bot.messages import Incoming
from bot.sensitive import bears_secrecy_mark
from service.storage.channel_states import note_event
from service.storage.engine import transaction
from service.storage.inbox import accept

_LONGEST = 4_000  #: characters kept of a message; twice what is read of a question


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
    names = (attachment.name for attachment in incoming.attachments)
    if any(map(bears_secrecy_mark, (incoming.text, *names))):
        return replace(incoming, event="secret", text="", attachments=())
    return replace(incoming, text=incoming.text[:_LONGEST])
