"""How channels reach their platforms: connections that stay cheap, downloads that stay small.

Importing this also keeps secrets out of logs: Telegram and Zalo Bot put their token into the
address, httpx logs addresses, and python-telegram-bot logs what people write.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from typing import Generic, TypeVar

import httpx

from bot.channels.base import Rejected, TooLarge, TryLater

T = TypeVar("T")

for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)
logging.getLogger("telegram").setLevel(logging.CRITICAL)

# httpcore asks for this optional package at every request; a search in vain costs a quarter of it.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]

#: Failures of which it is certain that the platform was told nothing.
NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


@cache
def trust() -> ssl.SSLContext:
    """Whom we believe to be who they say; reading the list takes longer than many requests."""
    return httpx.create_ssl_context()


class Lanes(Generic[T]):
    """As many clients of one connection each as there are requests at a time.

    One client of sixteen connections looks at all of them whenever a request comes or goes, which
    costs more than the request. How many are in flight is the outbox's affair.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._idle: list[T] = []
        self.all: list[T] = []

    @contextmanager
    def one(self) -> Iterator[T]:
        """A client that nobody else uses meanwhile."""
        lane = self._idle.pop() if self._idle else self._another()
        try:
            yield lane
        finally:
            self._idle.append(lane)

    def _another(self) -> T:
        lane = self._make()
        self.all.append(lane)
        return lane


async def download(
    client: httpx.AsyncClient, request: httpx.Request, largest: int, seconds: float = 120.0
) -> bytes:
    """The body of the answer, of at most `largest` bytes, in time; follows no redirect.

    Raises TooLarge, Rejected, TryLater.
    """
    # Raw, and asked for unpacked: a small body that unpacks to gigabytes stays small.
    request.headers["accept-encoding"] = "identity"
    try:
        async with asyncio.timeout(seconds):  # a byte now and then would be an answer for ever
            response = await client.send(request, stream=True, follow_redirects=False)
            try:
                return await _body(response, largest)
            finally:
                await response.aclose()
    except (httpx.HTTPError, TimeoutError) as error:
        raise TryLater(f"network: {type(error).__name__}") from error


async def _body(response: httpx.Response, largest: int) -> bytes:
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
        raise TryLater(f"file: {response.status_code}")
    if response.status_code != httpx.codes.OK:
        raise Rejected(f"file: {response.status_code}")
    told = response.headers.get("content-length", "")
    if told.isdecimal() and int(told) > largest:
        raise TooLarge
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > largest:
            raise TooLarge
    return bytes(body)
