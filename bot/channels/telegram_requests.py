"""How python-telegram-bot makes its requests here: each over a connection of its own."""

from __future__ import annotations

from typing import Any

import httpx
from telegram.request import BaseRequest, HTTPXRequest

from bot.channels.connections import Lanes, trust

CONNECT, ANSWER = 5.0, 10.0  #: seconds


class LanedRequest(BaseRequest):
    """The library's own HTTPXRequest, one per request in flight; see Lanes."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """`transport`: instead of the network."""
        self._client = {"verify": trust(), "transport": transport}
        self._lanes = Lanes(self._another)

    def _another(self) -> HTTPXRequest:
        return HTTPXRequest(
            connection_pool_size=1,
            connect_timeout=CONNECT,
            read_timeout=ANSWER,
            write_timeout=ANSWER,
            httpx_kwargs=self._client,
        )

    @property
    def read_timeout(self) -> float | None:
        """Seconds."""
        return ANSWER

    async def initialize(self) -> None:
        """Nothing: lanes are made when they are needed."""

    async def shutdown(self) -> None:
        """Close every connection."""
        for lane in self._lanes.all:
            await lane.shutdown()

    async def do_request(self, *asked: Any, **named: Any) -> tuple[int, bytes]:
        """Status and body of the answer."""
        with self._lanes.one() as lane:
            return await lane.do_request(*asked, **named)
