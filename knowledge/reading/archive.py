"""The parts of a DOCX, taken out of its ZIP only after the whole list of entries was checked."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.parsers import expat

from knowledge.errors import (
    DamagedDocument,
    DocumentTooLarge,
    EncryptedDocument,
    UnsafeDocument,
)

_ENTRIES = 4_000
_EXPANDED = 256 << 20  # bytes of all entries together
_PART = 32 << 20  # bytes of one XML part; its tree in memory takes up to twelve times that
_RATIO = 200  # real documents stay under 60; deflate itself ends near 1,030
_RATIO_FROM = 1 << 20  # small entries of spaces compress beyond any honest ratio
_SLACK = 1 << 10  # packing may add a little to what cannot be packed

_PATH_TRICK = re.compile(r"(^|/)\.\.(/|$)|^/|^[A-Za-z]:|\\|[\x00-\x1f]")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Package:
    """A ZIP whose entries were checked; parts are read one at a time."""

    archive: zipfile.ZipFile
    names: frozenset[str]

    def part(self, name: str) -> bytes:
        """The bytes of one part; raises DamagedDocument or DocumentTooLarge."""
        try:
            size = self.archive.getinfo(name).file_size
            if size > _PART:
                raise DocumentTooLarge
            with self.archive.open(name) as part:
                # Told how much to read, zipfile never inflates more than the entry claims.
                return part.read(max(size, 1))
        except KeyError:
            raise DamagedDocument from None
        except _BROKEN as error:
            raise DamagedDocument from error

    def tree(self, name: str) -> ElementTree.Element:
        """One part as XML; raises DamagedDocument, UnsafeDocument or DocumentTooLarge."""
        return parse(self.part(name))


def open_package(data: bytes) -> Package:
    """The checked package; raises Damaged-, Encrypted- or UnsafeDocument."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        raise DamagedDocument from error
    entries = archive.infolist()
    _check_sizes(entries)
    for entry in entries:
        _check_entry(entry)
    names = [entry.orig_filename.casefold() for entry in entries]
    if len(set(names)) < len(names):
        raise UnsafeDocument
    _check_overlap(entries)
    return Package(archive, frozenset(entry.filename for entry in entries))


def _check_sizes(entries: Sequence[zipfile.ZipInfo]) -> None:
    bomb = "Tệp nén quá nhiều dữ liệu bên trong nên không an toàn; Anh/chị vui lòng xuất lại tệp."
    if len(entries) > _ENTRIES or sum(entry.file_size for entry in entries) > _EXPANDED:
        raise UnsafeDocument(bomb)
    for entry in entries:
        if entry.file_size > max(_RATIO_FROM, _RATIO * entry.compress_size):
            raise UnsafeDocument(bomb)
        if entry.compress_size > entry.file_size + entry.file_size // 100 + _SLACK:
            raise UnsafeDocument(bomb)  # it unfolds to more than it says


def _check_entry(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 0x1:
        raise EncryptedDocument
    symbolic_link = entry.external_attr >> 28 == 0o12
    if symbolic_link or _PATH_TRICK.search(entry.orig_filename):
        raise UnsafeDocument(
            "Tệp có phần bên trong mang đường dẫn không an toàn; Anh/chị vui lòng xuất lại tệp."
        )
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise DamagedDocument


def _check_overlap(entries: Sequence[zipfile.ZipInfo]) -> None:
    """Entries that share their bytes are how a small file holds petabytes."""
    end = 0
    for entry in sorted(entries, key=lambda each: each.header_offset):
        if entry.header_offset < end:
            raise UnsafeDocument
        end = entry.header_offset + 30 + len(entry.orig_filename) + entry.compress_size


def kind_inside(package: Package) -> str:
    """What a ZIP holds, as a key of `kinds.NOUNS`."""
    if "mimetype" in package.names:
        return "odf" if b"opendocument" in package.part("mimetype")[:200] else "archive"
    if "[Content_Types].xml" not in package.names:
        return "archive"
    types = " ".join(
        element.get("ContentType", "") for element in package.tree("[Content_Types].xml")
    )
    if "macroEnabled" in types or any(name.endswith("vbaProject.bin") for name in package.names):
        return "macro"
    for sign, kind in (
        ("wordprocessingml.document.main", "docx"),
        ("spreadsheetml.", "xlsx"),
        ("presentationml.", "pptx"),
        ("wordprocessingml.template.main", "docx"),
    ):
        if sign in types:
            return kind
    return "docx" if "word/document.xml" in package.names else "archive"


def parse(data: bytes) -> ElementTree.Element:
    """XML as a tree; a DOCTYPE (entities, outside files) is refused before anything is parsed."""
    _refuse_doctype(data)
    try:
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise DamagedDocument from error


class _Root(Exception):
    """The root element was reached: no DOCTYPE can follow."""


def _refuse_doctype(data: bytes) -> None:
    def doctype(*_: object) -> None:
        raise UnsafeDocument

    def root(*_: object) -> None:
        raise _Root

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = root
    try:
        parser.Parse(data, True)
    except _Root:
        return
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise DamagedDocument from error
