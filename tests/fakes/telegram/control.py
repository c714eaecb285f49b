"""The hand on the fake: what people do in front of it, from any thread or another process."""

from __future__ import annotations

import time

from tests.fakes.telegram import people
from tests.fakes.telegram.checks import MAX_TEXT
from tests.fakes.telegram.state import Server, Tap
from tests.fakes.telegram.wire import Json, Upload
from tests.fakes.telegram.world import BLOCKED, BOT_USERNAME, DEACTIVATED, SUPERGROUPS, Chat


class FakeTelegram(Server):
    """A Telegram of our own. What people do gives the number of the message (of the tap) and
    raises ValueError where a person could not do it; every method may be called from any thread,
    and from another process as `POST /_control/<method>` with its arguments as JSON."""

    def person(self, user: int, first_name: str, username: str | None = None) -> None:
        """Give a person a name."""
        with self.lock:
            names = {"first_name": first_name} | ({"username": username} if username else {})
            self.world.person(user, **names)
            self.world.private(user).shown |= names

    def says(
        self, user: int, text: str, chat: int | None = None, reply_to: int | None = None
    ) -> int:
        """Write to the bot, or in a group."""
        if not text.strip() or len(text) > MAX_TEXT:
            raise ValueError(f"a person sends 1 to {MAX_TEXT} characters")
        return self._sends(user, people.text(text), chat, reply_to)

    def starts(self, user: int, payload: str = "") -> int:
        """Open the bot, by its name or by a deep link."""
        if not people.START_PAYLOAD.fullmatch(payload):
            raise ValueError("a deep link carries up to 64 letters, digits, _ and -")
        return self.says(user, f"/start {payload}".strip())

    def edits(self, user: int, message_id: int, text: str, chat: int | None = None) -> None:
        """Write an earlier message anew."""
        with self.lock:
            where = self._chat(user, chat)
            old = where.messages.get(message_id)
            if old is None or old["from"]["id"] != user:
                raise ValueError("there is no such message of this person")
            gone = ("text", "entities", "edit_date")
            new = {key: value for key, value in old.items() if key not in gone}
            where.messages[message_id] = new | people.text(text) | {"edit_date": int(time.time())}
            self._update("edited_message", where, where.messages[message_id])

    def sends_file(
        self,
        user: int,
        content: bytes,
        name: str,
        caption: str = "",
        mime: str = "application/octet-stream",
        chat: int | None = None,
        size: int | None = None,
    ) -> int:
        """Send a document; `size` claims a size that the content does not have."""
        with self.lock:
            file = self.world.store(Upload(name, mime, content), "documents", size)
            return self._sends(user, people.document(file, caption), chat)

    def sends_photo(
        self, user: int, content: bytes, caption: str = "", chat: int | None = None
    ) -> int:
        """Send a picture."""
        with self.lock:
            file = self.world.store(Upload("anh.jpg", "image/jpeg", content), "photos")
            return self._sends(user, people.photo(file, caption), chat)

    def sends(self, user: int, kind: str, chat: int | None = None) -> int:
        """Send a "voice", a "sticker", a "location" or a "contact"."""
        with self.lock:
            file = self.world.store(Upload(f"{kind}.bin", "application/octet-stream", b"-"), kind)
            return self._sends(user, people.of_kind(kind, file, self.world.person(user)), chat)

    def taps(
        self,
        user: int,
        label: str = "",
        chat: int | None = None,
        message_id: int | None = None,
        data: str | None = None,
        too_old: bool = False,
    ) -> str:
        """Tap the newest button with this label; `data` says what comes of it instead, and a
        message that is `too_old` comes without its content."""
        with self.lock:
            where = self._chat(user, chat)
            message = self._tapped(where, label, message_id, data)
            found = next((b for b in people.buttons(message) if b["text"] == label), {})
            if data is None and "callback_data" not in found:
                raise ValueError(f"tapping {label!r} tells the bot nothing")
            said: str = found["callback_data"] if data is None else data
            tap = Tap(str(10**18 + len(self.taps_made)), user, said, self.clock())
            self.taps_made[tap.id] = tap
            if too_old:
                message = {"chat": where.shown, "message_id": message["message_id"], "date": 0}
            query = {"id": tap.id, "from": self.world.person(user), "data": said}
            query |= {"message": dict(message), "chat_instance": f"{where.id}"}
            self._update("callback_query", where, query)
            return tap.id

    def _tapped(self, chat: Chat, label: str, message_id: int | None, data: str | None) -> Json:
        for sent in reversed(chat.sent):
            if message_id in (None, sent.message_id) and not sent.deleted:
                if data is not None or label in sent.buttons:
                    return sent.message
                if message_id is not None:
                    break
        there = [sent.buttons for sent in chat.sent if sent.buttons]
        raise ValueError(f"no button {label!r}; there are {there}")

    def blocks(self, user: int) -> None:
        """Block the bot: whatever it sends is refused."""
        self._becomes(user, self.world.private(user), "member", "kicked", BLOCKED)

    def unblocks(self, user: int) -> None:
        """Let the bot write again."""
        self._becomes(user, self.world.private(user), "kicked", "member", "")

    def deactivates(self, user: int) -> None:
        """The account is no more; the bot is not told."""
        with self.lock:
            self.world.private(user).closed = DEACTIVATED

    def adds_bot(self, user: int, chat: int, title: str = "Nhóm thử") -> None:
        """Take the bot into a group."""
        self._becomes(user, self.world.group(chat, title), "left", "member", "")

    def removes_bot(self, user: int, chat: int) -> None:
        """Throw the bot out of a group."""
        group = self.world.group(chat)
        why = f"Forbidden: bot was kicked from the {group.kind} chat"
        self._becomes(user, group, "member", "kicked", why)

    def migrates(self, chat: int) -> int:
        """A group becomes a supergroup; gives its new number."""
        with self.lock:
            old, new = self.world.group(chat), SUPERGROUPS + chat
            group = self.world.group(new, old.shown["title"])
            bot = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
            bot["username"] = "GroupAnonymousBot"
            old.migrated_to = new
            told = self.world.write(old, bot, {"migrate_to_chat_id": new})
            self._update("message", old, told)
            told = self.world.write(group, bot, {"migrate_from_chat_id": chat})
            self._update("message", group, told)
            return new

    def update(self, content: Json, lane: int = 0) -> int:
        """Any update at all, of a kind that nobody knows; gives its number."""
        with self.changed:
            return self.updates.add_raw(content, lane)

    def _chat(self, user: int, chat: int | None) -> Chat:
        return self.world.private(user) if chat in (None, user) else self.world.group(chat or 0)

    def _sends(
        self, user: int, content: Json, chat: int | None, reply_to: int | None = None
    ) -> int:
        with self.lock:
            where = self._chat(user, chat)
            if where.closed or where.migrated_to is not None:
                raise ValueError("nothing can be written there now")
            if reply_to is not None:
                content["reply_to_message"] = where.messages[reply_to]
            message = self.world.write(where, self.world.person(user), content)
            if chat is None or self.reads_groups or self._is_for_bot(content):
                self._update("message", where, message)
            number: int = message["message_id"]
            return number

    def _is_for_bot(self, content: Json) -> bool:
        replied = content.get("reply_to_message", {}).get("from", {})
        named = f"@{BOT_USERNAME}" in content.get("text", "")
        command = content.get("text", "").startswith("/")
        return named or command or replied.get("id") == self.world.bot["id"]

    def _becomes(self, user: int, chat: Chat, before: str, after: str, closed: str) -> None:
        with self.lock:
            chat.closed = closed
            now, person = int(time.time()), self.world.person(user)
            change = people.membership(chat, person, self.world.bot, before, after, now)
            self._update("my_chat_member", chat, change)

    def _update(self, kind: str, chat: Chat, content: Json) -> None:
        with self.changed:
            self.updates.add(kind, chat.id, dict(content))
            self.changed.notify_all()
