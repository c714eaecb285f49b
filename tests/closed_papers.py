"""Papers that not everybody may read, beside those that ship, and the words that tell on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.dialogue import Assistant
from index.search import entries_of, search_over
from knowledge.documents import Document
from knowledge.library import Library, load_document
from knowledge.readers import Readers
from knowledge.reading.inspect import inspect_text
from service.answering import Answering, Shelf
from service.describing import Paper, describe, to_toml
from service.indexing import Indexed
from service.library.editions import (
    Edition,
    shelve,
    take_into_use,
    versions_of,
    workspace,
    write_edition,
)
from service.settings import Settings
from tests.unit.bot import shipped

OFFICERS, UNIT = "913-kh-bdp", "58-kh-tll"  #: ids
#: What tells on the paper for officers, and on that of the unit.
OF_OFFICERS = ("4719", "Lưu Ly", "913", "Mù Cang Trại", "Thạch Lam", "Ban Điều phối")
OF_UNIT = ("8263", "Hổ Phách", "58-kh", "58/KH")
#: Questions that the two papers answer, in words that tell nothing.
ASK_OFFICERS = "Ai chủ trì kiểm kê hộp phấn rôm?"
ASK_UNIT = "Ai chủ trì đóng gói túi bột nghệ?"
ANSWER, ANSWER_UNIT = "Tổ Lưu Ly", "Nhóm Hổ Phách"

_TEXT = """ỦY BAN NHÂN DÂN HUYỆN MÙ CANG TRẠI
BAN ĐIỀU PHỐI
Số: 913/KH-BĐP
Mù Cang Trại, ngày 05 tháng 01 năm 2026

KẾ HOẠCH
Kiểm kê hộp phấn rôm năm 2026 của Ban Điều phối huyện Mù Cang Trại

I. MỤC ĐÍCH
1. Nắm chắc số hộp phấn rôm còn trong kho.
II. TỔ CHỨC THỰC HIỆN
1. Tổ Lưu Ly chủ trì kiểm kê 4719 hộp phấn rôm, gửi báo cáo về Ban Điều phối trước ngày 17/8/2026.
2. Tổ Lưu Ly truyền thông chính sách về phấn rôm hằng quý.

TRƯỞNG BAN
Thạch Lam
"""
_TEXT_OF_UNIT = """SỞ GIÁO DỤC VÀ ĐÀO TẠO THÀNH PHỐ HẢI PHÒNG
TRƯỜNG THPT NGÔ QUYỀN
Số: 58/KH-TLL
Hải Phòng, ngày 12 tháng 02 năm 2026

KẾ HOẠCH
Đóng gói túi bột nghệ năm 2026 của Trường THPT Ngô Quyền

I. TỔ CHỨC THỰC HIỆN
1. Nhóm Hổ Phách chủ trì đóng gói 8263 túi bột nghệ, gửi báo cáo về trường trước ngày 19/9/2026.

HIỆU TRƯỞNG
Trần Văn B
"""


_TITLES = {OFFICERS: "Kế hoạch kiểm kê hộp phấn rôm", UNIT: "Kế hoạch đóng gói túi bột nghệ"}


def write_closed(folder: Path, id_: str, audience: tuple[str, ...]) -> Document:
    """One of the two as a folder of an office's library."""
    text = _TEXT if id_ == OFFICERS else _TEXT_OF_UNIT
    paper = Paper(inspect_text(text).identity, text, "ban-goc.pdf")
    told = describe(id_, paper, None, _TITLES[id_], date(2026, 11, 21))
    home = folder / id_
    home.mkdir(parents=True, exist_ok=True)
    (home / "text.txt").write_text(text, "utf-8")
    (home / "document.toml").write_text(to_toml(replace(told, audience=audience)), "utf-8")
    return load_document(home)


def publish_closed(settings: Settings, id_: str, audience: tuple[str, ...]) -> None:
    """One of the two in the library of an office, the only one of its own."""
    number = 1 + max(versions_of(settings, id_), default=0)
    with workspace(settings) as space:
        write_closed(space, id_, audience)
        shelve(settings, id_, number, space / id_)
    edition = write_edition(settings, Edition(0, {id_: number}, before=0, what="published"))
    take_into_use(settings, edition)


def with_closed(folder: Path, unit_id: int = 1) -> Library:
    """What ships, with a paper for officers and one for a unit."""
    return Library(
        (
            write_closed(folder, OFFICERS, ("officers",)),
            *shipped.library().documents,
            write_closed(folder, UNIT, (f"units:{unit_id}",)),
        )
    )


def answering(library: Library, public_url: str | None = None) -> Answering:
    """Answers from it; indexes by words alone, in memory."""

    def opens(part: Library, _readers: Readers, _before: Shelf | None) -> Shelf:
        search = search_over(entries_of(part.documents))
        version = f"of {len(part.documents)}"
        assistant = Assistant(part, search, public_url=public_url)
        return Shelf(assistant, Indexed(search, version, version))

    return Answering(library, opens)
