"""A real browser on the real product: skipped loudly without Chromium, unless it is required."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import chromium, product

WIDTHS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 860}}
_PATIENCE = 15_000  #: milliseconds; the machine may be busy
expect.set_options(timeout=_PATIENCE)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = chromium.find()
    if path is None:
        message = "NO CHROMIUM: browser tests did not run (apt-get install chromium)"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return path


# Not for the session: while Playwright is open its event loop counts as running in this thread,
# and tests elsewhere that call asyncio.run() would fail.
@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with chromium.opened(chromium_path) as browser:
        yield browser


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the server that these tests start."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def address(chromium_path: str, data: Path) -> Iterator[str]:
    given = os.environ.get("TROLY_TEST_ADDRESS")  # a server that is already running
    if given:
        yield given
        return
    with product.running(data) as address:
        yield address


@pytest.fixture(params=list(WIDTHS))
def width(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """`open_page("/documents", "phone")`: a page in a context of its own, without leftovers."""
    contexts: list[BrowserContext] = []

    def open_(path: str = "/", width: str = "desk", **options: object) -> Page:
        context = browser.new_context(base_url=address, viewport=WIDTHS[width], **options)
        context.set_default_timeout(_PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
