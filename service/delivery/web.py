"""The web chat as a channel: its page sends a message and reads the replies from the outbox."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from bot.channels.base import Limits
from bot.messages import Attachment, Incoming
from service import clock
from service.delivery.files import Received
from service.delivery.handling import Post, handle
from service.delivery.receiving import shielded
from service.errors import Overtaken
from service.links import Linked, path_to
from service.settings import Settings
from service.storage.channel_states import note_event
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.inbox import HOLD, accept, event_keys, find_event, retry_event, take_over
from service.storage.outbox import messages_after, messages_of
from service.storage.people import find_account

NAME = "web"
#: Our own page: it draws a whole reply, as many buttons as there are, and fetches by itself.
LIMITS = Limits(
    text_length=20_000,
    buttons=100,
    download_bytes=500 << 20,
    per_second=0,
    own_page=True,
)
_TRIES = 3
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
    """Keep one message, answer it, and give the replies; the same message again gets the same.

    Raises Overtaken while another request is answering it.
    """
    engine, worker = post.desk.engine, f"{NAME}:{secrets.token_hex(8)}"
    at, real = clock.now(post.desk.settings), datetime.now(UTC)
    incoming = shielded(incoming)
    with transaction(engine) as session:
        held = real + HOLD
        event_id = accept(session, incoming, at, worker=worker, held_until=held)
        note_event(session, NAME, at)
        if event_id is None:
            event = find_event(session, NAME, incoming.event_id)
            event_id = event.id if event else None
            done = event is not None and event.state != "waiting"
            if event_id is None or not (done or take_over(session, event_id, worker, real)):
                raise Overtaken
        else:
            done = False
    if not done:
        # A name with a secrecy mark: the file is refused as a message would be.
        files = files if incoming.event == "file" else ()
        _answer(post, incoming, event_id, worker, files)
    with transaction(engine) as session:
        found = messages_of(session, event_id)
        return [line_of(post.desk.settings, m, incoming.event_id) for m in found]


def _answer(
    post: Post, incoming: Incoming, event_id: int, worker: str, files: Sequence[Received]
) -> None:
    for attempt in range(1, _TRIES + 1):
        try:
            handle(post, incoming, event_id, worker, files)
            return
        except Overtaken:
            if attempt == _TRIES:
                raise
        except Exception as error:
            # Nobody holds it any more: the page may send it again at once.
            with transaction(post.desk.engine) as session:
                at = clock.now(post.desk.settings)
                retry_event(session, event_id, at, type(error).__name__)
            raise


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
        keys = event_keys(session, {m.event_id for m in found if m.event_id is not None})
        return [line_of(settings, m, keys.get(m.event_id or 0, "")) for m in found]


def line_of(settings: Settings, message: OutboundMessage, event_key: str) -> Line:
    """A message as the page draws it; `event_key`: of the event that it answers, or ""."""
    drawn: Mapping[str, JsonValue] = message.drawn or _plain(message.text)
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
    }
    return {**drawn, **about}


def _plain(text: str) -> Line:
    """A message that is only text: a reminder, a test, an officer's word."""
    return {
        "kind": "notice", "lead": text, "more": "", "text": text, "status": "", "sources": [],
        "buttons": [], "table": [], "private": False,
    }  # fmt: skip
