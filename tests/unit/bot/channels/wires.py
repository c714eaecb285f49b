"""Servers inside the test: what was asked of them, and the answers that a test gives them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import parse_qs

import httpx

T = TypeVar("T")

#: An answer, or what happens on the way instead.
Answer = httpx.Response | Exception


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def ok(result: object = True) -> httpx.Response:
    return httpx.Response(200, json={"ok": True, "result": result})


def refused(status: int, description: str = "", **parameters: object) -> httpx.Response:
    body: dict[str, object] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return httpx.Response(status, json=body)


def streamed(*pieces: bytes, status: int = 200, **headers: str) -> httpx.Response:
    """A file as it comes: piece by piece."""

    async def content() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, content=content(), headers=told)


@dataclass
class Wire:
    """Answers by the last part of the path; `default` where a test has said nothing."""

    answers: dict[str, Answer | Callable[[], Answer]] = field(default_factory=dict)
    default: Callable[[], Answer] = ok
    asked: list[httpx.Request] = field(default_factory=list)

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.asked.append(request)
        given = self.answers.get(self.method(request), self.default)
        answer = given() if callable(given) else given
        if isinstance(answer, Exception):
            raise answer
        return answer

    @staticmethod
    def method(request: httpx.Request) -> str:
        return request.url.path.rpartition("/")[2]

    def methods(self) -> Sequence[str]:
        return [self.method(request) for request in self.asked]

    def form(self, place: int = -1) -> dict[str, Any]:
        """What python-telegram-bot posted: a form whose nested values are JSON."""
        posted = parse_qs(self.asked[place].content.decode(), keep_blank_values=True)
        return {name: _unpacked(values[0]) for name, values in posted.items()}

    def body(self, place: int = -1) -> Any:
        return json.loads(self.asked[place].content)


def _unpacked(value: str) -> Any:
    return json.loads(value) if value[:1] in "{[" else value
