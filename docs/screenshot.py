"""Take the pictures of the documentation from the running product.

    python docs/screenshot.py

It starts the product on a free port with an empty data folder, asks one question in an installed
Chromium at both widths, and writes docs/images/chat-1280.png and docs/images/chat-390.png.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, expect  # noqa: E402

from tests.browser import chromium, product  # noqa: E402

IMAGES = ROOT / "docs" / "images"
QUESTION = "Hạn gửi kế hoạch truyền thông chính sách năm 2023 về Sở GDĐT Hải Phòng là ngày nào?"
SIZES = ((1280, 860), (390, 844))


def main() -> int:
    """Write both pictures; 1 where no Chromium is installed."""
    path = chromium.find()
    if path is None:
        sys.stderr.write("No Chromium found: apt-get install chromium\n")
        return 1
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as data,
        product.running(Path(data)) as address,
        chromium.opened(path) as browser,
    ):
        for width, height in SIZES:
            _take(browser, address, width, height)
    return 0


def _take(browser: Browser, address: str, width: int, height: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.goto(address)
    page.get_by_label("Câu hỏi của Anh/chị").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".message.answer")).to_be_visible()
    if width > 1000:  # room for the greeting above the answer
        page.evaluate("scrollTo(0, 0)")
    file = IMAGES / f"chat-{width}.png"
    page.screenshot(path=file)
    page.close()
    sys.stdout.write(f"{file.relative_to(ROOT)}\n")


if __name__ == "__main__":
    sys.exit(main())
