"""Words that were misread in a scan, put right on the page of the paper that waits."""

from __future__ import annotations

from datetime import date
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from knowledge.documents import Document
from service.admin.words import words
from service.delivery import ocr
from service.library import candidates as on_their_way
from service.library.papers import library_of, write_paper
from service.library.reading import Words, read_parts, words_of
from service.settings import Settings
from service.storage.candidates import get_candidate
from service.storage.engine import transaction
from service.storage.people_tables import AuditEntry
from tests.builders import NOON, some_settings
from tests.desk import Officer, audited
from tests.fakes import tesseract
from tests.integration.test_review_page import TEXT, Desk, a_candidate, a_paper
from tests.pictures import a_page, encoded

SCAN = TEXT.replace("2/9/2026", "2O/9/2026").replace("Bảo đảm thiết", "Bảo đàm thiết")
FAULTS = words()["review"]["faults"]
RESPELL = {"do": "respell", "at": "II.1", "wrong": "2O/9/2026", "right": "20/9/2026"}


def a_scan(text: str = SCAN, **changes: object) -> Document:
    return a_paper(text, scanned=((0, len(text)),), **changes)


@pytest.fixture
def scan(owner: Officer, sqlite: Engine, settings: Settings) -> Desk:
    return Desk(owner, sqlite, settings, a_candidate(sqlite, settings, a_scan()))


def test_a_misread_day_is_put_right_with_the_duty_that_holds_it(scan: Desk, sqlite: Engine) -> None:
    before = scan.paper()
    assert before.duties[0].when.end is None
    assert f"<summary>{words()['review']['misread_heading']}" in scan.see("?at=II.1")
    answer = scan.send("clauses", **RESPELL)
    assert answer.headers["location"] == f"{scan.path}?at=II.1&done=corrected"
    after = scan.paper()
    assert after.text == SCAN.replace("2O/9/2026", "20/9/2026")
    assert "trước ngày 20/9/2026" in after.clause("II.1").text
    assert after.duties[0].when.end == date(2026, 9, 19)
    assert "20/9/2026" in after.duties[0].quote
    assert after.identity == before.identity
    assert "trước ngày 20/9/2026 → đến hết" in scan.see("?at=II.1&duty=1")
    with transaction(sqlite) as session:
        (row,) = session.exec(select(AuditEntry)).all()
    assert (row.action, row.detail) == (
        "candidate_corrected",
        {"what": "clause_respell", "address": "II.1"},
    )
    assert "việc sửa: sửa chữ nhận dạng sai" in unescape(scan.officer.get("/admin/audit").text)
    assert scan.keep("undo") == before
    assert len(audited(sqlite)) == 2


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"wrong": "không có"}, FAULTS["misread_gone"]),
        ({"wrong": "p"}, FAULTS["misread_often"]),
        ({"wrong": " "}, FAULTS["misread_none"]),
        ({"right": "..."}, FAULTS["misread_empty"]),
        ({"right": "20/9/2026\r\nvà sau đó"}, FAULTS["misread_lines"]),
        ({"wrong": "x" * 301}, "Chữ đang có dài quá 300 ký tự"),
        ({"right": "x" * 301}, "Chữ như bản giấy in dài quá 300 ký tự"),
        ({"at": "V"}, FAULTS["no_clause"]),
        ({"at": "I.2", "wrong": "1", "right": "2"}, FAULTS["misread_gone"]),
    ],
    ids=str,
)
def test_what_cannot_be_put_right_is_told_and_what_was_typed_stays(
    scan: Desk, sqlite: Engine, typed: dict[str, str], why: str
) -> None:
    before, fields = scan.paper(), {**RESPELL, **typed}
    answer = scan.send("clauses", **fields)
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert why in page
    if fields["at"] != "V":
        assert fields["wrong"] in page
        assert fields["right"].replace("\r\n", "\n") in page.replace("\r\n", "\n")
    assert scan.paper() == before
    assert audited(sqlite) == []


def test_words_that_came_as_text_stay_as_they_are(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    desk = Desk(owner, sqlite, settings, a_candidate(sqlite, settings, a_paper(SCAN)))
    assert words()["review"]["misread_heading"] not in desk.see("?at=II.1")
    answer = desk.send("clauses", **RESPELL)
    assert answer.status_code == 422
    assert FAULTS["misread_printed"] in unescape(answer.text)
    assert desk.paper().text == SCAN


def test_of_two_people_at_once_the_later_one_is_told(scan: Desk) -> None:
    revision = f"{scan.candidate().revision}"
    scan.keep("clauses", do="respell", at="I.2", wrong="đàm", right="đảm")
    before = scan.paper()
    late = scan.officer.post(f"{scan.path}/clauses", **{**RESPELL, "revision": revision})
    assert late.status_code == 409
    page = unescape(late.text)
    assert FAULTS["overtaken"] in page
    assert "<dd>20/9/2026</dd>" in page
    assert scan.paper() == before
    assert "Bảo đảm thiết" in scan.keep("clauses", **RESPELL).text


def test_a_mark_of_secrecy_is_not_put_right(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    text = f"MÂTT\n{SCAN}"
    desk = Desk(owner, sqlite, settings, a_candidate(sqlite, settings, a_scan(text)))
    fields = {"do": "respell", "at": "head", "wrong": "MÂTT", "right": "MẬT"}
    answer = desk.send("clauses", **fields)
    assert answer.status_code == 422
    assert FAULTS["secret"] in unescape(answer.text)
    assert desk.paper().text == text


def test_a_published_scan_is_still_one_when_it_is_opened_again(
    settings: Settings, sqlite: Engine, tmp_path: Path
) -> None:
    paper = a_scan()
    with transaction(sqlite) as session:
        number = on_their_way.revise(session, settings, paper, "admin:1", NOON)
        candidate = get_candidate(session, number)
        assert candidate
        assert on_their_way.open_paper(settings, candidate).scanned == paper.scanned
    write_paper(tmp_path, paper)
    assert f"scanned = [[0, {len(SCAN)}]]" in (tmp_path / "document.toml").read_text("utf-8")


def test_what_was_read_off_pictures_is_known_of_every_part(settings: Settings) -> None:
    today, library = date(2026, 11, 21), library_of(settings)
    typed, seen = ("a.docx", Words(TEXT)), ("b.jpg", Words("PHỤ LỤC\n1. In.\n\f", scanned=True))
    assert read_parts([typed], library, today).paper.scanned == ()
    alone = read_parts([("b.jpg", Words(SCAN, scanned=True))], library, today).paper
    assert alone.scanned == ((0, len(SCAN)),)
    for parts in ([typed, seen], [seen, typed], [typed, seen, typed]):
        paper = read_parts(parts, library, today).paper
        (span,) = paper.scanned
        assert paper.text[slice(*span)] == "PHỤ LỤC\n1. In.\n\f"


def test_a_picture_is_a_scan_and_a_text_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    ocr._speaks_vietnamese.cache_clear()
    tesseract.install(tmp_path, TEXT)
    settings = some_settings(tmp_path)
    picture = encoded(a_page((300, 400)))
    assert words_of("quet.jpg", picture, settings, lambda *_: None).scanned
    assert not words_of("a.txt", TEXT.encode(), settings, lambda *_: None).scanned
