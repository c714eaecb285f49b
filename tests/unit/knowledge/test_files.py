"""Bytes → text: each reader in this process, on small files made here."""

from __future__ import annotations

import io
import unicodedata

import docx
import pytest

from knowledge import errors
from knowledge.reading.docx import read_docx
from knowledge.reading.files import Extracted, Limits, parse
from knowledge.reading.kinds import extension_of
from knowledge.reading.numbering import in_format
from knowledge.reading.pdf import without_furniture
from tests.papers import (
    Entry,
    W,
    docx_bytes,
    docx_entries,
    page_object,
    paragraph,
    pdf_bytes,
    pdf_objects,
    pdf_of,
    stream,
    zip_bytes,
)

PLAIN = "Kế hoạch truyền thông chính sách năm 2023 của Ủy ban nhân dân"


def read(data: bytes, name: str) -> Extracted:
    return parse(data, name, Limits())


def word(body: str, parts: dict[str, bytes] | None = None) -> str:
    return read(docx_bytes(body, parts), "a.docx").text


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def cell(*paragraphs: str, properties: str = "") -> str:
    inside = "".join(map(paragraph, paragraphs)) or "<w:p/>"
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def table(*rows: tuple[str, ...], properties: str = '<w:tblStyle w:val="TableGrid"/>') -> str:
    body = "".join(f"<w:tr>{''.join(cells)}</w:tr>" for cells in rows)
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr>{body}</w:tbl>"


class TestPlain:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
    def test_unicode_encodings_give_the_same_text(self, encoding: str) -> None:
        assert read(PLAIN.encode(encoding), "a.txt") == Extracted(PLAIN, "text")

    def test_text_is_not_normalised(self) -> None:
        decomposed = unicodedata.normalize("NFD", PLAIN)
        assert read(decomposed.encode(), "a.md").text == decomposed

    def test_windows_1258_spells_tones_apart(self) -> None:
        found = read(b"K\xea\xec ho\xf2ach truy\xea\xccn th\xf4ng, ng\xfd\xf5\xcci d\xe2n", "a.txt")
        assert "người dân" in unicodedata.normalize("NFC", found.text)
        assert "Windows-1258" in found.warnings[0]

    def test_tcvn3_is_turned_into_unicode(self) -> None:
        found = read(b"K\xd5 ho\xb9ch truy\xd2n th\xabng ch\xddnh s\xb8ch n\xa8m 2023", "a.txt")
        assert found.text == "Kế hoạch truyền thông chính sách năm 2023"
        assert "TCVN3" in found.warnings[0]

    @pytest.mark.parametrize(
        ("text", "font"),
        [
            ("KÕ ho¹ch truyÒn th«ng chÝnh s¸ch cña ñy ban nh©n d©n", "TCVN3"),
            ("Keá hoaïch truyeàn thoâng, baûo ñaûm, ñieåm, ñieàu", "VNI"),
        ],
    )
    def test_letters_of_old_fonts_are_noticed(self, text: str, font: str) -> None:
        assert font in read(text.encode(), "a.txt").warnings[0]

    def test_good_vietnamese_raises_no_doubt(self) -> None:
        text = "Hoà bình, quá trình, thuế, oai, khoá, uể oải, 50 %, © 2023, §1, năm ½"
        assert read(text.encode(), "a.txt").warnings == ()

    def test_controls_go_and_line_ends_are_one(self) -> None:
        found = read(f"a\r\nb\rc\x0cd\te\0\x07 {PLAIN}".encode(), "a.txt")
        assert found.text == f"a\nb\nc\nd\te {PLAIN}"
        assert found.warnings

    def test_hidden_direction_marks_are_kept_and_told(self) -> None:
        found = read("tệp \u202etxt.exe".encode(), "a.txt")
        assert "\u202e" in found.text
        assert "đổi chiều" in found.warnings[0]

    def test_a_cut_letter_is_left_out(self) -> None:
        found = read("kế hoạch".encode() + "ố".encode()[:2], "a.txt")
        assert (found.text, len(found.warnings)) == ("kế hoạch", 1)

    @pytest.mark.parametrize(
        ("data", "error"),
        [
            (b" \n\t", errors.EmptyDocument),
            (b"\xef\xbb\xbf", errors.EmptyDocument),
            (bytes(300), errors.UnsupportedDocument),
            (bytes(range(1, 32)) * 9, errors.UnsupportedDocument),
            (b"a\x81\x8d\x8f\x90" * 9, errors.UnsupportedDocument),
        ],
    )
    def test_what_is_no_text_is_refused(self, data: bytes, error: type[Exception]) -> None:
        with pytest.raises(error):
            read(data, "a.txt")

    def test_too_many_characters(self) -> None:
        with pytest.raises(errors.DocumentTooLarge):
            parse(b"a" * 11, "a.txt", Limits(characters=10))


