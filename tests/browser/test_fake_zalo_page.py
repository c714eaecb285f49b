"""The page of the fakes is enough to try a channel: writing, pressing, uploading, choosing."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.fakes import zalo, zalo_bot

AN, BINH = "3000000000000000003", "3000000000000000004"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    errors: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    assert errors == []


def say(page: Page, text: str) -> None:
    page.get_by_label("Tin nhắn").fill(text)
    page.get_by_role("button", name="Gửi", exact=True).click()


def test_a_person_writes_presses_and_uploads(page: Page) -> None:
    with zalo.served(zalo.FakeZalo()) as fake:
        page.goto(fake.url)
        say(page, "<b>Hạn nộp</b>?")
        expect(page.locator(".user")).to_contain_text("<b>Hạn nộp</b>?")
        button = {"title": "Hải Phòng", "type": "oa.query.show", "payload": "hạn nộp Hải Phòng"}
        attachment = {"type": "template", "payload": {"buttons": [button]}}
        message = {"text": "Văn bản nào?", "attachment": attachment}
        answer = httpx.post(
            f"{fake.url}/v3.0/oa/message/cs",
            headers={"access_token": fake.mint()["access_token"]},
            json={"recipient": {"user_id": AN}, "message": message},
        )
        assert answer.json()["error"] == 0
        page.get_by_role("button", name="Hải Phòng").click()
        expect(page.locator(".user").last).to_contain_text("hạn nộp Hải Phòng")
        file = {"name": "góp ý.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
        page.get_by_label("Gửi tệp").set_input_files(file)  # type: ignore[arg-type]
        expect(page.locator(".user").last).to_contain_text("góp ý.pdf")
        assert fake.log(AN)[-1].content == b"%PDF-1.7"
        page.get_by_role("button", name="Quan tâm OA", exact=True).click()
        fake.wait_for(lambda: fake.user(AN).follower)
        page.get_by_label("Mã người dùng khác").fill(BINH)
        page.get_by_role("button", name="Chọn").click()
        say(page, "tôi là người khác")
        expect(page.locator(".line")).to_have_count(1)
        assert fake.log(BINH)[0].text == "tôi là người khác"


def test_a_bot_has_groups_and_nothing_to_follow(page: Page) -> None:
    with zalo_bot.served(zalo_bot.FakeZaloBot()) as fake:
        page.goto(fake.url)
        expect(page.get_by_role("heading")).to_have_text("Zalo Bot giả lập")
        expect(page.get_by_role("button", name="Quan tâm OA", exact=True)).to_be_hidden()
        page.get_by_label("Nhóm").fill("nhom")
        say(page, "xin chào")
        expect(page.locator(".user")).to_contain_text("xin chào")
        assert fake.log("nhom")[0].text == "xin chào"
