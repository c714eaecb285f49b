"""A message with several questions: each is answered, each with its clause."""

from __future__ import annotations

import pytest

from bot.answers import LONGEST_LEAD, LONGEST_TEXT, Answered, Silent, as_row
from bot.parts import asks_each, questions_in
from bot.understanding import Understood
from tests.unit.bot.shipped import DECISION, DIRECTIVE, HAI_PHONG, HUNG_YEN, ask, cited, read


@pytest.mark.parametrize(
    ("question", "clauses"),
    [
        (
            "Phó Thủ tướng nào phát biểu về truyền thông chính sách đầu 2026? "
            "Và ai ký Quyết định 765/QĐ-BTTTT?",
            {(DECISION, "VI.8"), (DIRECTIVE, "III.3")},
        ),
        (
            "họp báo, diễn đàn có ở tỉnh nào; phỏng vấn, tọa đàm ở Hải Phòng nói về luật gì",
            {(HUNG_YEN, "II.2.2.a"), (HAI_PHONG, "III.2.b")},
        ),
        (
            "Đề án 407: năm 2024 có văn bản hướng dẫn ngày nào, năm 2025 lại bị đôn đốc ngày nào?",
            {(DECISION, "VI.6"), (DECISION, "VI.7")},
        ),
    ],
    ids=["two papers", "one paper is not named", "two years of one paper"],
)
def test_each_question_is_answered_with_its_clause(
    question: str, clauses: set[tuple[str, str]]
) -> None:
    outcome = ask(question)
    assert isinstance(outcome, Answered)
    assert clauses <= cited(outcome)
    assert len(str(as_row(outcome)["text"])) <= LONGEST_TEXT
    assert len(outcome.lead) <= LONGEST_LEAD


def test_every_source_is_named_in_the_text() -> None:
    outcome = ask("họp báo, diễn đàn có ở tỉnh nào; phỏng vấn, tọa đàm ở Hải Phòng nói về luật gì")
    text = str(as_row(outcome)["text"])
    assert isinstance(outcome, Answered)
    assert all(source.place in text for source in outcome.sources)


def test_where_one_of_them_is_not_answered_nothing_stands_for_the_other() -> None:
    outcome = ask(
        "Sở Y tế Hải Phòng có kế hoạch truyền thông chính sách không? Hạn báo cáo ngày nào?"
    )
    assert isinstance(outcome, Silent)


def test_a_question_told_in_two_sentences_is_one() -> None:
    outcome = ask("Tôi ở Lạng Sơn. Sở KHĐT giao phòng nào bồi dưỡng người làm truyền thông?")
    assert isinstance(outcome, Answered)
    assert not outcome.table


def test_a_message_of_many_marks_is_read_as_one() -> None:
    asked: list[str] = []

    def counted(text: str) -> Understood:
        asked.append(text)
        return read(text)

    assert questions_in(read("QĐ 407 gì, " * 180), counted) == []
    assert not asks_each(read("QĐ 407 gì, CT 07 gì, " * 60), counted)
    assert asked == []
    assert len(read("QĐ 407 gì, CT 07 gì, " * 60).papers) == 2
