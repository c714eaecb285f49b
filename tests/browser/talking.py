"""What tests of the chat share: asking, and a server that says what a test wants."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

from playwright.sync_api import Error, Page, Route

DEADLINE = "Hạn gửi kế hoạch truyền thông chính sách năm 2023 về Sở GDĐT Hải Phòng là ngày nào?"
#: Is asked back: several papers say something about it.
UNCLEAR = "Kinh phí lấy từ đâu?"

Open = Callable[..., Page]
_ids = count(10**9)


def reply(kind: str = "answer", lead: str = "Trước ngày 20/9/2023", **more: Any) -> dict[str, Any]:
    """One reply as the server draws it."""
    status = "tra cứu ngày 21/11/2026"
    empty = {"more": "", "sources": [], "buttons": [], "status": status, "answers": True}
    return {"kind": kind, "lead": lead, "text": f"{lead}\n{status}", **empty, **more}


def said(*replies: dict[str, Any]) -> dict[str, Any]:
    """What the server sends back for one message."""
    return {"replies": [{"id": next(_ids), "to": "", **one} for one in replies]}


def scripted(page: Page, *answers: dict[str, Any] | int) -> list[dict[str, Any]]:
    """Answer the page from `answers` (a number is an error, 0 a broken line); gives what it sent.

    The last one is given again and again.
    """
    left, sent = list(answers), []

    def answer(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}"))
        given = left.pop(0) if len(left) > 1 else left[0]
        if given == 0:
            route.abort()
        elif isinstance(given, int):
            error = {"code": "x", "message": "Hệ thống đang bận; Anh/chị thử lại sau."}
            route.fulfill(status=given, json={"error": error})
        else:
            route.fulfill(json=given if "replies" in given else said(given))

    page.route("**/chat/messages", answer)
    return sent


@contextmanager
def held(page: Page, path: str = "**/chat/messages") -> Iterator[list[Route]]:
    """Leave the page waiting for its replies; gives what it asked, ends them at the end."""
    waiting: list[Route] = []
    page.route(path, lambda route: waiting.append(route))
    try:
        yield waiting
    finally:
        for route in waiting:
            with suppress(Error):  # answered meanwhile, or gone with its page
                route.abort()


def ask(page: Page, text: str) -> None:
    """Type a message and send it."""
    page.get_by_label("Câu hỏi của Anh/chị").fill(text)
    page.keyboard.press("Enter")


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window, once it is there."""
    page.wait_for_load_state()  # a page that has only begun has no elements to measure
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(page.evaluate(width))
