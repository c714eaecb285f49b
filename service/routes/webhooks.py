"""Where messaging platforms call us: checked, kept, answered at once; the work is done later."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Scope

from bot.channels.base import DeliveryError, Door, JsonValue, Refused
from service import clock
from service.delivery.receiving import Brought, Entrance
from service.guards import WEBHOOKS
from service.routes.desk import desk_of
from service.routes.pages import not_found

log = logging.getLogger(__name__)

router = APIRouter(include_in_schema=False)

LARGEST_EVENT = 1 << 20  #: bytes; a platform's event is a few kilobytes
_DEEPEST = 40  #: levels of JSON; events have fewer than ten
_SOURCES = 1_000  #: whose refusals are logged in one minute
_AGAIN = 30.0  #: seconds between two questions how the bot is called

#: The path's last part → the channel that it belongs to.
PATHS = {"telegram": "telegram", "zalo": "zalo_oa", "zalo-bot": "zalo_bot"}


class Doors:
    """The doors of the channels in use, and who was refused at them."""

    def __init__(
        self, doors: Mapping[str, Door], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.doors = dict(doors)
        self._monotonic = monotonic
        self._minute, self._told = 0, set[str]()

    def complain(self, scope: Scope, name: str, why: str) -> None:
        """Log a refusal, once per source and minute; of a crowd of sources only the first.

        `name`: the path's last part.
        """
        minute = int(self._monotonic() // 60)
        if minute != self._minute:
            self._minute, self._told = minute, set()
        source = scope["client"][0] if scope.get("client") else ""
        if source in self._told or len(self._told) >= _SOURCES:
            return
        self._told.add(source)
        log.warning("webhook of %s refused: %s", PATHS[name], why)

    def refuse_size(self, scope: Scope) -> None:
        """Log a call that was too large to be read."""
        name = scope["path"].removeprefix(WEBHOOKS)
        if name in PATHS:
            self.complain(scope, name, "too large")


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


async def post_webhook(request: Request) -> Response:
    """Keep the events of a genuine call; answered with 200 once they are kept."""
    name: str = request.path_params["name"]
    doors: Doors = request.app.state.doors
    channel = PATHS.get(name, "")
    door = doors.doors.get(channel)
    if door is None:
        return not_found(request)
    try:
        body = await request.body()
        await _admit(request, channel, door, body)
    except Refused as refused:
        doors.complain(request.scope, name, str(refused))
        return JSONResponse({"ok": False}, status_code=refused.status)
    return JSONResponse({"ok": True})


# Not by way of FastAPI: it would take longer to look for parameters than we to keep the events.
router.add_route("/webhooks/{name}", post_webhook, methods=["POST"])


async def _admit(request: Request, channel: str, door: Door, raw: bytes) -> None:
    desk = desk_of(request)
    at = clock.now(desk.settings)
    headers = {key.lower(): value for key, value in request.headers.items()}
    body = read_json(raw)
    try:
        admitted = door.admit(headers, raw, body, at)
    except Refused:
        raise
    except Exception as error:
        # A defect of ours: with any other status the platform would send it for ever.
        raise Refused(200, f"not understood ({type(error).__name__})") from None
    if admitted.events:
        brought = Brought(channel, admitted.events, at, admitted.stale)
        await request.app.state.letterbox.keep(brought)


def read_json(raw: bytes) -> JsonValue:
    """The body; raises Refused (400) when it is no JSON, or nested as no event is."""
    try:
        body: JsonValue = json.loads(raw, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused(400, "not JSON") from None
    if _is_deeper(body, _DEEPEST):
        raise Refused(400, "nested too deeply")
    return body


def _no_number(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are not JSON, and no database takes them


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
