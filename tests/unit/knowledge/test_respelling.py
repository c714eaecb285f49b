"""A misread word put right: all that holds it follows, everything else stays to the letter."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from knowledge.documents import Clause, Document, Identity, When
from knowledge.duties import read_duties
from knowledge.duty_correcting import change_duty
from knowledge.errors import CorrectionRefused
from knowledge.reading.outline import read_clauses
from knowledge.respelling import respell
from knowledge.structure import dumps, loads
from tests.builders import a_document

UNSEEN = sorted((Path(__file__).parents[2] / "papers_unseen").glob("*.txt"))
SCAN = """KẾ HOẠCH
Truyền thông năm 2026

I. MỤC DICH, yêu cầu
1. Nâng cao nhận thức của cán bộ; ~ bảo đảm
thiết thực, tiết kiệm.
II. TỔ CHỨC THỰC HIỆN
1. Phòng Vân hóa chủ trì rà soát, báo cáo Sở Tư pháp trước ngày 2O/9/2026.
2. Các trường gửi kế hoạch về Phòng Vân hóa trong
tháng 11/2026; Sở Tư pháp tổng hợp trước ngày 15/1l/2026.
a) Lập danh sách.
b) In tài liệu.
"""


def a_scan(text: str = SCAN, **changes: object) -> Document:
    clauses = read_clauses(text)
    duties = read_duties(text, clauses, year=2026)
    identity = Identity(kind="Kế hoạch", date="2026-08-01")
    values = {"duties": duties, "identity": identity, "scanned": ((0, len(text)),), **changes}
    return a_document("ban-quet", text=text, clauses=clauses, **values)


def unmoved(clause: Clause) -> Clause:
    """All of a clause but where it stands."""
    pieces = tuple(replace(piece, start=0, end=0) for piece in clause.pieces)
    return replace(clause, start=0, end=0, pieces=pieces)


def assert_whole(paper: Document) -> None:
    """It is stored and read back, and what its clauses say stands in the text."""
    stored = dumps(paper.clauses, paper.duties, paper.text).encode()
    assert loads(stored, paper.text) == (paper.clauses, paper.duties)
    assert all("" not in [piece.text for piece in clause.pieces] for clause in paper.clauses)


def middle(paper: Document, clause: Clause) -> tuple[str, str] | None:
    """A word in the middle of a clause with those around it, and the same with one letter more."""
    words = paper.text[clause.start : clause.end].split()
    at = len(words) // 2
    letter = next((n for n, sign in enumerate(words[at]) if sign.isalpha()), None)
    if letter is None:
        return None
    longer = f"{words[at][: letter + 1]}q{words[at][letter + 1 :]}"
    first, last = words[max(0, at - 4) : at], words[at + 1 : at + 5]
    return " ".join([*first, words[at], *last]), " ".join([*first, longer, *last])


@pytest.mark.parametrize("file", UNSEEN, ids=lambda file: file.stem)
def test_everything_but_the_word_stays_in_every_clause(file: Path) -> None:
    paper = a_scan(file.read_text("utf-8"))
    for chosen in paper.clauses[::6]:
        if (words := middle(paper, chosen)) is None:
            continue
        after = respell(paper, chosen.address, *words)
        assert_whole(after)
        assert len(after.text) == len(paper.text) + 1
        at = next(n for n, (a, b) in enumerate(zip(paper.text, after.text, strict=False)) if a != b)
        assert after.text[:at] + after.text[at + 1 :] == paper.text
        for before, now in zip(paper.clauses, after.clauses, strict=True):
            assert now.start == before.start + (before.start > at)
            assert now.end == before.end + (before.end > at)
            if not before.start <= at < before.end:
                assert unmoved(now) == unmoved(before)
        assert after.identity == paper.identity
        assert respell(after, chosen.address, *reversed(words)) == paper


@pytest.mark.parametrize("file", UNSEEN[::5], ids=lambda file: file.stem)
def test_it_is_as_if_the_paper_had_been_read_rightly(file: Path) -> None:
    wrong = file.read_text("utf-8")
    right = wrong.replace("truyền thông", "truyền thống", 1)
    assert right != wrong
    paper = a_scan(wrong)
    at = wrong.index("truyền thông")
    clause = [each for each in paper.clauses if each.start <= at < each.end][-1]
    around = " ".join(wrong[max(at - 9, clause.start) : at + 22].split())
    after = respell(paper, clause.address, around, around.replace("thông", "thống", 1))
    assert after.text == right
    assert after.clauses == read_clauses(right)


def test_duties_say_the_word_and_their_time_is_read_anew() -> None:
    paper = a_scan()
    ticked = tuple(replace(duty, reviewed=True) for duty in paper.duties)
    paper = replace(paper, duties=ticked)
    assert paper.duties[0].when == When()
    after = respell(paper, "II.1", "2O/9/2026", "20/9/2026")
    first, rest = after.duties[0], after.duties[1:]
    assert (first.when.text, first.when.end) == ("trước ngày 20/9/2026", date(2026, 9, 19))
    assert "20/9/2026" in first.quote
    assert not first.reviewed  # nobody has looked at that day
    assert rest == paper.duties[1:]
    named = respell(after, "II.1", "Vân", "Văn").duties
    assert named[0].leads == ("Phòng Văn hóa",)
    assert named[0].quote.startswith("Phòng Văn hóa chủ trì")
    assert named[0].when == first.when
    assert named[1:] == rest  # the same word in another clause


def test_a_day_that_was_cut_off_by_a_misread_letter_is_whole_again() -> None:
    paper = a_scan()
    cut = next(duty for duty in paper.duties if "15/1l" in duty.quote)
    after = respell(paper, "II.2", "15/1l/2026", "15/11/2026")
    now = after.duties[paper.duties.index(cut)]
    assert "15/11/2026" in now.quote
    assert now.when.end != date(2026, 1, 14)
    assert now == read_duties(after.text, after.clauses, year=2026)[paper.duties.index(cut)]


@pytest.mark.parametrize(
    ("typed", "by_hand"), [("trước ngày 20/9/2026", False), ("trước ngày 25/9/2026", True)]
)
def test_a_time_that_a_person_has_set_is_of_the_paper_once_it_prints_it(
    typed: str, by_hand: bool
) -> None:
    paper = a_scan()
    when = When(typed, "before", None, date(2026, 9, 19), date(2026, 9, 20))
    _, duties = change_duty(
        paper.text,
        (paper.clauses, paper.duties),
        0,
        replace(paper.duties[0], when=when, reviewed=True),
    )
    assert duties[0].when.by_hand
    after = respell(replace(paper, duties=duties), "II.1", "2O/9/2026", "20/9/2026")
    assert after.duties[0].when == replace(when, by_hand=by_hand)
    assert after.duties[0].reviewed


def test_a_time_that_held_the_word_is_understood_as_it_would_be_typed() -> None:
    paper = a_scan()
    when = When("trước ngày 2O/9/2026", "event")
    changed = replace(paper.duties[0], when=when)
    after = respell(
        replace(paper, duties=(changed, *paper.duties[1:])), "II.1", "2O/9/2026", "20/9/2026"
    )
    assert after.duties[0].when.before == date(2026, 9, 20)
    impossible = respell(
        replace(paper, duties=(changed, *paper.duties[1:])), "II.1", "2O/9/2026", "31/9/2026"
    )
    assert impossible.duties[0].when == When("trước ngày 31/9/2026")


def test_a_heading_follows_and_lines_stay_broken_as_they_are() -> None:
    after = respell(a_scan(), "I", "I. MỤC DICH, yêu cầu", "I. MỤC ĐÍCH, YÊU CẦU")
    assert after.clause("I").heading == "MỤC ĐÍCH, YÊU CẦU"
    assert after.text == SCAN.replace("DICH, yêu cầu", "ĐÍCH, YÊU CẦU")
    broken = respell(after, "I.1", "bảo đảm thiết thực", "bảo đảm  thiết thật")
    assert broken.text == after.text.replace("thiết thực", "thiết thật")
    assert broken.clause("I.1").text.endswith("bảo đảm thiết thật, tiết kiệm.")


def test_a_word_may_be_put_right_in_what_stands_below_the_open_clause() -> None:
    after = respell(a_scan(), "II", "danh sách", "danh mục")
    assert after.clause("II.2.a").text == "Lập danh mục."
    assert after.clauses[-1].end == len(after.text) - 1


@pytest.mark.parametrize(
    ("wrong", "right", "expected"),
    [
        ("; ~ bảo", "; bảo", "cán bộ; bảo đảm\nthiết"),
        ("~", "", "cán bộ; bảo đảm\nthiết"),
        ("bảo đảm thiết thực", "bảođảm thiết thực", "bảođảm\nthiết"),
        ("của cán bộ", "của các cán bộ", "của các cán bộ; ~"),
        ("tiết kiệm.", "tiết kiệm, hiệu quả.", "tiết kiệm, hiệu quả.\nII."),
        ("tiết kiệm.", "tiết kiệm", "tiết kiệm\nII."),
        ("Nâng", "Đã nâng", "1. Đã nâng cao"),
    ],
)
def test_marks_go_and_words_come_without_a_trace(wrong: str, right: str, expected: str) -> None:
    after = respell(a_scan(), "I.1", wrong, right)
    assert expected in after.text
    assert_whole(after)
    assert after.clauses == read_clauses(after.text)


def test_accents_are_found_however_they_are_written() -> None:
    paper = a_scan(unicodedata.normalize("NFD", SCAN))
    after = respell(paper, "II.1", "Vân hóa", "Văn hóa")
    assert "Phòng Văn hóa chủ trì" in unicodedata.normalize("NFC", after.text)
    assert unicodedata.is_normalized("NFD", after.text)
    assert after.clause("II.1").text.startswith("Phòng Văn hóa")
    with pytest.raises(CorrectionRefused) as refused:
        respell(paper, "II.2.b", "lie", "li")  # "liệu": no letter loses its accent
    assert refused.value.why == "misread_gone"


@pytest.mark.parametrize(
    ("address", "wrong", "right", "why"),
    [
        ("V", "Vân", "Văn", "no_clause"),
        ("II.1", " ", "Văn", "misread_none"),
        ("II.1", "không có", "Văn", "misread_gone"),
        ("I.1", "Vân", "Văn", "misread_gone"),
        ("II", "Vân", "Văn", "misread_often"),
        ("II.1", "Vân", " ", "misread_empty"),
        ("II.1", "Vân", "~", "misread_empty"),
        ("II.1", "Vân", "Văn\nhóa", "misread_lines"),
        ("II.2", "sách. b) In", "sạch. b) Ín", "misread_across"),
    ],
)
def test_what_cannot_be_put_right_is_refused(
    address: str, wrong: str, right: str, why: str
) -> None:
    with pytest.raises(CorrectionRefused) as refused:
        respell(a_scan(), address, wrong, right)
    assert refused.value.why == why


def test_only_what_was_read_off_pictures_is_changed() -> None:
    annex = SCAN.index("2. Các trường")
    paper = a_scan(scanned=((annex, len(SCAN)),))
    after = respell(paper, "II", "Vân", "Văn")  # the only one that was read so
    assert after.clause("II.2").text.startswith("Các trường gửi kế hoạch về Phòng Văn hóa")
    assert after.clause("II.1") == paper.clause("II.1")
    longer = respell(paper, "II", "danh sách", "danh sách các thôn")
    assert longer.scanned == ((annex, len(SCAN) + len(" các thôn")),)
    for scanned in ((), paper.scanned):
        with pytest.raises(CorrectionRefused) as refused:
            respell(a_scan(scanned=scanned), "II.1", "Vân", "Văn")
        assert refused.value.why == "misread_printed"


def test_a_remark_on_a_misprint_goes_with_it() -> None:
    notes = (("Phòng Vân hóa chủ trì", "in sai"), ("danh sách", "nguyên văn"))
    after = respell(a_scan(notes=notes), "II.1", "Vân", "Văn")
    assert after.notes == notes[1:]


def test_the_same_words_change_nothing() -> None:
    paper = a_scan()
    assert respell(paper, "II.1", "Phòng Vân hóa", "Phòng  Vân hóa") == paper


def test_clauses_stay_one_after_the_other() -> None:
    paper = a_scan()
    for step in ("danh sách", "In tài liệu."):
        paper = respell(paper, "II.2", step, f"{step} nữa")
    starts = [clause.start for clause in paper.clauses]
    assert all(one < other for one, other in pairwise(starts))
