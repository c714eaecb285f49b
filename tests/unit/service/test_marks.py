"""Which papers bear a mark of secrecy, and which only speak of secrets."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from service.delivery.marks import bears_mark

ROOT = Path(__file__).parents[3]
HEAD = "ỦY BAN NHÂN DÂN\nXÃ AN BÌNH\nSố: 12/BC-UBND\n"


@pytest.mark.parametrize(
    "page",
    [
        HEAD + "MẬT\nAn Bình, ngày 5 tháng 6 năm 2026\nBÁO CÁO",
        HEAD + "  TỐI MẬT  \nBÁO CÁO",
        HEAD + "[TUYỆT MẬT]\nBÁO CÁO",
        HEAD + "- MẬT -\nBÁO CÁO",
        "ỦY BAN NHÂN DÂN\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n\tMẬT\tĐộc lập",
        "XÃ AN BÌNH          TỐI MẬT\nSố: 1/BC",
        "Số: 12/BC-UBND MẬT\nBÁO CÁO",  # two columns read as one line
        "MẬT An Bình, ngày 5 tháng 6 năm 2026",
        "Số: 12/BC-UBND TỐI MẬT An Bình, ngày 5 tháng 6 năm 2026",
        "M Ậ T\nBÁO CÁO",
        "T Ố I  M Ậ T\nBÁO CÁO",
        "Độ mật: Mật\nBÁO CÁO",
        "Mức độ mật: TỐI MẬT",
        "Tối mật\nBÁO CÁO",  # in the head of a paper only
        unicodedata.normalize("NFD", HEAD + "TỐI MẬT\nBÁO CÁO"),
        HEAD + "dòng\n" * 30 + "MẬT",  # a stamp is drawn last
    ],
)
def test_a_mark_is_seen(page: str) -> None:
    assert bears_mark(page)


@pytest.mark.parametrize(
    "page",
    [
        "KẾ HOẠCH BẢO VỆ BÍ MẬT NHÀ NƯỚC",
        "KẾ HOẠCH\nBảo vệ bí\nmật nhà nước năm 2026",
        "DANH MỤC BÍ\nMẬT\nNHÀ NƯỚC",  # broken between two lines
        "trừ nội dung thuộc danh mục bí\nMật.",
        "QUY CHẾ BẢO MẬT THÔNG TIN",
        "HIỆU QUẢ MÔ HÌNH NUÔI ONG LẤY MẬT",
        "NUÔI ONG LẤY\nMẬT",
        "GIÁ MẬT ONG NĂM 2026",
        "MẬT ONG",
        "Tài liệu có dấu MẬT phải được quản lý riêng.",
        "a) Dấu “MẬT” đóng ở góc trái;\n“TỐI MẬT”\n“MẬT”",  # in quotation marks it is spoken of
        "Độ mật: Mật/Tối mật/Tuyệt mật (chọn một)",
        "Mật độ dân số\nMẶT TRẬN TỔ QUỐC",
        "tối mặt\nmặt",
        HEAD + "dòng\n" * 30 + "Mật",  # a word of a table far down
        "Số hóa tài liệu BẢO MẬT",
        "",
    ],
)
def test_what_only_speaks_of_it_is_no_mark(page: str) -> None:
    assert not bears_mark(page)


def test_a_column_of_a_sheet_is_no_mark_but_one_in_capitals_is() -> None:
    assert not bears_mark("Sản phẩm\nMật\nSữa", table=True)
    assert bears_mark("Danh sách\nMẬT\nHọ và tên", table=True)


def test_what_a_scanner_made_of_it_counts_only_on_scans() -> None:
    for page in ("| MÂT |\nBAO CAO", "TOI MAT", "TUYÊT MẠT"):
        assert bears_mark(page, scanned=True)
        assert not bears_mark(page)
    assert not bears_mark("mat\nbi mat", scanned=True)


@pytest.mark.parametrize(
    "path",
    [
        *sorted((ROOT / "knowledge" / "library").glob("*/text.txt")),
        *sorted((ROOT / "tests" / "papers_unseen").glob("*.txt")),
    ],
    ids=lambda path: path.parent.name + path.stem,
)
def test_no_paper_that_is_public_bears_one(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not bears_mark(text)
    assert not bears_mark(text.upper())
    assert not bears_mark(text, scanned=True)
