"""What the encoder has learned from questions, beside the words of a clause."""

from __future__ import annotations

import pytest

from benchmarks.questions import TODAY
from bot.answers import Answered
from bot.clauses import _levelled
from tests.unit.bot.shipped import assistant


def test_the_best_clause_of_each_paper_is_on_one_level() -> None:
    """Which paper is meant is not for the encoder to say."""
    levelled = _levelled({("a", "1"): 0.9, ("a", "2"): 0.4, ("b", "1"): 0.5, ("b", "2"): 0.1})
    assert levelled == pytest.approx(
        {("a", "1"): 0.9, ("a", "2"): 0.4, ("b", "1"): 0.9, ("b", "2"): 0.5}
    )
    assert _levelled({("a", "1"): 0.0, ("b", "1"): 0.0}) == {("a", "1"): 0.0, ("b", "1"): 0.0}
    assert _levelled({}) == {}


@pytest.mark.parametrize(
    ("question", "document", "address"),
    [
        (
            "Khi đem dự thảo ra nói với dân, Sở KHCN Hưng Yên năm 2024 phải giữ gìn điều gì không "
            "được để lộ?",
            "hung-yen-khcn-2024",
            "I.2.c",
        ),
        (
            "Đề án ở QĐ 407 nhắm tới điều gì, loại vấn đề nào được đưa lên trước?",
            "407-qd-ttg",
            "II.1",
        ),
        (
            "Thấy trên mạng toàn tin bịa về chính sách, Chỉ thị 07/CT-TTg của Thủ tướng dặn xử lý "
            "thế nào?",
            "07-ct-ttg",
            "III.4",
        ),
    ],
)
def test_a_question_in_other_words_than_its_clause_is_answered(
    question: str, document: str, address: str
) -> None:
    outcome = assistant().ask(question, today=TODAY)
    assert isinstance(outcome, Answered)
    assert (document, address) in [(s.document, s.address) for s in outcome.sources]
