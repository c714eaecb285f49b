"""A bot reduced to its HTTP: it calls the fake Telegram, and is called by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

import httpx

from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.wire import Json, Receive, Scope, Send, read_body

SOMEBODY = 7


@dataclass
class Telegram:
    """A fake that is served, and a client that writes to it as a bot would."""

    fake: FakeTelegram
    base_url: str
    file_url: str
    client: httpx.Client

    @property
    def address(self) -> str:
        """Where the control and the page are."""
        return self.base_url.removesuffix("/bot")

    def post(self, method: str, **fields: Any) -> httpx.Response:
        """A call as python-telegram-bot writes it: a form with JSON in it."""
        form = {k: v if isinstance(v, str) else json.dumps(v) for k, v in fields.items()}
        return self.client.post(f"{self.base_url}{self.fake.token}/{method}", data=form)

    def call(self, method: str, **fields: Any) -> Any:
        """The result of a call that must be accepted."""
        answer = self.post(method, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    def refused(self, method: str, **fields: Any) -> tuple[int, str]:
        """The code and the sentence of a call that must be refused."""
        answer = self.post(method, **fields)
        body = answer.json()
        assert (body["ok"], body["error_code"]) == (False, answer.status_code)
        return answer.status_code, body["description"]

    def says(self, text: str, *, user: int = SOMEBODY, **message: Any) -> tuple[int, str]:
        """What comes of a text that must be refused."""
        return self.refused("sendMessage", chat_id=user, text=text, **message)


@dataclass
class Receiver:
    """A bot's webhook: remembers what it was sent, and answers as it is told (0: never)."""

    answers: Callable[[Json], int] = lambda update: 200
    got: list[Json] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    changed: Condition = field(default_factory=Condition)
    url: str = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One update, or the life of the server."""
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        update = json.loads(await read_body(receive))
        header = b"x-telegram-bot-api-secret-token"
        with self.changed:
            self.got.append(update)
            self.secrets.append(dict(scope["headers"]).get(header, b"").decode())
            status = self.answers(update)
            self.changed.notify_all()
        if not status:
            await receive()  # until the sender hangs up
            return
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def wait(self, count: int) -> list[Json]:
        """What came, when it is so much."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.got) >= count, 10), self.got
            return list(self.got)