class TestKinds:
    @pytest.mark.parametrize(
        ("name", "extension"),
        [
            ("Báo cáo.PDF", ".pdf"),
            ("a.docx ", ".docx"),
            ("../../a.txt", ".txt"),
            ("a.pdf.exe", ".exe"),
            ("a.pdf\0.exe", ".exe"),
            ("a", ""),
            ("", ""),
            ("a." + "x" * 99, ""),
        ],
    )
    def test_extension(self, name: str, extension: str) -> None:
        assert extension_of(name) == extension

    @pytest.mark.parametrize(
        ("data", "name", "error", "words"),
        [
            (pdf_of([PLAIN]), "a.docx", errors.DamagedDocument, "nội dung là tài liệu PDF"),
            (docx_bytes(paragraph("a")), "a.pdf", errors.DamagedDocument, "Word (DOCX)"),
            (PLAIN.encode(), "a.pdf", errors.DamagedDocument, "chữ thường"),
            (b"{\\rtf1 a}", "a.docx", errors.UnsupportedDocument, "RTF"),
            (b"<!DOCTYPE html><p>a", "a.txt", errors.UnsupportedDocument, "HTML"),
            (b"MZ\x90\0\3\0\0\0\4\0", "a.pdf", errors.UnsupportedDocument, "chương trình"),
            (b"\x89PNG\r\n\x1a\n\0\0", "a.docx", errors.UnsupportedDocument, "ảnh"),
            (b"a", "a.doc", errors.UnsupportedDocument, "lưu lại thành .docx"),
            (b"a", "a.odt", errors.UnsupportedDocument, ".odt"),
            (b"a", "a", errors.UnsupportedDocument, "không có đuôi"),
        ],
    )
    def test_name_and_content_must_agree(
        self, data: bytes, name: str, error: type[Exception], words: str
    ) -> None:
        with pytest.raises(error) as refused:
            read(data, name)
        assert words in str(refused.value)
        assert "Anh/chị vui lòng" in str(refused.value)

    def test_encrypted_office_file(self) -> None:
        locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
        with pytest.raises(errors.EncryptedDocument):
            read(locked, "a.docx")

    def test_macros_are_refused(self) -> None:
        entries = [*docx_entries(paragraph("a")), Entry("word/vbaProject.bin", b"x")]
        with pytest.raises(errors.UnsupportedDocument, match="macro"):
            read(zip_bytes(entries), "a.docx")


