"""What the encoder has learned from questions, beside the words of a clause."""

from __future__ import annotations

import pytest

from benchmarks.questions import TODAY
from bot.answers import Answered
from bot.clauses import _levelled
from tests.unit.bot.shipped import assistant

IA_HDRAI = "ia-hdrai-2022-2027"


def test_the_best_clause_of_each_paper_is_on_one_level() -> None:
    """Which paper is meant is not for the encoder to say."""
    levelled = _levelled({("a", "1"): 0.9, ("a", "2"): 0.4, ("b", "1"): 0.5, ("b", "2"): 0.1})
    assert levelled == pytest.approx(
        {("a", "1"): 0.9, ("a", "2"): 0.4, ("b", "1"): 0.9, ("b", "2"): 0.5}
    )
    assert _levelled({("a", "1"): 0.0, ("b", "1"): 0.0}) == {("a", "1"): 0.0, ("b", "1"): 0.0}
    assert _levelled({}) == {}


@pytest.mark.parametrize(
    ("question", "address"),
    [
        (
            "Ở Ia H'Drai bà con ít biết chữ thì giấy đem phát phải viết thế nào cho thấm?",
            "III.4",
        ),
        ("Ở Ia H'Drai mạnh thường quân muốn góp tiền thì có nhận không?", "IV.2"),
    ],
)
def test_a_question_in_none_of_the_words_of_its_clause_is_answered(
    question: str, address: str
) -> None:
    outcome = assistant().ask(question, today=TODAY)
    assert isinstance(outcome, Answered)
    assert any(
        source.document == IA_HDRAI and source.address.startswith(address)
        for source in outcome.sources
    )
