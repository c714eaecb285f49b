"""One event after the other, kept and answered as a worker does it, without the worker."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import Engine
from sqlmodel import col, select

from bot.channels.base import Limits
from bot.messages import Incoming
from service import clock
from service.asking import Desk
from service.delivery.files import Received
from service.delivery.handling import Post, handle
from service.live import LiveAssistant
from service.settings import Settings
from service.storage.delivery_tables import InboundEvent, OutboundMessage
from service.storage.engine import transaction
from service.storage.inbox import accept, incoming_of, take_over
from service.storage.outbox import messages_of
from tests.fakes.answers import FakeAnswers

#: Buttons and files as Telegram has them.
RICH = Limits(text_length=4096, buttons=8, upload_bytes=50_000_000, download_bytes=20_000_000)
#: Neither, as on Zalo Bot.
PLAIN = Limits(text_length=2000, buttons=0)


@dataclass
class Talks:
    """What is written to the product and what it answers, over channels of a test."""

    engine: Engine
    settings: Settings
    limits: dict[str, Limits] = field(default_factory=lambda: {"telegram": RICH, "zalo_oa": RICH})
    answers: FakeAnswers = field(default_factory=FakeAnswers)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        live = LiveAssistant(load=lambda: self.answers, stamp=lambda: 0)
        self.desk = Desk(live, self.engine, self.settings)
        self.post = Post(self.desk, self.limits)

    def say(self, text: str, person: str = "7", **told: object) -> list[str]:
        """The texts that answer one message."""
        return [message.text for message in self.tell(text=text, person=person, **told)]

    def tell(self, **told: object) -> list[OutboundMessage]:
        """What is written in answer to one event."""
        return self.answer(self.keep(**told))

    def keep(self, **told: object) -> int:
        """Keep an event and leave it; its id."""
        values: dict[str, object] = {
            "channel": "telegram",
            "event_id": f"e{next(self._numbers)}",
            "event": "text",
            "person": "7",
        } | told
        values.setdefault("chat", values["person"])
        incoming = Incoming(**values)  # type: ignore[arg-type]
        with transaction(self.engine) as session:
            event_id = accept(session, incoming, clock.now(self.settings))
        assert event_id is not None, "it was there already"
        return event_id

    def answer(self, event_id: int, files: tuple[Received, ...] = ()) -> list[OutboundMessage]:
        """Take an event that was kept, and answer it."""
        now = clock.now(self.settings)
        with transaction(self.engine) as session:
            event = session.get_one(InboundEvent, event_id)
            assert take_over(session, event_id, "test", max(now, event.held_until))
        assert handle(self.post, incoming_of(event), event_id, "test", files)
        with transaction(self.engine) as session:
            return messages_of(session, event_id)

    def waiting(self, channel: str) -> list[OutboundMessage]:
        """What waits to be sent."""
        with transaction(self.engine) as session:
            found = select(OutboundMessage).where(
                col(OutboundMessage.channel) == channel, col(OutboundMessage.state) == "waiting"
            )
            return list(session.exec(found.order_by(col(OutboundMessage.id))))
