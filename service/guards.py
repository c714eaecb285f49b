"""What every request passes: how large, how often, and the headers that protect the reader."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import BodyTooLarge, ServiceError, TooManyQuestions, error_json

LARGEST_BODY = 64 * 1024  #: bytes; a question with a long history needs a tenth of it

#: What a form adds to the file that it carries.
UPLOAD_OVERHEAD = 64 * 1024

#: Calls of platforms: they come from few addresses, and are checked by their signatures.
WEBHOOKS = "/webhooks/"


def policy(framed_by: str = "'none'") -> str:
    """Nothing from another host, nothing inline; `framed_by`: origins that may embed the page."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {framed_by}"
    )


HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Clock(Protocol):
    """Seconds that only go forward."""

    def __call__(self) -> float: ...


class Protect:
    """Sets the protecting headers wherever a page has not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add to what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, protected)


class LimitBody:
    """Reads at most so many bytes of a request, whatever its headers say."""

    def __init__(
        self,
        app: ASGIApp,
        largest: int = LARGEST_BODY,
        of_paths: Mapping[str, int] | None = None,
        errors: Mapping[str, BodyTooLarge] | None = None,
        refused: Callable[[Scope], None] = lambda _scope: None,
    ) -> None:
        """`of_paths`: how a path begins → the bytes that it may take instead; `errors`: what it
        says to more. `refused` is told of each request that is too large."""
        self.app, self.largest, self.refused = app, largest, refused
        self.of_paths, self.errors = dict(of_paths or {}), dict(errors or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its whole body, or answer 413."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        start = next((start for start in self.of_paths if path.startswith(start)), "")
        body = await _read(receive, self.of_paths.get(start, self.largest))
        if body is None:
            self.refused(scope)
            await _refuse(self.errors.get(start, BodyTooLarge()))(scope, receive, send)
            return
        await self.app(scope, _again(body, receive), send)


class PerMinute:
    """Counts by address, in this process, and forgets every minute."""

    def __init__(self, most: int, clock: Clock = time.monotonic) -> None:
        self.most, self.clock = most, clock
        self._minute, self._counts = 0, dict[str, int]()

    def take(self, address: str) -> bool:
        """Count once more; whether that is still within the limit."""
        minute = int(self.clock() // 60)
        if minute != self._minute:
            self._minute, self._counts = minute, {}
        self._counts[address] = self._counts.get(address, 0) + 1
        return self._counts[address] <= self.most


class LimitRate:
    """Answers 429 to an address that sends more than `per_minute` messages.

    The machine itself is not limited: behind a proxy the server sees the visitor's address, not
    the proxy's. Nor is the desk, which would be closed by those who chat through the same proxy;
    it counts tries of passwords itself.
    """

    def __init__(self, app: ASGIApp, per_minute: int, clock: Clock = time.monotonic) -> None:
        self.app, self._messages = app, PerMinute(per_minute, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 429."""
        if scope["type"] == "http" and scope["method"] == "POST" and self._is_over(scope):
            response = _refuse(TooManyQuestions(), {"Retry-After": "60"})
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _is_over(self, scope: Scope) -> bool:
        if scope["path"].startswith(WEBHOOKS):
            return False
        address = scope["client"][0] if scope.get("client") else ""
        if address in ("127.0.0.1", "::1") or scope["path"].startswith("/admin/"):
            return False
        return not self._messages.take(address)


async def _read(receive: Receive, largest: int) -> bytes | None:
    """The whole body; None when it is larger."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > largest:
            return None
        if message["type"] != "http.request" or not message.get("more_body"):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """Hand the body that was read to whoever asks next."""
    given = False

    async def once() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once


def _refuse(error: ServiceError, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(error_json(error), status_code=error.status, headers=headers)
