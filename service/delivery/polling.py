"""Fetch events from channels that do not call us: one process polls, the others stand by."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bot.channels.base import ChannelDown, DeliveryError, Poller
from bot.messages import Incoming
from service import clock
from service.asking import Desk
from service.delivery.receiving import Brought, keep_events
from service.storage.channel_states import lead, note, state_of
from service.storage.engine import transaction

log = logging.getLogger(__name__)

T = TypeVar("T")

_HOLD = timedelta(seconds=45)  #: longer than one poll
_STANDING_BY = 2.0  #: seconds between two tries to become the one that polls
_LONGEST_PAUSE = 60.0  #: seconds between two tries when the channel does not answer


class Polling:
    """Polls one channel until it is told to stop."""

    def __init__(
        self, desk: Desk, channel: str, poller: Poller, worker: str, executor: Executor
    ) -> None:
        self._desk, self._channel, self._poller = desk, channel, poller
        self._worker, self._executor = worker, executor
        self._failures = 0
        self._writing: Future[Any] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Poll while this process leads; a poll in progress is abandoned at the end.

        What is being written is waited for: it may take the lead, which is given up afterwards.
        """
        ending = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                step = asyncio.ensure_future(self._step())
                await asyncio.wait((step, ending), return_when=asyncio.FIRST_COMPLETED)
                if not step.done():
                    step.cancel()
                    return
                await asyncio.wait((ending,), timeout=step.result())
        finally:
            ending.cancel()
            if self._writing and not self._writing.done():
                await asyncio.wait((asyncio.wrap_future(self._writing),))

    async def _step(self) -> float:
        """One poll; how long to rest after it, in seconds."""
        try:
            cursor = await self._thread(self._take_lead)
            if cursor is None:
                return _STANDING_BY
            events, after = await self._poller.poll(cursor or None)
            # Not to be called off: some channels give an event only once.
            await asyncio.shield(self._thread(lambda: self._keep(events, after)))
        except Exception as error:  # of the channel, the adapter or the database
            return await self._failed(error)
        self._failures = 0
        return 0.0

    async def _failed(self, error: Exception) -> float:
        """Note it; how long to rest after it, in seconds."""
        self._failures += 1
        if self._failures == 1:
            log.warning("%s: polling failed: %s", self._channel, _code_of(error))
        try:
            await self._thread(lambda: self._note(_code_of(error)))
        except Exception as failure:
            log.error("%s: not written down: %s", self._channel, type(failure).__name__)
        if isinstance(error, ChannelDown):
            return _LONGEST_PAUSE
        asked = error.after if isinstance(error, DeliveryError) else None
        return asked or min(2.0 ** min(self._failures, 6), _LONGEST_PAUSE)

    def _take_lead(self) -> str | None:
        """The cursor to poll from ("" at the beginning); None while another process polls."""
        with transaction(self._desk.engine) as session:
            name = f"poll:{self._channel}"
            if not lead(session, name, self._worker, datetime.now(UTC), _HOLD):
                return None
            return state_of(session, self._channel).cursor or ""

    def _keep(self, events: tuple[Incoming, ...], cursor: str | None) -> None:
        """Events first, then the cursor: what is not kept is asked for again."""
        at = clock.now(self._desk.settings)
        if events:
            keep_events(self._desk.engine, Brought(self._channel, events, at))
        with transaction(self._desk.engine) as session:
            if cursor != state_of(session, self._channel).cursor:
                note(session, self._channel, cursor=cursor)

    def _note(self, code: str) -> None:
        with transaction(self._desk.engine) as session:
            at = clock.now(self._desk.settings)
            note(session, self._channel, last_error=code[:200], last_error_at=at)

    async def _thread(self, work: Callable[[], T]) -> T:
        writing = self._executor.submit(work)
        self._writing = writing
        return await asyncio.wrap_future(writing)


def _code_of(error: Exception) -> str:
    """The channel's own; of anything else only the kind, for it may carry what somebody wrote."""
    return error.code if isinstance(error, DeliveryError) else type(error).__name__
