"""Broadcasts of tests: an office that says something to many, and channels that deliver it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue
from sqlmodel import col, select

from service.broadcasts.sending import send_broadcasts, stop
from service.storage.audiences import Audience, as_kept
from service.storage.broadcast_tables import Broadcast, BroadcastSend
from service.storage.broadcasts import Written, add_broadcast, go_on_with, schedule_broadcast
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.outbox import claim_messages, settle_failed, settle_sent
from tests.owing import Owing

OFFICERS = Audience("officers")
_HELD = timedelta(seconds=15)


class Telling(Owing):
    """The same office, which has something to say."""

    def say(
        self,
        audience: Audience = OFFICERS,
        *,
        text: str = "Mời Anh/chị dự tập huấn.",
        file: Mapping[str, JsonValue] | None = None,
        later: timedelta = timedelta(0),
        urgent: bool = False,
    ) -> int:
        """A broadcast that is to go out; its id."""
        written = Written(text, "", file or {}, as_kept(audience))
        with transaction(self.engine) as session:
            id_ = add_broadcast(session, written, "admin:1", self.clock.now).id or 0
            schedule_broadcast(session, id_, self.clock.now + later, urgent=urgent)
        return id_

    def tell(self) -> None:
        """What the worker does every few seconds."""
        send_broadcasts(self.engine, self.settings)

    def stop(self, id_: int) -> bool:
        """What has not left does not leave."""
        with transaction(self.engine) as session:
            return stop(session, id_, self.clock.now)

    def go_on(self, id_: int) -> bool:
        """It is sent on."""
        with transaction(self.engine) as session:
            return go_on_with(session, id_)

    def deliver(
        self,
        channel: str = "telegram",
        *,
        limit: int = 10_000,
        state: str = "sent",
        error: str = "blocked",
    ) -> list[str]:
        """What is due now leaves, or fails; the chats, in the order in which they were taken."""
        real = datetime.now(UTC)
        with transaction(self.engine) as session:
            claimed = claim_messages(
                session, channel, "w", self.clock.now, real, real + _HELD, limit
            )
            for message in sorted(claimed, key=lambda one: (one.due_at, one.id or 0)):
                if state == "sent":
                    settle_sent(session, message, "m", self.clock.now, real - _HELD)
                else:
                    settle_failed(session, message, state, error, real - _HELD)
            return [message.chat for message in claimed]

    def through(self, *channels: str, seconds: int = 5, rounds: int = 1_000) -> None:
        """Look, deliver, and wait for the next look, until nothing is left to do."""
        for _ in range(rounds):
            self.tell()
            self.clock.forward(timedelta(seconds=seconds))
            for channel in channels or ("telegram",):
                while self.deliver(channel):
                    pass
            if not self.left():
                break
        self.tell()

    def left(self) -> bool:
        """Whether anything is being sent."""
        with transaction(self.engine) as session:
            busy = col(Broadcast.state).in_(("scheduled", "sending"))
            return session.exec(select(Broadcast.id).where(busy)).first() is not None

    def state(self, id_: int) -> str:
        """Of a broadcast."""
        with transaction(self.engine) as session:
            return session.get_one(Broadcast, id_).state

    def sends(self, id_: int = 1) -> list[BroadcastSend]:
        """Its rows, by person."""
        with transaction(self.engine) as session:
            of = select(BroadcastSend).where(col(BroadcastSend.broadcast_id) == id_)
            return list(session.exec(of.order_by(col(BroadcastSend.person_id))))

    def counts(self, id_: int = 1) -> dict[str, int]:
        """How many of them are in each state, with the reason where there is one."""
        return dict(Counter(f"{one.state} {one.reason}".strip() for one in self.sends(id_)))

    def outbox(self) -> list[OutboundMessage]:
        """All messages, in order."""
        with transaction(self.engine) as session:
            return list(session.exec(select(OutboundMessage).order_by(col(OutboundMessage.id))))