class TestDocx:
    def test_paragraphs_are_divided_and_soft_breaks_kept(self) -> None:
        body = paragraph("Một") + f"<w:p>{run('hai')}<w:r><w:br/><w:tab/></w:r>{run('ba')}</w:p>"
        assert word(body) == "Một\n\nhai\n\tba\n"

    def test_a_file_of_python_docx(self) -> None:
        made = docx.Document()
        made.add_heading("Mục đích", 1)
        made.add_paragraph("một", style="List Number")
        made.add_paragraph("hai", style="List Number")
        made.add_paragraph("ba", style="List Bullet")
        grid = made.add_table(2, 3)
        for number, each in enumerate(grid.rows[0].cells):
            each.text = f"ô {number}"
        grid.cell(1, 0).merge(grid.cell(1, 1)).text = "gộp"
        made.sections[0].header.paragraphs[0].text = "đầu trang"
        made.sections[0].footer.paragraphs[0].text = "chân trang"
        file = io.BytesIO()
        made.save(file)
        wanted = "Mục đích\n\n1. một\n\n2. hai\n\n- ba\n\nô 0 | ô 1 | ô 2\ngộp | \n"
        assert read(file.getvalue(), "a.docx") == Extracted(wanted, "docx")

    def test_tracked_changes_as_if_accepted(self) -> None:
        body = (
            f"<w:p>{run('trước ')}<w:del><w:r><w:delText>15/9</w:delText></w:r></w:del>"
            f"<w:ins>{run('20/9')}</w:ins><w:moveFrom>{run('cũ')}</w:moveFrom></w:p>"
            f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('nối ')}</w:p>{paragraph('liền')}"
        )
        found = read(docx_bytes(body), "a.docx")
        assert found.text == "trước 20/9\n\nnối liền\n"
        assert "sửa đổi" in found.warnings[0]

    def test_controls_links_and_hidden_text(self) -> None:
        body = (
            f"<w:sdt><w:sdtContent>{paragraph('ô điền')}</w:sdtContent></w:sdt>"
            f"<w:p><w:hyperlink>{run('liên kết')}</w:hyperlink>{run('ẩn', '<w:vanish/>')}"
            f"{run(' đậm', '<w:b/>')}<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
        )
        found = read(docx_bytes(body), "a.docx")
        assert found.text == "ô điền\n\nliên kết đậm\n"
        assert "chữ ẩn" in found.warnings[0]

    def test_a_text_box_follows_its_paragraph_once(self) -> None:
        box = f"<w:txbxContent>{paragraph('trong khung')}</w:txbxContent>"
        body = (
            '<w:p><w:r><mc:AlternateContent xmlns:mc="x"><mc:Choice><w:drawing>'
            f"{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
            f"</mc:AlternateContent></w:r>{run('ngoài')}</w:p>"
        )
        assert word(body) == "ngoài\n\ntrong khung\n"

    def test_merged_cells_are_not_repeated_and_inner_tables_are_flat(self) -> None:
        start, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
        inner = f"<w:tc>{table((cell('x'), cell('y')))}{paragraph('')}</w:tc>"
        body = table(
            (cell("TT"), cell("Nội dung", properties='<w:gridSpan w:val="2"/>')),
            (cell("1", properties=start), cell("a", "b"), cell("c")),
            (cell("1", properties=on), cell("d"), inner),
        )
        assert word(body) == "TT | Nội dung\n1 | a b | c\n | d | x | y\n"

    def test_a_table_without_lines_that_lays_out_the_head_is_read_cell_by_cell(self) -> None:
        left = cell("UBND THÀNH PHỐ", "SỞ GIÁO DỤC", "Số: 12/KH-SGDĐT")
        right = cell("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
        assert word(table((left, right), properties="")).splitlines() == [
            "UBND THÀNH PHỐ",
            "SỞ GIÁO DỤC",
            "Số: 12/KH-SGDĐT",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
        ]

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            ("", errors.EmptyDocument),
            ("<w:p><w:r><w:drawing/></w:r></w:p>", errors.ImageOnlyDocument),
            ("<w:p>" * 99, errors.DamagedDocument),
            ("<w:ins>" * 4000 + paragraph("a") + "</w:ins>" * 4000, errors.UnsafeDocument),
        ],
    )
    def test_refusals(self, body: str, error: type[Exception]) -> None:
        with pytest.raises(error):
            word(body)

    def test_any_document_type_declaration_is_refused(self) -> None:
        bomb = (
            '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
        )
        for encoding in ("utf-8", "utf-16"):
            with pytest.raises(errors.UnsafeDocument):
                read(docx_bytes(bomb.encode(encoding)), "a.docx")


def numbering(levels: str, more: str = "") -> bytes:
    num = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    abstract = f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
    return f'<w:numbering xmlns:w="{W}">{abstract}{num}{more}</w:numbering>'.encode()


def level(depth: int, form: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/>{more}</w:lvl>'
    )


def item(text: str, depth: int, number: int = 1) -> str:
    return paragraph(
        text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    )


