"""A paper's way in a real browser: handed in, compared, published, asked about, gone back from."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.browser.axe import barriers, shoot
from tests.browser.officer import signed_in_page
from tests.browser.test_chat import overflow

PLAN = """UBND TỈNH CAO LÂM
SỞ TƯ PHÁP
Số: {number}/KH-STP
Cao Lâm, ngày 12 tháng 01 năm 2026

KẾ HOẠCH
Truyền thông chính sách năm 2026 của Sở Tư pháp tỉnh Cao Lâm

I. MỤC ĐÍCH
Bảo đảm người dân biết dự thảo chính sách ngay khi soạn thảo.
II. TỔ CHỨC THỰC HIỆN
Các đơn vị gửi báo cáo kết quả về Văn phòng Sở trước ngày {day} để tổng hợp.

GIÁM ĐỐC
"""
NUMBERS = {"phone": (61, "21/8/2026"), "desk": (62, "22/8/2026")}
_BACKGROUND = 90_000  #: milliseconds that something in the background may take on a busy machine

Open = Callable[..., Page]

pytestmark = pytest.mark.usefixtures("own_product")


@pytest.fixture
def desk(open_page: Open, storage: Engine, width: str) -> Page:
    """The library at the desk, an editor signed in."""
    page = signed_in_page(open_page, storage, "bien-tap", width, "editor")
    page.goto("/admin/papers")
    return page


def answer(page: Page, number: int) -> str:
    """What the chat says, asked through its API by a citizen."""
    question = f"Kế hoạch {number}/KH-STP của Sở Tư pháp tỉnh Cao Lâm: hạn gửi báo cáo là ngày nào?"
    asked = page.request.post("/api/ask", data={"question": question})
    return str(asked.json()["text"])


def test_a_paper_is_published_answers_and_is_taken_back(
    desk: Page, width: str, tmp_path: Path
) -> None:
    number, day = NUMBERS[width]
    file = tmp_path / f"ke-hoach-{number}.txt"
    file.write_text(PLAN.format(number=number, day=day), "utf-8")
    assert overflow(desk) <= 0
    desk.get_by_role("link", name="Nạp văn bản").click()
    expect(desk.get_by_label("Tệp văn bản")).to_be_visible()
    assert overflow(desk) <= 0
    desk.get_by_label("Tệp văn bản").set_input_files(file)
    desk.get_by_label("Mọi người, kể cả người dân").check()
    desk.get_by_role("button", name="Đọc văn bản").click()
    compare = desk.get_by_role("link", name=re.compile("câu trả lời"))
    expect(compare.first).to_be_visible(timeout=_BACKGROUND)
    assert overflow(desk) <= 0
    compare.first.click()
    expect(desk.get_by_role("heading", name="Nhiệm vụ")).to_be_visible(timeout=_BACKGROUND)
    assert overflow(desk) <= 0
    assert day not in answer(desk, number)

    desk.get_by_role("button", name="Công bố").first.click()
    expect(desk.get_by_text("Đã công bố trong phiên bản")).to_be_visible(timeout=_BACKGROUND)
    assert overflow(desk) <= 0
    _until(desk, number, lambda said: day in said)

    desk.get_by_role("link", name="Lịch sử kho").last.click()
    expect(desk.get_by_role("button", name=re.compile("Quay lại bản này")).first).to_be_visible()
    assert overflow(desk) <= 0
    desk.get_by_role("button", name=re.compile("Quay lại bản này")).first.click()
    expect(desk.get_by_text("Đã xong.")).to_be_visible(timeout=_BACKGROUND)
    assert overflow(desk) <= 0
    _until(desk, number, lambda said: day not in said)


def test_several_papers_are_handed_in_with_one_button(
    desk: Page, width: str, tmp_path: Path
) -> None:
    number, day = NUMBERS[width]
    files = [tmp_path / f"ke-hoach-{number}{n}.txt" for n in range(3)]
    for n, file in enumerate(files):
        file.write_text(PLAN.format(number=f"{number}{n}", day=day), "utf-8")
    bad = tmp_path / f"{number}-khong-phai-van-ban-nhung-ten-rat-dai-{'x' * 120}.docx"
    bad.write_bytes(b"MZ")
    desk.get_by_role("link", name="Nạp văn bản").click()
    desk.get_by_label("Tệp văn bản").set_input_files([*files[:2], bad])
    desk.get_by_role("button", name="Đọc văn bản").click()
    expect(desk.get_by_role("alert")).to_contain_text("3 tệp")  # asked what they are
    assert overflow(desk) <= 0
    desk.get_by_label("Tệp văn bản").set_input_files([*files[:2], bad])
    desk.get_by_label("mỗi tệp là một văn bản").check()
    shoot(desk, width, "papers-several")
    desk.get_by_role("button", name="Đọc văn bản").click()
    expect(desk.get_by_role("status")).to_contain_text("Đã nhận 2 văn bản")
    expect(desk.get_by_role("alert")).to_contain_text("Tệp thứ 3")
    assert desk.get_by_label("mỗi tệp là một văn bản").is_checked()
    assert overflow(desk) <= 0
    assert barriers(desk) == []
    shoot(desk, width, "papers-refused")
    desk.get_by_label("Tệp văn bản").set_input_files(files)
    desk.get_by_role("button", name="Đọc văn bản").click()
    expect(desk.get_by_role("status").first).to_contain_text("Đã nhận tất cả")
    for n in range(3):  # those that were there already wait once
        waits = (
            desk.locator("table.rows")
            .first.locator("tr")
            .filter(has_text=re.compile(f"{number}{n}"))
        )
        expect(waits).to_have_count(1)
    assert overflow(desk) <= 0


def _until(page: Page, number: int, holds: Callable[[str], bool]) -> None:
    """The server opens what was published within seconds; nobody waits for it."""
    for _ in range(100):
        if holds(answer(page, number)):
            return
        page.wait_for_timeout(200)
    pytest.fail(answer(page, number))
