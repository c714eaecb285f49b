"""What a paper says of itself and what it lacks: right on the papers that ship, silent in doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.reading.inspect import inspect_text
from service.delivery.looking import remark
from service.delivery.remarks import facts_of, remarks_of

LIBRARY = Path(__file__).parents[3] / "knowledge" / "library"
CONTENT = ("content_need", "content_main", "content_new")

PLAN = """UBND TỈNH LONG GIANG
SỞ TƯ PHÁP

Số: 12/KH-STP

Long Giang, ngày 05 tháng 3 năm 2026

KẾ HOẠCH

Truyền thông dự thảo chính sách năm 2026

I. MỤC ĐÍCH, YÊU CẦU

1. Truyền thông dự thảo chính sách kịp thời, đúng đối tượng.

II. NỘI DUNG

1. Truyền thông chính sách phải nêu:

sự cần thiết; nội dung cơ bản của chính sách; điểm mới so với quy định hiện hành.

a) Đơn vị chủ trì: Phòng Phổ biến pháp luật.

b) Đơn vị phối hợp: Văn phòng Sở.

2. Truyền thông chính sách trên Cổng thông tin điện tử.

III. TỔ CHỨC THỰC HIỆN

1. Các phòng gửi báo cáo kết quả trước ngày 10/12/2026.
"""


def remarks(text: str) -> tuple[str, ...]:
    return remarks_of(text, inspect_text(text))


def facts(text: str) -> dict[str, str]:
    return facts_of(inspect_text(text).identity)


@pytest.mark.parametrize(
    ("paper", "expected"),
    [
        # Numbers and days were left blank before signing; three plans list what must be told.
        ("hai-phong-gddt-2023", ("number", "date", *CONTENT)),
        ("hai-phong-gddt-cv-2024", ("number", "date")),  # a letter owes no more
        ("hung-yen-khcn-2024", ("number", "date", "report")),
        ("ia-hdrai-2022-2027", ("number", "date")),
        ("lang-son-khdt-2023", ("number", "date", "report", *CONTENT)),
        ("407-qd-ttg", ()),  # digests have no head
        ("07-ct-ttg", ()),
    ],
)
def test_the_papers_that_ship(paper: str, expected: tuple[str, ...]) -> None:
    assert remarks((LIBRARY / paper / "text.txt").read_text("utf-8")) == expected


def test_facts_are_what_is_printed() -> None:
    assert facts(PLAN) == {
        "number": "12/KH-STP",
        "date": "2026-03-05",
        "title": "Truyền thông dự thảo chính sách năm 2026",
        "year": "2026",
        "issuer": "SỞ TƯ PHÁP",
        "kind": "Kế hoạch",
    }
    assert facts("Xin chào Anh/chị, gửi giúp tôi tài liệu.") == {}


def test_a_number_and_a_date_stay_as_far_as_they_are_there() -> None:
    found = facts((LIBRARY / "lang-son-khdt-2023" / "text.txt").read_text("utf-8"))
    assert (found["number"], found["date"], found["year"]) == ("/KH-SKHĐT", "2023-06", "2023")
    assert found["signatory"] == "Vũ Hoàng Quý"


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("Truyền thông chính sách năm 2027", "2027"),  # made the year before
        ("Truyền thông chính sách giai đoạn 2026 - 2030", "2026"),  # the date's
        ("Truyền thông năm 2026 và năm 2027", None),
    ],
)
def test_the_year_is_that_of_the_plan(title: str, year: str | None) -> None:
    text = PLAN.replace("Truyền thông dự thảo chính sách năm 2026", title)
    assert facts(text).get("year") == year


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", ()),
        ("Số: 12/KH-STP", "Số:      /KH-STP", ("number",)),
        ("Số: 12/KH-STP", "", ("number",)),
        ("Số: 12/KH-STP", "Số 12-KH/ĐU", ()),  # as the Party numbers its papers
        ("ngày 05 tháng 3 năm 2026", "ngày    tháng    năm 2026", ("date",)),
        ("Long Giang, ngày 05 tháng 3 năm 2026", "Long Giang, 05/3/2026", ()),
        ("b) Đơn vị phối hợp: Văn phòng Sở.", "", ("coordination",)),
        ("b) Đơn vị phối hợp: Văn phòng Sở.", "b) Thực hiện cùng với Văn phòng Sở.", ()),
        (
            "b) Đơn vị phối hợp: Văn phòng Sở.",
            "b) Theo Kế hoạch của Hội đồng phối hợp phổ biến, giáo dục pháp luật.",
            ("coordination",),
        ),
        ("trước ngày 10/12/2026", "theo quy định", ("report",)),
        ("trước ngày 10/12/2026", "định kỳ 6 tháng", ()),
        ("trước ngày 10/12/2026", "hằng quý", ()),
        ("trước ngày 10/12/2026", "chậm nhất 15 tháng 11", ()),
        ("gửi báo cáo kết quả trước", "cử báo cáo viên trước", ("report",)),
        ("sự cần thiết; ", "", ("content_need",)),
        ("sự cần thiết; ", "mục đích, phạm vi, đối tượng; ", ()),
        ("nội dung cơ bản của chính sách; ", "", ("content_main",)),
        ("nội dung cơ bản", "những nội dung chủ yếu", ()),
        ("; điểm mới so với quy định hiện hành", "", ("content_new",)),
        ("điểm mới so với quy định hiện hành", "quy định được sửa đổi, bãi bỏ", ()),
        ("KẾ HOẠCH", "BÁO CÁO", ()),  # only plans owe duties and contents
    ],
)
def test_what_is_missing_is_said_and_nothing_else(
    old: str, new: str, expected: tuple[str, ...]
) -> None:
    assert old in PLAN
    assert remarks(PLAN.replace(old, new)) == expected


def test_a_plan_about_something_else_owes_no_contents_of_policies() -> None:
    text = PLAN.replace("ruyền thông dự thảo chính sách", "rồng cây xanh").replace(
        "Truyền thông chính sách", "Trồng cây"
    )
    text = text.replace("; nội dung cơ bản của chính sách; điểm mới so với quy định hiện hành", "")
    assert remarks(text.replace("sự cần thiết", "số cây")) == ()


@pytest.mark.parametrize(
    "key",
    ["unreadable", "number", "date", "coordination", "report", *CONTENT],
)
def test_each_remark_is_a_sentence(key: str) -> None:
    assert remark(key).endswith(".")
