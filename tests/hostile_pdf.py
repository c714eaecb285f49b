"""Hostile PDF files: (what it is, name, bytes, allowed outcomes)."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator

from tests.papers import page_object, pdf_bytes, pdf_objects, pdf_of, stream

_Made = Iterator[tuple[str, str, bytes, str]]
NAME = "a.pdf"
DAMAGED, EMPTY, LARGE = "DamagedDocument", "EmptyDocument", "DocumentTooLarge"
IMAGES, ENCRYPTED = "ImageOnlyDocument", "EncryptedDocument"
LINES = ["KẾ HOẠCH", "1. Mục đích truyền thông chính sách", "2. Yêu cầu đối với các phòng, ban"]


def pdf_cases(rng: random.Random) -> _Made:
    """Every family of hostile PDF."""
    yield from _structure()
    yield from _trees()
    yield from _contents(rng)
    yield from _fonts(rng)
    yield from _extras()
    yield from _bombs()


def _with(changes: dict[int, bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """The ordinary one-page paper (page 7, content 8) with some objects replaced."""
    return pdf_bytes(pdf_objects([LINES]) | changes, trailer)


def _structure() -> _Made:
    whole = pdf_of(LINES)
    start = whole.rindex(b"startxref")
    yield "header only", NAME, b"%PDF-1.7\n", DAMAGED
    yield "header and end", NAME, b"%PDF-1.7\n%%EOF", DAMAGED
    yield "junk before the header", NAME, b"\0\1junk\n" + whole, "read DamagedDocument"
    yield "junk after the end", NAME, whole + b"\0" * 3000, "read"
    yield "a megabyte after the end", NAME, whole + b"x" * 2**20, DAMAGED
    yield "no cross-reference", NAME, whole[: whole.rindex(b"xref\n0")] + b"%%EOF", "any"
    for place in (b"0", b"-1", b"99999999999999999999", b"1 1 1", b"x"):
        yield (
            f"table said to be at {place!r}",
            NAME,
            whole[:start] + b"startxref\n" + place + b"\n%%EOF",
            "any",
        )
    loop = b"/Root 1 0 R/Prev %d" % whole.rindex(b"xref\n0")
    yield "table that precedes itself", NAME, _with({}, loop), "any"
    yield "no root", NAME, _with({}, b""), "any"
    yield "root is a page", NAME, _with({}, b"/Root 7 0 R"), "any"
    yield "root refers to itself", NAME, _with({1: b"1 0 R"}), "any"
    yield "two headers", NAME, whole + whole, "read"
    yield "version 9.9", NAME, whole.replace(b"1.7", b"9.9", 1), "read"
    for handler in (b"Standard", b"NoSuchHandler"):
        locked = b"<</Filter/%s/V 2/R 3/Length 128/P -44/O<%s>/U<%s>>>" % (
            handler,
            b"5a" * 32,
            b"a5" * 32,
        )
        trailer = b"/Root 1 0 R/Encrypt 90 0 R/ID[<01><01>]"
        yield f"encrypted by {handler.decode()}", NAME, _with({90: locked}, trailer), ENCRYPTED
    broken = b"/Root 1 0 R/Encrypt<</Filter/Standard/V 99/R 99>>/ID[<01><01>]"
    yield (
        "encrypted in an unknown way",
        NAME,
        _with({}, broken),
        "EncryptedDocument DamagedDocument",
    )


def _trees() -> _Made:
    def tree(count: bytes, kids: bytes) -> dict[int, bytes]:
        return {2: b"<</Type/Pages/Count %s/Kids[%s]>>" % (count, kids)}

    yield "page tree that holds itself", NAME, _with(tree(b"3", b"2 0 R 7 0 R 2 0 R")), "any"
    yield "only itself", NAME, _with(tree(b"1", b"2 0 R")), "any"
    for count in (b"0", b"-1", b"2147483647", b"99999999999", b"3000"):
        yield f"claims {count.decode()} pages", NAME, _with(tree(count, b"7 0 R")), "any"
    yield "one page three thousand times", NAME, _with(tree(b"3000", b"7 0 R " * 3000)), LARGE
    yield "one page two thousand times", NAME, _with(tree(b"2000", b"7 0 R " * 2000)), "read"
    deep = {n: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (n + 1) for n in range(100, 5100)}
    yield (
        "tree five thousand deep",
        NAME,
        _with(tree(b"1", b"100 0 R") | deep | {5100: page_object(8)}),
        "any",
    )
    yield "kids that are no pages", NAME, _with(tree(b"4", b"1 0 R 3 0 R 5 0 R 99 0 R")), "any"
    yield "page without content", NAME, _with({7: b"<</Type/Page/Parent 2 0 R>>"}), EMPTY
    for box in (
        b"0 0 0 0",
        b"0 0 1e38 1e38",
        b"600 800 0 0",
        b"-1e9 -1e9 1e9 1e9",
        b"(a) (b) 1 2",
        b"",
    ):
        page = page_object(8).replace(b"0 0 595 842", box)
        yield f"page of size {box.decode()!r}", NAME, _with({7: page}), "any"


def _contents(rng: random.Random) -> _Made:
    for title, content in (
        ("unbalanced saves", b"q " * 200_000),
        ("unbalanced restores", b"Q " * 200_000),
        ("brackets without end", b"[" * 300_000),
        ("dictionaries without end", b"<<" * 300_000),
        ("a string without end", b"(" * 300_000),
        ("operators without operands", b"Tj TJ Tm cm Do gs sh " * 5000),
        ("numbers out of range", b"1e999 -1e999 99999999999999999999 0 0 0 cm BT ET"),
        ("inline image without end", b"BI /W 99999 /H 99999 /BPC 8 /CS /RGB ID " + b"x" * 5000),
        ("random bytes", rng.randbytes(50_000)),
        ("a million operands", b"1 " * 1_000_000 + b"m"),
    ):
        yield f"content: {title}", NAME, _with({8: stream(content)}), "any"
    for title, content in (
        ("length too long", b"<</Length 99999999>>\nstream\nBT ET\nendstream"),
        ("length negative", b"<</Length -1>>\nstream\nBT ET\nendstream"),
        ("length is the stream itself", b"<</Length 8 0 R>>\nstream\nBT ET\nendstream"),
        ("not compressed as it says", stream(b"not zlib", b"/Filter/FlateDecode")),
        ("unknown filter", stream(b"x", b"/Filter/NoSuch")),
        ("a hundred filters", stream(b"x", b"/Filter[" + b"/ASCIIHexDecode" * 100 + b"]")),
        (
            "huge predictor",
            stream(
                zlib.compress(b"x" * 99),
                b"/Filter/FlateDecode/DecodeParms<</Predictor 15/Columns 2147483647/Colors 99>>",
            ),
        ),
        ("an array of itself", b"[8 0 R 8 0 R]"),
    ):
        yield f"content: {title}", NAME, _with({8: content}), "any"


def _fonts(rng: random.Random) -> _Made:
    font = pdf_objects([LINES])[3]
    for title, changes in (
        ("map is junk", {5: stream(rng.randbytes(20_000))}),
        ("map is missing", {3: font.replace(b"/ToUnicode 5 0 R", b"")}),
        (
            "map of huge ranges",
            {5: stream(b"1 beginbfrange <0000> <ffffffff> <0041> endbfrange " * 500)},
        ),
        (
            "map to zero and surrogates",
            {5: stream(b"2 beginbfrange <0000> <0080> <0000> <0081> <ffff> <d800> endbfrange")},
        ),
        ("font is itself", {4: b"4 0 R", 3: font.replace(b"4 0 R", b"3 0 R")}),
        (
            "font file is junk",
            {
                6: b"<</Type/FontDescriptor/FontName/Own/Flags 4/FontFile2 91 0 R>>",
                91: stream(rng.randbytes(60_000)),
            },
        ),
        (
            "font file claims tables",
            {
                6: b"<</Type/FontDescriptor/FontName/Own/FontFile2 91 0 R>>",
                91: stream(b"\0\1\0\0\xff\xff" + rng.randbytes(60_000)),
            },
        ),
        (
            "widths without end",
            {
                4: b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Own/W[0 4294967295 1 "
                + b"0 65535 500 " * 50_000
                + b"]>>"
            },
        ),
        (
            "encoding is itself",
            {3: b"<</Type/Font/Subtype/Type0/BaseFont/Own/Encoding 3 0 R/DescendantFonts[4 0 R]>>"},
        ),
        (
            "drawn font that draws itself",
            {
                3: b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/C"
                b"harProcs<</a 8 0 R>>/Encoding<</Differences[0/a/a/a/a/a/a]>>/FirstChar"
                b" 0/LastChar 5/Widths[1 1 1 1 1 1]/Resources<</Font<</F 3 0 R>>>>>>"
            },
        ),
    ):
        yield f"font: {title}", NAME, _with(changes), "any"


def _extras() -> _Made:
    catalogue = b"<</Type/Catalog/Pages 2 0 R%s>>"
    script = b"<</S/JavaScript/JS(while(1){app.alert(1)})>>"
    names = (
        b"/Names<</JavaScript<</Names[(a)%s]>>/EmbeddedFiles<</Names[(x.exe)92 0 R]>>>>" % script
    )
    attached = {92: b"<</Type/Filespec/F(../../x.exe)/EF<</F 93 0 R>>>>", 93: stream(b"MZ" * 500)}
    launch = b"/OpenAction<</S/Launch/Win<</F(cmd.exe)/P(/c calc)>>>>"
    for title, extra, more in (
        ("script and attached program", names, attached),
        ("starts a program", launch, {}),
        ("starts a script", b"/OpenAction" + script, {}),
        ("opens an address", b"/OpenAction<</S/URI/URI(http://127.0.0.1:9/)>>", {}),
        ("form in XML", b"/AcroForm<</Fields[]/XFA 94 0 R>>", {94: stream(b"<xdp/>" * 999)}),
        ("form that holds itself", b"/AcroForm 95 0 R", {95: b"<</Fields[95 0 R]/Kids[95 0 R]>>"}),
        (
            "outline that holds itself",
            b"/Outlines 96 0 R",
            {96: b"<</First 96 0 R/Next 96 0 R/Last 96 0 R>>"},
        ),
        (
            "names that hold themselves",
            b"/Names<</JavaScript 97 0 R/EmbeddedFiles 97 0 R>>",
            {97: b"<</Kids[97 0 R 97 0 R]>>"},
        ),
    ):
        yield f"extra: {title}", NAME, _with({1: catalogue % extra, **more}), "read"
    sized = (
        b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8"
    )
    show = stream(b"595 0 0 842 0 0 cm /I Do")
    page = page_object(8, b"/XObject<</I 98 0 R>>")
    for title, image in (
        ("a scan", stream(bytes(100), sized % (10, 10))),
        ("claims 100,000 by 100,000", stream(bytes(100), sized % (100_000, 100_000))),
        ("JPEG junk", stream(b"\xff\xd8\xff" * 99, sized % (10, 10) + b"/Filter/DCTDecode")),
        ("JPEG 2000 junk", stream(b"\0\0\0\x0cjP  " * 99, sized % (9, 9) + b"/Filter/JPXDecode")),
        ("JBIG2 junk", stream(b"\0\0\0\0\x30" * 99, sized % (9, 9) + b"/Filter/JBIG2Decode")),
        ("fax junk", stream(b"\xaa" * 999, sized % (9, 9) + b"/Filter/CCITTFaxDecode")),
    ):
        made = _with({7: page, 8: show, 98: image})
        yield (
            f"image: {title}",
            NAME,
            made,
            IMAGES if title == "a scan" else f"{IMAGES} {EMPTY} {DAMAGED}",
        )


def _bombs() -> _Made:
    once = zlib.compress(b"BT /F 12 Tf <00010002> Tj ET " * 2_000_000, 9)
    yield "bomb: text of 58 MB", NAME, _with({8: stream(once, b"/Filter/FlateDecode")}), "any"
    packer = zlib.compressobj(9)
    spaces = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    for megabytes in (300, 3000):
        packed = spaces + block * megabytes
        bomb = stream(packed, b"/Filter/FlateDecode")
        yield f"bomb: {megabytes} MB of spaces", NAME, _with({8: bomb}), "any"
        twice = stream(zlib.compress(packed, 9), b"/Filter[/FlateDecode/FlateDecode]")
        yield f"bomb: {megabytes} MB packed twice", NAME, _with({8: twice}), "any"
        yield f"bomb: map of {megabytes} MB", NAME, _with({5: bomb}), "any"
    forms = {
        100 + n: stream(
            b"/A Do " * 10,
            b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A %d 0 R>>>>"
            % (101 + n),
        )
        for n in range(12)
    }
    last = stream(
        b"BT /F 9 Tf <0001> Tj ET",
        b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F 3 0 R>>>>",
    )
    page = page_object(8, b"/XObject<</A 100 0 R>>")
    draw = {7: page, 8: stream(b"/A Do")}
    yield "bomb: forms in forms, 10^12", NAME, _with(forms | {112: last} | draw), "any"
    itself = stream(
        b"/A Do /A Do",
        b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 100 0 R>>>>",
    )
    yield "bomb: a form that draws itself", NAME, _with({100: itself} | draw), "any"
    yield (
        "bomb: arrays half a million deep",
        NAME,
        _with({1: b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * 500_000 + b"]" * 500_000 + b">>"}),
        "any",
    )
    yield (
        "bomb: dictionaries very deep",
        NAME,
        _with({1: b"<</Type/Catalog/Pages 2 0 R" + b"/X<<" * 300_000 + b">>" * 300_000 + b">>"}),
        "any",
    )
    chain = {n: b"%d 0 R" % (n + 1) for n in range(200, 20_000)}
    yield "bomb: a chain of references", NAME, _with(chain | {8: b"200 0 R"}), "any"
    yield (
        "bomb: two hundred thousand objects",
        NAME,
        _with(dict.fromkeys(range(200, 200200), b"null")),
        "read",
    )