class TestNumbering:
    def test_levels_of_a_plan(self) -> None:
        levels = (
            level(0, "upperRoman", "%1.")
            + level(1, "decimal", "%2.")
            + level(2, "lowerLetter", "%3)")
            + level(3, "bullet", "\uf0b7")
        )
        body = "".join(
            (item("A", 0), item("B", 1), item("C", 1), item("D", 2), item("E", 2), item("F", 3))
        ) + "".join((item("G", 0), item("H", 1)))
        found = word(body, {"word/numbering.xml": numbering(levels)})
        wanted = ["I. A", "1. B", "2. C", "a) D", "b) E", "- F", "II. G", "1. H"]
        assert found.split("\n\n") == [*wanted[:-1], wanted[-1] + "\n"]

    def test_compound_and_legal_labels(self) -> None:
        levels = (
            level(0, "upperRoman", "Điều %1.")
            + level(1, "decimal", "%1.%2.", "<w:isLgl/>")
            + level(2, "decimal", "%1.%2", '<w:lvlRestart w:val="0"/>')
        )
        body = item("A", 0) + item("B", 0) + item("C", 1) + item("D", 1)
        found = word(body, {"word/numbering.xml": numbering(levels)})
        assert found == "Điều I. A\n\nĐiều II. B\n\n2.1. C\n\n2.2. D\n"

    def test_a_list_that_starts_again(self) -> None:
        again = (
            '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
            '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        )
        body = item("a", 0) + item("b", 0) + item("c", 0, 2) + item("d", 0, 2)
        parts = {"word/numbering.xml": numbering(level(0, "decimal", "%1."), again)}
        assert word(body, parts) == "1. a\n\n2. b\n\n5. c\n\n6. d\n"

    def test_a_level_from_the_style_of_the_paragraph(self) -> None:
        levels = level(0, "decimal", "%1.") + level(1, "decimal", "%1.%2", '<w:pStyle w:val="H2"/>')
        styles = f"""<w:styles xmlns:w="{W}"><w:style w:styleId="H2"><w:pPr><w:numPr>
<w:numId w:val="1"/></w:numPr></w:pPr></w:style><w:style w:styleId="Mine">
<w:basedOn w:val="H2"/></w:style></w:styles>"""
        parts = {"word/numbering.xml": numbering(levels), "word/styles.xml": styles.encode()}
        body = item("a", 0) + paragraph("b", '<w:pStyle w:val="Mine"/>')
        off = '<w:pStyle w:val="H2"/><w:numPr><w:numId w:val="0"/></w:numPr>'
        assert word(body + paragraph("c", off), parts) == "1. a\n\n1.1 b\n\nc\n"

    @pytest.mark.parametrize(
        ("number", "name", "shown"),
        [
            (4, "upperRoman", "IV"),
            (1999, "lowerRoman", "mcmxcix"),
            (28, "lowerLetter", "bb"),
            (3, "upperLetter", "C"),
            (7, "decimalZero", "07"),
            (0, "upperRoman", "0"),
            (5, "nosuch", "5"),
        ],
    )
    def test_formats(self, number: int, name: str, shown: str) -> None:
        assert in_format(number, name) == shown


class TestArchive:
    @pytest.mark.parametrize(
        "entry",
        [
            Entry("../a", b"x"),
            Entry("/a", b"x"),
            Entry("C:/a", b"x"),
            Entry("a\\b", b"x"),
            Entry("link", b"/etc/passwd", attributes=0o120777 << 16),
            Entry("WORD/document.xml", b"x"),
            Entry("bomb", bytes(5 << 20)),
        ],
    )
    def test_tricks_are_refused(self, entry: Entry) -> None:
        with pytest.raises(errors.UnsafeDocument):
            read(zip_bytes([*docx_entries(paragraph("a")), entry]), "a.docx")

    def test_encrypted_entries(self) -> None:
        entries = [Entry(e.name, e.data, flags=1) for e in docx_entries(paragraph("a"))]
        with pytest.raises(errors.EncryptedDocument):
            read(zip_bytes(entries), "a.docx")

    def test_an_entry_never_gives_more_than_it_claims(self) -> None:
        whole = docx_entries(paragraph("a"))
        lying = Entry(whole[2].name, whole[2].data + b" " * 9000, size=len(whole[2].data))
        with pytest.raises(errors.DamagedDocument):
            read(zip_bytes([*whole[:2], lying]), "a.docx")

    def test_the_reader_takes_only_a_checked_package(self) -> None:
        assert "Package" in str(read_docx.__annotations__["package"])


class TestPdf:
    def test_pages_are_joined_and_line_hyphens_kept(self) -> None:
        found = read(pdf_of(["KẾ HOẠCH", "giai đoạn 2022-", "2027"], ["2", "Mục"]), "a.pdf")
        assert found == Extracted("KẾ HOẠCH\ngiai đoạn 2022-\n2027\nMục\n", "pdf")

    def test_pages_that_are_pictures_are_named(self) -> None:
        objects = pdf_objects([[PLAIN], []])
        image = (
            b"/Type/XObject/Subtype/Image/Width 9/Height 9/ColorSpace/DeviceGray/BitsPerComponent 8"
        )
        objects[9] = page_object(10, b"/XObject<</I 11 0 R>>")
        objects |= {10: stream(b"595 0 0 842 0 0 cm /I Do"), 11: stream(bytes(81), image)}
        found = read(pdf_bytes(objects), "a.pdf")
        assert found.warnings == ("Trang 2 chỉ có ảnh, không có lớp chữ nên chưa đọc được.",)
        objects[8] = objects[10]
        objects[7] = objects[9].replace(b"10 0 R", b"8 0 R")
        with pytest.raises(errors.ImageOnlyDocument):
            read(pdf_bytes(objects), "a.pdf")

    def test_scripts_and_attachments_are_told(self) -> None:
        objects = pdf_objects([[PLAIN]])
        script = b"/JavaScript<</Names[(a)<</S/JavaScript/JS(1)>>]>>"
        files = b"/EmbeddedFiles<</Names[(x)<</Type/Filespec/F(x)>>]>>"
        objects[1] = b"<</Type/Catalog/Pages 2 0 R/Names<<%s%s>>>>" % (script, files)
        assert len(read(pdf_bytes(objects), "a.pdf").warnings) == 2

    @pytest.mark.parametrize(
        ("data", "error"),
        [
            (pdf_of([]), errors.EmptyDocument),
            (pdf_of([PLAIN])[:-40], errors.DamagedDocument),
            (b"%PDF-1.7\n%%EOF", errors.DamagedDocument),
            (
                pdf_bytes(
                    pdf_objects([[PLAIN]]),
                    b"/Root 1 0 R/ID[<01><01>]/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -44"
                    b"/O<%s>/U<%s>>>" % (b"5a" * 32, b"a5" * 32),
                ),
                errors.EncryptedDocument,
            ),
        ],
    )
    def test_refusals(self, data: bytes, error: type[Exception]) -> None:
        with pytest.raises(error):
            read(data, "a.pdf")

    def test_more_pages_than_allowed(self) -> None:
        with pytest.raises(errors.DocumentTooLarge, match="3 trang"):
            parse(pdf_of(["a"], ["b"], ["c"]), "a.pdf", Limits(pages=2))

    def test_a_font_without_its_letters_is_refused(self) -> None:
        objects = pdf_objects([[PLAIN]])
        objects[3] = objects[3].replace(b"/ToUnicode 5 0 R", b"")
        with pytest.raises(errors.EmptyDocument, match="phông chữ"):
            read(pdf_bytes(objects), "a.pdf")

    def test_heads_feet_and_page_numbers_go(self) -> None:
        body = [[f"{letter}{n}" for n in range(5)] for letter in "abcd"]
        pages = [["Văn phòng", *body[0], "Trang 1/4"]]
        for n in (2, 3, 4):
            pages.append([str(n), "Văn phòng", *body[n - 1], f"Trang {n}/4"])
        assert without_furniture(pages) == [["Văn phòng", *body[0]], *body[1:]]

    def test_short_pages_and_other_numbers_stay(self) -> None:
        pages = [["1. Mục đích", "20"], ["1. Mục đích", "30"], ["1. Mục đích", "40"]]
        assert without_furniture(pages) == pages
        rows = [[f"Điều {n + 7}", *"abcdef", f"{n + 3}"] for n in range(5)]
        assert without_furniture(rows) == rows
