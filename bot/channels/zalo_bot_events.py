"""An event of the Zalo Bot Platform, as raw JSON, in the words that all channels share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.channels.base import JsonValue
from bot.channels.reading import Object, as_key, as_object, as_text
from bot.messages import Attachment, Event, Incoming

NAME = "zalo_bot"

_EVENTS: dict[str, Event] = {
    "message.text.received": "text",
    "message.image.received": "file",
    "message.sticker.received": "sticker",
    "message.voice.received": "voice",
    "message.unsupported.received": "unknown",  #: files, among others
}


def read_event(body: JsonValue, names: Sequence[str] = ()) -> Incoming:
    """What an event says to us, bare or as the `result` of an answer; else "ignored".

    `names`: how the bot is called. In a group only what names it is meant for it: whether groups
    send their bot everything is not documented, and silence is the smaller mistake.
    """
    outer = as_object(body)
    told = as_object(outer["result"]) if "result" in outer else outer
    kind, message = as_text(told.get("event_name")), as_object(told.get("message"))
    chat, sender = as_object(message.get("chat")), as_object(message.get("from"))
    address, person = as_key(chat.get("id")), as_key(sender.get("id"))
    key = _key(kind, address, message)
    event = _EVENTS.get(kind)
    if event is None or not (address and person and key) or sender.get("is_bot") is True:
        return Incoming(NAME, key, "ignored", address, person)
    heard = Incoming(
        NAME,
        key,
        event,
        address,
        person,
        text=as_text(message.get("text") if event == "text" else message.get("caption")),
        name=as_text(sender.get("display_name")) or as_text(sender.get("name")),
        group=chat.get("chat_type") == "GROUP",
    )
    return _named(_with_photo(heard, message), names)


def _key(kind: str, address: str, message: Object) -> str:
    """The message's id; its moment, should it have none."""
    known = as_key(message.get("message_id"))
    moment = as_key(message.get("date"))
    return known or (f"{kind}:{address}:{moment}" if address and moment else "")


def _with_photo(heard: Incoming, message: Object) -> Incoming:
    if heard.event != "file":
        return heard
    # Descriptions of the platform differ in the name of the field.
    source = as_text(message.get("photo_url")) or as_text(message.get("photo"))
    if not source:
        return replace(heard, event="unknown")
    return replace(heard, attachments=(Attachment("", source, media_type="image/jpeg"),))


def _named(heard: Incoming, names: Sequence[str]) -> Incoming:
    """In a group: whether we are named, and the words without our name."""
    if not heard.group:
        return heard
    called = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name)
    pattern = rf"(?<!\w)@(?:{called})(?!\w)[,:]?"
    text, count = re.subn(pattern, "", heard.text, flags=re.IGNORECASE) if called else ("", 0)
    if not count:
        return replace(heard, addressed=False)
    return replace(heard, text=re.sub(" {2,}", " ", text).strip())
