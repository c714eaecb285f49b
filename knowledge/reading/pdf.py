"""The text layer of a PDF, page by page, without page numbers and running heads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from knowledge.errors import (
    DamagedDocument,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    ImageOnlyDocument,
)

_FEW = 40  # letters; a scan often carries only a page number or a stamp as text
_COVERS = 0.4  # of the page: below this an image is a seal or a logo
_TAIL = 4096  # bytes at the end in which a whole file says %%EOF
_EDGE = 2  # lines at the top and at the bottom that can be running heads
_BODY = 6  # lines a page needs before any of them is taken for a running head
_PAGE_NUMBER = re.compile(
    r"(?:trang\s*)?[-–—\s]*(\d{1,4})[-–—\s]*(?:[/|]\s*\d{1,4})?", re.IGNORECASE
)
# PDFium marks a hyphen at the end of a line in this way and joins the lines.
_HYPHEN = str.maketrans({"\x02": "-", "\ufffe": "-"})


@dataclass(frozen=True, slots=True)
class _Page:
    lines: list[str]
    picture: bool = False  #: an image fills it and it has next to no text
    broken: bool = False


def read_pdf(data: bytes, pages: int, characters: int) -> tuple[str, tuple[str, ...]]:
    """Text and warnings; `pages` and `characters` are the most that is read."""
    if b"%%EOF" not in data.rstrip(b"\0\t\n\r ")[-_TAIL:]:
        raise DamagedDocument("Tệp PDF bị cắt cụt; Anh/chị vui lòng tải hoặc xuất lại rồi gửi lại.")
    document = _open(data)
    if len(document) > pages:
        raise DocumentTooLarge(
            f"Tệp có {len(document)} trang, quá mức {pages} trang; Anh/chị vui lòng tách nhỏ tệp."
        )
    read: list[_Page] = []
    for index in range(len(document)):
        read.append(_read_page(document, index, characters))
        characters -= sum(map(len, read[-1].lines))
    text = "\n".join(line for lines in without_furniture([p.lines for p in read]) for line in lines)
    _refuse_textless(read, text)
    return text + "\n", _warnings(document, read)


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise EncryptedDocument from None
        raise DamagedDocument from None


def _read_page(document: pypdfium2.PdfDocument, index: int, characters: int) -> _Page:
    try:
        page = document[index]
        layer = page.get_textpage()
        if layer.count_chars() > characters:
            raise DocumentTooLarge
        text: str = layer.get_text_range().translate(_HYPHEN)
        letters = sum(character.isalnum() for character in text)
        picture = letters < _FEW and _is_picture(page)
        page.close()  # memory stays that of one page
    except pypdfium2.PdfiumError:
        return _Page([], broken=True)
    lines = [line.rstrip() for line in re.split(r"\r\n?|\n", text)]
    return _Page([line for line in lines if line], picture)


def _is_picture(page: pypdfium2.PdfPage) -> bool:
    width, height = page.get_size()
    area = 0.0
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = image.get_bounds()
        area += abs(right - left) * abs(top - bottom)
    return bool(area >= _COVERS * width * height > 0)


def _refuse_textless(pages: Sequence[_Page], text: str) -> None:
    if all(page.broken for page in pages):
        raise DamagedDocument
    seen = [page for page in pages if page.lines or page.picture]
    if seen and all(page.picture for page in seen):
        raise ImageOnlyDocument
    if text.strip() and not any(map(str.isalnum, text)):
        raise EmptyDocument(
            "Chữ trong tệp không đọc được vì phông chữ thiếu bảng mã; Anh/chị vui lòng gửi DOCX."
        )
    if not text.strip():
        raise EmptyDocument


def _warnings(document: pypdfium2.PdfDocument, pages: Sequence[_Page]) -> tuple[str, ...]:
    found = []
    if pictures := [n for n, page in enumerate(pages, 1) if page.picture]:
        found.append(f"{_numbers(pictures)} chỉ có ảnh, không có lớp chữ nên chưa đọc được.")
    if broken := [n for n, page in enumerate(pages, 1) if page.broken]:
        found.append(f"{_numbers(broken)} bị hỏng nên không đọc được.")
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        found.append("Tệp PDF có kèm mã lệnh; mã đó không được chạy.")
    if pdfium.FPDFDoc_GetAttachmentCount(document) > 0:
        found.append("Tệp PDF có kèm tệp khác bên trong; các tệp đó không được đọc.")
    return tuple(found)


def _numbers(pages: list[int]) -> str:
    shown = ", ".join(map(str, pages[:10]))
    return f"Trang {shown}" + (f" và {len(pages) - 10} trang khác" if len(pages) > 10 else "")


def without_furniture(pages: Sequence[list[str]]) -> list[list[str]]:
    """The pages without page numbers and without heads and feet repeated on most pages."""
    long = [(page, lines) for page, lines in enumerate(pages, 1) if len(lines) >= _BODY]
    heads = _repeated([[_shape(x, page) for x in lines[:_EDGE]] for page, lines in long])
    feet = _repeated([[_shape(x, page) for x in lines[: -_EDGE - 1 : -1]] for page, lines in long])
    cleaned = []
    for page, lines in enumerate(pages, 1):
        head = _furniture(lines[:_EDGE], page, heads)
        foot = _furniture(lines[head:][: -_EDGE - 1 : -1], page, feet)
        cleaned.append(lines[head : len(lines) - foot])
    return cleaned


def _repeated(edges: Sequence[list[str]]) -> list[set[str]]:
    """Per place from the edge inwards: the shapes that return on most pages."""
    enough = max(3, 0.6 * len(edges))
    counts = (Counter(e[place] for e in edges if len(e) > place) for place in range(_EDGE))
    return [{s for s, n in count.items() if n >= enough and len(s) <= 90} for count in counts]


def _furniture(edge: list[str], page: int, repeated: list[set[str]]) -> int:
    """How many lines, from the edge inwards, are furniture."""
    count = 0
    for line, shapes in zip(edge, repeated, strict=False):
        number = _PAGE_NUMBER.fullmatch(line.strip())
        if not (number and int(number.group(1)) == page) and _shape(line, page) not in shapes:
            break
        count += 1
    return count


def _shape(line: str, page: int) -> str:
    """A line with its page number taken out: other numbers make other lines."""
    return re.sub(rf"(?<!\d){page}(?!\d)", "#", line.strip())
