"""What a page is told may be fetched again later: only by whoever may still read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import JsonValue
from sqlmodel import Session

from bot.texts import say
from knowledge.readers import PUBLIC, Readers
from service.readers import readers_of
from service.storage.delivery_tables import OutboundMessage
from service.storage.people import find_account

_FOR = "readers"  #: key of what a page draws that no page is given


def for_readers(drawn: Mapping[str, JsonValue], readers: Readers) -> Mapping[str, JsonValue]:
    """`drawn`, noted to be for these alone; nothing is noted of what everybody may read."""
    beyond = sorted(readers - PUBLIC)
    return {**drawn, _FOR: [*beyond]} if beyond else drawn


def shown_to(
    session: Session, messages: Sequence[OutboundMessage], today: date
) -> list[OutboundMessage]:
    """The messages of one chat, as whoever writes there may see them on that day.

    In place of what they may not see any more stands a sentence.
    """
    if not any(_FOR in message.drawn for message in messages):
        return list(messages)
    account = find_account(session, messages[0].channel, messages[0].chat)
    readers = readers_of(session, account.person_id, today) if account else PUBLIC
    return [_as_seen(message, readers) for message in messages]


def _as_seen(message: OutboundMessage, readers: Readers) -> OutboundMessage:
    noted = message.drawn.get(_FOR, [])
    assert isinstance(noted, list), "a list of audiences was noted"
    if readers.issuperset(map(str, noted)):
        return message
    told = message.model_dump(exclude={"drawn", "text", "enclosure"})
    return OutboundMessage(**told, drawn={}, text=say("chat.withheld"), enclosure={})


def is_closed(message: OutboundMessage) -> bool:
    """Whether it is not for everybody."""
    return _FOR in message.drawn


def drawing(message: OutboundMessage) -> Mapping[str, JsonValue]:
    """What a page draws; {} for what is only text."""
    return {key: value for key, value in message.drawn.items() if key != _FOR}
