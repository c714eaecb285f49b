"""A real browser on the real product: skipped loudly without Chromium, unless it is required."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine
from sqlmodel import col, select

from service.storage.engine import open_engine, transaction
from service.storage.outbox import enqueue
from service.storage.people_tables import ChannelAccount
from tests.browser import chromium, portal, product
from tests.builders import some_settings

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
def portals(chromium_path: str) -> Iterator[tuple[str, str]]:
    """Two portals: one may embed the chat, the other may not."""
    with portal.running() as allowed, portal.running() as refused:
        yield allowed, refused


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the running product keeps everything."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def address(data: Path, portals: tuple[str, str]) -> Iterator[str]:
    given = os.environ.get("TROLY_TEST_ADDRESS")  # a server that is already running
    if given:
        yield given
        return
    with product.running(data, widget_origins=portals[0]) as address:
        yield address


@pytest.fixture
def own_product(address: str) -> None:
    """Skips what needs the database or the settings of the product."""
    if os.environ.get("TROLY_TEST_ADDRESS"):
        pytest.skip("the server at TROLY_TEST_ADDRESS is not ours to change")


@pytest.fixture(scope="module")
def storage(address: str, data: Path) -> Iterator[Engine]:
    """The database of the running product."""
    engine = open_engine(some_settings(data.parent, data_dir=data).storage_url)
    yield engine
    engine.dispose()


@pytest.fixture
def push(own_product: None, storage: Engine) -> Callable[[str], None]:
    """`push("Nhắc việc")`: a word of the assistant to its newest visitor."""

    def push_(text: str) -> None:
        with transaction(storage) as session:
            newest = select(ChannelAccount).order_by(col(ChannelAccount.id).desc())
            account = session.exec(newest).first()
            assert account
            enqueue(session, "web", account.chat, text, datetime.now(UTC), sent=True)

    return push_


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
