"""An officer on the page: the clause of a paper that has no page; gone once they act no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine
from sqlmodel import col, select

from service.settings import Settings
from service.storage import bindings, units
from service.storage.engine import open_engine, transaction
from service.storage.people_tables import ChannelAccount
from tests.browser.conftest import WIDTHS
from tests.browser.product import running
from tests.browser.talking import ask, overflow
from tests.builders import some_settings
from tests.closed_papers import ANSWER, ASK_OFFICERS, OF_OFFICERS, OFFICERS, publish_closed

KEPT = "JSON.stringify(sessionStorage) + JSON.stringify(localStorage)"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An office with a paper for officers."""
    folder = tmp_path_factory.mktemp("house")
    settings = some_settings(folder, data_dir=folder)
    publish_closed(settings, OFFICERS, ("officers",))
    return settings


@pytest.fixture(scope="module")
def closed_address(house: Settings, chromium_path: str) -> Iterator[str]:
    with running(house.data_dir) as address:
        yield address


@pytest.fixture
def engine(house: Settings) -> Iterator[Engine]:
    opened = open_engine(house.storage_url)
    yield opened
    opened.dispose()


def confirmed(engine: Engine, unit: str) -> Callable[[], None]:
    """Whoever wrote last acts for a unit, until this is called."""
    at = datetime.now(UTC)
    with transaction(engine) as session:
        newest = select(ChannelAccount).order_by(col(ChannelAccount.id).desc())
        account = session.exec(newest).first()
        assert account is not None
        id_ = units.add_unit(session, unit, at).id or 0
        asked = bindings.ask(session, account.person_id, id_, "An", "", at).id or 0
        bindings.confirm(session, asked, "admin:1", at)

    def revoke() -> None:
        with transaction(engine) as session:
            assert bindings.revoke(session, asked, datetime.now(UTC))

    return revoke


def test_what_an_officer_was_shown_ends_with_their_office(
    browser: Browser, closed_address: str, engine: Engine, width: str, tmp_path: Path
) -> None:
    viewport = WIDTHS[width]
    with browser.new_context(base_url=closed_address, viewport=viewport) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto("/")
        ask(page, "xin chào")
        expect(page.locator(".message.assistant")).to_have_count(1)
        revoke = confirmed(engine, f"Trường {width}")
        ask(page, ASK_OFFICERS)
        card = page.locator("figure.source")
        expect(card).to_contain_text(ANSWER)
        expect(card.locator("a")).to_have_count(0)
        page.get_by_role("button", name="Xem cả điều").click()
        expect(page.locator(".message.notice")).to_contain_text("4719 hộp phấn rôm")
        assert overflow(page) == 0
        kept = page.evaluate(KEPT)
        assert not any(mark in kept for mark in OF_OFFICERS)
        page.reload()  # what this tab does not keep is asked for again
        expect(page.locator("figure.source")).to_contain_text(ANSWER)
        expect(page.locator(".message.notice")).to_contain_text("4719 hộp phấn rôm")
        revoke()
        page.reload()
        told = page.locator("#tro-chuyen")
        expect(told).to_contain_text("không còn quyền đọc")
        assert not any(mark in told.inner_text() for mark in OF_OFFICERS)
