"""What every fake offers a test: time, faults, waiting; and the same again as JSON over HTTP."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import inspect
import json
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.fakes.zalo_clock import Clock, Timeline
from tests.fakes.zalo_serving import Fault, Faults, Kind

T = TypeVar("T")
PAGE = Path(__file__).with_name("zalo_page.html")


class Control:
    """Call its methods from any thread but the server's own."""

    name = ""  #: what the page is headed with

    def __init__(self, clock: Clock) -> None:
        self.clock, self.timeline = clock, Timeline(clock)
        self.changed = threading.Condition()
        self.faults = Faults()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.url = ""

    @property
    def verbs(self) -> frozenset[str]:
        """The methods that `/_control/<name>` reaches: all but those that take or return code."""
        here = frozenset(name for name, _ in inspect.getmembers(type(self), inspect.isfunction))
        return frozenset(n for n in here if not n.startswith("_")) - {"wait_for", "in_loop", "note"}

    def about(self) -> dict[str, Any]:
        """What the page must know."""
        return {"name": self.name, "url": self.url, "verbs": sorted(self.verbs)}

    def fault(
        self,
        kind: Kind,
        where: str = "/",
        times: int | None = 1,
        *,
        code: int = 0,
        seconds: float = 0.1,
    ) -> None:
        """Let the next `times` calls whose path contains `where` go wrong; None: until cleared."""
        with self.changed:
            self.faults.waiting.append(Fault(kind, where, times, code, seconds))

    def clear_faults(self) -> None:
        """From now on all goes well."""
        with self.changed:
            self.faults.waiting.clear()

    def advance(self, seconds: float) -> None:
        """Let time pass at once; what became due is done soon after."""
        self.clock.advance(seconds)

    def now(self) -> float:
        """Seconds since 1970, here."""
        return self.clock()

    def note(self) -> None:
        """Wake whoever waits for a change."""
        with self.changed:
            self.changed.notify_all()

    def wait_for(self, ready: Callable[[], T], timeout: float = 5.0) -> T:
        """What `ready` returns as soon as that is true; TimeoutError if it never is."""
        end = time.monotonic() + timeout
        with self.changed:
            while not (found := ready()):
                left = end - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"nothing came in {timeout} s")
                self.changed.wait(min(left, 0.02))  # time may pass without a change
        return found

    def in_loop(self, work: Awaitable[T]) -> T:
        """Do it in the server's loop and wait for the result."""
        if self.loop is None:
            raise RuntimeError("the fake is not being served")

        async def awaited() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(awaited(), self.loop).result(30)


def control_routes(control: Control) -> Iterable[Route]:
    """The page to chat through, and one address for each verb."""

    async def page(request: Request) -> Response:
        return HTMLResponse(PAGE.read_text("utf-8"))

    async def verb(request: Request) -> Response:
        name = request.path_params["verb"]
        if name not in control.verbs:
            return JSONResponse({"error": f"no verb {name}"}, 404)
        try:
            given = await request.json() if await request.body() else {}
            if "content" in given:
                given["content"] = base64.b64decode(given["content"])
            result = await run_in_threadpool(getattr(control, name), **given)
        except TimeoutError as error:
            return JSONResponse({"error": str(error)}, 408)
        except (LookupError, ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"result": plain(result)})

    return [
        Route("/", page, methods=["GET"]),
        Route("/_control/{verb}", verb, methods=["POST"]),
    ]


def announce(**told: Any) -> None:
    """Say on one line of the output how to reach the fake."""
    sys.stdout.write(json.dumps({k: v for k, v in told.items() if k != "verbs"}) + "\n")
    sys.stdout.flush()


def plain(value: Any) -> Any:
    """As JSON can say it; bytes become their number."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return len(value)
    return value
