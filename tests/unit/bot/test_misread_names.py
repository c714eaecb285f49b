"""Names that are read wrongly: who asks, names over a full stop, words like abbreviations."""

from __future__ import annotations

from bot.lacking import _spelled_out
from tests.unit.bot.shipped import read


def test_whoever_asks_is_not_who_acts() -> None:
    asked = read("Phòng Tổ chức cán bộ hỏi: kế hoạch này giao cho ai?")
    assert asked.askers == ("Phòng Tổ chức cán bộ",)
    assert not asked.bodies
    assert not read("Giáo viên dạy GDCD hỏi: luật đó bị luật nào thay rồi?").unknown
    assert read("Kế hoạch giao VNPT làm gì?").unknown == ("VNPT",)


def test_a_name_holds_no_full_stop() -> None:
    assert not read("Tôi đọc kế hoạch của sở. Kế hoạch đó có gì?").bodies
    assert read("UBND TP. Hải Phòng làm gì?").bodies


def test_an_abbreviation_has_no_accents() -> None:
    assert not read("bản này áp cho cả tỉnh nào").bodies
    assert read("CA tỉnh làm gì?").bodies == ("Công an tỉnh",)


def test_an_abbreviation_is_spelled_out_in_the_clause() -> None:
    assert _spelled_out("QLĐT", "phòng Quản lý đầu tư")
    assert not _spelled_out("QLĐT", "phòng quản lý đầu tư")


def test_means_and_ways_are_no_money_and_no_address() -> None:
    assert "money" not in read("Tuyên truyền qua phương tiện nào?").facets
    assert "money" in read("Tiền lấy từ đâu?").facets
    assert "street_address" not in read("Vướng mắc báo bằng đường nào về sở?").facts
    assert "street_address" in read("Sở ở đường nào?").facts
