"""Take events from the inbox and answer them: in order for each person, several at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bot.channels.base import Channel, DeliveryError, TooLarge
from bot.messages import Attachment, Incoming
from bot.texts import say
from service import clock
from service.delivery.files import Received
from service.delivery.handling import Post, apologise, handle, takes_files
from service.errors import Overtaken
from service.storage.alerts import raise_alert
from service.storage.delivery_tables import InboundEvent
from service.storage.engine import transaction
from service.storage.inbox import (
    HOLD,
    claim_events,
    incoming_of,
    keep_holding,
    park_event,
    retry_event,
)

log = logging.getLogger(__name__)

T = TypeVar("T")

AT_ONCE = 8  #: events being worked on in one process; most of the time they wait for a core
IDLE = 0.05  #: seconds between two looks when there is nothing to do
_AWAY = 1.0  #: seconds between two tries while the database does not answer
_RENEWED = HOLD.total_seconds() / 3  #: seconds between two renewals
_MOST_ATTEMPTS = 5
_MOST_OVERTAKEN = 100  #: times that another message of the same person was faster


class Consumer:
    """Answers events until it is told to stop."""

    def __init__(
        self, post: Post, channels: Mapping[str, Channel], worker: str, executor: Executor
    ) -> None:
        self._post, self._channels, self._worker = post, channels, worker
        self._executor = executor
        self._working: dict[asyncio.Task[None], int] = {}  #: whose events they are
        self._errands: set[asyncio.Task[None]] = set()
        self._renewed = self._looked = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Claim, answer, renew what takes long; what is begun is finished at the end."""
        while not stop.is_set() or self._working:
            try:
                await self._round(ending=stop.is_set())
            except Exception as error:  # the database is away: it is asked again
                log.error("nothing is answered: %s", type(error).__name__)
                await asyncio.sleep(_AWAY)
        for errand in self._errands:  # nothing depends on them
            errand.cancel()

    async def _round(self, *, ending: bool) -> None:
        now = asyncio.get_running_loop().time()
        if self._working and now - self._renewed > _RENEWED:
            await self._renew()
            self._renewed = now
        room = AT_ONCE - len(self._working)
        # Several at a time: looking costs as much for one. What takes long keeps nobody waiting.
        worth_it = room >= AT_ONCE // 2 or (room and now - self._looked > IDLE)
        events = []
        if worth_it and not ending:
            events = await self._claim(room)
            self._looked = now
        for event in events:
            task = asyncio.create_task(self._work(event))
            self._working[task] = _id(event)
            task.add_done_callback(self._working.pop)
        await self._rest()

    async def _rest(self) -> None:
        """Until something is done, or for a moment."""
        if self._working:
            await asyncio.wait(
                list(self._working), timeout=IDLE, return_when=asyncio.FIRST_COMPLETED
            )
        else:
            await asyncio.sleep(IDLE)

    async def _claim(self, limit: int) -> list[InboundEvent]:
        def claim() -> list[InboundEvent]:
            at, known = clock.now(self._post.desk.settings), self._post.limits
            with transaction(self._post.desk.engine) as session:
                return claim_events(
                    session, self._worker, at, datetime.now(UTC), limit, channels=known
                )

        return await self._thread(claim)

    async def _renew(self) -> None:
        ids = list(self._working.values())

        def renew() -> None:
            with transaction(self._post.desk.engine) as session:
                keep_holding(session, self._worker, ids, datetime.now(UTC))

        await self._thread(renew)

    async def _work(self, event: InboundEvent) -> None:
        try:
            await self._answer(event, incoming_of(event))
        except Overtaken:
            await self._again(event, "overtaken", timedelta())
        except Exception as error:  # whatever it was: nothing is lost, and a person will know
            name = type(error).__name__
            # No traceback of an event's data: an exception may carry what somebody wrote.
            log.error("event %s of %s failed: %s", event.id, event.channel, name)
            await self._again(event, name, timedelta(seconds=2**event.attempts))

    async def _answer(self, event: InboundEvent, incoming: Incoming) -> None:
        channel = self._channels.get(incoming.channel)
        if channel and incoming.receipt:
            # Nothing waits for it: a dead channel must not keep others from their answers.
            self._errand(self._acknowledge(channel, incoming.receipt))
        identity = _id(event)
        # What is sent to a group is not kept, so it is not fetched either.
        attachments = () if incoming.group else incoming.attachments
        if attachments and not await self._thread(
            lambda: takes_files(self._post, incoming, identity)
        ):
            channel = None
        files = [await self._fetch(channel, a) for a in attachments]
        await self._thread(lambda: handle(self._post, incoming, identity, self._worker, files))

    def _errand(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _acknowledge(self, channel: Channel, receipt: str) -> None:
        try:
            await channel.acknowledge(receipt)
        except Exception as error:  # a tap that shows its little clock for longer
            log.warning("%s: a tap is not acknowledged: %s", channel.name, type(error).__name__)

    async def _fetch(self, channel: Channel | None, attachment: Attachment) -> Received:
        def refused(key: str, **values: object) -> Received:
            return Received(attachment.name, attachment.media_type, None, say(key, **values))

        if channel is None:  # not to be fetched, or handed to a server that has died since
            return refused("chat.file_unavailable")
        if not channel.limits.download_bytes:
            return refused("chat.file_unsupported")
        limit = self._post.desk.settings.upload_limit_mb
        largest = min(limit << 20, channel.limits.download_bytes)
        try:
            content = await channel.fetch(attachment, largest)
        except TooLarge:
            return refused("chat.file_too_large", limit=largest >> 20 or 1)
        except DeliveryError as error:
            log.warning("a file of %s could not be fetched: %s", channel.name, error.code)
            return refused("chat.file_unavailable")
        return Received(attachment.name, attachment.media_type, content)

    async def _again(self, event: InboundEvent, error: str, pause: timedelta) -> None:
        try:
            parked = await self._thread(lambda: self._let_go(event, error, pause))
            if parked:  # by itself: whatever keeps us from saying so, the event stays parked
                await self._thread(lambda: apologise(self._post, incoming_of(event), _id(event)))
        except Exception as failure:  # the hold lapses, and somebody takes it over
            log.error("event %s is not let go: %s", event.id, type(failure).__name__)

    def _let_go(self, event: InboundEvent, error: str, pause: timedelta) -> bool:
        """Try it later, or leave it for a person after too many attempts: whether it is left."""
        at = clock.now(self._post.desk.settings)
        with transaction(self._post.desk.engine) as session:
            most = _MOST_OVERTAKEN if error == "overtaken" else _MOST_ATTEMPTS
            if event.attempts < most:
                retry_event(session, _id(event), self._worker, at + pause, error)
                return False
            if not park_event(session, _id(event), self._worker, error):
                return False
            detail = say("alerts.parked", attempts=event.attempts, error=error)
            raise_alert(session, "event_parked", event.channel, detail, at)
            return True

    async def _thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


def _id(event: InboundEvent) -> int:
    assert event.id is not None, "rows that were read have an id"
    return event.id
