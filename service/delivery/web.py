"""The web chat as a channel: its page sends a message and reads the replies from the outbox."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pydantic import JsonValue

from bot.channels.base import Limits
from bot.messages import Attachment, Incoming
from bot.texts import say
from service import clock
from service.delivery.answering import answer_now
from service.delivery.files import Received
from service.delivery.handling import Post
from service.delivery.shown_again import drawing, is_closed, shown_to
from service.links import Linked, path_to
from service.settings import Settings
from service.storage.broadcast_sends import shown_sends
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.inbox import event_keys
from service.storage.notices import shown
from service.storage.outbox import messages_after
from service.storage.people import find_account

NAME = "web"
#: Our own page: it draws a whole reply, as many buttons as there are, and fetches by itself.
LIMITS = Limits(
    text_length=20_000,
    buttons=100,
    download_bytes=500 << 20,
    per_second=0,
    fetches=True,
    draws=True,
)
_SHOWN = 100  #: messages handed out at once
_TWICE = timedelta(minutes=2)  #: longer than any transaction that writes messages

Line = dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Said:
    """What a page sends: a message, or a button that it was offered."""

    id: str
    text: str = ""
    button: str = ""


def address_of(token: str) -> str:
    """What a visitor is known by: the hash of the cookie, from which it cannot be read back."""
    return hashlib.sha256(token.encode()).hexdigest()


def incoming_from(address: str, said: Said, file: Received | None = None) -> Incoming:
    """One message of a page, in the words of all channels."""
    event = "file" if file else "press" if said.button else "text"
    name = (Attachment(file.name, "", media_type=file.media_type),) if file else ()
    return Incoming(
        channel=NAME,
        event_id=f"{address[:32]}:{said.id}",
        event=event,  # type: ignore[arg-type]
        chat=address,
        person=address,
        text=said.text,
        button=said.button,
        attachments=name,
    )


def exchange(post: Post, incoming: Incoming, files: Sequence[Received] = ()) -> list[Line]:
    """The replies to one message; the same message again gets the same."""
    messages = answer_now(post, incoming, files)
    with transaction(post.desk.engine) as session:
        messages = shown_to(session, messages, clock.today(post.desk.settings))
    return [line_of(post.desk.settings, message, incoming.event_id) for message in messages]


def is_forgotten(post: Post, address: str) -> bool:
    """Whether nothing is kept about a visitor who has written: they had it erased."""
    with transaction(post.desk.engine) as session:
        return find_account(session, NAME, address) is None


def said_after(post: Post, address: str, after: int) -> list[Line]:
    """What was said to a visitor since a message that the page knows, oldest first.

    A word that the assistant said by itself a moment ago may come twice: the page knows it by id.
    """
    settings = post.desk.settings
    since = clock.now(settings) - _TWICE
    with transaction(post.desk.engine) as session:
        found = messages_after(session, NAME, address, after, since, _SHOWN)
        unasked = [m.id for m in found if m.event_id is None and m.id is not None]
        if unasked:
            shown(session, unasked)
            shown_sends(session, unasked)
        found = shown_to(session, found, clock.today(settings))
        keys = event_keys(session, {m.event_id for m in found if m.event_id is not None})
        return [line_of(settings, m, keys.get(m.event_id or 0, "")) for m in found]


def line_of(settings: Settings, message: OutboundMessage, event_key: str) -> Line:
    """A message as the page draws it; `event_key`: of the event that it answers, or ""."""
    drawn: Mapping[str, JsonValue] = drawing(message) or _plain(message.text)
    told = {key: str(value) for key, value in message.enclosure.items()}
    file = Linked(told["sha256"], told["name"], told["media_type"]) if told else None
    link: JsonValue = None
    if file:
        link = {"name": file.name, "media_type": file.media_type, "href": path_to(settings, file)}
    about: Line = {
        "id": message.id,
        "answers": message.event_id is not None,
        "to": event_key.partition(":")[2],
        "file": link,
        "closed": is_closed(message),
    }
    return {**drawn, **about}


def _plain(text: str) -> Line:
    """A message that is only text: a reminder, a test, an officer's word."""
    return {
        "kind": "notice", "lead": text, "more": "", "text": text, "status": "", "sources": [],
        "buttons": [], "table": [], "private": False,
        "officer": text.startswith(say("chat.officer_says", text="")),
    }  # fmt: skip
