"""Two offices compared: each by the clause and the paper that are its own."""

from __future__ import annotations

import pytest

from tests.unit.bot.shipped import (
    DIRECTIVE,
    HAI_PHONG,
    HAI_PHONG_2024,
    HUNG_YEN,
    LANG_SON,
    ask,
    cited,
    documents_of,
)


@pytest.mark.parametrize(
    "question",
    [
        "So vai trò của Văn phòng Sở ở Hưng Yên và ở Lạng Sơn",
        "Văn phòng Sở KHCN Hưng Yên và Văn phòng Sở KHĐT Lạng Sơn được giao việc khác nhau ra sao?",
    ],
)
def test_the_clause_that_gives_a_body_its_tasks_is_that_body_s(question: str) -> None:
    assert {(HUNG_YEN, "III.1.5"), (LANG_SON, "III.2")} <= cited(ask(question))


def test_a_paper_from_above_is_not_the_kind_of_paper_compared() -> None:
    asked = "Công văn của UBND về Chỉ thị 07 mà Sở GDĐT Hải Phòng với Lạng Sơn viện dẫn số mấy?"
    assert {HAI_PHONG, LANG_SON} <= set(documents_of(ask(asked)))


def test_each_of_two_years_has_its_own_kind_of_paper() -> None:
    asked = "Sở GDĐT Hải Phòng: kế hoạch 2023 với công văn 2024 căn cứ công văn nào của Hội đồng?"
    assert {HAI_PHONG, HAI_PHONG_2024} <= set(documents_of(ask(asked)))


def test_a_side_s_clause_is_the_one_ahead_when_the_side_is_asked_alone() -> None:
    asked = "So sánh phần công nghệ thông tin của Chỉ thị 07 với kế hoạch của Sở KHĐT Lạng Sơn"
    assert {(DIRECTIVE, "II.4"), (LANG_SON, "I.1.d")} <= cited(ask(asked))
