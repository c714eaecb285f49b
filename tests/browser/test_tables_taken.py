"""Tables in a real browser: handed in, watched, put right from the report, and taken along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.browser.axe import barriers, shoot
from tests.browser.officer import signed_in_page
from tests.browser.test_chat import overflow

_BACKGROUND = 90_000  #: milliseconds that something in the background may take on a busy machine

pytestmark = pytest.mark.usefixtures("own_product")


def test_a_table_is_handed_in_and_taken_along(
    open_page: Callable[..., Page], storage: Engine, tmp_path: Path, width: str
) -> None:
    page = signed_in_page(open_page, storage, "bang", width, "editor")
    name = f"Trường bảng {width}"
    file = tmp_path / "don-vi.csv"
    file.write_text(f"Tên đơn vị;Đơn vị cấp trên\n{name};\nTrường lạc;Không có đâu\n", "utf-8")

    def sound(shown: str) -> None:
        assert overflow(page) <= 0
        assert barriers(page) == []
        shoot(page, width, f"admin-table-{shown}")

    page.goto("/admin/units")
    page.get_by_label("Tệp danh sách").set_input_files(file)
    page.get_by_role("button", name="Nhập danh sách").click()
    expect(page.get_by_role("heading", name="Nhập danh sách đơn vị")).to_be_visible()
    expect(page.get_by_text("Đã thêm 1,")).to_be_visible(timeout=_BACKGROUND)
    expect(page.get_by_text("Chưa có đơn vị cấp trên “Không có đâu”")).to_be_visible()
    sound("taken")
    page.get_by_role("link", name="← Đơn vị").click()
    page.get_by_label("Tên, tên cũ hoặc loại").fill(name)
    page.get_by_role("button", name="Lọc").click()
    page.get_by_role("button", name="Tải danh sách (CSV)").click()
    expect(page.get_by_role("heading", name="Danh sách đơn vị để tải về")).to_be_visible()
    ready = page.get_by_role("link", name="Tải về máy")
    expect(ready).to_be_visible(timeout=_BACKGROUND)
    sound("ready")
    with page.expect_download() as fetched:
        ready.click()
    assert fetched.value.suggested_filename == "don-vi.csv"
    assert name in Path(fetched.value.path()).read_text("utf-8-sig")
