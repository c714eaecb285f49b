"""The note of reference as files: DOCX to edit, PDF to print. No heading of State, no signature.

The same note gives the same bytes: its own time stands in them, and nothing of the machine.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

from bot.forms.criteria import CriteriaNote
from bot.forms.note_words import Line, Part, on_paper
from bot.messages import Enclosure
from bot.status import first_upper
from bot.texts import say

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FONTS = Path(__file__).parent / "fonts"
_REGULAR, _BOLD = "DejaVuSerif", "DejaVuSerif-Bold"
_WORD_FONT = "Times New Roman"
_GREY = "#444444"
_MARGIN = 2.2  #: centimetres


def note_files(note: CriteriaNote, letterhead: Sequence[str] = ()) -> tuple[Enclosure, ...]:
    """The note as DOCX and as PDF; `letterhead`: lines of the office that stand on top."""
    name = f"phieu-tham-khao-{note.now:%Y%m%d-%H%M}"
    parts = on_paper(note)
    return (
        Enclosure(f"{name}.docx", _DOCX, _dated(_docx(parts, letterhead, note.now), note.now)),
        Enclosure(f"{name}.pdf", "application/pdf", _pdf(parts, letterhead, note.now)),
    )


def _printable(text: str) -> str:
    """What somebody wrote, without the signs that no file keeps."""
    return "".join(sign for sign in text if sign.isprintable())


# --- DOCX ---------------------------------------------------------------------------------------


def _docx(parts: tuple[Part, ...], letterhead: Sequence[str], now: datetime) -> bytes:
    paper = docx.Document()
    _describe(paper, now)
    _lay_out(paper)
    for words in letterhead:
        _centred(paper.add_paragraph(), _printable(words), 12, bold=True)
    _centred(paper.add_paragraph(), say("criteria.title"), 20, bold=True)
    _centred(paper.add_paragraph(), first_upper(say("criteria.subject")), 14, bold=True)
    _centred(paper.add_paragraph(), say("criteria.mark"), 12)
    for part in parts:
        if part.heading:
            paper.add_heading(_printable(part.heading), level=2)
        for line in part.lines:
            _written(paper.add_paragraph(), line)
    content = io.BytesIO()
    paper.save(content)
    return content.getvalue()


def _describe(paper: Any, now: datetime) -> None:
    about = paper.core_properties
    about.title, about.subject = say("criteria.title"), say("criteria.subject")
    about.author = about.last_modified_by = say("criteria.maker")
    about.comments, about.language = "", "vi-VN"
    about.created = about.modified = now.astimezone(UTC).replace(tzinfo=None)


def _lay_out(paper: Any) -> None:
    """A4, one typeface, and the mark on every page."""
    [page] = paper.sections
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(_MARGIN)
    _centred(page.header.paragraphs[0], say("criteria.title"), 10)
    for name, size in (("Normal", 12), ("Heading 2", 13)):
        style = paper.styles[name]
        style.font.name, style.font.size = _WORD_FONT, Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)  # it would win over the name
        for script in ("eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), _WORD_FONT)
        style.paragraph_format.space_after = Pt(4)


def _centred(paragraph: Any, text: str, size: int, *, bold: bool = False) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(size)


def _written(paragraph: Any, line: Line) -> None:
    run = paragraph.add_run(_printable(line.text))
    if line.style == "quote":
        paragraph.paragraph_format.left_indent = Cm(0.8)
    if line.style == "place":
        run.font.size = Pt(10)
        run.font.color.rgb = RGBColor.from_string(_GREY.removeprefix("#"))


def _dated(content: bytes, now: datetime) -> bytes:
    """The same archive with the time of the note in place of the machine's."""
    dated = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as before,
        zipfile.ZipFile(dated, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            entry = zipfile.ZipInfo(name, now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, before.read(name))
    return dated.getvalue()


# --- PDF ----------------------------------------------------------------------------------------


@cache
def _load_fonts() -> None:
    """Once: reportlab keeps typefaces for the whole process."""
    for name in (_REGULAR, _BOLD):
        pdfmetrics.registerFont(TTFont(name, _FONTS / f"{name}.ttf"))


def _pdf(parts: tuple[Part, ...], letterhead: Sequence[str], now: datetime) -> bytes:
    _load_fonts()
    styles = _styles()
    flow = [
        *(Paragraph(escape(_printable(line)), styles["office"]) for line in letterhead),
        Paragraph(say("criteria.title"), styles["title"]),
        Paragraph(escape(first_upper(say("criteria.subject"))), styles["subject"]),
        Paragraph(escape(say("criteria.mark")), styles["mark"]),
    ]
    for part in parts:
        if part.heading:
            flow.append(Paragraph(escape(part.heading), styles["heading"]))
        flow += [Paragraph(escape(_printable(one.text)), styles[one.style]) for one in part.lines]
    content = io.BytesIO()
    margin = _MARGIN * cm
    paper = SimpleDocTemplate(
        content,
        pagesize=A4,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=margin,
        bottomMargin=margin,
        title=say("criteria.title"),
        subject=say("criteria.subject"),
        author=say("criteria.maker"),
        creator=say("criteria.maker"),
        lang="vi-VN",
        invariant=1,  # no time of the machine
    )

    def marked(canvas: Any, _: object) -> None:
        canvas.setDateFormatter(lambda *_: f"D:{now:%Y%m%d%H%M%S}+07'00'")
        canvas.setFont(_REGULAR, 9)
        canvas.drawCentredString(A4[0] / 2, A4[1] - margin / 2, say("criteria.title"))
        canvas.drawCentredString(A4[0] / 2, margin / 2, str(canvas.getPageNumber()))

    paper.build(flow, onFirstPage=marked, onLaterPages=marked)
    return content.getvalue()


def _styles() -> dict[str, ParagraphStyle]:
    plain = ParagraphStyle("plain", fontName=_REGULAR, fontSize=10, leading=14, spaceAfter=3)
    bold = ParagraphStyle("bold", plain, fontName=_BOLD)
    middle = {"alignment": TA_CENTER, "spaceAfter": 8}
    return {
        "plain": plain,
        "quote": ParagraphStyle("quote", plain, leftIndent=0.8 * cm),
        "place": ParagraphStyle("place", plain, fontSize=8.5, leading=12, textColor=_GREY),
        "office": ParagraphStyle("office", bold, **middle),
        "title": ParagraphStyle("title", bold, fontSize=18, leading=24, **middle),
        "subject": ParagraphStyle("subject", bold, fontSize=12, leading=16, **middle),
        "mark": ParagraphStyle("mark", plain, **middle),
        "heading": ParagraphStyle(
            "heading", bold, fontSize=11, leading=15, spaceBefore=8, keepWithNext=1
        ),
    }
