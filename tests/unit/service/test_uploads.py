"""Files that come in: so many at once, and none for ever."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from service.uploads import LimitUploads

FILES = "/chat/files"


class Slow:
    """An application that waits until it is told to answer; counts whom it has let in."""

    def __init__(self) -> None:
        self.inside, self.go = 0, asyncio.Event()
        self.read: list[Message] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.inside += 1
        self.read.append(await receive())
        await self.go.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def post(path: str = FILES, method: str = "POST") -> Scope:
    return {"type": "http", "method": method, "path": path, "headers": []}


async def at_once() -> Message:
    return {"type": "http.request", "body": b"a", "more_body": False}


async def never() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


class Answered:
    """What one request was answered."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, message: Message) -> None:
        self.messages.append(dict(message))

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])


def run(work: Callable[[], Any]) -> None:
    asyncio.run(work())


def test_a_few_files_are_taken_in_at_once_and_the_next_is_told_to_come_later() -> None:
    async def work() -> None:
        app = Slow()
        door = LimitUploads(app, FILES, at_once=2)
        first = [Answered() for _ in range(2)]
        tasks = [asyncio.create_task(door(post(), at_once, one.send)) for one in first]
        while app.inside < 2:
            await asyncio.sleep(0)

        late = Answered()
        await door(post(), at_once, late.send)
        assert late.status == 503
        assert (b"retry-after", b"10") in late.messages[0]["headers"]
        error = json.loads(late.messages[1]["body"])["error"]
        assert error["code"] == "too_many_uploads"
        assert "gửi lại sau ít phút" in error["message"]

        other = Answered()  # a message is no file
        talk = asyncio.create_task(door(post("/chat/messages"), at_once, other.send))
        app.go.set()
        await asyncio.gather(*tasks, talk)
        assert [one.status for one in (*first, other)] == [200, 200, 200]

        again = Answered()
        await door(post(), at_once, again.send)
        assert again.status == 200

    run(work)


def test_a_file_that_never_ends_is_broken_off() -> None:
    async def work() -> None:
        app = Slow()
        app.go.set()
        await LimitUploads(app, FILES, seconds=0)(post(), never, Answered().send)
        assert app.read == [{"type": "http.disconnect"}]

    run(work)


def test_a_request_that_fails_leaves_its_place() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError

    async def work() -> None:
        door = LimitUploads(broken, FILES, at_once=1)
        for _ in range(3):
            try:
                await door(post(), at_once, Answered().send)
            except ValueError:
                continue
            raise AssertionError

    run(work)
