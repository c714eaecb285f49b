"""The chat as a channel, on the real product: choices, files, pushes, a reload, a move, an end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser.conftest import WIDTHS
from tests.browser.talking import DEADLINE, UNCLEAR, Open, ask, held, overflow

Push = Callable[[str], None]
PAPER = FilePayload(
    name="Kế hoạch truyền thông năm 2026.pdf",
    mimeType="application/pdf",
    buffer=b"%PDF-1.4\n" + b"x" * 200_000,
)
ALL_KEPT = "JSON.stringify(sessionStorage) + JSON.stringify(localStorage)"


def answered(page: Page, times: int = 1) -> None:
    """Wait until the assistant has said so many things."""
    expect(page.locator(".message.assistant")).to_have_count(times)


def hand_in(page: Page, paper: FilePayload | Path = PAPER) -> None:
    """Choose a file as a person does: by the button with the clip."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Gửi tệp").click()
    chooser.value.set_files(paper)


# --- choices and commands -----------------------------------------------------------------------


@pytest.mark.parametrize("by", ["button", "number"])
def test_a_question_is_asked_back_and_chosen(open_page: Open, width: str, by: str) -> None:
    page = open_page("/", width)
    ask(page, UNCLEAR)
    choice = page.locator(".message.clarify .choices button").first
    label = choice.inner_text()
    if by == "button":
        choice.click()
    else:
        answered(page)
        ask(page, "1")
    expect(page.locator(".message.answer blockquote").first).to_be_visible()
    shown = page.locator(".message.user").last
    expect(shown).to_contain_text(label if by == "button" else "1")
    assert overflow(page) == 0


def test_the_menu_can_be_used_by_keyboard_and_finger(open_page: Open, width: str) -> None:
    page = open_page("/", width)
    menu = page.get_by_role("button", name="Chọn nhanh")
    menu.press("Enter")
    expect(menu).to_have_attribute("aria-expanded", "true")
    entry = page.get_by_role("button", name="Trợ giúp")
    expect(entry).to_be_focused()
    expect(entry).to_be_in_viewport()
    for one in page.locator("#viec-chon button").all():
        box = one.bounding_box()
        assert box
        assert box["height"] >= 44
        assert 0 <= box["x"] <= box["x"] + box["width"] <= WIDTHS[width]["width"]
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(entry).to_be_hidden()
    menu.click()
    entry.click()
    expect(page.locator(".message.user")).to_contain_text("Trợ giúp")
    expect(page.locator(".message.notice")).to_contain_text("nhắn câu hỏi về tiêu chí")
    assert overflow(page) == 0


# --- files --------------------------------------------------------------------------------------


def test_a_file_is_sent_with_its_progress_and_acknowledged(open_page: Open, width: str) -> None:
    page = open_page("/", width)
    with held(page, "**/chat/files*") as waiting:
        hand_in(page)
        expect(page.locator(".message.user")).to_contain_text(PAPER["name"])
        state = page.locator(".message.user .state")
        expect(state).to_contain_text("tệp…")
        waiting[0].continue_()
        receipt = page.locator(".message.notice")
        expect(receipt).to_contain_text(f"Tôi đã nhận và lưu tệp “{PAPER['name']}” (200 KB).")
    expect(state).to_be_hidden()
    assert waiting[0].request.headers["x-troly"] == "1"
    assert overflow(page) == 0


def test_the_progress_can_be_seen_and_the_sending_called_off(open_page: Open) -> None:
    page = open_page()
    client = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 40_000}
    client.send("Network.emulateNetworkConditions", slow)
    hand_in(page)
    bar = page.get_by_role("progressbar", name="Đang gửi tệp…")
    expect(bar).to_be_visible()
    page.wait_for_function("() => { const bar = document.querySelector('progress'); "
                           "return bar && bar.value > 0 && bar.value < 1; }")  # fmt: skip
    page.get_by_role("button", name="Hủy").click()
    expect(page.get_by_text("Đã hủy gửi tệp.")).to_be_visible()
    client.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    page.get_by_role("button", name="Gửi lại").click()
    expect(page.locator(".message.notice")).to_contain_text("Tôi đã nhận và lưu tệp")
    expect(page.locator(".message")).to_have_count(2)


