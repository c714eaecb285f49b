"""A comparison is a table, and a message with a secrecy mark leaves the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.talking import Open, ask

QUESTION = "Kinh phí ở Sở KH&CN Hưng Yên và ở huyện Ia H'Drai khác gì nhau?"


def test_a_comparison_is_drawn_as_a_table(open_page: Open, width: str) -> None:
    page = open_page("/", width)
    ask(page, QUESTION)
    table = page.locator("table.comparison")
    expect(table).to_be_visible()
    expect(table.locator("tbody th")).to_have_text(
        ["Kế hoạch năm 2024 của Sở KH&CN Hưng Yên", "Kế hoạch 2022–2027 của UBND huyện Ia H’Drai"]
    )
    expect(table.locator("tbody a")).not_to_have_count(0)
    # Nothing is said twice: the table stands for the text and the cards.
    expect(page.locator(".source")).to_have_count(0)
    assert page.locator(".lead").all_inner_texts() in ([], [""])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_the_server_draws_the_same_table(open_page: Open, width: str) -> None:
    page = open_page(f"/?q={QUESTION}".replace("&", "%26"), width, java_script_enabled=False)
    expect(page.locator("table.comparison tbody tr")).to_have_count(2)
    assert page.locator(".lead").all_inner_texts() in ([], [""])


@pytest.mark.parametrize("secret", ["TỐI MẬT: số hiệu 4711"])
def test_a_secret_leaves_the_page_and_its_memory(open_page: Open, secret: str) -> None:
    page = open_page("/")
    ask(page, secret)
    expect(page.get_by_text("không lưu lại")).to_be_visible()
    assert "4711" not in page.locator("main").inner_text()
    assert "4711" not in page.evaluate("JSON.stringify(sessionStorage)")
