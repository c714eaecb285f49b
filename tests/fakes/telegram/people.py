"""What people send: the contents of their messages as updates carry them."""

from __future__ import annotations

import re

from tests.fakes.telegram.markup import utf16
from tests.fakes.telegram.wire import Json
from tests.fakes.telegram.world import Chat, StoredFile

#: A command is one only at the start of a word; a mention likewise.
_MARKED = re.compile(
    r"(?<![\w/@])(?:(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)|(?P<mention>@\w{3,32}))"
)
START_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


def text(words: str) -> Json:
    """A text with the commands and mentions in it marked."""
    entities = [
        {
            "type": match.lastgroup,
            "offset": utf16(words[: match.start()]),
            "length": utf16(match[0]),
        }
        for match in _MARKED.finditer(words)
    ]
    return {"text": words} | ({"entities": entities} if entities else {})


def document(file: StoredFile, caption: str) -> Json:
    """A file with or without words under it."""
    shown = file.shown() | {"file_name": file.name, "mime_type": file.mime}
    return {"document": shown} | ({"caption": caption} if caption else {})


def photo(file: StoredFile, caption: str) -> Json:
    """A picture, in two sizes."""
    small = file.shown() | {"width": 90, "height": 60, "file_unique_id": f"s{file.id}"}
    sizes = [small, file.shown() | {"width": 1280, "height": 853}]
    return {"photo": sizes} | ({"caption": caption} if caption else {})


def of_kind(kind: str, file: StoredFile, user: Json) -> Json:
    """A voice message, a sticker, a place or a contact."""
    stored = file.shown()
    contents: dict[str, Json] = {
        "voice": stored | {"duration": 3, "mime_type": "audio/ogg"},
        "sticker": stored
        | {"type": "regular", "width": 512, "height": 512}
        | {"is_animated": False, "is_video": False, "emoji": "👍"},
        "location": {"latitude": 20.8449, "longitude": 106.6881},
        "contact": {"phone_number": "+84900000000"}
        | {"first_name": user["first_name"], "user_id": user["id"]},
    }
    if kind not in contents:
        raise ValueError(f"{kind!r} is none of {', '.join(contents)}")
    return {kind: contents[kind]}


def membership(chat: Chat, user: Json, bot: Json, before: str, after: str, now: int) -> Json:
    """A change of what the bot is in a chat: "member", "kicked", "left"."""
    ends = {"until_date": 0}
    member = {"user": bot}
    return {
        "chat": chat.shown,
        "from": user,
        "date": now,
        "old_chat_member": member | {"status": before} | (ends if before == "kicked" else {}),
        "new_chat_member": member | {"status": after} | (ends if after == "kicked" else {}),
    }


def buttons(message: Json) -> list[Json]:
    """The buttons under a message, row after row."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]