def test_a_file_that_failed_is_sent_again_under_its_id(open_page: Open) -> None:
    page = open_page()
    asked: list[str] = []

    def break_the_first(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/chat/files*", break_the_first)
    hand_in(page)
    expect(page.get_by_text("Chưa gửi được.")).to_be_visible()
    page.get_by_role("button", name="Gửi lại").click()
    expect(page.locator(".message.notice")).to_contain_text("Tôi đã nhận và lưu tệp")
    assert asked[0] == asked[1]


def test_a_file_that_is_too_large_is_not_even_sent(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    with (tmp_path / "lớn.pdf").open("wb") as large:
        large.truncate((20 << 20) + 1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    hand_in(page, tmp_path / "lớn.pdf")
    expect(page.get_by_text("lớn quá 20 MB")).to_be_visible()
    assert not [url for url in asked if "/chat/files" in url]


def test_a_file_that_is_dropped_on_the_page_is_sent(open_page: Open) -> None:
    page = open_page()
    moved = page.evaluate_handle(
        "() => { const moved = new DataTransfer(); "
        "moved.items.add(new File(['ghi chép'], 'ghi-chep.txt', { type: 'text/plain' })); "
        "return moved; }"
    )
    page.dispatch_event("main", "dragover", {"dataTransfer": moved})
    expect(page.locator("main.dropping")).to_have_count(1)
    page.dispatch_event("main", "drop", {"dataTransfer": moved})
    expect(page.locator(".message.notice")).to_contain_text("ghi-chep.txt")
    expect(page.locator("main.dropping")).to_have_count(0)


def test_a_reload_while_a_file_is_sent_asks_for_the_file(open_page: Open) -> None:
    page = open_page()
    with held(page, "**/chat/files*"):
        hand_in(page)
        expect(page.locator(".message.user")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Anh/chị vui lòng chọn lại tệp.")).to_be_visible()
        expect(page.get_by_role("button", name="Gửi lại")).to_have_count(0)


# --- pushes -------------------------------------------------------------------------------------


def test_a_push_is_drawn_and_read_out(open_page: Open, push: Push, width: str) -> None:
    page = open_page("/", width)
    ask(page, DEADLINE)
    answered(page)
    push("Nhắc việc: kế hoạch gửi trước ngày 20/9.")
    # What is added to a log is read out by itself.
    expect(page.get_by_role("log")).to_contain_text("Nhắc việc: kế hoạch gửi trước ngày 20/9.")
    answered(page, 2)
    assert overflow(page) == 0


def test_whoever_reads_further_up_is_told_of_news_and_left_in_peace(
    open_page: Open, push: Push
) -> None:
    page = open_page("/", "phone")
    ask(page, DEADLINE)
    answered(page)
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    push("Nhắc việc thứ hai")
    news = page.get_by_role("button", name="Có tin mới")
    expect(news).to_be_in_viewport()
    expect(page.locator(".message.notice")).not_to_be_in_viewport()
    news.click()
    expect(page.get_by_text("Nhắc việc thứ hai")).to_be_in_viewport()
    expect(news).to_be_hidden()


def test_where_streams_are_blocked_the_page_looks_by_itself(open_page: Open, push: Push) -> None:
    page = open_page("about:blank")
    page.clock.install()
    page.goto("/")
    page.route("**/chat/events*", lambda route: route.abort())
    with page.expect_response("**/chat/updates*"):  # at once: the stream does not open
        ask(page, DEADLINE)
    answered(page)
    push("Nhắc việc bằng cách khác")
    page.clock.run_for(10_000)
    expect(page.get_by_text("Nhắc việc bằng cách khác")).to_be_visible()
    answered(page, 2)


def test_where_a_stream_is_held_back_the_page_looks_by_itself(open_page: Open, push: Push) -> None:
    page = open_page("about:blank")
    page.clock.install()
    page.goto("/")
    with held(page, "**/chat/events*") as waiting:  # some proxies keep it until it ends
        with page.expect_request("**/chat/events*"):
            ask(page, DEADLINE)
        answered(page)
        push("Nhắc việc qua máy trung gian")
        assert waiting
        page.clock.run_for(8_000)
        expect(page.get_by_text("Nhắc việc qua máy trung gian")).to_be_visible()


# --- a reload, another browser, the end ---------------------------------------------------------


def test_a_reload_keeps_the_conversation_and_catches_up(open_page: Open, push: Push) -> None:
    page = open_page()
    ask(page, UNCLEAR)
    expect(page.locator(".choices")).to_be_visible()
    page.goto("about:blank")
    push("Nhắc việc khi trang đóng")
    page.goto("/")
    expect(page.get_by_text("Nhắc việc khi trang đóng")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Nhắc việc khi trang đóng")).to_be_visible()
    answered(page, 2)
    page.locator(".message.clarify .choices button").first.click()  # its choices still count
    expect(page.locator(".message.answer")).to_have_count(1)


def test_what_was_answered_during_a_reload_is_fetched(open_page: Open) -> None:
    page = open_page()
    ask(page, DEADLINE)
    answered(page)
    lost: list[Route] = []

    def swallow(route: Route) -> None:
        route.fetch()  # the server has answered; the page has not heard it
        lost.append(route)

    page.route("**/chat/messages", swallow)
    with page.expect_request("**/chat/messages"):
        ask(page, "trợ giúp")
    page.wait_for_function("() => document.querySelector('.message.notice')")  # by the stream
    page.reload()
    answered(page, 2)
    expect(page.get_by_role("button", name="Gửi lại")).to_have_count(0)
    assert lost
    for route in lost:
        route.abort()


def test_the_conversation_moves_to_another_browser(open_page: Open) -> None:
    page = open_page()
    ask(page, DEADLINE)
    answered(page)
    ask(page, "chuyển kênh")
    said = page.locator(".message.notice").inner_text()
    code = said.split("Mã chuyển kênh: ")[1][:9]
    other = open_page("/", "phone")
    ask(other, f"chuyển kênh {code}")
    expect(other.locator(".message.notice")).to_contain_text("Câu gần nhất của Anh/chị là")
    ask(other, "soạn tin gửi nhóm")
    expect(other.locator(".message.notice").last).to_contain_text("20/9/2023")


def test_whoever_is_forgotten_is_forgotten_by_the_page_too(open_page: Open) -> None:
    page = open_page()
    ask(page, DEADLINE)
    answered(page)
    second = page.context.new_page()
    second.goto("/")
    ask(second, DEADLINE)
    answered(second)
    ask(page, "dữ liệu của tôi")
    page.get_by_role("button", name="Xóa dữ liệu").click()
    page.get_by_role("button", name="Xác nhận xóa").click()
    expect(page.locator(".message")).to_have_count(1)
    expect(page.locator(".message")).to_contain_text("Đã xóa dữ liệu của Anh/chị.")
    expect(second.locator(".message")).to_have_count(0)
    assert page.evaluate(ALL_KEPT) == second.evaluate(ALL_KEPT) == "{}{}"
    assert page.context.cookies() == []
    page.reload()
    expect(page.locator(".suggestions")).to_be_visible()
    expect(page.locator(".message")).to_have_count(0)
