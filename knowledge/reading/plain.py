"""Plain text in whatever encoding it was written, and the cleaning that all readers share."""

from __future__ import annotations

import codecs
import re

from knowledge.errors import UnsupportedDocument
from knowledge.reading.legacy_fonts import legacy_font, to_unicode

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_LINE_END = re.compile(r"\r\n?|\x0b|\x0c|\x85")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BIDI = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_UNREADABLE = re.compile(r"[\ufffd\ue000-\uf8ff]")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: it starts with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def read_text(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Text and warnings of a TXT or MD file; raises UnsupportedDocument for what is not text."""
    text, warnings = decode(data)
    controls = len(_CONTROL.findall(text))
    if controls > max(4, len(text) // 100):
        raise UnsupportedDocument(
            "Nội dung tệp không phải là chữ; "
            "Anh/chị vui lòng gửi PDF có lớp chữ, DOCX, TXT hoặc MD."
        )
    if controls:
        warnings += ("Đã bỏ một số ký tự điều khiển lẫn trong tệp.",)
    return text, warnings


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Bytes as text: UTF-8, UTF-16, UTF-32, Windows-1258 or TCVN3, with warnings when in doubt."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _lenient(data[len(bom) :], encoding)
    if bare := utf16_without_bom(data):
        return _lenient(data, bare)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.start > 0:
            return data[: error.start].decode("utf-8"), ("Cuối tệp bị cắt mất một phần chữ.",)
    return _legacy(data)


def _lenient(data: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    text = data.decode(encoding, "replace")
    damaged = text.count("\ufffd")
    return text, (("Một số ký tự trong tệp bị hỏng, không đọc được.",) if damaged else ())


def utf16_without_bom(data: bytes) -> str | None:
    """UTF-16 by its zero bytes: most letters of Vietnamese are Latin, so one side is mostly 0."""
    if len(data) < 4 or len(data) % 2:
        return None
    sample = data[: 1 << 16]
    half = len(sample) // 2
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.3 * half and even < 0.02 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.02 * half:
        return "utf-16-be"
    return None


def _legacy(data: bytes) -> tuple[str, tuple[str, ...]]:
    old = legacy_font(data.decode("latin-1"))
    try:
        text = data.decode("cp1252" if old else "cp1258")
    except UnicodeDecodeError:
        raise UnsupportedDocument(
            "Không nhận ra bảng mã chữ của tệp; Anh/chị vui lòng lưu lại dạng UTF-8 rồi gửi lại."
        ) from None
    if old:
        return text, ()  # `unicode_of` converts it, whatever the kind of file
    note = "Tệp dùng bảng mã cũ Windows-1258; Anh/chị vui lòng kiểm tra lại dấu tiếng Việt."
    return text, (note,)


def clean(text: str) -> str:
    """Line ends as \\n, no control characters but \\n and \\t; otherwise untouched (no NFC)."""
    text = _LINE_END.sub("\n", text.removeprefix("\ufeff"))
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))


def unicode_of(text: str) -> tuple[str, tuple[str, ...]]:
    """Text of an old font in Unicode, with a word to whoever must compare it."""
    converted, font = to_unicode(text)
    if font is None:
        return text, ()
    note = (
        f"Văn bản dùng phông chữ cũ {font}, đã chuyển sang Unicode; chữ hoa, chữ thường hoặc dấu "
        "có thể sai, Anh/chị vui lòng đối chiếu với bản gốc."
    )
    return converted, (note,)


def doubts(text: str) -> tuple[str, ...]:
    """What a person should know of a text, whatever kind of file it came from."""
    found: list[str] = []
    if old := legacy_font(text):
        found.append(
            f"Văn bản dùng phông chữ cũ {old}, chữ có thể sai; "
            "Anh/chị vui lòng chuyển sang Unicode rồi gửi lại."
        )
    if _BIDI.search(text):
        found.append("Văn bản có ký tự đổi chiều chữ ẩn; thứ tự chữ nhìn thấy có thể khác thực tế.")
    signs = len(text) - sum(map(text.count, " \n\t"))
    unreadable = len(_UNREADABLE.findall(text))
    if unreadable * 50 > signs or sum(map(str.isalnum, text)) * 2 < signs - unreadable:
        found.append("Nhiều ký tự không đọc được do phông chữ; Anh/chị vui lòng kiểm tra lại.")
    return tuple(found)
