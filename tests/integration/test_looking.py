"""Files as they come in: what is seen of each kind, and that no bytes break the looking."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from bot.conversation import KeptFile
from service.delivery.looking import Looked, look
from service.delivery.pictures import pages_to_pdf
from tests.fakes import tesseract
from tests.papers import Entry, W, docx_bytes, paragraph, pdf_of, zip_bytes
from tests.pictures import a_page, encoded

HEAD = ("SỞ TƯ PHÁP", "Số: 12/KH-STP", "Long Giang, ngày 05 tháng 3 năm 2026")
PLAN = (
    *HEAD,
    "KẾ HOẠCH",
    "Truyền thông chính sách năm 2026",
    "I. MỤC ĐÍCH",
    "1. Nâng cao nhận thức.",
)
SECRET = (*HEAD, "TỐI MẬT", "KẾ HOẠCH", "Bảo vệ công trình")
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def docx(*lines: str, parts: dict[str, bytes] | None = None) -> bytes:
    return docx_bytes("".join(map(paragraph, lines)), parts)


def margin(inside: str) -> bytes:
    """A header of Word."""
    return f'<w:hdr xmlns:w="{W}" xmlns:v="urn:v">{inside}</w:hdr>'.encode()


def xlsx(*cells: str) -> bytes:
    types = '<Types><Override ContentType="application/vnd.spreadsheetml.sheet.main+xml"/></Types>'
    shared = "".join(f"<si><t>{cell}</t></si>" for cell in cells)
    return zip_bytes(
        [
            Entry("[Content_Types].xml", types.encode()),
            Entry("xl/workbook.xml", b"<workbook/>"),
            Entry("xl/sharedStrings.xml", f'<sst xmlns="{SHEET}">{shared}</sst>'.encode()),
        ]
    )


def rtf(*lines: str) -> bytes:
    coded = "\\par\n".join(
        "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in line) for line in lines
    )
    return ("{\\rtf1\\ansi\\deff0 {\\fonttbl{\\f0 Times;}}\\f0\\fs28 " + coded + "}").encode()


def doc(*lines: str) -> bytes:
    """An old Word file as far as anybody looks: its text is one run of UTF-16."""
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 0x7F8
    return ole + "\r".join((*lines, "")).encode("utf-16-le") + b"\xff" * 0x400


def odt(*lines: str) -> bytes:
    body = "".join(f"<p>{line}</p>" for line in lines)
    return zip_bytes(
        [
            Entry("mimetype", b"application/vnd.oasis.opendocument.text", method=0),
            Entry("content.xml", f"<office>{body}</office>".encode()),
        ]
    )


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (pdf_of(PLAN), "a.pdf"),
        (docx(*PLAN), "a.docx"),
        ("\n\n".join(PLAN).encode(), "a.txt"),
    ],
)
def test_a_paper_is_understood(content: bytes, name: str) -> None:
    looked = look(content, name)
    assert looked.readable
    assert not looked.secret
    assert looked.facts["number"] == "12/KH-STP"
    assert looked.facts["date"] == "2026-03-05"
    assert looked.facts["title"].startswith("Truyền thông chính sách năm 2026")
    assert "report" in looked.warnings
    assert "number" not in looked.warnings
    assert looked.pages == (1 if name == "a.pdf" else 0)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (pdf_of(SECRET), "a.pdf"),
        # A running head is no part of the text, yet it is printed on every page.
        (pdf_of(*[["TỐI MẬT", *PLAN, *"abc"]] * 5), "a.pdf"),
        (docx(*SECRET), "a.docx"),
        (docx(*PLAN, parts={"word/header1.xml": margin(paragraph("MẬT"))}), "a.docx"),
        (
            docx(*PLAN, parts={"word/header1.xml": margin('<v:textpath string="TỐI MẬT"/>')}),
            "a.docx",
        ),
        ("\n".join(SECRET).encode(), "a.txt"),
        (xlsx("Sở Tư pháp", "MẬT", "Số liệu"), "a.xlsx"),
        ("STT,Tên\nMẬT\n1,An".encode(), "a.csv"),
        (odt(*SECRET), "a.odt"),
        (rtf(*SECRET), "a.rtf"),
        (doc(*SECRET), "a.doc"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mark_of_secrecy_is_seen_and_nothing_else_is_told(content: bytes, name: str) -> None:
    looked = look(content, name)
    assert looked.secret
    assert (looked.facts, looked.warnings) == ({}, ())


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (pdf_of([*PLAN, "Trừ nội dung thuộc bí mật nhà nước."]), "a.pdf"),
        (docx("KẾ HOẠCH BẢO VỆ BÍ MẬT NHÀ NƯỚC", *PLAN), "a.docx"),
        (xlsx("Sản phẩm", "Mật ong", "Mật"), "a.xlsx"),
        (rtf(*PLAN), "a.rtf"),
        (doc(*PLAN), "a.doc"),
        (odt(*PLAN), "a.odt"),
    ],
)
def test_what_only_speaks_of_secrets_is_taken(content: bytes, name: str) -> None:
    looked = look(content, name)
    assert not looked.secret
    assert looked.readable
    assert looked.refusal == ""


def test_remarks_are_made_only_where_the_whole_paper_was_read() -> None:
    picture = pages_to_pdf([encoded(a_page())])
    assert look(picture, "a.pdf") == Looked(".pdf", pages=1, warnings=("unreadable",))
    assert look(pdf_of(PLAN)[:-300], "a.pdf").warnings == ("unreadable",)
    lost = docx(*PLAN, *["h q tx zk wv kế jj xx qw zz tr vv ss dd"] * 20)
    assert look(lost, "a.docx").facts["number"] == "12/KH-STP"
    assert look(lost, "a.docx").warnings == ()


def test_pictures_are_told_apart_by_their_sharpness() -> None:
    assert look(encoded(a_page()), "a.jpg") == Looked(".jpg", pages=1, picture=True)
    blurred = look(encoded(a_page(blur=8)), "a.jpg")
    assert blurred == Looked(".jpg", pages=1, picture=True, blurred=True)
    broken = look(b"\xff\xd8\xff\xe0" + b"x" * 500, "a.jpg")
    assert (broken.picture, broken.pages, broken.warnings) == (True, 0, ("unreadable",))


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
def test_a_bomb_is_refused(name: str) -> None:
    good = docx(*PLAN) if name == "a.docx" else xlsx("a")
    assert look(good, name).refusal == ""
    parts = {"a.docx": "word/media/x.bin", "a.xlsx": "xl/worksheets/sheet9.xml"}
    inside = [Entry("[Content_Types].xml", b"<Types/>"), Entry("word/document.xml", b"<d/>")]
    packed = zip_bytes([*inside, Entry(parts[name], b"0" * (40 << 20))])
    assert look(packed, name).refusal == "file_unsafe"
    lying = zip_bytes([*inside, Entry("../up.xml", b"x")])
    assert look(lying, name).refusal == "file_unsafe"


def test_a_picture_too_large_to_open_is_refused() -> None:
    from PIL import Image

    huge = encoded(Image.new("1", (9_000, 9_000)), "PNG")
    assert look(huge, "a.png").refusal == "file_picture_too_large"


def test_no_bytes_break_it() -> None:
    rng = random.Random(407)
    whole = [pdf_of(PLAN), docx(*PLAN), xlsx("a"), odt("a"), rtf("a"), encoded(a_page((200, 200)))]
    for name in ("a.pdf", "a.docx", "a.xlsx", "a.odt", "a.rtf", "a.jpg", "a.heic", "a.csv"):
        content = bytearray(rng.choice(whole))
        for _ in range(20):
            content[rng.randrange(len(content))] = rng.randrange(256)
        assert isinstance(look(bytes(content), name), Looked)
        assert isinstance(look(rng.randbytes(2_000), name), Looked)


@pytest.fixture
def scanner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a tesseract may be put."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return tmp_path


def test_words_on_pictures_are_read_where_tesseract_is(
    scanner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TROLY_SECRET_KEY", "nobody's business")
    asked = tesseract.install(scanner, "\n".join(PLAN))
    photo = look(encoded(a_page()), "a.jpg")
    assert photo.readable
    assert photo.facts["number"] == "12/KH-STP"
    assert photo.warnings == ()  # a number by hand is not read: nothing is said to be missing
    assert asked.read_text().split() == [
        *("stdin", "stdout", "-l", "vie", "OMP_THREAD_LIMIT=1", "secret="),
    ]


def test_three_pages_of_a_scan_are_read(scanner: Path) -> None:
    asked = tesseract.install(scanner, "\n".join(PLAN))
    scan = look(pages_to_pdf([encoded(a_page((300, 400)))] * 5), "a.pdf")
    assert (scan.pages, scan.readable) == (5, True)
    assert scan.facts["date"] == "2026-03-05"
    assert len(asked.read_text().splitlines()) == 3
    look(pdf_of(PLAN), "a.pdf")  # has words of its own
    assert len(asked.read_text().splitlines()) == 3


def test_a_stamp_on_a_photo_is_seen(scanner: Path) -> None:
    tesseract.install(scanner, "SỞ TƯ PHÁP\n| MÂT |\nKẾ HOẠCH")
    assert look(encoded(a_page()), "a.jpg").secret
    assert look(pages_to_pdf([encoded(a_page())]), "a.pdf").secret


@pytest.mark.parametrize("wrong", [{"languages": "eng"}, {"does": "exit 1"}])
def test_a_tesseract_that_cannot_leaves_the_picture_unread(
    scanner: Path, wrong: dict[str, str]
) -> None:
    tesseract.install(scanner, "\n".join(PLAN), **wrong)  # type: ignore[arg-type]
    assert look(encoded(a_page()), "a.jpg") == Looked(".jpg", pages=1, picture=True)


def test_a_tesseract_that_takes_too_long_is_stopped(scanner: Path) -> None:
    tesseract.install(scanner, "\n".join(PLAN), does="exec sleep 60")
    assert not look(encoded(a_page()), "a.jpg", seconds=2.0).readable


def test_what_is_known_of_a_file_is_kept_with_a_draft() -> None:
    kept = TypeAdapter(KeptFile)
    file = KeptFile(
        "a.pdf", 9, sha256="0f", media_type="application/pdf", facts={"number": "12/KH-STP"},
        warnings=("date",), blurred=True, picture=True,
    )  # fmt: skip
    assert kept.validate_json(kept.dump_json(file)) == file
    assert kept.validate_python({"name": "a.pdf", "size": 9}) == KeptFile("a.pdf", 9)
