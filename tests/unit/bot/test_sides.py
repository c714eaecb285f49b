"""Two sides of one question are both answered; one of many plans is asked back for."""

from __future__ import annotations

import pytest

from bot.answers import text_of
from tests.unit.bot.shipped import (
    DECISION,
    DIRECTIVE,
    HAI_PHONG_2024,
    HUNG_YEN,
    IA_HDRAI,
    LANG_SON,
    Answered,
    Clarify,
    ask,
    cited,
    documents_of,
    read,
)

TWO_SIDED = [
    ("Chỉ thị 07 nói gì về kinh phí và kế hoạch Hưng Yên nói gì?", {DIRECTIVE, HUNG_YEN}),
    ("Lạng Sơn giao phòng nào bồi dưỡng, 407 giao bộ nào?", {LANG_SON, DECISION}),
    (
        "Chỉ thị 07 giao bộ nào chủ trì thực hiện 407, ở Ia H'Drai thì phòng nào chủ trì?",
        {DIRECTIVE, IA_HDRAI},
    ),
]


@pytest.mark.parametrize(("question", "papers"), TWO_SIDED)
def test_a_paper_by_its_number_and_a_place_beside_it_are_both_answered(
    question: str, papers: set[str]
) -> None:
    outcome = ask(question)
    assert isinstance(outcome, Answered)
    assert documents_of(outcome) >= papers


@pytest.mark.parametrize(
    "question",
    [
        "Kế hoạch của Lạng Sơn thực hiện Quyết định 407 giao phòng nào làm đầu mối?",
        "Sở GDĐT Hải Phòng yêu cầu làm Quyết định 407 gắn với chỉ thị nào của Thủ tướng?",
        "Theo Quyết định 407 thì Sở KH&CN Hưng Yên phải làm gì?",
    ],
)
def test_a_paper_that_a_place_carries_out_is_no_side(question: str) -> None:
    assert not read(question).sides


def test_a_kind_of_paper_narrows_its_own_place_only() -> None:
    outcome = ask("Theo công văn 2024 của Hải Phòng thì vướng báo ai, còn huyện Ia H'Drai báo ai?")
    assert documents_of(outcome) >= {HAI_PHONG_2024, IA_HDRAI}


def test_what_a_paper_is_sent_to_a_body_for_stands_among_its_recipients() -> None:
    outcome = ask("Hưng Yên và Ia H'Drai gửi kế hoạch cho Sở Tư pháp để làm gì?")
    assert {(HUNG_YEN, "recipients"), (IA_HDRAI, "recipients")} <= cited(outcome)


@pytest.mark.parametrize(
    "question",
    [
        "kinh phí làm kế hoạch là ngân sách thường xuyên hay nguồn nào?",
        "Khi phát sinh vấn đề trong lúc thực hiện thì báo cho bộ phận nào giải quyết?",
        "Tên đầy đủ của bản kế hoạch là gì?",
        "Kế hoạch triển khai công văn số mấy, ngày mấy?",
    ],
)
def test_what_several_plans_state_is_asked_back(question: str) -> None:
    assert isinstance(ask(question), Clarify)


def test_a_source_of_money_of_one_plan_that_is_named_is_answered() -> None:
    outcome = ask("kinh phí làm kế hoạch của Hưng Yên là ngân sách thường xuyên hay nguồn nào?")
    assert "ngân sách thường xuyên" in text_of(outcome)
