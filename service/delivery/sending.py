"""Send what waits in the outbox of one channel, within its limits; settled in settling.py."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlmodel import Session

from bot.channels.base import Channel, DeliveryError, Rejected, Unclear, Unreachable
from bot.messages import Button, Enclosure, Outgoing, Template
from service import clock
from service.asking import Desk
from service.delivery.settling import Attempt, Settling
from service.spending import CAP, PAID, TEMPLATE, reserve
from service.storage.channel_states import state_of
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.outbox import claim_messages, is_due, keep_sending
from service.storage.people import account_of_chat
from service.storage.people_tables import SILENT, ChannelAccount
from service.storage.slots import give_back, keep_slots, lay_slots, take_slots

log = logging.getLogger(__name__)

T = TypeVar("T")

IN_FLIGHT = 16  #: messages being sent by one process, over all its channels
_HOLD = timedelta(seconds=15)  #: renewed; longer than the database may keep a renewal waiting
_RENEWED = 3.0  #: seconds between two renewals
_IDLE = 0.05  #: seconds between two looks when there is nothing to do
_AWAY = 1.0  #: seconds between two tries while the database does not answer
_TRIES = 30  #: to write down what became of a message


class Sender:
    """Sends the messages of one channel until it is told to stop."""

    def __init__(
        self, desk: Desk, channel: Channel, worker: str, executor: Executor, in_flight: int
    ) -> None:
        """`in_flight`: this channel's share of IN_FLIGHT."""
        self._desk, self._channel, self._worker = desk, channel, worker
        self._executor, self._in_flight = executor, in_flight
        self._settling = Settling(desk, channel, worker)
        self._sending: dict[asyncio.Task[None], Attempt] = {}
        self._renewed: float | None = None  #: None until the channel's slots are laid

    async def run(self, stop: asyncio.Event) -> None:
        """Claim, send, settle; what is begun is finished at the end."""
        while not stop.is_set() or self._sending:
            try:
                await self._round(ending=stop.is_set())
            except Exception as error:  # the database is away: it is asked again
                log.error("%s: nothing is sent: %s", self._channel.name, type(error).__name__)
                await asyncio.sleep(_AWAY)

    async def _round(self, *, ending: bool) -> None:
        now = asyncio.get_running_loop().time()
        if self._renewed is None or now - self._renewed > _RENEWED:
            await self._write(self._prepare if self._renewed is None else self._renew)
            self._renewed = now
        room = 0 if ending else self._in_flight - len(self._sending)
        attempts = await self._write(lambda s: self._claim(s, room)) if room > 0 else []
        for attempt in attempts:
            task = asyncio.create_task(self._send(attempt))
            self._sending[task] = attempt
            task.add_done_callback(self._sending.pop)
        await self._rest()

    async def _rest(self) -> None:
        """Until something is sent, or for a moment."""
        if self._sending:
            await asyncio.wait(
                list(self._sending), timeout=_IDLE, return_when=asyncio.FIRST_COMPLETED
            )
        else:
            await asyncio.sleep(_IDLE)

    # --- claiming --------------------------------------------------------------------------

    def _prepare(self, session: Session) -> None:
        lay_slots(session, self._channel.name, self._channel.limits.per_second, datetime.now(UTC))
        self._settling.lost(session)

    def _renew(self, session: Session) -> None:
        until = datetime.now(UTC) + _HOLD
        attempts = list(self._sending.values())
        ids = [_id(attempt.message) for attempt in attempts]
        keep_sending(session, self._worker, ids, until)
        slots = [attempt.slot for attempt in attempts if attempt.slot is not None]
        keep_slots(session, self._channel.name, slots, self._worker, until)
        self._settling.lost(session)

    def _claim(self, session: Session, limit: int) -> list[Attempt]:
        name, limits = self._channel.name, self._channel.limits
        at, real = clock.now(self._desk.settings), datetime.now(UTC)
        if not is_due(session, name, at):  # most of the time: then nothing is locked
            return []
        state = state_of(session, name)
        if state.stopped or (state.quiet_until and state.quiet_until > real):
            return []
        until = real + _HOLD
        slots: list[int] = []
        if limits.per_second:
            slots = take_slots(session, name, limit, self._worker, real, until)
            limit = len(slots)
        if not limit:
            return []
        claimed = claim_messages(session, name, self._worker, at, real, until, limit)
        give_back(session, name, slots[len(claimed) :], self._worker, real)
        return [
            self._attempt(session, message, slots[place] if slots else None, at, real)
            for place, message in enumerate(claimed)
        ]

    def _attempt(
        self,
        session: Session,
        message: OutboundMessage,
        slot: int | None,
        at: datetime,
        real: datetime,
    ) -> Attempt:
        if not message.text and not message.enclosure:
            return Attempt(message, slot, "erased", False, real)
        account = account_of_chat(session, message.channel, message.chat)
        templated = self._channel.limits.templates and bool(message.template)
        if account is None:  # a group; or somebody who never wrote, whose window never was open
            return self._paid(session, Attempt(message, slot, "", templated, real), None, at)
        silent = account.unreachable == SILENT
        closed = silent or _is_over(self._channel.limits.window_hours, account, at)
        gone = "" if silent else account.unreachable or ""
        barred = SILENT if closed and not templated else gone
        return self._paid(session, Attempt(message, slot, barred, closed, real), account, at)

    def _paid(
        self, session: Session, attempt: Attempt, account: ChannelAccount | None, at: datetime
    ) -> Attempt:
        """With its price counted; barred where that would pass what a month may cost."""
        if attempt.barred:
            return attempt
        route = ""
        if attempt.closed:
            route = TEMPLATE
        elif account and _is_over(self._channel.limits.free_hours, account, at):
            route = PAID
        attempt.reserved = reserve(session, self._desk.settings, route, at)
        attempt.barred = "" if attempt.reserved else CAP
        return attempt

    # --- sending ---------------------------------------------------------------------------

    async def _send(self, attempt: Attempt) -> None:
        settling = self._settling
        if attempt.barred:
            await self._settle(lambda session: settling.untried(session, attempt))
            return
        try:
            delivered = await self._deliver(attempt)
        except _NotPaid:
            attempt.barred = CAP
            await self._settle(lambda session: settling.untried(session, attempt))
        except Exception as error:
            told = self._told(attempt.message, error)
            await self._settle(lambda session: settling.failed(session, attempt, told))
        else:
            await self._settle(lambda session: settling.sent(session, attempt, delivered))

    async def _deliver(self, attempt: Attempt) -> str:
        message = self._outgoing(attempt.message)
        template = self._template(attempt.message)
        if template is None:
            return await self._channel.send(message)
        if not attempt.closed:
            try:
                return await self._channel.send(message)
            except Unreachable as error:  # the platform counts the window by its own clock
                log.info("%s: a template goes out instead: %s", self._channel.name, error.code)
                if not await self._write(lambda s: self._settling.by_template(s, attempt)):
                    raise _NotPaid from error
        return await self._channel.send(replace(message, template=template))

    def _template(self, message: OutboundMessage) -> Template | None:
        told, data = message.template, message.template.get("data")
        if not self._channel.limits.templates or not isinstance(data, dict):
            return None
        filled = {name: str(value) for name, value in data.items()}
        return Template(str(told["id"]), filled, f"m{message.id}")

    def _told(self, message: OutboundMessage, error: Exception) -> DeliveryError:
        if isinstance(error, DeliveryError):
            return error
        # A defect of the adapter: the message may have gone.
        name = type(error).__name__
        log.error("%s: message %s: %s", message.channel, message.id, name)
        return Unclear(name)

    def _outgoing(self, message: OutboundMessage) -> Outgoing:
        enclosure = None
        if message.enclosure:
            told = {name: str(value) for name, value in message.enclosure.items()}
            try:
                content = (self._desk.settings.received_dir / told["sha256"]).read_bytes()
            except OSError:
                raise Rejected("file gone") from None
            enclosure = Enclosure(told["name"], told["media_type"], content)
        buttons = tuple(Button(**b) for b in message.buttons if isinstance(b, dict))  # type: ignore[arg-type]
        return Outgoing(message.chat, message.text, buttons, enclosure)

    async def _settle(self, work: Callable[[Session], None]) -> None:
        """Written down, though the database is away for a moment: or it would be sent again."""
        for _ in range(_TRIES):
            try:
                await self._write(work)
                return
            except Exception as error:
                log.error("%s: not written down: %s", self._channel.name, type(error).__name__)
                await asyncio.sleep(_AWAY)

    async def _write(self, work: Callable[[Session], T]) -> T:
        def run() -> T:
            with transaction(self._desk.engine) as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._executor, run)


class _NotPaid(Exception):
    """The month's money is used up."""


def _is_over(hours: int, account: ChannelAccount, at: datetime) -> bool:
    """Whether the person has been silent for longer; 0 hours never end."""
    return hours > 0 and account.last_seen_at + timedelta(hours=hours) < at


def _id(message: OutboundMessage) -> int:
    assert message.id is not None, "rows that were read have an id"
    return message.id
