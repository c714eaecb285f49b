"""Send what waits in the outbox of one channel, within its limits, and settle what became of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlmodel import Session

from bot.channels.base import (
    Channel,
    ChannelDown,
    DeliveryError,
    Moved,
    Rejected,
    TryLater,
    Unclear,
    Unreachable,
)
from bot.messages import Button, Enclosure, Outgoing
from bot.texts import say
from service import clock
from service.asking import Desk
from service.storage.alerts import raise_alert
from service.storage.channel_states import note, note_sent, state_of
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.outbox import (
    claim_messages,
    is_due,
    keep_sending,
    move_chat,
    settle_failed,
    settle_later,
    settle_lost,
    settle_sent,
)
from service.storage.people import account_of_chat
from service.storage.slots import WINDOW, give_back, lay_slots, take_slots

log = logging.getLogger(__name__)

T = TypeVar("T")

IN_FLIGHT = 16  #: messages being sent by one process, over all its channels
_HOLD = timedelta(seconds=30)  #: longer than a channel may take to answer; renewed
_IDLE = 0.05  #: seconds between two looks when there is nothing to do
_MOST_ATTEMPTS = 8
_LONGEST_PAUSE = 300  #: seconds between two attempts
_NETWORK = "network"  #: codes that begin so tell that the channel cannot be reached at all


@dataclass(frozen=True, slots=True)
class _Send:
    """One message with the slot it has taken (None where nothing limits the channel)."""

    message: OutboundMessage
    slot: int | None
    barred: str  #: why it must not be sent after all


class Sender:
    """Sends the messages of one channel until it is told to stop."""

    def __init__(
        self, desk: Desk, channel: Channel, worker: str, executor: Executor, in_flight: int
    ) -> None:
        """`in_flight`: this channel's share of IN_FLIGHT."""
        self._desk, self._channel, self._worker = desk, channel, worker
        self._executor, self._in_flight = executor, in_flight
        self._sending: dict[int, asyncio.Task[None]] = {}
        self._failures = 0  #: attempts in a row that did not reach the channel

    async def run(self, stop: asyncio.Event) -> None:
        """Claim, send, settle; what is begun is finished at the end."""
        await self._write(self._prepare)
        renewed = asyncio.get_running_loop().time()
        while not stop.is_set():
            sends = await self._claim(self._in_flight - len(self._sending))
            for send in sends:
                self._sending[_id(send.message)] = asyncio.create_task(self._send(send))
            now = asyncio.get_running_loop().time()
            if now - renewed > _HOLD.total_seconds() / 6:
                renewed = now
                await self._write(self._tend)
            await self._rest(bool(sends))
        await asyncio.gather(*self._sending.values())

    async def _rest(self, busy: bool) -> None:
        if busy and len(self._sending) < self._in_flight:
            await asyncio.sleep(0)
        elif self._sending:
            await asyncio.wait(
                self._sending.values(), timeout=_IDLE, return_when=asyncio.FIRST_COMPLETED
            )
        else:
            await asyncio.sleep(_IDLE)

    # --- claiming --------------------------------------------------------------------------

    def _prepare(self, session: Session) -> None:
        lay_slots(session, self._channel.name, self._channel.limits.per_second, datetime.now(UTC))
        self._tend(session)

    def _tend(self, session: Session) -> None:
        """Renew what is being sent; settle what a dead process left behind."""
        real = datetime.now(UTC)
        keep_sending(session, self._worker, list(self._sending), real + _HOLD)
        if self._channel.limits.resend:
            return
        lost = settle_lost(session, self._channel.name, real)
        if lost:
            self._alert(session, "unclear", say("alerts.unclear", count=lost))

    async def _claim(self, limit: int) -> list[_Send]:
        return await self._write(lambda s: self._claimed(s, limit)) if limit > 0 else []

    def _claimed(self, session: Session, limit: int) -> list[_Send]:
        name, limits = self._channel.name, self._channel.limits
        at, real = clock.now(self._desk.settings), datetime.now(UTC)
        if not is_due(session, name, at):  # most of the time: then nothing is locked
            return []
        state = state_of(session, name)
        if state.stopped or (state.quiet_until and state.quiet_until > real):
            return []
        slots: list[int] = []
        if limits.per_second:
            slots = take_slots(session, name, limit, real, real + _HOLD)
            limit = len(slots)
        if not limit:
            return []
        claimed = claim_messages(
            session, name, self._worker, at, real, real + _HOLD, limit, resend=limits.resend
        )
        give_back(session, name, slots[len(claimed) :], real)
        return [
            _Send(message, slots[place] if slots else None, self._barred(session, message, at))
            for place, message in enumerate(claimed)
        ]

    def _barred(self, session: Session, message: OutboundMessage, at: datetime) -> str:
        account = account_of_chat(session, message.channel, message.chat)
        if account is None:
            return ""
        hours = self._channel.limits.window_hours
        if hours and account.last_seen_at + timedelta(hours=hours) < at:
            return "window"
        return account.unreachable or ""

    # --- sending ---------------------------------------------------------------------------

    async def _send(self, send: _Send) -> None:
        message = send.message
        try:
            if send.barred:
                await self._write(lambda s: self._fail(s, send, send.barred))
                return
            try:
                delivered = await self._channel.send(self._outgoing(message))
            except DeliveryError as error:
                told = error
                await self._write(lambda s: self._settle_error(s, send, told))
            except Exception as error:  # a defect of the adapter: the message may have gone
                log.error("%s: message %s: %s", message.channel, message.id, type(error).__name__)
                lost = Unclear(type(error).__name__)
                await self._write(lambda s: self._settle_error(s, send, lost))
            else:
                self._failures = 0
                await self._write(lambda s: self._sent(s, send, delivered))
        finally:
            self._sending.pop(_id(message), None)

    def _outgoing(self, message: OutboundMessage) -> Outgoing:
        enclosure = None
        if message.enclosure:
            told = {name: str(value) for name, value in message.enclosure.items()}
            kept = self._desk.settings.received_dir / told["sha256"]
            enclosure = Enclosure(told["name"], told["media_type"], kept.read_bytes())
        buttons = tuple(Button(**b) for b in message.buttons if isinstance(b, dict))  # type: ignore[arg-type]
        return Outgoing(message.chat, message.text, buttons, enclosure)

    def _sent(self, session: Session, send: _Send, delivered: str) -> None:
        at, real = clock.now(self._desk.settings), datetime.now(UTC)
        rest = timedelta(seconds=self._channel.limits.per_chat_seconds)
        settle_sent(session, _id(send.message), delivered, at, real + rest)
        note_sent(session, self._channel.name, at)
        self._free(session, send, real)

    def _settle_error(self, session: Session, send: _Send, error: DeliveryError) -> None:
        at, real = clock.now(self._desk.settings), datetime.now(UTC)
        message, name = send.message, self._channel.name
        self._free(session, send, real)
        if isinstance(error, Moved):
            settle_later(session, _id(message), at, error.code, real, counts=False)
            move_chat(session, name, message.chat, error.chat)
        elif isinstance(error, ChannelDown):
            settle_later(session, _id(message), at, error.code, real, counts=False)
            note(session, name, stopped=error.code[:200])
            self._alert(session, "channel_stopped", say("alerts.stopped", error=error.code))
        elif isinstance(error, Unreachable):
            account = account_of_chat(session, name, message.chat)
            if account:
                account.unreachable = error.code[:60]
                session.add(account)
            settle_failed(session, _id(message), "failed", error.code, real)
        elif isinstance(error, Unclear) and not self._channel.limits.resend:
            settle_failed(session, _id(message), "unclear", error.code, real)
            self._alert(session, "unclear", say("alerts.unclear", count=1))
        elif isinstance(error, Rejected):
            self._give_up(session, send, error.code)
        else:
            self._later(session, send, error, at, real)
        note(session, name, last_error=error.code[:200], last_error_at=at)

    def _later(
        self, session: Session, send: _Send, error: DeliveryError, at: datetime, real: datetime
    ) -> None:
        """Try it again; when the whole channel is away or asks for it, all of it rests."""
        away = isinstance(error, TryLater) and error.code.startswith(_NETWORK)
        if away or error.after is not None:
            self._failures += 1
            pause = error.after or min(2 ** min(self._failures, 8), _LONGEST_PAUSE)
            note(session, self._channel.name, quiet_until=real + timedelta(seconds=pause))
            settle_later(session, _id(send.message), at, error.code, real, counts=False)
            return
        if send.message.attempts >= _MOST_ATTEMPTS:
            self._give_up(session, send, error.code)
            return
        pause = min(2**send.message.attempts, _LONGEST_PAUSE)
        due = at + timedelta(seconds=pause)
        settle_later(session, _id(send.message), due, error.code, real)

    def _give_up(self, session: Session, send: _Send, code: str) -> None:
        settle_failed(session, _id(send.message), "failed", code, datetime.now(UTC))
        self._alert(session, "message_failed", say("alerts.failed", error=code))

    def _fail(self, session: Session, send: _Send, code: str) -> None:
        """It is not sent at all: nobody would get it."""
        real = datetime.now(UTC)
        settle_failed(session, _id(send.message), "failed", code, real)
        if send.slot is not None:
            give_back(session, self._channel.name, [send.slot], real)

    def _free(self, session: Session, send: _Send, real: datetime) -> None:
        if send.slot is not None:
            give_back(session, self._channel.name, [send.slot], real + WINDOW)

    def _alert(self, session: Session, kind: str, detail: str) -> None:
        raise_alert(session, kind, self._channel.name, detail, clock.now(self._desk.settings))

    async def _write(self, work: Callable[[Session], T]) -> T:
        def run() -> T:
            with transaction(self._desk.engine) as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._executor, run)


def _id(message: OutboundMessage) -> int:
    assert message.id is not None, "rows that were read have an id"
    return message.id
