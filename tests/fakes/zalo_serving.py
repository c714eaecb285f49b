"""Serves a fake on a free port of this machine, and answers as badly as a test asks for."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

import uvicorn
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

Kind = Literal["error", "http500", "timeout", "timeout_after", "drop", "drop_after", "html", "slow"]
Answer = Callable[[], Awaitable[Response]]
HTML = "<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>"


class Hang(Response):
    """Never answers: returns when the other side has given up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass


class BrokenOff(Response):
    """Promises a body and closes the connection instead."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"1000"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


@dataclass
class Fault:
    """What goes wrong with the next `left` calls whose path contains `where`; None means always."""

    kind: Kind
    where: str = "/"
    left: int | None = 1
    code: int = 0
    seconds: float = 0.1


@dataclass
class Faults:
    """The faults that are waiting, the oldest first."""

    waiting: list[Fault] = field(default_factory=list)

    def take(self, path: str) -> Fault | None:
        """The fault for a call to this path, used up by one."""
        for fault in self.waiting:
            if fault.where in path:
                if fault.left is not None:
                    fault.left -= 1
                    if fault.left <= 0:
                        self.waiting.remove(fault)
                return fault
        return None


async def with_faults(
    faults: Faults, request: Request, answer: Answer, error: Callable[[Fault], Response]
) -> Response:
    """The answer, or what a waiting fault makes of it."""
    fault = faults.take(request.url.path)
    if fault is None:
        return await answer()
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
        return await answer()
    if fault.kind in ("timeout_after", "drop_after"):
        await answer()
    match fault.kind:
        case "error":
            return error(fault)
        case "http500":
            return PlainTextResponse("Internal Server Error", fault.code or 500)
        case "html":
            return HTMLResponse(HTML, fault.code or 200)
        case "timeout" | "timeout_after":
            return Hang()
        case _:
            return BrokenOff()


class Server(uvicorn.Server):
    """Starts and stops without the pauses that a server in production makes."""

    async def main_loop(self) -> None:
        """Wait until told to stop."""
        while not self.should_exit:
            await asyncio.sleep(0.01)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Cut off whoever still waits: this is how a restart looks from outside."""
        for server in self.servers:
            server.close()
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self.lifespan.shutdown()


def bound(host: str, port: int) -> socket.socket:
    """A socket of that port; 0 takes a free one."""
    # Named as TCP, or asyncio leaves its delay on: 40 ms before the body of every answer.
    listening = socket.socket(proto=socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    listening.listen(128)  # whoever is told the address may call at once
    return listening


def server_of(app: ASGIApp) -> Server:
    """A quiet server: what it would complain of is what the tests ask for."""
    return Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="on"))


@contextmanager
def serving(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve in a background thread; yields the address."""
    with bound(host, port) as listening:
        server = server_of(app)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        address = f"http://{host}:{listening.getsockname()[1]}"
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.002)
            if not server.started:
                raise RuntimeError("the fake did not start")
            yield address
        finally:
            server.should_exit = True
            thread.join(10)
