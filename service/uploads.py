"""Files on their way to us: a few at a time, for they are held in memory, and not for ever."""

from __future__ import annotations

import asyncio

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import TooManyUploads, error_json

AT_ONCE = 4  #: in one process
LONGEST = 300.0  #: seconds that a file may take; a slow line carries 20 MB in two minutes


class LimitUploads:
    """Answers 503 to whoever comes while AT_ONCE files are being taken in."""

    def __init__(
        self, app: ASGIApp, path: str, at_once: int = AT_ONCE, seconds: float = LONGEST
    ) -> None:
        """`path`: how the path begins where files come in."""
        self.app, self.path = app, path
        self.at_once, self.seconds = at_once, seconds
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on while there is room; a body that does not end is broken off."""
        if not self._is_upload(scope):
            await self.app(scope, receive, send)
            return
        if self._open >= self.at_once:
            error = TooManyUploads()
            busy = JSONResponse(error_json(error), error.status, headers={"Retry-After": "10"})
            await busy(scope, receive, send)
            return
        until = asyncio.get_running_loop().time() + self.seconds

        async def in_time() -> Message:
            try:
                async with asyncio.timeout_at(until):
                    return await receive()
            except TimeoutError:
                return {"type": "http.disconnect"}

        self._open += 1
        try:
            await self.app(scope, in_time, send)
        finally:
            self._open -= 1

    def _is_upload(self, scope: Scope) -> bool:
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        return is_post and str(scope["path"]).startswith(self.path)
