"""An update of the Telegram Bot API, as raw JSON, in the words that all channels share."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.channels.base import JsonValue
from bot.channels.reading import Object, as_key, as_number, as_object, as_objects, as_size, as_text
from bot.messages import Attachment, Event, Incoming

NAME = "telegram"

#: The kinds of updates that are read here; Telegram keeps the others to itself.
WANTED = ("message", "callback_query", "my_chat_member")

#: Field of a message → what the message is; the first that is there decides. An animation comes
#: as a document too, a venue as a location too. Fields that are not here are Telegram's own
#: remarks ("somebody pinned a message"), which want no reply.
_KINDS: tuple[tuple[str, Event], ...] = (
    ("text", "text"),
    ("animation", "sticker"),
    ("document", "file"),
    ("photo", "file"),
    *((field, "voice") for field in ("voice", "audio", "video", "video_note")),
    *((field, "sticker") for field in ("sticker", "dice")),
    *((field, "location") for field in ("venue", "location")),
    ("contact", "contact"),
    *((field, "unknown") for field in ("poll", "story", "paid_media", "checklist", "game")),
)
_GROUPS = ("group", "supergroup")

#: "/start", "/trogiup@troly_bot …"; not the path "/srv/an" and not "1/2".
_COMMAND = re.compile(r"/(?P<word>\w+)(?:@(?P<to>\w+))?(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class BotAccount:
    """Who the bot is on Telegram."""

    id: int
    name: str = ""  #: without "@"; "" until Telegram has been asked


def read_update(update: JsonValue, bot: BotAccount) -> Incoming:
    """What an update says to us; whatever says nothing is "ignored"."""
    raw = as_object(update)
    number = as_number(raw.get("update_id"))
    blank = Incoming(NAME, "" if number is None else str(number), "ignored", "", "")
    if "message" in raw:
        return _message(as_object(raw["message"]), blank, bot)
    if "callback_query" in raw:
        return _press(as_object(raw["callback_query"]), blank)
    if "my_chat_member" in raw:
        return _membership(as_object(raw["my_chat_member"]), blank)
    return blank


def _heard(place: JsonValue, sender: JsonValue, blank: Incoming) -> Incoming | None:
    """`blank` with chat and person; None when no person of a chat said it."""
    chat, person = as_object(place), as_object(sender)
    address, who = as_number(chat.get("id")), as_number(person.get("id"))
    kind = as_text(chat.get("type")) or ("group" if (address or 0) < 0 else "private")
    if address is None or who is None or person.get("is_bot") is True or kind == "channel":
        return None
    names = (as_text(person.get(part)).strip() for part in ("first_name", "last_name"))
    return replace(
        blank,
        chat=str(address),
        person=str(who),
        name=" ".join(filter(None, names)),
        group=kind in _GROUPS,
    )


# --- messages -----------------------------------------------------------------------------------


def _message(message: Object, blank: Incoming, bot: BotAccount) -> Incoming:
    old, new = as_object(message.get("chat")).get("id"), message.get("migrate_to_chat_id")
    if as_number(old) is not None and as_number(new) is not None:
        person = as_key(as_object(message.get("from")).get("id"))
        return replace(
            blank, event="migrated", chat=str(old), person=person, text=str(new), group=True
        )
    heard = _heard(message.get("chat"), message.get("from"), blank)
    # A channel may speak in its group under its own name: that is nobody's question.
    if heard is None or "sender_chat" in message:
        return blank
    event = next((event for field, event in _KINDS if field in message), None)
    if event is None:
        return blank
    heard = _said(replace(heard, event=event), message, bot)
    return _with_file(heard, message) if event == "file" else heard


def _said(heard: Incoming, message: Object, bot: BotAccount) -> Incoming:
    """With its words; in a group, without our name, and whether they are meant for us."""
    part = "text" if heard.event == "text" else "caption"
    entities = "entities" if part == "text" else "caption_entities"
    written = message.get(part)
    if not heard.group:
        return _command(replace(heard, text=as_text(written)), bot)
    mentions = _mentions(as_objects(message.get(entities)), bot)
    text = as_text(_without(written, mentions))
    text, named = _name_of(bot).subn("", text) if bot.name else (text, 0)
    if named:
        text = re.sub(" {2,}", " ", text).strip()
    answered = as_object(as_object(message.get("reply_to_message")).get("from")).get("id")
    addressed = bool(mentions or named or _commands(text, bot) or answered == bot.id)
    return _command(replace(heard, text=text, addressed=addressed), bot)


def _commands(text: str, bot: BotAccount) -> re.Match[str] | None:
    """The command for us at the beginning of `text`: for nobody by name, or for us."""
    found = _COMMAND.match(text)
    for_us = found and (found["to"] or bot.name).casefold() == bot.name.casefold()
    return found if for_us else None


def _command(heard: Incoming, bot: BotAccount) -> Incoming:
    """ "/start" is an event of its own; other commands stay as they were typed."""
    found = _commands(heard.text, bot) if heard.event == "text" else None
    if not found or found["word"].casefold() != "start":
        return heard
    return replace(heard, event="start", text=heard.text[found.end() :].strip())


def _name_of(bot: BotAccount) -> re.Pattern[str]:
    """ "@troly_bot", "@Troly_Bot:"; not in "an@troly_bot.vn", "@troly_bot2" or "/moi@troly_bot"."""
    return re.compile(rf"(?<![\w@/.])@{re.escape(bot.name)}(?![\w@]|\.\w)[,:]?", re.IGNORECASE)


def _mentions(entities: tuple[Object, ...], bot: BotAccount) -> list[tuple[int, int]]:
    """Where the text names us as a person is named: start and end in UTF-16 units."""
    places = []
    for entity in entities:
        start, long = as_number(entity.get("offset")), as_number(entity.get("length"))
        ours = as_object(entity.get("user")).get("id") == bot.id
        if entity.get("type") == "text_mention" and ours and start is not None and long is not None:
            places.append((max(0, start), max(0, start + long)))
    return places


def _without(written: JsonValue, places: list[tuple[int, int]]) -> JsonValue:
    """`written` without the pieces at `places`."""
    if not places or not isinstance(written, str):
        return written
    units = written.encode("utf-16-le", "surrogatepass")
    for start, end in sorted(places, reverse=True):
        units = units[: 2 * start] + units[2 * end :]
    return units.decode("utf-16-le", "replace").strip()


def _with_file(heard: Incoming, message: Object) -> Incoming:
    """With its file; a file without an id cannot be fetched by anybody."""
    document = as_object(message.get("document"))
    sizes = as_objects(message.get("photo"))
    picture = max(sizes, key=_area, default=as_object(None))
    attachment = Attachment(
        name=as_text(document.get("file_name")),
        source=as_text((document or picture).get("file_id")),
        size=as_size((document or picture).get("file_size")),
        media_type=as_text(document.get("mime_type")) if document else "image/jpeg",
    )
    if not attachment.source:
        return replace(heard, event="unknown")
    return replace(heard, attachments=(attachment,))


def _area(picture: Object) -> int:
    return (as_size(picture.get("width")) or 0) * (as_size(picture.get("height")) or 0)


# --- what is not a message ----------------------------------------------------------------------


def _press(query: Object, blank: Incoming) -> Incoming:
    """A tap on a button under one of our messages."""
    chat = as_object(query.get("message")).get("chat")
    heard = _heard(chat, query.get("from"), blank)
    receipt = as_text(query.get("id"))
    if heard is None or not receipt:
        return blank
    return replace(heard, event="press", button=as_text(query.get("data")), receipt=receipt)


def _membership(change: Object, blank: Incoming) -> Incoming:
    """A person has blocked us, or taken that back; groups tell nothing that we need."""
    heard = _heard(change.get("chat"), change.get("from"), blank)
    status = as_object(change.get("new_chat_member")).get("status")
    if heard is None or heard.group or status not in ("kicked", "member"):
        return blank
    return replace(heard, event="left" if status == "kicked" else "returned")
