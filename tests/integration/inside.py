"""The product without its processes: people of transcripts answered at once, in this one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any, cast

from sqlalchemy import Engine
from sqlmodel import col, select

from bot.channels.base import Limits
from bot.channels.telegram import Telegram
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_messages import limits_of
from bot.messages import Attachment, Incoming
from bot.texts import say
from service.answering import Answering, Shelf
from service.asking import Desk
from service.commands import chat
from service.delivery import web
from service.delivery.answering import answer_now
from service.delivery.files import Received
from service.delivery.handling import Post
from service.indexing import Indexed
from service.live import Answers, LiveAssistant
from service.settings import Settings
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import open_engine, transaction
from tests.integration.offices import House
from tests.integration.talkers import drawn
from tests.sendable import Sendable
from tests.unit.bot import shipped

_NUMBERS = count(1)


@cache
def limits() -> Mapping[str, Limits]:
    """What each channel carries, as the channels themselves say."""

    async def told() -> Mapping[str, Limits]:
        telegram = Telegram("1:token")
        bot = ZaloBot("1:token", base_url="https://bot.example.vn", attachment_hosts=())
        found = {"telegram": telegram.limits, "zalo_bot": bot.limits}
        await telegram.close()
        await bot.close()
        return found

    return {
        web.NAME: web.LIMITS,
        "zalo_oa": limits_of(0),
        chat.NAME: chat.LIMITS,
        **asyncio.run(told()),
    }


def _shipped() -> Answers:
    assistant = shipped.assistant()
    indexed = Indexed(assistant.search, "", "")
    return Answering(assistant.library, lambda *_: Shelf(assistant, indexed))


class Inside:
    """The product over one folder; `restart` lets go of all that is not on the disk."""

    def __init__(self, settings: Settings, answers: Answers | None = None) -> None:
        """`answers`: from other papers than those that ship."""
        self.settings = settings
        self._answers = answers or _shipped()
        self.restart()

    engine: Engine | None = None

    def restart(self) -> None:
        """Another engine and another post, as after a restart."""
        self.stop()
        self.engine = open_engine(self.settings.storage_url)
        live = LiveAssistant(load=lambda: self._answers, stamp=lambda: 0)
        self.post = Post(Desk(live, self.engine, self.settings), limits())

    def stop(self) -> None:
        """Let go of the database."""
        if self.engine is not None:
            self.engine.dispose()

    def house(self, channel: str) -> House:
        """Whoever works there."""
        return House(self.settings, channel, lambda: self.post.desk.engine, self.restart)

    def person(self, channel: str) -> InsideTalker:
        """Somebody who has never written."""
        return InsideTalker(self, channel, f"p{next(_NUMBERS)}")


@dataclass
class InsideTalker:
    """A person in front of one channel."""

    product: Inside
    channel: str
    user: str

    def says(self, text: str) -> None:
        self._brings("start" if text == "/start" else "text", "" if text == "/start" else text)

    def taps(self, label: str) -> None:
        for message in reversed(self._messages()):
            for button in _buttons(message):
                if _is(str(button["label"]), label):
                    self._brings("press", button=str(button["id"]))
                    return
        raise LookupError(f"no button {label!r} in {self.heard()[-1:]}")

    def sends(self, file: Sendable) -> None:
        channel = limits()[self.channel]
        largest = min(self.product.settings.upload_limit_mb << 20, channel.download_bytes)
        received = Received(file.name, file.media_type, file.content)
        if len(file.content) > largest:  # a worker does not even fetch it
            refusal = say("chat.file_too_large", limit=largest >> 20)
            received = Received(file.name, file.media_type, None, refusal)
        attachment = Attachment(file.name, "", len(file.content), file.media_type)
        self._brings("file", files=(received,), attachments=(attachment,))

    def heard(self) -> Sequence[str]:
        return [_shown(message) for message in self._messages()]

    def _brings(
        self, event: str, text: str = "", files: Sequence[Received] = (), **more: Any
    ) -> None:
        key, user = f"e{next(_NUMBERS)}", self.user
        incoming = Incoming(self.channel, key, cast(Any, event), user, user, text, **more)
        answer_now(self.product.post, incoming, files)

    def _messages(self) -> list[OutboundMessage]:
        with transaction(self.product.post.desk.engine) as session:
            mine = select(OutboundMessage).where(
                col(OutboundMessage.channel) == self.channel, col(OutboundMessage.chat) == self.user
            )
            return list(session.exec(mine.order_by(col(OutboundMessage.id))))


def _buttons(message: OutboundMessage) -> Sequence[Mapping[str, object]]:
    return cast(Any, message.drawn.get("buttons", ()) if message.drawn else message.buttons)


def _is(shown: str, label: str) -> bool:
    """A long label is shown cut."""
    return shown == label or (shown.endswith("…") and label.startswith(shown[:-1]))


def _shown(message: OutboundMessage) -> str:
    if message.drawn:
        return drawn(cast(Any, message.drawn))
    return "\n".join((message.text, *(str(b["label"]) for b in _buttons(message))))
