"""Read the events of a Zalo OA into the vocabulary of all channels; total over any JSON."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.channels.base import JsonValue
from bot.channels.zalo_payloads import carried
from bot.messages import Attachment, Event, Incoming

CHANNEL = "zalo_oa"

#: What is not here concerns nobody: receipts, tags, groups, visitors without an account.
_EVENTS: Mapping[str, Event] = {
    "user_send_text": "text",
    "user_send_link": "text",
    "user_send_image": "file",
    "user_send_file": "file",
    "user_send_audio": "voice",
    "user_send_video": "voice",
    "user_send_gif": "sticker",
    "user_send_sticker": "sticker",
    "user_send_location": "location",
    "user_send_business_card": "contact",
    "user_submit_info": "contact",
    "user_withdraw": "withdrawn",
    "user_click_chatnow": "returned",  # says nothing, but opens the window for writing
    "follow": "start",
    "unfollow": "left",
}
#: Where the person is named, by the first that is there; `user_id_by_app` is another name space.
_PLACES = (("follower", "id"), ("user_id",), ("sender", "id"))

#: No database keeps these: halves of a letter, and the zero.
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_ID = re.compile(r"[!-~]{1,60}")
_MESSAGE_ID = re.compile(r"[!-~]{1,120}")


def read_event(body: JsonValue) -> Incoming | None:
    """The event in `body`; None when there is nothing to keep."""
    name = _text(_at(body, "event_name"))
    event = _event(name, body)
    person = _person(event, body) if event else ""
    if not event or not person:
        return None
    incoming = Incoming(CHANNEL, _event_id(name, person, body), event, person, person)
    if event == "text":
        return _said(incoming, body)
    if event == "file":
        return _with_files(incoming, body)
    return incoming


def _event(name: str, body: JsonValue) -> Event | None:
    if "group" in name:
        return None
    if name.startswith("oa_send_"):
        # Our own messages are echoed as well; only a person at the console has this id.
        return "operator" if _id(_at(body, "sender", "admin_id")) not in ("", "0") else None
    known = _EVENTS.get(name)
    # Whatever else a person may send some day deserves a sentence.
    return "unknown" if known is None and name.startswith("user_send_") else known


def _person(event: Event, body: JsonValue) -> str:
    if event == "operator":
        return _id(_at(body, "recipient", "id"))
    named = (_id(_at(body, *place)) for place in _PLACES)
    return next((id_ for id_ in named if id_ and id_ != _id(_at(body, "oa_id"))), "")


def _event_id(name: str, person: str, body: JsonValue) -> str:
    told = _text(_at(body, "message", "msg_id"))
    if _MESSAGE_ID.fullmatch(told):
        return told
    # It is kept longer than the person may be known: it must not name them.
    who = hashlib.sha256(person.encode()).hexdigest()[:32]
    return f"{name[:40]}:{who}:{_id(_at(body, 'timestamp'))[:16]}"


def _said(incoming: Incoming, body: JsonValue) -> Incoming:
    text = _text(_at(body, "message", "text"))
    links = (_text(_at(payload, "url")) for payload in _payloads(body))
    lines = [text, *(link for link in links if link not in text)]
    said = carried("\n".join(filter(None, lines)))
    if said is None:  # an old button: the dialogue knows no such id and says so
        return replace(incoming, event="press", button=text[:64])
    return replace(incoming, text=said)


def _with_files(incoming: Incoming, body: JsonValue) -> Incoming:
    read = (_attachment(payload) for payload in _payloads(body))
    files = tuple(attachment for attachment in read if attachment.source)
    if not files:
        return replace(incoming, event="unknown")
    return replace(incoming, text=_text(_at(body, "message", "text")), attachments=files)


def _attachment(payload: JsonValue) -> Attachment:
    size = _id(_at(payload, "size"))
    return Attachment(
        name=_text(_at(payload, "name")),
        source=_text(_at(payload, "url")),
        size=int(size) if re.fullmatch(r"[0-9]{1,15}", size) else None,
    )


def _payloads(body: JsonValue) -> Iterator[JsonValue]:
    told = _at(body, "message", "attachments")
    yield from (_at(each, "payload") for each in told) if isinstance(told, list) else ()


def _at(value: JsonValue, *path: str) -> JsonValue:
    """What lies there; None where nothing does."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        return ""
    return unicodedata.normalize("NFC", _UNKEEPABLE.sub("\ufffd", value)).strip()


def _id(value: JsonValue) -> str:
    """An id or a number as text; "" for what cannot be one."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**30:
        return str(value)
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""
