"""What a file really is, by its content, and whether its name agrees."""

from __future__ import annotations

import re
from typing import Literal

from knowledge.errors import DamagedDocument, EncryptedDocument, UnsupportedDocument
from knowledge.reading.plain import utf16_without_bom

Kind = Literal["pdf", "docx", "text"]

READABLE: dict[str, Kind] = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".markdown": "text",
}
NOUNS = {
    "pdf": "tài liệu PDF",
    "docx": "tài liệu Word (DOCX)",
    "text": "chữ thường, không định dạng",
    "archive": "tệp nén",
    "xlsx": "bảng tính Excel",
    "pptx": "bản trình chiếu PowerPoint",
    "odf": "tài liệu OpenDocument",
    "macro": "tài liệu Office có macro",
    "ole": "tài liệu Office đời cũ",
    "rtf": "tài liệu RTF",
    "html": "trang web HTML",
    "xml": "tệp XML",
    "image": "ảnh",
    "program": "chương trình máy tính",
    "media": "tệp âm thanh hoặc phim",
}
_ASK = "Anh/chị vui lòng gửi PDF có lớp chữ, DOCX, TXT hoặc MD."
_ASK_SAVE = "Anh/chị vui lòng mở tệp, lưu lại thành .docx rồi gửi lại."
_SAVE_AS = {".doc", ".docm", ".dot", ".dotx", ".dotm", ".odt", ".rtf"}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08", "zip"),
    (_OLE, "ole"),
    (b"{\\rtf", "rtf"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"BM", "image"),
    (b"RIFF", "media"),
    (b"ID3", "media"),
    (b"OggS", "media"),
)
_SHORT = {b"MZ", b"BM", b"BZh", b"RIFF", b"ID3", b"GIF8", b"Rar!"}  # could open a text as well
_MARKUP = (
    (re.compile(rb"\s*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE), "html"),
    (re.compile(rb"\s*<\?xml\b", re.IGNORECASE), "xml"),
)
_EXTENSION = re.compile(r"\.[a-z0-9]{1,10}$")


def extension_of(name: str) -> str:
    """The extension a name claims, ".docx"; "" when it has none worth showing."""
    found = _EXTENSION.search(name[-64:].strip().rstrip(". ").lower())
    return found.group() if found else ""


def claimed_kind(name: str) -> Kind:
    """The kind a name claims; raises UnsupportedDocument for any other extension."""
    extension = extension_of(name)
    if kind := READABLE.get(extension):
        return kind
    if not extension:
        raise UnsupportedDocument(f"Tên tệp không có đuôi cho biết loại tệp; {_ASK}")
    ask = _ASK_SAVE if extension in _SAVE_AS else _ASK
    raise UnsupportedDocument(f"Loại tệp {extension} chưa đọc được; {ask}")


def sniff(data: bytes) -> str:
    """The kind by the first bytes: a key of NOUNS, "zip" (look inside), or "unknown"."""
    for magic, kind in _MAGIC:
        if data.startswith(magic) and not (magic in _SHORT and _texty(data)):
            return kind
    if data.lstrip().startswith(b"%PDF-") or (b"%PDF-" in data[:1024] and b"%%EOF" in data):
        return "pdf"  # some scanners write a few bytes before the header
    if data[4:8] == b"ftyp":
        return "media"
    start = data[:1024].removeprefix(b"\xef\xbb\xbf")
    for pattern, kind in _MARKUP:
        if pattern.match(start):
            return kind
    return "text" if _texty(data) else "unknown"


def _texty(data: bytes) -> bool:
    """Few control bytes at the start, or UTF-16 (whose every other byte may look like one)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x00\x00\xfe\xff")):
        return True
    if utf16_without_bom(data):
        return True
    sample = data[:4096]
    controls = sum(byte < 32 and byte not in b"\t\n\v\f\r" for byte in sample)
    return controls * 20 <= len(sample)


def agree(claimed: Kind, found: str, name: str, data: bytes) -> Kind:
    """`claimed` when the content is that; raises the error that names the difference."""
    if found == "ole" and "EncryptedPackage".encode("utf-16-le") in data:
        raise EncryptedDocument
    if found == claimed:
        return claimed
    extension = extension_of(name)
    if found in ("pdf", "docx") or (found == "text" and claimed != "text"):
        raise DamagedDocument(
            f"Tên tệp có đuôi {extension} nhưng nội dung là {NOUNS[found]}; "
            "Anh/chị vui lòng kiểm tra, đổi lại đuôi tệp cho đúng rồi gửi lại."
        )
    if found in NOUNS:
        raise UnsupportedDocument(
            f"Tên tệp có đuôi {extension} nhưng nội dung là {NOUNS[found]}, chưa đọc được; {_ASK}"
        )
    if claimed == "text":
        raise UnsupportedDocument(f"Nội dung tệp không phải là chữ; {_ASK}")
    raise DamagedDocument
