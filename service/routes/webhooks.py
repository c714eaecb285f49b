"""Where messaging platforms call us: checked, kept, answered at once; the work is done later."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

import anyio
import anyio.to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from bot.channels.base import DeliveryError, Door, JsonValue, Refused
from service import clock
from service.delivery.receiving import Entrance, keep_events
from service.routes.desk import desk_of
from service.routes.pages import not_found

log = logging.getLogger(__name__)

router = APIRouter(include_in_schema=False)

LARGEST_EVENT = 1 << 20  #: bytes; a platform's event is a few kilobytes
_DEEPEST = 40  #: levels of JSON; events have fewer than ten
_AGAIN = 30.0  #: seconds between two questions how the bot is called
_THREADS = 4  #: of their own: questions being answered must not keep a platform waiting

#: The path's last part → the channel that it belongs to.
PATHS = {"telegram": "telegram", "zalo": "zalo_oa", "zalo-bot": "zalo_bot"}


class Doors:
    """The doors of the channels in use, and who was refused at them."""

    def __init__(
        self, doors: Mapping[str, Door], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.doors = dict(doors)
        self.limiter = anyio.CapacityLimiter(_THREADS)
        self._monotonic = monotonic
        self._told: dict[tuple[str, str], float] = {}

    def complain(self, source: str, channel: str, why: str) -> None:
        """Log a refusal, once per source and minute."""
        now = self._monotonic()
        self._told = {key: at for key, at in self._told.items() if now - at < 60}
        if (source, why) not in self._told:
            self._told[source, why] = now
            log.warning("webhook of %s refused: %s", channel, why)


@asynccontextmanager
async def identified(entrances: Iterable[Entrance]) -> AsyncIterator[None]:
    """While this lasts, the channels learn how their bots are called, however long it takes."""
    entrances = tuple(entrances)
    asking = [asyncio.create_task(_ask(e.identify)) for e in entrances if e.identify]
    try:
        yield
    finally:
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        for entrance in entrances:
            if entrance.close:
                await entrance.close()


async def _ask(identify: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await identify()
            return
        except DeliveryError:
            await asyncio.sleep(_AGAIN)


@router.get("/webhooks/{name}")
def get_webhook(request: Request, name: str) -> Response:
    """A platform's console may look whether somebody is there."""
    if name not in PATHS:
        return not_found(request)
    return PlainTextResponse("ok")


@router.post("/webhooks/{name}")
async def post_webhook(request: Request, name: str) -> Response:
    """Keep the events of a genuine call; answered with 200 once they are kept."""
    doors: Doors = request.app.state.doors
    channel = PATHS.get(name, "")
    door = doors.doors.get(channel)
    if door is None:
        return not_found(request)
    try:
        body = await request.body()
        return await _admit(request, doors, channel, door, body)
    except Refused as refused:
        source = request.client.host if request.client else ""
        doors.complain(source, channel, str(refused))
        return JSONResponse({"ok": False}, status_code=refused.status)


async def _admit(request: Request, doors: Doors, channel: str, door: Door, raw: bytes) -> Response:
    desk = desk_of(request)
    at = clock.now(desk.settings)
    headers = {key.lower(): value for key, value in request.headers.items()}
    admitted = door.admit(headers, raw, read_json(raw), at)
    if admitted.events:
        await anyio.to_thread.run_sync(
            lambda: keep_events(desk.engine, channel, admitted.events, at, stale=admitted.stale),
            limiter=doors.limiter,
        )
    return JSONResponse({"ok": True})


def read_json(raw: bytes) -> JsonValue:
    """The body; raises Refused (400) when it is no JSON, or nested as no event is."""
    try:
        body: JsonValue = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refused(400, "not JSON") from None
    if _is_deeper(body, _DEEPEST):
        raise Refused(400, "nested too deeply")
    return body


def _is_deeper(value: JsonValue, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        layer = [
            inner
            for outer in layer
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not layer:
            return False
    return True
