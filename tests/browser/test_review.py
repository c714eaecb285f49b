"""A paper under review in a real browser, on a phone and at a desk: put right by a few clicks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from service.settings import Settings
from service.storage.engine import open_engine
from tests.browser.officer import signed_in_page
from tests.browser.test_chat import overflow
from tests.integration.test_review_page import TEXT, a_candidate, a_paper

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def settings(data: Path) -> Settings:
    """Those of the running server."""
    return Settings(_env_file=None, env="test", data_dir=data)  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def storage(address: str, settings: Settings) -> Iterator[Engine]:
    """Its database."""
    engine = open_engine(settings.storage_url)
    yield engine
    engine.dispose()


@pytest.fixture
def reviewed(open_page: Open, storage: Engine, settings: Settings, width: str) -> Page:
    """The page of a paper that was just read, an editor signed in."""
    number = a_candidate(storage, settings, a_paper())
    page = signed_in_page(open_page, storage, "bien-tap", width, "editor")
    page.goto(f"/admin/candidates/{number}")
    return page


def test_a_wrong_date_costs_a_click_typing_and_a_click(reviewed: Page) -> None:
    assert overflow(reviewed) <= 0
    reviewed.get_by_role("link", name=re.compile("rà soát, báo cáo Sở Tư pháp")).last.click()
    when = reviewed.get_by_label("Thời hạn", exact=True)
    expect(when).to_be_focused()
    assert overflow(reviewed) <= 0
    expect(reviewed.locator("#doan")).to_be_in_viewport()
    reviewed.keyboard.type("trước ngày 20/9/2026")  # what stood there is selected
    reviewed.get_by_role("button", name="Lưu", exact=True).click()
    expect(reviewed.get_by_text("Đã lưu thay đổi")).to_be_visible()
    now = reviewed.locator(".chosen .duties")
    expect(now).to_contain_text("trước ngày 20/9/2026 → đến hết thứ Bảy 19/09/2026")


def test_clauses_are_merged_split_and_renumbered(reviewed: Page) -> None:
    tree = reviewed.locator(".clauses")
    tree.get_by_role("link", name=re.compile(r"^2. Bảo đảm")).click()
    expect(reviewed.locator("#doan")).to_be_in_viewport()
    assert overflow(reviewed) <= 0
    reviewed.get_by_role("button", name="Gộp mục này").click()
    expect(tree.get_by_role("link", name=re.compile(r"^2. Bảo đảm"))).to_have_count(0)
    form = reviewed.locator("form", has=reviewed.get_by_role("button", name="Tách mục"))
    form.get_by_label("Từ đoạn").select_option(label="2. 2. Bảo đảm thiết thực.")
    form.get_by_label("Số của mục").fill("2.")
    form.get_by_role("button", name="Tách mục").click()
    expect(tree.get_by_role("link", name=re.compile(r"^2. Bảo đảm"))).to_be_visible()
    renumber = reviewed.locator("form", has=reviewed.get_by_role("button", name="Đổi số"))
    renumber.get_by_label("Số của mục").fill("số hai")
    renumber.get_by_role("button", name="Đổi số").click()
    expect(reviewed.get_by_role("alert")).to_contain_text("chưa đúng dạng")
    expect(renumber.get_by_label("Số của mục")).to_have_value("số hai")
    renumber.get_by_label("Số của mục").fill("3.")
    renumber.get_by_role("button", name="Đổi số").click()
    expect(tree.get_by_role("link", name=re.compile(r"^3. Bảo đảm"))).to_be_visible()
    reviewed.get_by_role("button", name="Hoàn tác").click()
    expect(tree.get_by_role("link", name=re.compile(r"^2. Bảo đảm"))).to_be_visible()
    assert overflow(reviewed) <= 0


def test_a_misread_word_is_put_right(reviewed: Page, storage: Engine, settings: Settings) -> None:
    text = TEXT.replace("Bảo đảm", "Bảo đàm")
    number = a_candidate(storage, settings, a_paper(text, scanned=((0, len(text)),)))
    reviewed.goto(f"{reviewed.url.rpartition('/')[0]}/{number}?at=I.2")
    reviewed.get_by_label("Chữ đang có").fill("Bảo đàm")
    reviewed.get_by_label("Chữ như bản giấy in").fill("Bảo đảm")
    assert overflow(reviewed) <= 0
    reviewed.get_by_role("button", name="Sửa chữ này").click()
    expect(reviewed.locator("#doan")).to_have_text("2. Bảo đảm thiết thực.")
    assert overflow(reviewed) <= 0


def test_what_is_known_of_the_paper_is_put_right(reviewed: Page) -> None:
    reviewed.get_by_role("link", name="Sửa ở thông tin văn bản").first.click()
    number = reviewed.get_by_label("Số, ký hiệu")
    expect(number).to_be_in_viewport()
    number.fill("15/KH-UBND")
    reviewed.get_by_label("Ngày ban hành").fill("3/8/2026")
    reviewed.get_by_role("button", name="Lưu thông tin văn bản").click()
    expect(reviewed.get_by_text("Đã lưu thay đổi")).to_be_visible()
    expect(reviewed.get_by_label("Số, ký hiệu")).to_have_value("15/KH-UBND")
    assert overflow(reviewed) <= 0


def test_it_works_without_scripts(
    browser: object, open_page: Open, reviewed: Page, width: str
) -> None:
    path = reviewed.url.partition("/admin")[2]
    cookies = reviewed.context.cookies()
    page = open_page("/admin/sign-in", width, java_script_enabled=False)
    page.context.add_cookies(cookies)
    page.goto(f"/admin{path}")
    page.locator(".clauses .duties a").first.click()
    page.get_by_label("Thời hạn", exact=True).fill("25/9/2026")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.locator(".chosen .duties")).to_contain_text("25/9/2026")
