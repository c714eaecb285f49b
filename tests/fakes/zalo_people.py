"""What people do in Zalo: write, press, send files, follow, withdraw; each becomes an event."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from tests.fakes.zalo_chatting import Chatting
from tests.fakes.zalo_events import Json
from tests.fakes.zalo_messages import echo
from tests.fakes.zalo_state import Attachment, ZaloState
from tests.fakes.zalo_talk import Button, Line

OFFICER = "7000000000000000007"
QUERIES = ("oa.query.show", "oa.query.hide")
#: Kinds of messages other than text, and what their payload holds unless a test says otherwise.
KINDS: dict[str, Json] = {
    "sticker": {"id": "0abc", "url": "https://stickers.example.zdn.vn/0abc"},
    "gif": {"url": "https://gif.example.zdn.vn/0abc.gif"},
    "location": {"coordinates": {"latitude": "20.9449", "longitude": "106.6834"}},
    "link": {
        "url": "https://example.vn/tin",
        "title": "Tin",
        "thumbnail": "https://example.vn/anh.png",
        "description": "Một trang tin",
    },
    "business_card": {"description": '{"phone":"84900000000"}', "thumbnail": ""},
}


class People(Chatting):
    """The half of the control that speaks for people."""

    zalo: ZaloState

    def says(self, user: str, text: str, *, quote: str = "") -> str:
        """Text; returns its msg_id."""
        message: Json = {"text": text}
        if quote:
            message["quote_msg_id"] = quote
        return self._wrote(Line("", user, "user", "text", 0, text), message)

    def taps(self, user: str, label: str, message_id: str = "") -> Any:
        """Press a button of the last message, or of an older one; returns its payload."""
        shown = [line for line in self.sent(user) if not message_id or line.id == message_id]
        buttons = shown[-1].buttons if shown else ()
        pressed = next((button for button in buttons if button.title == label), None)
        if pressed is None:
            offered = ", ".join(button.title for button in buttons) or "none"
            raise LookupError(f"no button {label!r}; offered: {offered}")
        return self._press(user, pressed)

    def _press(self, user: str, button: Button) -> Any:
        if button.type in QUERIES:
            self.says(user, button.payload)
        else:
            self._active(user)
        return button.payload

    def sends_file(
        self,
        user: str,
        name: str,
        content: bytes,
        *,
        kind: str = "file",
        text: str = "",
        behaves: str = "",
        redirect_to: str = "",
        payload: Json | None = None,
    ) -> str:
        """A file, image, audio or video; `payload` overrides what the event tells of it.

        Its host behaves as told: "gone", "redirect", "endless", "short", "slow", or well.
        """
        type_ = "application/octet-stream"
        told = self._hosted(kind, Attachment(name, content, type_, behaves, redirect_to))
        message: Json = {"attachments": [{"type": kind, "payload": told | (payload or {})}]}
        if text:
            message["text"] = text
        line = Line("", user, "user", kind, 0, text, file=name, content=content)
        return self._wrote(line, message)

    def hosts(self, name: str, content: bytes) -> Json:
        """Keep a file as if somebody had sent it, for an event that a test posts itself."""
        return self._hosted("file", Attachment(name, content, "application/octet-stream"))

    def _hosted(self, kind: str, held: Attachment) -> Json:
        id_ = self.zalo.new_id()
        self.zalo.attachments[id_] = held
        url = f"{self.url}/attachments/{id_}/{hashlib.md5(held.content).hexdigest()}"
        if kind == "file":
            return {
                "url": url,
                "name": held.name,
                "size": str(len(held.content)),
                "checksum": hashlib.md5(held.content).hexdigest(),
                "type": held.name.rpartition(".")[2].lower(),
            }
        return {"url": url, "thumbnail": url} if kind in ("image", "video") else {"url": url}

    def sends(self, user: str, kind: str, **payload: Any) -> str:
        """A sticker, location, link and so on."""
        message = {"attachments": [{"type": kind, "payload": KINDS.get(kind, {}) | payload}]}
        return self._wrote(Line("", user, "user", kind, 0), message)

    def follows(self, user: str) -> None:
        """Follow the OA."""
        self.zalo.user(user).follower = True
        self._active(user)
        self._tell(user, self.zalo.envelopes.following(user, "follow", self._at()))

    def unfollows(self, user: str) -> None:
        """Stop following."""
        self.zalo.user(user).follower = False
        self._tell(user, self.zalo.envelopes.following(user, "unfollow", self._at()))

    def opens_chat(self, user: str) -> None:
        """Press "Nhắn tin" on the page of the OA."""
        self._active(user)
        self._tell(user, self.zalo.envelopes.flat(user, "user_click_chatnow", self._at()))

    def submits_info(self, user: str, **info: str) -> str:
        """Answer a request for contact details."""
        self.zalo.user(user).shared.update(info)
        return self._wrote(Line("", user, "user", "info", 0), {}, "user_submit_info", info=info)

    def withdraws(self, user: str) -> None:
        """Withdraw consent: the data about this person must go."""
        envelopes = self.zalo.envelopes
        self._tell(user, envelopes.from_user(user, "user_withdraw", self._at(), {}))

    def officer_replies(
        self, user: str, text: str, admin: str = OFFICER, kind: str = "text"
    ) -> str:
        """An officer answers by hand in OA Manager; here nothing says that the bot did not."""
        line = Line(self.zalo.new_id(), user, "officer", kind, self.clock(), text)
        self.zalo.say(line)
        echo(self.zalo, line, admin)
        return line.id

    def anonymous_says(self, visitor: str, text: str) -> None:
        """Somebody without an account writes in the chat box of a website."""
        self._tell(visitor, self.zalo.envelopes.anonymous(visitor, self._at(), text))

    def event(self, user: str, name: str, message: Json | None = None, **more: Any) -> None:
        """Any other event, known to the platform or to nobody."""
        shape = self.zalo.envelopes.from_user(user, name, self._at(), message or {}, **more)
        self._tell(user, shape)

    def _wrote(self, line: Line, message: Json, name: str = "", **more: Any) -> str:
        user, id_ = line.chat, self.zalo.new_id()
        self._active(user)
        self.zalo.say(replace(line, id=id_, at=self.clock()))
        self._tell(
            user,
            self.zalo.envelopes.from_user(
                user,
                name or f"user_send_{line.kind}",
                self._at(),
                {"msg_id": id_, **message},
                **more,
            ),
        )
        return id_

    def _active(self, user: str) -> None:
        self.zalo.user(user).last_interaction = self.clock()

    def _at(self) -> str:
        return self.clock.milliseconds()

    def _tell(self, key: str, event: Json) -> None:
        self.zalo.emit(key, event, {})
