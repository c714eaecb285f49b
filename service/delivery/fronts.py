"""The first page of a file as text, with what stands in its margins; read in a child process.

What a paper says is read by `knowledge.reading`, which leaves running heads out. A mark of secrecy
stands just there, so this looks at the page as it is printed, and in kinds of files that are not
read otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from knowledge.errors import UnreadableDocument, UnsafeDocument
from knowledge.reading import sandbox

if TYPE_CHECKING:
    from knowledge.reading.archive import Package

_HANDLER = "service.delivery.fronts:serve"
_MEMORY = 768 << 20
_MOST = 20_000  #: characters of a first page
_LARGEST_PART = 16 << 20  #: bytes of XML
_LINES = 80  #: of a text that has no pages
_PACKAGES = frozenset((".docx", ".xlsx", ".odt", ".ods"))

#: Ends of paragraphs and cells, and whatever Vietnamese is written with, in an old Word file.
_RUN = re.compile("[\t\n\x07\x0b-\r\x13-\x15\x20-\x7e\xa0-\u01ff\u0300-\u036f\u1ea0-\u201f]{40,}")
_RTF_SIGN = re.compile(
    r"\\u(-?\d{1,6}) ?\??|\\'([0-9a-fA-F]{2})|\\(par|line|cell|tab)\b ?|\\[a-z]+-?\d* ?|[{}\r\n]"
)
_FIELD_CODES = re.compile(r'&(?:"[^"]*"|\d+|[A-Za-z])')


@dataclass(frozen=True, slots=True)
class Front:
    """What the first page says; `pages` is 0 where a kind of file has none to count."""

    pages: int = 0
    text: str = ""
    unsafe: bool = False  #: a bomb, or another trick: not to be kept


def front_of(content: bytes, kind: str, seconds: float) -> Front:
    """The first page of a file of this kind (".pdf"); an empty one where it cannot be read."""
    if kind not in _READERS:
        return Front()
    cage = sandbox.Cage(seconds, _MEMORY, output=1 << 20)
    try:
        found = json.loads(sandbox.run(_HANDLER, kind, content, cage))
        return Front(int(found["pages"]), str(found["text"]), found["unsafe"] is True)
    except sandbox.ChildStopped as stopped:
        # So little is looked at that no honest file needs all the memory there is.
        return Front(unsafe=kind in _PACKAGES and stopped.reason == "memory")
    except (ValueError, KeyError, TypeError, RecursionError):
        return Front()


def serve(data: bytes, kind: str) -> bytes:
    """What the child runs: pages, text, and whether the file is a trick, as JSON."""
    pages, text, unsafe = 0, "", False
    try:
        pages, text = _READERS[kind](data)
    except UnsafeDocument:
        unsafe = True
    except UnreadableDocument:
        pass
    return json.dumps({"pages": pages, "text": text[:_MOST], "unsafe": unsafe}).encode()


def _pdf(data: bytes) -> tuple[int, str]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        layer = document[0].get_textpage()
        # A page with more letters than a book is none; its paper will be refused elsewhere.
        text = layer.get_text_range() if layer.count_chars() < 50 * _MOST else ""
    except pypdfium2.PdfiumError:
        return 0, ""
    return len(document), text


def _docx(data: bytes) -> tuple[int, str]:
    from knowledge.reading.archive import open_package
    from knowledge.reading.docx import read_docx

    package = open_package(data)
    margins = [n for n in sorted(package.names) if re.fullmatch(r"word/(?:head|foot)er\d*\.xml", n)]
    lines = [line for name in margins for line in _in_margin(package.tree(name))]
    try:
        body, _ = read_docx(package)
    except UnsafeDocument:
        raise
    except UnreadableDocument:
        body = ""
    return 0, "\n".join((*lines, *body.splitlines()[:_LINES]))


def _in_margin(root: Element) -> Iterator[str]:
    """Paragraphs of a header or footer, and letters drawn across the page."""
    for element in root.iter():
        if _local(element) == "p":
            yield "".join(e.text or "" for e in element.iter() if _local(e) == "t")
        elif _local(element) == "textpath":
            yield element.get("string", "")


def _sheets(data: bytes) -> tuple[int, str]:
    from knowledge.reading.archive import open_package

    package, lines = open_package(data), []
    for name in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
        for element in _elements(package, name):
            if _local(element) in ("oddHeader", "firstHeader", "oddFooter"):
                lines.append(_FIELD_CODES.sub("\n", element.text or ""))
            elif _local(element) in ("si", "is"):
                lines.append("".join(e.text or "" for e in element.iter() if _local(e) == "t"))
    return 0, "\n".join(lines)


def _open_document(data: bytes) -> tuple[int, str]:
    from knowledge.reading.archive import open_package

    package, lines = open_package(data), []
    for name in ("styles.xml", "content.xml"):  # heads of pages are styles
        for element in _elements(package, name):
            if _local(element) in ("p", "h"):
                lines.append("".join(element.itertext()))
    return 0, "\n".join(lines)


def _elements(package: Package, name: str) -> Iterator[Element]:
    """Of a part that is there; a table of a hundred thousand rows is left unread."""
    if name in package.names and package.archive.getinfo(name).file_size <= _LARGEST_PART:
        yield from package.tree(name).iter()


def _plain(data: bytes) -> tuple[int, str]:
    from knowledge.reading.plain import clean, decode

    text, _ = decode(data)
    return 0, "\n".join(clean(text).splitlines()[:_LINES])


def _rich(data: bytes) -> tuple[int, str]:
    """Words of an RTF between its commands: enough to see a line that stands alone."""
    source = data[: 1 << 20].decode("latin-1")
    return 0, _RTF_SIGN.sub(_rtf_sign, source)


def _rtf_sign(match: re.Match[str]) -> str:
    if match[1]:
        return chr(int(match[1]) % 0x10000)
    if match[2]:
        return bytes.fromhex(match[2]).decode("cp1258", "replace")
    return "\n" if match[3] else ""


def _word(data: bytes) -> tuple[int, str]:
    """The text of an old Word file lies in it as one run of UTF-16."""
    run = _RUN.search(data.decode("utf-16-le", "replace"))
    text = re.sub("[\x07\x0b-\r]", "\n", run[0]) if run else ""
    return 0, "\n".join(text.splitlines()[:_LINES])


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


_READERS: dict[str, Callable[[bytes], tuple[int, str]]] = {
    ".pdf": _pdf,
    ".docx": _docx,
    ".xlsx": _sheets,
    ".odt": _open_document,
    ".ods": _open_document,
    ".txt": _plain,
    ".csv": _plain,
    ".rtf": _rich,
    ".doc": _word,
}
