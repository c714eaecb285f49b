"""Hostile ZIP and DOCX files: (what it is, name, bytes, allowed outcomes)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from tests.papers import (
    MAIN_TYPE,
    RELATIONS,
    Entry,
    W,
    deflated,
    document_xml,
    docx_bytes,
    docx_entries,
    paragraph,
    zip_bytes,
)

_Made = Iterator[tuple[str, str, bytes, str]]
UNSAFE, DAMAGED, UNSUPPORTED = "UnsafeDocument", "DamagedDocument", "UnsupportedDocument"
NAME = "a.docx"
ZEROS = bytes(1 << 20)


def zip_cases() -> _Made:
    """Archives that lie, hide, swell or point outside."""
    whole = docx_entries(paragraph("Kế hoạch"))
    for path in (
        "../evil.xml",
        "word/../../evil.xml",
        "/etc/passwd",
        "C:/evil.xml",
        "c:evil.xml",
        "..\\evil.xml",
        "word\\evil.xml",
        "\\\\host\\share\\evil",
        "word/..",
        "a\nb.xml",
        "a\0b.xml",
    ):
        yield f"entry named {path!r}", NAME, zip_bytes([*whole, Entry(path, b"x")]), UNSAFE
    link = Entry("word/link", b"/etc/passwd", attributes=0o120777 << 16)
    yield "symbolic link", NAME, zip_bytes([*whole, link]), UNSAFE
    yield "same entry twice", NAME, zip_bytes([*whole, whole[2]]), UNSAFE
    upper = Entry("WORD/document.xml", b"x")
    yield "same entry in capitals", NAME, zip_bytes([*whole, upper]), UNSAFE
    for megabytes in (2, 200, 2000, 4000):
        bomb = Entry("word/a.bin", b"", raw=deflated(ZEROS, megabytes), size=megabytes << 20)
        yield f"bomb of {megabytes} MB", NAME, zip_bytes([*whole, bomb]), UNSAFE
    lying = Entry("word/document.xml", b"", raw=deflated(ZEROS, 1000), size=1000)
    yield (
        "bomb that claims 1,000 bytes",
        NAME,
        zip_bytes([*whole[:2], lying]),
        f"{DAMAGED} {UNSAFE}",
    )
    zeros = deflated(ZEROS, 1)
    spread = [Entry(f"w{n}", b"", raw=zeros, size=1 << 20) for n in range(400)]
    yield "bomb spread over entries", NAME, zip_bytes([*whole, *spread]), UNSAFE
    kernel = deflated(ZEROS, 50)
    shared = [
        Entry(f"k{n}", b"", raw=kernel if n == 0 else b"", size=50, offset=0) for n in range(9)
    ]
    yield "entries that share bytes", NAME, zip_bytes([*shared, *whole]), f"{UNSAFE} {DAMAGED}"
    many = [Entry(f"m{n}", b"", method=0) for n in range(60_000)]
    yield "sixty thousand entries", NAME, zip_bytes([*whole, *many]), UNSAFE
    yield "claims other entry count", NAME, zip_bytes(whole, count=60_000), "any"
    inner = zip_bytes([Entry("b.bin", b"", raw=deflated(ZEROS, 500), size=500 << 20)])
    nested = Entry("word/embeddings/b.zip", inner, method=0)
    yield "bomb inside an attached archive", NAME, zip_bytes([*whole, nested]), "read"
    locked = [Entry(e.name, e.data, flags=e.flags | 1) for e in whole]
    yield "encrypted entries", NAME, zip_bytes(locked), "EncryptedDocument"
    for method in (1, 6, 9, 12, 14, 99):
        odd = Entry("word/document.xml", whole[2].data, method=method, raw=whole[2].data)
        yield f"compression method {method}", NAME, zip_bytes([*whole[:2], odd, whole[3]]), DAMAGED
    junk = Entry("word/document.xml", b"x" * 5000, raw=b"\xff" * 500)
    yield "compressed bytes are junk", NAME, zip_bytes([*whole[:2], junk]), DAMAGED
    yield "no entries", NAME, zip_bytes([]), f"{UNSUPPORTED} {DAMAGED}"
    yield "one file, no document", NAME, zip_bytes([Entry("a.txt", b"x")]), UNSUPPORTED
    yield "document part missing", NAME, zip_bytes([*whole[:2], whole[3]]), DAMAGED
    yield "first bytes only", NAME, b"PK\3\4", DAMAGED
    yield "end record only", NAME, b"PK\5\6" + bytes(18), f"{UNSUPPORTED} {DAMAGED}"
    yield "names in no encoding", NAME, zip_bytes([*whole, Entry("\udcff\udcfe", b"")]), "any"
    yield (
        "a name of sixty thousand letters",
        NAME,
        zip_bytes([*whole, Entry("x" * 60_000, b"")]),
        "any",
    )
    odt = Entry("mimetype", b"application/vnd.oasis.opendocument.text", method=0)
    yield "OpenDocument", NAME, zip_bytes([odt, Entry("content.xml", b"<a/>")]), UNSUPPORTED
    for title, sign in (
        ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
        ("PowerPoint", "application/vnd.openxmlformats-officedocument.presentationml.main+xml"),
        ("macro document", "application/vnd.ms-word.document.macroEnabled.main+xml"),
    ):
        yield title, NAME, zip_bytes(docx_entries(paragraph("x"), main=sign)), UNSUPPORTED
    macro = Entry("word/vbaProject.bin", b"\xd0\xcf\x11\xe0" * 20)
    yield "macro hidden in a DOCX", NAME, zip_bytes([*whole, macro]), UNSUPPORTED


def docx_cases() -> _Made:
    """Sound archives around hostile XML."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for title, declaration, use in (
        ("entity bomb", f'<!ENTITY l0 "ha">{laughs}', "&l9;"),
        ("entity of a file", '<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
        ("entity of a host", '<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', "&x;"),
        ("parameter entity", '<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;', ""),
        ("quadratic entity", f'<!ENTITY x "{"a" * 50_000}">', "&x;" * 5000),
        ("empty declaration", "", ""),
    ):
        text = document_xml(f"<w:p><w:r><w:t>{use}</w:t></w:r></w:p>").decode()
        with_it = text.replace("?>", f"?><!DOCTYPE w:document [{declaration}]>", 1)
        yield title, NAME, docx_bytes(with_it.encode()), UNSAFE
        if title == "entity bomb":
            wide = with_it.replace("UTF-8", "UTF-16").encode("utf-16")
            yield "entity bomb in UTF-16", NAME, docx_bytes(wide), UNSAFE
    yield (
        "outside DOCTYPE",
        NAME,
        docx_bytes(b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/">' + b"<a/>"),
        UNSAFE,
    )
    yield "unknown entity", NAME, docx_bytes("<w:p><w:r><w:t>&nbsp;</w:t></w:r></w:p>"), DAMAGED
    for depth in (900, 5_000, 40_000):
        deep = (
            "<w:p>" + "<w:ins>" * depth + "<w:r><w:t>a</w:t></w:r>" + "</w:ins>" * depth + "</w:p>"
        )
        allowed = UNSAFE if depth > 1_000 else "read"
        yield f"nested {depth} deep", NAME, docx_bytes(deep), allowed
    tables = "<w:tbl><w:tr><w:tc>" * 3000 + paragraph("a") + "</w:tc></w:tr></w:tbl>" * 3000
    yield "tables in tables", NAME, docx_bytes(tables), UNSAFE
    yield "never closed", NAME, docx_bytes("<w:p>" * 9000), DAMAGED
    yield "not XML", NAME, docx_bytes(b"\x00\xff" * 9000), DAMAGED
    yield (
        "unknown encoding",
        NAME,
        docx_bytes(b'<?xml version="1.0" encoding="x-no"?><a/>'),
        DAMAGED,
    )
    yield "empty part", NAME, docx_bytes(b""), DAMAGED
    yield "another root", NAME, docx_bytes(b"<a><b>chu</b></a>"), "EmptyDocument"
    yield "no paragraph", NAME, docx_bytes(""), "EmptyDocument"
    yield "only spaces", NAME, docx_bytes(paragraph(" ") * 500), "EmptyDocument"
    yield (
        "only a picture",
        NAME,
        docx_bytes("<w:p><w:r><w:drawing/></w:r></w:p>"),
        "ImageOnlyDocument",
    )
    yield (
        "only deleted text",
        NAME,
        docx_bytes("<w:p><w:del><w:r><w:delText>a</w:delText></w:r></w:del></w:p>"),
        "EmptyDocument",
    )
    yield (
        "zero and control characters",
        NAME,
        docx_bytes("<w:p><w:r><w:t>a&#0;&#1;</w:t></w:r></w:p>"),
        DAMAGED,
    )
    long = "".join(paragraph(f"{n} " + "chữ " * 60) for n in range(20_000))
    yield "four million letters", NAME, docx_bytes(long), "read DocumentTooLarge"
    unlike = "".join(f'<w:p w:id="{n * 7919 % 1000003}"/>' for n in range(45_000))
    yield "a million empty paragraphs", NAME, _repeated(unlike, 27), "any"
    yield "a part beyond its limit", NAME, _repeated(unlike, 40), "DocumentTooLarge"
    attributes = " ".join(f'a{n}="{n}"' for n in range(200_000))
    yield (
        "two hundred thousand attributes",
        NAME,
        docx_bytes(f"<w:p {attributes}/>" + paragraph("a")),
        "any",
    )
    yield (
        "one attribute of two megabytes",
        NAME,
        docx_bytes(f'<w:p a="{"".join(str(n) for n in range(300_000))}"/>' + paragraph("a")),
        "any",
    )
    yield from _relations()
    yield from _numbering()


def _repeated(block: str, times: int) -> bytes:
    """A DOCX whose body is one paragraph and a block many times over."""
    head, tail = document_xml(paragraph("a") + "<!--cut-->").split(b"<!--cut-->")
    entries = docx_entries(paragraph("a"))
    data = head + block.encode() * times + tail
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    middle = packer.compress(block.encode()) + packer.flush(zlib.Z_FULL_FLUSH)
    raw += middle * times + packer.compress(tail) + packer.flush()
    entries[2] = Entry("word/document.xml", data, raw=raw)
    return zip_bytes(entries)


def _relations() -> _Made:
    whole = docx_entries(paragraph("Kế hoạch"))
    for title, target, extra in (
        ("main part outside the archive", "../../../etc/passwd", ""),
        ("main part on a host", "http://127.0.0.1:9/a.xml", ' TargetMode="External"'),
        ("main part is a file address", "file:///etc/passwd", ' TargetMode="External"'),
        ("main part is its own list", "_rels/.rels", ""),
        ("main part is absent", "word/none.xml", ""),
    ):
        relations = (
            f'<Relationships xmlns="{RELATIONS}"><Relationship Id="a" Type="x/officeDocument" '
            f'Target="{target}"{extra}/></Relationships>'
        )
        entries = [whole[0], Entry("_rels/.rels", relations.encode()), *whole[2:]]
        yield title, NAME, zip_bytes(entries), "read EmptyDocument DamagedDocument"
    broken = [whole[0], Entry("_rels/.rels", b"<a"), *whole[2:]]
    yield "broken list of parts", NAME, zip_bytes(broken), DAMAGED
    bomb = f'<!DOCTYPE a [<!ENTITY x "y">]><Types><Override ContentType="{MAIN_TYPE}"/></Types>'
    yield (
        "entity in the list of types",
        NAME,
        zip_bytes([Entry("[Content_Types].xml", bomb.encode()), *whole[1:]]),
        UNSAFE,
    )


def _numbering() -> _Made:
    numbered = paragraph(
        "a", '<w:pStyle w:val="S"/><w:numPr><w:ilvl w:val="8"/><w:numId w:val="1"/></w:numPr>'
    )
    styled = paragraph("a", '<w:pStyle w:val="S"/>')
    loop = f"""<w:styles xmlns:w="{W}"><w:style w:styleId="S"><w:basedOn w:val="R"/></w:style>
<w:style w:styleId="R"><w:basedOn w:val="S"/></w:style></w:styles>"""
    for title, level in (
        ("huge numbers", '<w:start w:val="999999999999999999999"/><w:lvlText w:val="%1%9"/>'),
        (
            "negative start",
            '<w:start w:val="-5"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1"/>',
        ),
        ("letters past all bounds", '<w:start w:val="999999"/><w:numFmt w:val="lowerLetter"/>'),
        ("a label of a million signs", f'<w:lvlText w:val="{"%1" * 500_000}"/>'),
        ("no number format", '<w:numFmt w:val="nosuch"/><w:lvlText w:val="%0%1%"/>'),
    ):
        numbering = f"""<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="8">{level}</w:lvl></w:abstractNum><w:num w:numId="1">
<w:abstractNumId w:val="0"/></w:num></w:numbering>"""
        parts = {"word/numbering.xml": numbering.encode(), "word/styles.xml": loop.encode()}
        allowed = "any" if "million" in title else "read"
        yield f"numbering: {title}", NAME, docx_bytes(numbered + styled, parts), allowed
    self_linked = f"""<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">
<w:numStyleLink w:val="S"/></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
</w:numbering>"""
    parts = {"word/numbering.xml": self_linked.encode(), "word/styles.xml": loop.encode()}
    yield "numbering that links to itself", NAME, docx_bytes(numbered, parts), "read"
    parts = {"word/numbering.xml": b"<w:numbering"}
    yield "broken numbering", NAME, docx_bytes(numbered, parts), "read DamagedDocument"
