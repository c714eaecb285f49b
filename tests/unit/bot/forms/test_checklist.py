"""The list to tick off for the content of a communication, from the clauses of the papers."""

from __future__ import annotations

from dataclasses import replace

from bot.answers import LONGEST_TEXT
from bot.forms.checklist import checklist
from bot.forms.criteria import DECISION
from bot.forms.definition import Clause
from bot.texts import say
from bot.whole_clauses import source_line
from knowledge.vietnamese import fold
from tests.talking import FakeAssistance, Talk, shipped


def place(clause: Clause) -> str:
    return source_line(shipped().get(clause.document), clause.address)


def test_the_four_groups_say_what_the_clause_says() -> None:
    text = checklist(FakeAssistance().paper, place).text
    assert len(text) <= LONGEST_TEXT
    assert [line for line in text.splitlines() if line.startswith("Nhóm")] == [
        f"Nhóm {number}" for number in (1, 2, 3, 4)
    ]
    clause = shipped().get(DECISION).clause("III.3")
    items = [line.removeprefix("☐ ") for line in text.splitlines() if line.startswith("☐ ")]
    assert len(items) == 6
    assert all(fold(item) in fold(clause.text) for item in items)
    assert say("criteria.digest") in text
    assert "“" not in text


def test_every_place_in_it_is_in_the_library() -> None:
    lines = checklist(FakeAssistance().paper, place).text.splitlines()
    assert [line for line in lines if line.startswith("— ")] == [
        place(Clause(DECISION, "III.3")),
        place(Clause("ia-hdrai-2022-2027", "II.2")),
        place(Clause("hung-yen-khcn-2024", "II.2.1")),
    ]
    for document, address in (("ia-hdrai-2022-2027", "II.2"), ("hung-yen-khcn-2024", "II.2.1")):
        paper = shipped().get(document)
        said = " ".join(c.text for c in paper.clauses if c.address.startswith(address))
        assert "Sự cần thiết ban hành chính sách" in said


def test_an_official_text_is_quoted_group_by_group() -> None:
    official = replace(shipped().get(DECISION), digest=False)
    lines = checklist(lambda _: official, place).text.splitlines()
    assert say("criteria.digest") not in lines
    items = [line for line in lines if line.startswith("☐ ")]
    assert len(items) == 4
    assert all(item.startswith("☐ “") and item.endswith("”") for item in items)


def test_without_the_clause_it_says_so() -> None:
    assert checklist(lambda _: None, lambda _: "").text == say("checklist.none")


def test_it_is_a_command_that_changes_nothing() -> None:
    talk = Talk().say("nào?")
    before = talk.state
    assert talk.say("cho tôi xem bảng kiểm nội dung với ạ").reply.text.startswith("BẢNG KIỂM")
    assert talk.state == before
    assert talk.say("2").asked[-1].startswith("hạn nộp")


def test_in_the_middle_of_a_form_the_form_goes_on() -> None:
    talk = Talk().say("kiểm tra tiêu chí", "bỏ qua", "407", "/bangkiemnoidung")
    listed, again = talk.replies
    assert listed.text.startswith("BẢNG KIỂM")
    assert "(3/" in again.text
