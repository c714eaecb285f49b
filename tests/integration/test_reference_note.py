"""The note of reference as files, opened again."""

from __future__ import annotations

import getpass
import io
import platform
import zipfile
from dataclasses import replace

import docx
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.forms.criteria import CriteriaNote
from bot.forms.note_words import on_paper
from bot.messages import Enclosure
from bot.texts import say
from knowledge.vietnamese import collapse
from service.reference_note import note_files
from tests.unit.bot.forms.test_criteria_note import CASES, FORBIDDEN, NOW, a_note

#: What makes an administrative paper: none of it may stand in a note.
OFFICIAL = ("cộng hòa xã hội chủ nghĩa", "độc lập", "nơi nhận", "số:", "(ký")


def in_word(file: Enclosure) -> str:
    paper = docx.Document(io.BytesIO(file.content))
    return collapse(" ".join(paragraph.text for paragraph in paper.paragraphs))


def in_pdf(file: Enclosure) -> str:
    with pypdfium2.PdfDocument(file.content) as paper:
        pages = []
        for page in paper:
            text = page.get_textpage()
            lines = text.get_text_range().splitlines()
            # The mark and the number of the page stand above and below the text.
            pages += [x for x in lines if x != say("criteria.title") and not x.isdecimal()]
            text.close()
            page.close()
    return collapse(" ".join(pages))


def said(note: CriteriaNote) -> str:
    parts = on_paper(note)
    words = [t for part in parts for t in (part.heading, *(line.text for line in part.lines))]
    return collapse(" ".join(words))


@pytest.mark.parametrize(("plan", "verdict"), CASES)
def test_both_files_say_the_whole_note(plan: str, verdict: str) -> None:
    note = a_note(plan, verdict, by="Sở Tư pháp")
    word, pdf = note_files(note)
    assert (word.name, pdf.name) == (
        "phieu-tham-khao-20261121-1405.docx",
        "phieu-tham-khao-20261121-1405.pdf",
    )
    for text in (in_word(word), in_pdf(pdf)):
        assert said(note) in text
        assert say("criteria.mark") in text
        assert not [words for words in (*OFFICIAL, FORBIDDEN) if words in text.lower()]
    assert in_word(word).startswith(say("criteria.title"))


def test_every_page_bears_the_mark() -> None:
    word, pdf = note_files(a_note("ia-hdrai", "not_met"))
    with pypdfium2.PdfDocument(pdf.content) as paper:
        assert len(paper) > 1
        for page in paper:
            text = page.get_textpage()
            assert say("criteria.title") in text.get_text_range()
            text.close()
            page.close()
    [section] = docx.Document(io.BytesIO(word.content)).sections
    assert section.header.paragraphs[0].text == say("criteria.title")


def test_nothing_in_the_files_tells_of_the_machine() -> None:
    note = a_note()
    word, pdf = note_files(note)
    about = docx.Document(io.BytesIO(word.content)).core_properties
    assert (about.author, about.last_modified_by) == (say("criteria.maker"),) * 2
    assert (about.comments, about.keywords, about.category) == ("", "", "")
    assert f"{about.created:%Y-%m-%d %H:%M}" == "2026-11-21 07:05"
    with pypdfium2.PdfDocument(pdf.content) as paper:
        told = paper.get_metadata_dict()
    assert told["Author"] == told["Creator"] == say("criteria.maker")
    assert told["CreationDate"] == told["ModDate"] == "D:20261121140500+07'00'"
    with zipfile.ZipFile(io.BytesIO(word.content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2026, 11, 21, 14, 5, 0)}
        inside = b"".join(archive.read(name) for name in archive.namelist() if "docProps" in name)
    for name in (getpass.getuser(), platform.node()):
        words = f" {name.lower()} "
        assert words not in str(told).lower()
        assert words.strip() not in (str(about.author) + str(about.last_modified_by)).lower()
        assert f">{name}<".encode() not in inside


def test_the_same_note_gives_the_same_bytes() -> None:
    assert note_files(a_note("hai-phong")) == note_files(a_note("hai-phong"))
    later = note_files(a_note("hai-phong", now=NOW.replace(minute=6)))
    assert later != note_files(a_note("hai-phong"))


def test_the_letters_of_the_pdf_are_in_it() -> None:
    _, pdf = note_files(a_note())
    assert b"DejaVuSerif" in pdf.content
    assert b"/FontFile2" in pdf.content
    assert len(pdf.content) < 1_000_000


@settings(max_examples=15, deadline=None)
@given(draft=st.text(min_size=1, max_size=300))
def test_whatever_a_draft_is_called_it_is_text(draft: str) -> None:
    note = replace(a_note(), draft=f"<b>{draft}</b> & <img src='file:///etc/passwd'/>")
    word, pdf = note_files(note)
    for text in (in_word(word), in_pdf(pdf)):
        assert "<img src='file:///etc/passwd'/>" in text
