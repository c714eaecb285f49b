"""`getUpdates`: waits for something new; of two that wait, the newer one wins."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.fakes.telegram.refusals import Refused
from tests.fakes.telegram.wire import Call, Json

if TYPE_CHECKING:
    from tests.fakes.telegram.state import Server

MAX_WAIT = 50  #: seconds
_WEBHOOK_SET = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
_OTHER_POLLER = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
_WEBHOOK_CAME = "Conflict: terminated by setWebhook request"


class Polling:
    """The one poll that may wait."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._waiting: asyncio.Future[str] | None = None

    async def get_updates(self, call: Call) -> list[Json]:
        """What is new after `offset`, or nothing after `timeout` seconds."""
        server = self.server
        if server.webhook.url:
            raise Refused(409, _WEBHOOK_SET)
        offset = call.number("offset")
        limit = max(1, min(100, call.number("limit", 100)))
        loop = asyncio.get_running_loop()
        until = loop.time() + max(0, min(MAX_WAIT, call.number("timeout")))
        server.updates.allow(call.structure("allowed_updates", "allowed updates"))
        self._end(_OTHER_POLLER)
        while not (batch := server.updates.batch(offset, limit)) and loop.time() < until:
            why = await self._arrival(until - loop.time())
            if why:
                raise Refused(409, why)
            if self.server.closing:
                break
        return batch

    async def _arrival(self, seconds: float) -> str:
        """Waits; gives the reason if the poll must end in conflict."""
        waiting = self._waiting = asyncio.get_running_loop().create_future()
        self._is_polling(True)
        try:
            return await asyncio.wait_for(waiting, seconds)
        except TimeoutError:
            return ""
        finally:
            if self._waiting is waiting:
                self._waiting = None
                self._is_polling(False)

    def _is_polling(self, now: bool) -> None:
        with self.server.changed:
            self.server.polling = now
            self.server.changed.notify_all()

    def wake(self) -> None:
        """Something is new."""
        self._end("")

    def webhook_was_set(self) -> None:
        """Nobody polls beside a webhook."""
        self._end(_WEBHOOK_CAME)

    def _end(self, why: str) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(why)
