"""What the encoder has learned from questions, beside the words of a clause."""

from __future__ import annotations

import pytest

from benchmarks.questions import TODAY, shipped_assistant
from bot import deciding
from bot.answers import Answered, Silent
from bot.clauses import Clauses, _levelled
from bot.dialogue import Assistant
from tests.unit.bot.shipped import assistant


def fresh() -> Assistant:
    """One that has kept no outcome."""
    return shipped_assistant()


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


@pytest.mark.parametrize(
    ("question", "document", "address"),
    [
        (
            "Đài huyện Ia H’Drai phải phát tin về dự thảo vào lúc nào trong ngày cho nhiều người "
            "nghe?",
            "ia-hdrai-2022-2027",
            "V.1.5",
        ),
        (
            "Mục đích thứ hai của kế hoạch Ia H'Drai lấy ai làm trung tâm?",
            "ia-hdrai-2022-2027",
            "I.1",
        ),
    ],
)
def test_a_clause_that_surely_answers_needs_no_words_of_the_kind_asked_for(
    question: str, document: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = assistant().ask(question, today=TODAY)
    assert isinstance(outcome, Answered)
    assert (document, address) in [(s.document, s.address) for s in outcome.sources]
    monkeypatch.setattr(deciding, "TOLD", 1.1)
    assert isinstance(fresh().ask(question, today=TODAY), Silent)


def test_a_year_that_the_paper_does_not_cover_is_missing_however_sure_its_clause_is() -> None:
    asked = "Sở KHCN Hưng Yên năm 2025 giao đơn vị nào đăng bài lên cổng thông tin?"
    outcome = assistant().ask(asked, today=TODAY)
    assert isinstance(outcome, Silent)
    assert "2025" in outcome.lead


@pytest.mark.parametrize(("stated", "kind"), [(0.1, Silent), (0.3, Answered)])
def test_where_no_clause_of_a_paper_means_enough_its_words_alone_do_not_answer(
    stated: float, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = dict.fromkeys((d.id for d in assistant().library.documents), stated)
    monkeypatch.setattr(Clauses, "_stated", lambda self, meaning: known)
    question = "Sở KHCN Hưng Yên giao ai viết bài đăng lên trang điện tử?"
    assert isinstance(fresh().ask(question, today=TODAY), kind)


def test_of_papers_that_were_not_learned_little_meaning_says_nothing() -> None:
    own = fresh()
    assert set(own.search.encoder.taught) == {d.id for d in own.library.documents}  # type: ignore[union-attr]
    assert own._clauses._stated({("ia-hdrai-2022-2027", "I.1"): 0.4, ("own", "1"): 0.1}) == {
        "ia-hdrai-2022-2027": 0.4
    }
