"""What every answer of the desk carries, and no request from another site gets past."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.admin.drawing import refused
from service.admin.words import words

_READING = ("GET", "HEAD", "OPTIONS")


def is_desk(path: str) -> bool:
    """Whether the address belongs to the desk."""
    return path == "/admin" or path.startswith("/admin/")


class GuardDesk:
    """Keeps pages of the desk out of every cache, and other sites out of its forms."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        if scope["type"] != "http" or not is_desk(scope["path"]):
            await self.app(scope, receive, send)
            return

        async def unkept(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Cache-Control"] = "no-store"
                headers["X-Robots-Tag"] = "noindex, nofollow"
            await send(message)

        foreign = scope["method"] not in _READING and is_foreign(Headers(scope=scope))
        answer = refused(words()["forbidden"]["stale"]) if foreign else self.app
        await answer(scope, receive, unkept)


def is_foreign(headers: Headers) -> bool:
    """Whether a browser says that a page of another site sends this.

    Sec-Fetch-Site comes only over HTTPS and on the machine itself, Origin everywhere; what is no
    browser sends neither, and has no cookie that it was not given.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host", "")
