"""What a paper says of itself, and what it leaves blank."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.documents import Identity
from knowledge.library import SHIPPED
from knowledge.reading.identity import read_identity
from knowledge.reading.inspect import inspect_text, to_json
from knowledge.reading.outline import read_clauses

PAPERS = Path(__file__).parent / "papers"


def identity_of(text: str) -> Identity:
    return read_identity(text, read_clauses(text))


# kind, number, issuer, place, date, signatory, signatory's title
EXPECTED = {
    "hai-phong-gddt-2023": (
        *("Kế hoạch", "/KH-SGDĐT", "Sở GDĐT", "Hải Phòng", "2023"),
        *("Phạm Quốc Hiệu", "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC"),
    ),
    "hung-yen-khcn-2024": (
        *("Kế hoạch", "/KH-SKHCN", "Sở Khoa học và Công nghệ", "Hung Yên", "2024-03"),
        *("Nguyễn Xuân Hải", "KT.GIÁM ĐỐC PHÓ GIÁM ĐỐC"),
    ),
    "hai-phong-gddt-cv-2024": (
        *("Công văn", "/SGDDĐT-TTr", "Sở Giáo dục và Đào tạo", "Hải Phòng", "2024"),
        *("Phạm Quốc Hiệu", "KT.GIÁM ĐỐC PHÓ GIÁM ĐỐC"),
    ),
    "lang-son-khdt-2023": (
        *("Kế hoạch", "/KH-SKHĐT", "Sở Kế hoạch và Đầu tư", "Lạng Sơn", "2023-06"),
        *("Vũ Hoàng Quý", "GIÁM ĐỐC"),
    ),
    "ia-hdrai-2022-2027": (
        *("Kế hoạch", None, "Ủy ban nhân dân huyện Ia H’Drai", None, None, None, None),
    ),
    "quyet-dinh": (
        *("Quyết định", "1208/QĐ-UBND", "ỦY BAN NHÂN DÂN TỈNH AN HẢI", "An Hải", "2025-02-15"),
        *("T.V.A", "TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH PHÓ CHỦ TỊCH"),
    ),
    "ke-hoach-xa": (
        *("Kế hoạch", "45/KH-UBND", "ỦY BAN NHÂN DÂN XÃ ĐÔNG SƠN", "Đông Sơn", "2025-09-05"),
        *("N.V.B", "TM. ỦY BAN NHÂN DÂN CHỦ TỊCH"),
    ),
    "cong-van": (
        *("Công văn", "318/STP-PBGDPL", "SỞ TƯ PHÁP", "Long Giang", "2025-05-20"),
        *("L.T.C", "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC"),
    ),
    "ke-hoach-nfd": (
        *("Kế hoạch", "/KH-SVHTTDL", "SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH", "Tân Châu", "2026-01"),
        *("H.T.D", "GIÁM ĐỐC"),
    ),
    # Two columns of a PDF, read as one.
    "phan-muc-lien": (
        *("Chương trình", "12/CTr-BCĐ", "BAN CHỈ ĐẠO CẢI CÁCH HÀNH CHÍNH", "Hòa Phú"),
        *("2024-03-08", "P.V.E", "TM. BAN CHỈ ĐẠO TRƯỞNG BAN"),
    ),
}


def text_of(paper: str) -> str:
    file = SHIPPED / paper / "text.txt"
    file = file if file.exists() else PAPERS / f"{paper}.txt"
    return file.read_bytes().decode("utf-8")


@pytest.mark.parametrize("paper", EXPECTED)
def test_identity(paper: str) -> None:
    found = identity_of(text_of(paper))
    assert (
        *(found.kind, found.number, found.issuer, found.place, found.date),
        *(found.signatory, found.signatory_title),
    ) == EXPECTED[paper]


@pytest.mark.parametrize(
    ("paper", "title"),
    [
        ("lang-son-khdt-2023", "Thực hiện công tác truyền thông chính sách năm 2023"),
        ("cong-van", "V/v báo cáo kết quả truyền thông dự thảo chính sách 6 tháng đầu năm 2025"),
        (
            "quyet-dinh",
            "Ban hành Kế hoạch truyền thông chính sách năm 2025 trên địa bàn tỉnh An Hải",
        ),
    ],
)
def test_a_title_broken_over_lines_is_whole(paper: str, title: str) -> None:
    assert identity_of(text_of(paper)).title == title


@pytest.mark.parametrize(
    ("above", "issuer"),
    [
        ("UBND TỈNH A\nSỞ TƯ PHÁP", "SỞ TƯ PHÁP"),
        ("ỦY BAN NHÂN DÂN\nXÃ A", "ỦY BAN NHÂN DÂN XÃ A"),
        ("HỘI ĐỒNG PHỐI HỢP,\nGIÁO DỤC\nTỈNH A", "HỘI ĐỒNG PHỐI HỢP, GIÁO DỤC TỈNH A"),
        ("SỞ Y TẾ | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SỞ Y TẾ"),
    ],
)
def test_the_issuer_stands_above_the_number(above: str, issuer: str) -> None:
    text = f"{above}\nSố: 1/KH-A\n\nKẾ HOẠCH\nNăm 2024\n\nI. VIỆC\n1. Một."
    assert identity_of(text).issuer == issuer


def test_nothing_is_made_up() -> None:
    assert identity_of("") == Identity()
    assert identity_of("Một đoạn văn bình thường, không phải văn bản hành chính.") == Identity()


def test_the_shape_for_programs() -> None:
    shape = to_json(inspect_text(text_of("hai-phong-gddt-2023")))
    assert list(shape) == ["identity", "clauses", "duties", "warnings"]
    copy = json.loads(json.dumps(shape, ensure_ascii=False))
    assert list(copy["identity"]) == [
        *("kind", "number", "issuer", "place", "date", "signatory", "signatory_title", "title")
    ]
    assert list(copy["clauses"][0]) == ["address", "heading", "text", "start", "end"]
    duty = next(d for d in copy["duties"] if d["address"] == "III#2.6")
    assert list(duty) == [
        *("address", "leads", "coordinates", "duty", "when", "recipient", "via", "quote")
    ]
    assert duty["when"] == {
        "text": "trước ngày 20/9/2023",
        "kind": "before",
        "from": None,
        "to": "2023-09-19",
        "before": "2023-09-20",
        "recurrence": None,
    }


def test_what_to_look_at_twice_is_said() -> None:
    warnings = " ".join(inspect_text(text_of("hai-phong-gddt-2023")).warnings)
    assert "chỉ có ký hiệu /KH-SGDĐT" in warnings
    assert "“III” được in 2 lần" in warnings
    assert "chưa đủ ngày, tháng" in warnings
    assert inspect_text("Chữ.", ("Cảnh báo của tệp.",)).warnings[0] == "Cảnh báo của tệp."
    assert inspect_text(text_of("quyet-dinh")).warnings == ()
