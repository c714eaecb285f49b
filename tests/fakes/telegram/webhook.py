"""Sends updates to the bot's address: one after another per chat, again until it says 2xx."""

from __future__ import annotations

import asyncio
import http
import json
import time
from collections import deque

from tests.fakes.posting import NoAnswer, Poster
from tests.fakes.telegram.updates import Update, Updates
from tests.fakes.telegram.wire import Json

_STATUSES = set(http.HTTPStatus)
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Webhook:
    """Where updates go, if they go anywhere; it sends only while a server runs."""

    def __init__(self, updates: Updates, timeout: float, resend_after: float) -> None:
        self.updates = updates
        self.url = ""
        self.timeout = timeout  #: seconds until an answer counts as none
        self.resend_after = resend_after  #: seconds between two tries
        self.posts = 0
        self._secret = ""
        self._connections = 40
        self._error: tuple[int, str] | None = None
        self._sender: _Sender | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: set[asyncio.Task[None]] = set()

    def set(self, url: str, secret: str, connections: int) -> None:
        """Send to this address from now on."""
        self.stop()
        self.url, self._secret, self._connections = url, secret, connections
        self._error = None
        self._begin()

    def stop(self) -> None:
        """Send nowhere; what was not confirmed stays."""
        self.url = ""
        self._end()

    def opened(self, loop: asyncio.AbstractEventLoop) -> None:
        """A server runs: its loop sends."""
        self._loop = loop
        self._begin()

    async def closed(self) -> None:
        """The server stops; the address is kept for the next one."""
        self._end()
        await asyncio.gather(*self._ending)
        self._loop = None

    def accept(self, serial: int, update: Update) -> None:
        """A new update arrived (called on the loop)."""
        if self._sender:
            self._sender.accept(serial, update)

    def failed(self, why: str) -> None:
        """What `getWebhookInfo` shows."""
        with self.updates.changed:
            self._error = (int(time.time()), why)
            self.updates.changed.notify_all()

    def info(self) -> Json:
        """As `getWebhookInfo` gives it."""
        found: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.waiting()),
        }
        if self.url:
            found["max_connections"] = self._connections
            if self._error:
                found["last_error_date"], found["last_error_message"] = self._error
        if self.updates.allowed is not None:
            found["allowed_updates"] = sorted(self.updates.allowed)
        return found

    def _begin(self) -> None:
        if self.url and self._loop:
            self._sender = _Sender(self, self._loop, self.url, self._secret, self._connections)
            for serial, update in self.updates.waiting():
                self._sender.accept(serial, update)

    def _end(self) -> None:
        if self._sender and self._loop:
            ending = self._loop.create_task(self._sender.stop())
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
        self._sender = None


class _Sender:
    """One address being served: a task for each chat that has something to send."""

    def __init__(
        self,
        webhook: Webhook,
        loop: asyncio.AbstractEventLoop,
        url: str,
        secret: str,
        connections: int,
    ) -> None:
        self.webhook = webhook
        self.loop = loop
        headers = {"Content-Type": "application/json"}
        if secret:
            headers[SECRET_HEADER] = secret
        self.room = asyncio.Semaphore(connections)
        self.lanes: dict[int, deque[tuple[int, Update]]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.last = -1
        self.poster = Poster(url, headers)

    def accept(self, serial: int, update: Update) -> None:
        if serial <= self.last:  # it was already waiting when the sender began
            return
        self.last = serial
        lane = self.lanes.setdefault(update.lane, deque())
        lane.append((serial, update))
        if len(lane) == 1:
            task = self.loop.create_task(self._serve(update.lane, lane))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def stop(self) -> None:
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.poster.close()

    async def _serve(self, number: int, lane: deque[tuple[int, Update]]) -> None:
        while lane:
            serial, update = lane[0]
            async with self.room:
                dropped = not self.webhook.updates.waits(serial)
                arrived = dropped or await self._post(update)
            if arrived:
                lane.popleft()
                self.webhook.updates.confirm(serial)
            else:
                await asyncio.sleep(self.webhook.resend_after)
        del self.lanes[number]

    async def _post(self, update: Update) -> bool:
        webhook, body = self.webhook, json.dumps(update.body, ensure_ascii=False).encode()
        webhook.posts += 1
        update.given += 1
        try:
            status = await self.poster.post(body, webhook.timeout)
        except TimeoutError:
            webhook.failed("Read timeout expired")
        except NoAnswer:
            webhook.failed("Connection refused")
        else:
            if 200 <= status < 300:
                return True
            phrase = http.HTTPStatus(status).phrase if status in _STATUSES else ""
            webhook.failed(f"Wrong response from the webhook: {status} {phrase}".rstrip())
        return False
