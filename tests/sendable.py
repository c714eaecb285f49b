"""Files that people of transcripts send, by name, each made here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from tests.papers import docx_bytes, paragraph, pdf_of
from tests.pictures import a_page, encoded

HEAD = ("SỞ TƯ PHÁP", "Số: 12/KH-STP", "Long Giang, ngày 05 tháng 3 năm 2026")
PLAN = (
    *HEAD,
    "KẾ HOẠCH",
    "Truyền thông chính sách năm 2026",
    "I. MỤC ĐÍCH",
    "1. Nâng cao nhận thức của cán bộ, công chức.",
    "II. TỔ CHỨC THỰC HIỆN",
    "1. Các phòng gửi báo cáo trước ngày 15/11/2026.",
)
SECRET = (*HEAD, "MẬT", "KẾ HOẠCH", "Bảo vệ công trình")
_LARGE = 26_000_000  #: bytes; more than any channel takes

#: What every channel takes in: a picture of one dot.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364f8ff"
    "9f010005010101279ae7d60000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True)
class Sendable:
    """A file on somebody's phone."""

    name: str
    media_type: str
    content: bytes


def _docx(*lines: str) -> bytes:
    return docx_bytes("".join(map(paragraph, lines)))


def _page(lines: int) -> Callable[[], bytes]:
    return lambda: encoded(a_page((600, 800), lines=lines))


_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MADE: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "ke-hoach.docx": (_DOCX, lambda: _docx(*PLAN)),
    "ke-hoach.pdf": ("application/pdf", lambda: pdf_of(PLAN)),
    "noi-bo.docx": (_DOCX, lambda: _docx(*SECRET)),
    "trang1.jpg": ("image/jpeg", _page(30)),
    "trang2.jpg": ("image/jpeg", _page(25)),
    "trang3.jpg": ("image/jpeg", _page(20)),
    "cai-dat.exe": ("application/octet-stream", lambda: b"MZ\x90\x00" + bytes(200)),
    "rat-lon.pdf": ("application/pdf", lambda: b"%PDF-1.7\n" + bytes(_LARGE)),
}
#: What can be sent over every channel.
PICTURES = ("ke-hoach", "trang1.jpg", "trang2.jpg", "trang3.jpg")


@cache
def sendable(name: str) -> Sendable:
    """By its name; one that is not known is the picture of one dot."""
    if name not in _MADE:
        return Sendable(f"{name}.png", "image/png", PICTURE)
    media_type, made = _MADE[name]
    return Sendable(name, media_type, made())
