"""Small PDF, DOCX and ZIP files made byte by byte, so that tests need no fonts and no binaries."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
A4 = (595, 842)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a ZIP; the fields a hostile archive lies about can be set."""

    name: str
    data: bytes
    flags: int = 0x800  # names are UTF-8
    method: int = zlib.DEFLATED
    attributes: int = 0
    raw: bytes | None = None  # compressed bytes, when made elsewhere
    size: int | None = None  # uncompressed size to claim
    offset: int | None = None  # header offset to claim


def zip_bytes(entries: Sequence[Entry], count: int | None = None) -> bytes:
    """A ZIP of `entries`, in order; `count` is the number to claim."""
    body, central = bytearray(), bytearray()
    for entry in entries:
        raw = entry.raw
        if raw is None:
            raw = entry.data if entry.method == 0 else deflate(entry.data)
        name = entry.name.encode("utf-8", "surrogateescape")
        size = len(entry.data) if entry.size is None else entry.size
        fields = (entry.flags, entry.method, 0, 0x21, zlib.crc32(entry.data), len(raw), size)
        offset = len(body) if entry.offset is None else entry.offset
        body += struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, *fields, len(name), 0) + name + raw
        central += struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            *(b"PK\1\2", 0x314, 20, *fields, len(name), 0, 0, 0, 0, entry.attributes, offset),
        )
        central += name
    claimed = len(entries) if count is None else count
    end = (b"PK\5\6", 0, 0, claimed & 0xFFFF, claimed & 0xFFFF, len(central), len(body), 0)
    return bytes(body + central + struct.pack("<4sHHHHIIH", *end))


def deflate(data: bytes) -> bytes:
    """Raw deflate, as ZIP keeps it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def deflated(block: bytes, times: int) -> bytes:
    """Raw deflate of a block many times over, without packing it more than once."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return packed * times + packer.flush()


def document_xml(body: str, namespace: str = W) -> bytes:
    """The main part of a DOCX around the XML of its body."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>'.encode()


def paragraph(text: str, properties: str = "") -> str:
    """The XML of one paragraph."""
    shown = f'<w:t xml:space="preserve">{escape(text)}</w:t>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r>{shown}</w:r></w:p>"


def docx_entries(
    body: str | bytes, parts: dict[str, bytes] | None = None, main: str = MAIN_TYPE
) -> list[Entry]:
    """The entries of a DOCX; `parts` are further parts such as word/numbering.xml."""
    parts = parts or {}
    types = f"""<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{main}"/></Types>"""
    top = f"""<Relationships xmlns="{RELATIONS}">
<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>"""
    links = "".join(
        f'<Relationship Id="p{n}" Type="{OFFICE}/{base.removesuffix(".xml")}" Target="{base}"/>'
        for n, base in enumerate(name.rpartition("/")[2] for name in parts)
    )
    of_main = f'<Relationships xmlns="{RELATIONS}">{links}</Relationships>'
    document = body if isinstance(body, bytes) else document_xml(body)
    return [
        Entry("[Content_Types].xml", types.encode()),
        Entry("_rels/.rels", top.encode()),
        Entry("word/document.xml", document),
        Entry("word/_rels/document.xml.rels", of_main.encode()),
        *(Entry(name, data) for name, data in parts.items()),
    ]


def docx_bytes(body: str | bytes, parts: dict[str, bytes] | None = None) -> bytes:
    """A DOCX around the XML of its body, or around a whole main part."""
    return zip_bytes(docx_entries(body, parts))


def pdf_bytes(objects: dict[int, bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF of numbered objects with a correct cross-reference table."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += (
            b"%010d 00000 n \n" % places[number] if number in places else b"0" * 10 + b" 65535 f \n"
        )
    out += b"trailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return bytes(out)


def stream(data: bytes, extra: bytes = b"", packed: bool = False) -> bytes:
    """A stream object, compressed when asked."""
    if packed:
        data, extra = zlib.compress(data, 9), b"/Filter/FlateDecode" + extra
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (extra, len(data), data)


def pdf_objects(pages: Sequence[Sequence[str]]) -> dict[int, bytes]:
    """Pages of lines in one font that only names its letters (a ToUnicode map, no outlines).

    1 catalogue, 2 page tree, 3 font, 4 its descendant, 5 its map, 6 its descriptor; then a page
    and its content in turn.
    """
    letters = sorted({c for lines in pages for line in lines for c in line} | {" "})
    code = {letter: number for number, letter in enumerate(letters, 1)}
    kids = b" ".join(b"%d 0 R" % (7 + 2 * n) for n in range(len(pages)))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids),
        3: b"<</Type/Font/Subtype/Type0/BaseFont/Own/Encoding/Identity-H"
        b"/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
        4: b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Own/FontDescriptor 6 0 R/DW 500"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
        5: stream(_unicode_map(code)),
        6: b"<</Type/FontDescriptor/FontName/Own/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0"
        b"/Ascent 900/Descent -200/CapHeight 700/StemV 80>>",
    }
    for n, lines in enumerate(pages):
        objects[7 + 2 * n] = page_object(8 + 2 * n)
        objects[8 + 2 * n] = stream(_shown(lines, code))
    return objects


def page_object(content: int, extra: bytes = b"") -> bytes:
    """An A4 page with the common font and one content stream."""
    return (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Resources<</Font<</F 3 0 R>>%s>>"
        b"/Contents %d 0 R>>" % (*A4, extra, content)
    )


def pdf_of(*pages: Sequence[str]) -> bytes:
    """A PDF whose text layer is these pages of lines."""
    return pdf_bytes(pdf_objects(pages))


def _unicode_map(code: dict[str, int]) -> bytes:
    pairs = [
        f"<{number:04x}> <{letter.encode('utf-16-be').hex()}>" for letter, number in code.items()
    ]
    blocks = (pairs[n : n + 100] for n in range(0, len(pairs), 100))
    lines = [f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks]
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Own def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        + "\n".join(lines)
        + "\nendcmap end end"
    ).encode()


def _shown(lines: Sequence[str], code: dict[str, int]) -> bytes:
    """Lines down the page, 20 points apart."""
    shown = (
        f"1 0 0 1 50 {A4[1] - 50 - 20 * n} Tm <{''.join(f'{code[c]:04x}' for c in line)}> Tj"
        for n, line in enumerate(lines)
    )
    return ("BT /F 12 Tf\n" + "\n".join(shown) + "\nET").encode()
