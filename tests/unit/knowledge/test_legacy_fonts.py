"""Fonts from before Unicode: told from Vietnamese as it is written today, and converted."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.library import SHIPPED, load_library
from knowledge.reading.files import Limits, parse
from knowledge.reading.legacy_fonts import legacy_font, to_unicode

UNSEEN = sorted((Path(__file__).parents[2] / "papers_unseen").glob("*.txt"))
PLAN = "Kế hoạch truyền thông chính sách của ủy ban nhân dân, thực hiện từ quý III"
IN_TCVN3 = "KÕ ho¹ch truyÒn th«ng chÝnh s¸ch cña ñy ban nh©n d©n, thùc hiÖn tõ quý III"
IN_VNI = "Keá hoaïch truyeàn thoâng chính saùch cuûa uûy ban nhaân daân, thöïc hieän töø quyù III"
TCVN3 = (
    ("µ¶·¸¹ ¨»¼½¾Æ ©ÇÈÉÊË", "àảãáạ ăằẳẵắặ âầẩẫấậ"),
    ("ÌÎÏÐÑ ªÒÓÔÕÖ ×ØÜÝÞ", "èẻẽéẹ êềểễếệ ìỉĩíị"),
    ("ßáâãä «åæçèé ¬êëìíî", "òỏõóọ ôồổỗốộ ơờởỡớợ"),
    ("ïñòóô \xadõö÷øù úûüýþ ®", "ùủũúụ ưừửữứự ỳỷỹýỵ đ"),
    ("¡¢£¤¥¦§", "ĂÂÊÔƠƯĐ"),
)
VNI = (
    ("aøaùaûaõaï aâaàaáaåaãaä aêaèaéaúaüaë", "àáảãạ âầấẩẫậ ăằắẳẵặ"),
    ("eøeùeûeõeï eâeàeáeåeãeä ìíæóò", "èéẻẽẹ êềếểễệ ìíỉĩị"),
    ("oøoùoûoõoï oâoàoáoåoãoä ôôøôùôûôõôï", "òóỏõọ ôồốổỗộ ơờớởỡợ"),
    ("uøuùuûuõuï ööøöùöûöõöï yøyùyûyõî ñ", "ùúủũụ ưừứửữự ỳýỷỹỵ đ"),
    ("AØ AÂ AÀ AË EÄ OÂ Ô ÔÙ Ö ÖÏ Ñ Æ Î Aù", "À Â Ầ Ặ Ệ Ô Ơ Ớ Ư Ự Đ Ỉ Ỵ Á"),
)


@pytest.mark.parametrize(
    ("printed", "meant", "around"),
    [(*row, (IN_TCVN3, PLAN)) for row in TCVN3] + [(*row, (IN_VNI, PLAN)) for row in VNI],
)
def test_every_letter_is_converted(printed: str, meant: str, around: tuple[str, str]) -> None:
    told, wanted = ("\n".join([whole] * 5) for whole in around)
    assert to_unicode(f"{told}\n{printed}")[0] == f"{wanted}\n{meant}"


@pytest.mark.parametrize(("text", "font"), [(IN_TCVN3, "TCVN3"), (IN_VNI, "VNI")])
def test_an_old_font_is_known_and_converted(text: str, font: str) -> None:
    assert legacy_font(text) == font
    assert to_unicode(text) == (PLAN, font)


def test_new_paragraphs_of_an_old_paper_stay() -> None:
    added = "Bổ sung năm 2026: Nguyễn Thị Bé, à, ó."
    assert to_unicode(f"{IN_VNI}\n{added}\n{IN_VNI}")[0] == f"{PLAN}\n{added}\n{PLAN}"


@pytest.mark.parametrize(
    "text",
    [paper.text for paper in load_library(SHIPPED).documents]
    + [file.read_text("utf-8") for file in UNSEEN]
    + ["", "Đơn vị: m², ½ giờ, 20°C ± 0,5", "Le maïs, la haïne, où naïf aïeul"],
)
def test_text_of_today_is_left_alone(text: str) -> None:
    assert to_unicode(text) == (text, None)


def test_what_would_not_be_vietnamese_is_not_converted() -> None:
    text = "x¹q z¸w k©b " * 20
    assert legacy_font(text) == "TCVN3"
    assert to_unicode(text) == (text, None)


@pytest.mark.parametrize(
    ("data", "font"),
    [
        (IN_TCVN3.encode("latin-1"), "TCVN3"),
        (IN_VNI.encode("latin-1"), "VNI"),
        (IN_VNI.encode("utf-8"), "VNI"),
    ],
)
def test_whoever_reads_a_file_is_told_to_compare_it(data: bytes, font: str) -> None:
    read = parse(data, "ke-hoach.txt", Limits())
    assert read.text == PLAN
    (warning,) = read.warnings
    assert f"phông chữ cũ {font}, đã chuyển sang Unicode" in warning
    assert "đối chiếu với bản gốc" in warning
