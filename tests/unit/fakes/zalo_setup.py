"""A served fake with a living token, a client that calls it, and a webhook that records."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes import zalo_bot
from tests.fakes.zalo import FakeZalo, served
from tests.fakes.zalo_bot import TOKEN, FakeZaloBot
from tests.fakes.zalo_serving import serving

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC).timestamp()  #: 12:00 in Hà Nội
AN, BINH = "3000000000000000003", "3000000000000000004"


@dataclass
class Office:
    """An OA, and a client that holds its access token."""

    fake: FakeZalo
    http: httpx.Client

    def post(self, path: str, body: Any, **headers: str) -> dict[str, Any]:
        """The body of the answer, whose status is always 200."""
        return self._read(self.http.post(path, json=body, headers=headers))

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """The same for a GET; `data` is written as JSON."""
        given = {k: json.dumps(v) if isinstance(v, dict) else v for k, v in params.items()}
        return self._read(self.http.get(path, params=given))

    def cs(self, message: Any, user: Any = AN) -> dict[str, Any]:
        """Send a consultation message."""
        body = {"recipient": {"user_id": user}, "message": message}
        return self.post("/v3.0/oa/message/cs", body)

    def upload(self, kind: str, name: str, content: bytes, field: str = "file") -> dict[str, Any]:
        """Store a file for sending."""
        files = {field: (name, content, "application/octet-stream")}
        return self._read(self.http.post(f"/v2.0/oa/upload/{kind}", files=files))

    def _read(self, response: httpx.Response) -> dict[str, Any]:
        assert response.status_code == 200
        body: dict[str, Any] = response.json()
        assert ("data" in body) == (body["error"] == 0)
        return body


def a_client(url: str = "", **headers: str) -> httpx.Client:
    """A client for this machine: loading the world's certificates would cost more than the test."""
    return httpx.Client(base_url=url, headers=headers, trust_env=False, verify=False)


@contextmanager
def an_office(**changes: Any) -> Iterator[Office]:
    """An OA at noon, whose clock stands still unless it is advanced."""
    with served(FakeZalo(**{"now": lambda: NOON, **changes})) as fake:
        token = fake.mint()["access_token"]
        with a_client(fake.url, access_token=token) as http:
            yield Office(fake, http)


@dataclass
class Bot:
    """A served bot and a client that knows its token."""

    fake: FakeZaloBot
    http: httpx.Client

    def call(self, method: str, *, status: int = 200, **given: Any) -> dict[str, Any]:
        """The envelope."""
        answer = self.http.post(f"/bot{TOKEN}/{method}", json=given)
        assert answer.status_code == status
        body: dict[str, Any] = answer.json()
        assert body.keys() == (
            {"ok", "result"} if body["ok"] else {"ok", "error_code", "description"}
        )
        return body

    def error(self, method: str, **given: Any) -> int:
        """The number of the refusal; 0 if there was none."""
        return self.call(method, **given).get("error_code", 0)

    def poll(self, timeout: float = 0) -> dict[str, Any]:
        """One update, or the whole envelope if there was none."""
        body = self.call("getUpdates", timeout=timeout)
        return body.get("result", body)


@contextmanager
def a_bot() -> Iterator[Bot]:
    """A bot at noon."""
    with zalo_bot.served(FakeZaloBot(now=lambda: NOON)) as fake, a_client(fake.url) as http:
        yield Bot(fake, http)


@dataclass
class Receiver:
    """A webhook that answers as told and remembers the bytes it got."""

    statuses: list[int] = field(default_factory=list)  #: for the next requests; then 200
    always: int = 200
    slow: float = 0.0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    @property
    def events(self) -> list[dict[str, Any]]:
        """What came, without the probes."""
        return [json.loads(body) for _, body in self.got if body != b"{}"]

    @property
    def names(self) -> list[str]:
        """The names of what came."""
        return [event["event_name"] for event in self.events]

    async def take(self, request: Request) -> Response:
        """One request."""
        self.got.append((dict(request.headers), await request.body()))
        if self.slow:
            await asyncio.sleep(self.slow)
        return Response(status_code=self.statuses.pop(0) if self.statuses else self.always)


@contextmanager
def a_receiver(**changes: Any) -> Iterator[Receiver]:
    """A webhook on a port of its own."""
    receiver = Receiver(**changes)
    app = Starlette(routes=[Route("/webhook", receiver.take, methods=["POST"])])
    with serving(app) as url:
        receiver.url = f"{url}/webhook"
        yield receiver
