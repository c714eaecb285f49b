"""Who talks to the bot, what was said and which files there are."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from tests.fakes.telegram.refusals import Refused, bad_request
from tests.fakes.telegram.wire import Call, Json, Upload

BOT_USERNAME = "troly_thu_bot"
SUPERGROUPS = -1_000_000_000_000  #: their numbers are this or less
BLOCKED = "Forbidden: bot was blocked by the user"
DEACTIVATED = "Forbidden: user is deactivated"


@dataclass(slots=True, eq=False)
class Sent:
    """A message of the bot, as it stands now."""

    method: str
    at: float  #: on the clock of the fake
    raw: str  #: text or caption as it came, before its markup was read
    parse_mode: str
    message: Json
    content: bytes = b""  #: of the file that came with it
    edits: int = 0
    deleted: bool = False

    @property
    def message_id(self) -> int:
        """Its number in its chat."""
        number: int = self.message["message_id"]
        return number

    @property
    def text(self) -> str:
        """What the person reads."""
        return str(self.message.get("text") or self.message.get("caption") or "")

    @property
    def buttons(self) -> list[str]:
        """The labels under it, row after row."""
        rows = self.message.get("reply_markup", {}).get("inline_keyboard", [])
        return [button["text"] for row in rows for button in row]


@dataclass(slots=True, eq=False)
class Chat:
    """A conversation; `closed` is what the bot is told when it writes into it."""

    id: int
    kind: Literal["private", "group", "supergroup"]
    shown: Json
    closed: str = ""
    migrated_to: int | None = None
    messages: dict[int, Json] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file on the server; its size may be claimed without the content being there."""

    id: str
    path: str
    name: str
    mime: str
    size: int
    content: bytes

    def shown(self) -> Json:
        """As messages show it."""
        return {"file_id": self.id, "file_unique_id": f"u{self.id}", "file_size": self.size}


class World:
    """All of it, and the numbers that were given out."""

    def __init__(self, bot_id: int) -> None:
        self.bot: Json = {
            "id": bot_id,
            "is_bot": True,
            "first_name": "Trợ lý thử",
            "username": BOT_USERNAME,
        }
        self.users: dict[int, Json] = {}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.paths: dict[str, StoredFile] = {}
        self.sent: list[Sent] = []
        self._messages = count(1)
        self._files = count(1)

    def person(self, user: int, **details: str) -> Json:
        """A user, made known when first met."""
        if user <= 0:
            raise ValueError("a person has a positive number")
        row = self.users.setdefault(
            user,
            {"id": user, "is_bot": False, "first_name": f"Người {user}", "language_code": "vi"},
        )
        row |= details
        return row

    def private(self, user: int) -> Chat:
        """The conversation of a user with the bot: it exists from the first message on."""
        if user not in self.chats:
            person = self.person(user)
            names = ("first_name", "last_name", "username")
            shown = {"id": user, "type": "private"} | {n: person[n] for n in names if n in person}
            self.chats[user] = Chat(user, "private", shown)
        return self.chats[user]

    def group(self, chat: int, title: str = "Nhóm thử") -> Chat:
        """A group that the bot is a member of."""
        if chat >= 0:
            raise ValueError("a group has a negative number")
        if chat not in self.chats:
            kind: Literal["group", "supergroup"] = "supergroup" if chat <= SUPERGROUPS else "group"
            self.chats[chat] = Chat(chat, kind, {"id": chat, "type": kind, "title": title})
        return self.chats[chat]

    def addressed(self, call: Call) -> Chat:
        """The chat that a call names; raises where the bot knows no such chat."""
        named = call.text("chat_id")
        if not named:
            raise bad_request("chat_id is empty")
        try:
            return self.chats[int(named)]
        except (ValueError, KeyError):
            raise bad_request("chat not found") from None

    def writable(self, call: Call) -> Chat:
        """The same, when the bot may write there."""
        chat = self.addressed(call)
        if chat.migrated_to is not None:
            why = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refused(400, why, migrate_to_chat_id=chat.migrated_to)
        if chat.closed:
            raise Refused(403, chat.closed)
        return chat

    def write(self, chat: Chat, sender: Json, content: Json) -> Json:
        """A new message in a chat."""
        number = next(self._messages)
        message = {
            "message_id": number,
            "from": sender,
            "chat": chat.shown,
            "date": int(time.time()),
        } | content
        chat.messages[number] = message
        return message

    def store(self, upload: Upload, folder: str, size: int | None = None) -> StoredFile:
        """Keep a file; `size` claims another size than its content has."""
        number = next(self._files)
        ending = upload.name.rpartition(".")[2] if "." in upload.name else "bin"
        stored = StoredFile(
            f"tep-{number}",
            f"{folder}/file_{number}.{ending}",
            upload.name,
            upload.mime,
            len(upload.content) if size is None else size,
            upload.content,
        )
        self.files[stored.id] = self.paths[stored.path] = stored
        return stored
