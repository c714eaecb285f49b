"""The chat inside an office's portal: in the one that may embed it, and in one that may not."""

from __future__ import annotations

import pytest
from playwright.sync_api import Frame, FrameLocator, Page, expect

from tests.browser.talking import UNCLEAR, Open

pytestmark = pytest.mark.usefixtures("own_product")

#: What a browser is told when it reaches the product through a proxy with TLS. This machine
#: counts as safe for a browser, so a cookie for https works here without a certificate.
HTTPS = {"X-Forwarded-Proto": "https"}


def portal(open_page: Open, address: str, origin: str, path: str = "/", **options: object) -> Page:
    """The page of a portal that embeds the product."""
    return open_page(f"{origin}{path}?server={address}", **options)


def loaded(page: Page, address: str) -> Frame:
    """What stands in the frame, once its script hears keys: before, Enter is a new line."""
    inside = page.locator("iframe").element_handle().content_frame()
    assert inside is not None
    inside.wait_for_url(lambda url: url.startswith(address))
    return inside


def opened(page: Page, address: str) -> FrameLocator:
    """The chat, opened by its button."""
    page.get_by_role("button", name="Hỏi trợ lý").click()
    loaded(page, address)
    return page.frame_locator("iframe")


def ask(chat: FrameLocator, text: str) -> None:
    box = chat.get_by_label("Câu hỏi của Anh/chị")
    box.fill(text)
    box.press("Enter")


def test_a_portal_of_another_site_keeps_one_conversation(
    open_page: Open, address: str, portals: tuple[str, str], width: str
) -> None:
    page = portal(open_page, address, portals[0], width=width, extra_http_headers=HTTPS)
    expect(page.locator("iframe")).to_have_count(0)  # nothing is fetched before it is wanted
    chat = opened(page, address)
    # From the first message on it listens, be it before the choice or after it.
    with page.expect_request("**/chat/events*widget=1*"):
        ask(chat, UNCLEAR)
        chat.locator(".choices button").first.click()
    # The choice is known: both messages are of one visitor.
    expect(chat.locator(".message.answer blockquote").first).to_be_visible()
    [kept] = [c for c in page.context.cookies() if c["name"].startswith("troly")]
    assert (kept["name"], kept["sameSite"], kept["secure"]) == ("troly_widget", "None", True)
    assert kept["partitionKey"] == "http://localhost"  # type: ignore[typeddict-item]
    assert page.evaluate("document.cookie") == "portal=rieng-cua-cong"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_over_plain_http_it_can_be_tried_within_one_site(
    open_page: Open, address: str, portals: tuple[str, str]
) -> None:
    server = address.replace("127.0.0.1", "localhost")
    page = portal(open_page, server, portals[0])
    chat = opened(page, server)
    ask(chat, UNCLEAR)
    chat.locator(".choices button").first.click()
    expect(chat.locator(".message.answer blockquote").first).to_be_visible()


def test_it_opens_and_closes_by_keyboard(
    open_page: Open, address: str, portals: tuple[str, str], width: str
) -> None:
    page = portal(open_page, address, portals[0], width=width)
    button = page.get_by_role("button", name="Hỏi trợ lý")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    expect(button).to_have_css("background-color", "rgb(11, 59, 111)")  # not the portal's red
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Trợ lý 407")
    expect(dialog).to_be_visible()
    inside = loaded(page, address)
    inside.get_by_label("Câu hỏi của Anh/chị").focus()
    page.keyboard.press("Escape")  # inside the frame, where the portal does not hear it
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Đóng").press("Escape")
    expect(dialog).to_be_hidden()


def test_its_links_leave_the_portal_as_it_is(
    open_page: Open, address: str, portals: tuple[str, str]
) -> None:
    page = portal(open_page, address, portals[0], extra_http_headers=HTTPS)
    chat = opened(page, address)
    ask(chat, "Hạn gửi kế hoạch năm 2023 về Sở GDĐT Hải Phòng?")
    with page.context.expect_page() as beside:
        chat.locator(".message.answer figcaption a").first.click()
    expect(beside.value.locator("section:target")).to_contain_text("20/9/2023")
    expect(page.get_by_role("heading", name="Cổng thông tin")).to_be_visible()


def test_a_portal_that_was_not_named_gets_no_button_and_no_page(
    open_page: Open, address: str, portals: tuple[str, str]
) -> None:
    page = open_page("about:blank")
    with page.expect_console_message(lambda said: "TROLY_WIDGET_ORIGINS" in said.text):
        page.goto(f"{portals[1]}/?server={address}")
    expect(page.get_by_role("button")).to_have_count(0)
    with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        page.goto(f"{portals[1]}/frame?server={address}")
    expect(page.frame_locator("iframe").locator("#hoi")).to_have_count(0)


def test_the_page_itself_cannot_be_embedded_anywhere(
    open_page: Open, address: str, portals: tuple[str, str]
) -> None:
    page = portal(open_page, address, portals[0], "/frame")
    chat = page.frame_locator("iframe").locator("#hoi")
    expect(chat).to_have_count(1)
    with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        page.evaluate(f"document.querySelector('iframe').src = '{address}/'")
    expect(chat).to_have_count(0)
