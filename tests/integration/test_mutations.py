"""Answers come from the texts: change a date, a body or a place there, and the answer changes."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from bot.answers import Answered, as_row
from bot.dialogue import Assistant
from index.encoder import SHIPPED as MODEL
from index.encoder import Encoder
from index.search import entries_of, search_over
from knowledge.library import SHIPPED, load_library
from tests.unit.bot.shipped import (
    DECISION,
    DIRECTIVE,
    HAI_PHONG,
    HAI_PHONG_2024,
    HUNG_YEN,
    IA_HDRAI,
    LANG_SON,
    TODAY,
    assistant,
    documents_of,
)


@dataclass(frozen=True)
class Change:
    """`old` becomes `new` in a paper; `question` is answered with the one, then the other."""

    document: str
    question: str
    old: str
    new: str
    file: str = "text.txt"
    says: tuple[str, str] | None = None  #: what the answer says, where it is not `old` and `new`


_TRAINING = (
    "4. Bồi dưỡng, nâng cao năng lực đội ngũ công chức thực hiện truyền thông thực thi chính sách,"
    " pháp luật.\n\na) Đơn vị chủ trì: "
)
CHANGES = [
    # dates
    Change(
        HAI_PHONG,
        "Hạn gửi kế hoạch năm 2023 về Sở GDĐT Hải Phòng là ngày nào?",
        "20/9/2023",
        "17/8/2023",
    ),
    Change(
        HAI_PHONG,
        "Hạn báo cáo kết quả truyền thông năm 2023 của Sở GDĐT Hải Phòng?",
        "10/12/2023",
        "28/11/2023",
    ),
    Change(
        IA_HDRAI,
        "Ở Ia H'Drai, nâng cao năng lực đội ngũ bắt đầu từ quý mấy?",
        "bắt đầu từ Quý III năm 2022",
        "bắt đầu từ Quý I năm 2023",
        says=("quý iii năm 2022", "quý i năm 2023"),
    ),
    Change(
        DECISION,
        "Quyết định 407 ban hành ngày nào?",
        "2022-03-30",
        "2022-04-05",
        "document.toml",
        says=("ngày ban hành: 30/3/2022", "ngày ban hành: 5/4/2022"),
    ),
    # bodies
    Change(
        HUNG_YEN,
        "Ai chủ trì tuyên truyền, phổ biến quy định về truyền thông dự thảo ở Sở KHCN Hưng Yên?",
        "a) Đơn vị chủ trì: Thanh tra Sở.",
        "a) Đơn vị chủ trì: Phòng Quản lý chuyên ngành.",
        says=("thanh tra sở", "phòng quản lý chuyên ngành"),
    ),
    Change(
        HUNG_YEN,
        "Văn phòng Sở KHCN Hưng Yên phối hợp với sở nào khi lập dự toán, quyết toán?",
        "Phối hợp với Sở Tài chính",
        "Phối hợp với Sở Nội vụ",
        says=("sở tài chính", "sở nội vụ"),
    ),
    Change(
        LANG_SON,
        "Bồi dưỡng, nâng cao năng lực đội ngũ công chức ở Sở KHĐT Lạng Sơn ai chủ trì?",
        f"{_TRAINING}Văn phòng Sở.",
        f"{_TRAINING}Phòng Tổng hợp, Quy hoạch.",
        says=("văn phòng sở", "phòng tổng hợp, quy hoạch"),
    ),
    Change(
        IA_HDRAI,
        "Ở Ia H'Drai huy động nguồn lực xã hội ai chủ trì?",
        "- Cơ quan chủ trì: Phòng Tư pháp, Ủy ban nhân dân các xã.",
        "- Cơ quan chủ trì: Phòng Dân tộc, Ủy ban nhân dân các xã.",
        says=("phòng tư pháp", "phòng dân tộc"),
    ),
    Change(
        HAI_PHONG_2024,
        "Vướng mắc khi làm theo công văn 2024 của Sở GDĐT Hải Phòng thì phản ánh về đâu?",
        "phản ánh về Sở Giáo dục và Đào tạo (qua Thanh tra Sở)",
        "phản ánh về Sở Giáo dục và Đào tạo (qua Văn phòng Sở)",
        says=("qua thanh tra sở", "qua văn phòng sở"),
    ),
    # people
    Change(
        LANG_SON,
        "Ai ký kế hoạch của Sở KHĐT Lạng Sơn?",
        "Vũ Hoàng Quý",
        "Trần Thị Thử Nghiệm",
    ),
    Change(
        HUNG_YEN,
        "Ai ký kế hoạch của Sở KH&CN Hưng Yên?",
        "Nguyễn Xuân Hải",
        "Lê Văn Kiểm Tra",
    ),
    # figures, papers, places
    Change(
        HUNG_YEN,
        "Hưng Yên đặt tỷ lệ bao nhiêu phần trăm chính sách tác động lớn phải được truyền thông?",
        "c) Bảo đảm 100% chính sách",
        "c) Bảo đảm 85% chính sách",
        says=("100%", "85%"),
    ),
    Change(
        HUNG_YEN,
        "Kinh phí của Sở KHCN Hưng Yên năm 2024 theo thông tư nào?",
        "56/2023/TT-BTC",
        "77/2022/TT-BTC",
    ),
    Change(
        LANG_SON,
        "Kế hoạch của Sở KHĐT Lạng Sơn thực hiện công văn nào của UBND tỉnh?",
        "643/UBND-KGVX",
        "918/UBND-KTN",
    ),
    Change(
        IA_HDRAI,
        "Tiêu chí về phạm vi tác động của chính sách ở huyện Ia H'Drai là gì?",
        "tác động trên phạm vi toàn huyện",
        "tác động trên phạm vi ba xã biên giới",
        says=("toàn huyện", "ba xã biên giới"),
    ),
    Change(
        DIRECTIVE,
        "Chương trình hành động của Bộ Thông tin và Truyền thông theo Chỉ thị 07 mang số nào?",
        "765/QĐ-BTTTT",
        "812/QĐ-BTTTT",
    ),
    Change(
        DECISION,
        "Năm 2022, Quyết định 407 đặt mục tiêu bao nhiêu phần trăm chính sách được truyền thông?",
        "phải đạt là 70%",
        "phải đạt là 64%",
        says=("70%", "64%"),
    ),
]


def apply(folder: Path) -> None:
    """Every change, in its file and wherever the table of the paper repeats the words."""
    for change in CHANGES:
        path = folder / change.document / change.file
        text = path.read_text("utf-8")
        assert change.old in text, change
        path.write_text(text.replace(change.old, change.new), "utf-8")
        table = folder / change.document / "document.toml"
        table.write_text(table.read_text("utf-8").replace(change.old, change.new), "utf-8")


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """The assistant over a copy of the library in which everything above is changed."""
    folder = tmp_path_factory.mktemp("changed") / "library"
    shutil.copytree(SHIPPED, folder)
    apply(folder)
    library = load_library(folder)
    return Assistant(library, search_over(entries_of(library.documents), encoder()))


@cache
def encoder() -> Encoder | None:
    return Encoder(MODEL) if (MODEL / "modules.json").is_file() else None


def said(outcome: object) -> str:
    return str(as_row(outcome)["text"]).lower()  # type: ignore[arg-type]


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: f"{c.document}-{c.new[:24]}")
def test_the_answer_follows_the_text(change: Change, changed: Assistant) -> None:
    old, new = change.says or (change.old.lower(), change.new.lower())
    before = assistant().ask(change.question, today=TODAY)
    after = changed.ask(change.question, today=TODAY)
    assert isinstance(before, Answered), before
    assert isinstance(after, Answered), after
    assert change.document in documents_of(before)
    assert change.document in documents_of(after)
    assert old in said(before)
    assert new not in said(before)
    assert new in said(after)
    assert old not in said(after) or old in new, said(after)


def test_another_place_takes_the_paper_with_it(tmp_path: Path) -> None:
    """The plan of one place, said to be of another, answers for that one only."""
    folder = tmp_path / "library"
    shutil.copytree(SHIPPED / LANG_SON, folder / LANG_SON)
    shutil.copytree(SHIPPED / HUNG_YEN, folder / HUNG_YEN)
    for name in ("text.txt", "document.toml"):
        path = folder / LANG_SON / name
        path.write_text(path.read_text("utf-8").replace("Lạng Sơn", "Bắc Kạn"), "utf-8")
    library = load_library(folder)
    moved = Assistant(library, search_over(entries_of(library.documents), encoder()))
    there = moved.ask("Ai ký kế hoạch của Sở KHĐT Bắc Kạn?", today=TODAY)
    assert isinstance(there, Answered)
    assert "vũ hoàng quý" in said(there)
    gone = moved.ask("Ai ký kế hoạch của Sở KHĐT Lạng Sơn?", today=TODAY)
    assert not isinstance(gone, Answered)
    assert "vũ hoàng quý" not in said(gone)


def test_a_year_that_is_moved_is_over_later(tmp_path: Path) -> None:
    """Validity is data: the same words, another last day, another status line."""
    folder = tmp_path / "library"
    shutil.copytree(SHIPPED / HUNG_YEN, folder / HUNG_YEN)
    path = folder / HUNG_YEN / "document.toml"
    path.write_text(path.read_text("utf-8").replace("2024-12-31", "2026-12-31"), "utf-8")
    library = load_library(folder)
    later = Assistant(library, search_over(entries_of(library.documents), encoder()))
    outcome = later.ask("Kinh phí thực hiện ở Sở KHCN Hưng Yên lấy từ đâu?", today=TODAY)
    assert isinstance(outcome, Answered)
    assert "Hết kỳ" not in outcome.status
