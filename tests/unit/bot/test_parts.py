"""Each side of a comparison is judged by its own part of the question."""

from __future__ import annotations

import pytest

from bot.answers import LONGEST_TEXT, text_of
from bot.parts import parts_of
from tests.unit.bot.shipped import (
    DECISION,
    HUNG_YEN,
    IA_HDRAI,
    LANG_SON,
    TODAY,
    Answered,
    ask,
    assistant,
    cited,
    documents_of,
    read,
)


def parts(question: str) -> dict[str, str]:
    """Name of a side → what is asked of it, folded."""
    found = parts_of(read(question), lambda text: assistant()._read(text, TODAY))
    return {part.side[1]: part.understood.folded for part in found}


def test_two_questions_joined_are_asked_one_by_one() -> None:
    asked = parts("Hưng Yên giao ai tiếp nhận góp ý, còn Lạng Sơn giao phòng nào bồi dưỡng cán bộ?")
    assert "boi duong" not in asked["Hưng Yên"]
    assert "gop y" not in asked["Lạng Sơn"]


def test_a_part_that_leaves_out_what_is_given_is_asked_with_the_other() -> None:
    asked = parts("Hưng Yên giao ai tiếp nhận góp ý, còn Lạng Sơn giao ai?")
    assert "gop y" in asked["Lạng Sơn"]
    assert "hung yen" not in asked["Lạng Sơn"]


def test_names_side_by_side_share_the_question() -> None:
    asked = parts("So sánh nguồn kinh phí của Sở KH&CN Hưng Yên và huyện Ia H'Drai")
    assert asked["Hưng Yên"].startswith("nguon kinh phi")
    assert "hung yen" not in asked["Ia H’Drai"]
    assert "kinh phi" in asked["Ia H’Drai"]


def test_one_side_has_no_parts() -> None:
    assert not parts("Sở KH&CN Hưng Yên giao ai tiếp nhận góp ý?")


@pytest.mark.parametrize(
    ("question", "clauses"),
    [
        (
            "Thời hạn thực hiện ở Ia H'Drai với thời gian tiếp nhận góp ý ở KHCN Hưng Yên, bên nào "
            "dài hơn?",
            {(IA_HDRAI, "II.4"), (HUNG_YEN, "II.3.c")},
        ),
        (
            "So giúp: việc nâng tay nghề cho cán bộ truyền thông, Sở KHĐT Lạng Sơn và huyện Ia "
            "H'Drai mỗi nơi giao ai đứng đầu",
            {(LANG_SON, "II.4"), (IA_HDRAI, "III.6")},
        ),
        (
            "Hưng Yên giao ai tuyên truyền về công tác truyền thông, Lạng Sơn giao phòng nào?",
            {(HUNG_YEN, "II.1.a"), (LANG_SON, "II.1.a")},
        ),
    ],
)
def test_each_side_has_the_clause_of_its_own_part(
    question: str, clauses: set[tuple[str, str]]
) -> None:
    found = ask(question)
    assert isinstance(found, Answered)
    assert clauses <= cited(found)
    assert len(text_of(found)) <= LONGEST_TEXT


def test_the_same_fact_asked_of_a_paper_and_of_a_plan_is_told_of_both() -> None:
    found = ask("Ai ký QĐ 407 và ai ký kế hoạch của Lạng Sơn?")
    assert documents_of(found) >= {DECISION, LANG_SON}


def test_a_side_that_is_silent_says_so_with_its_nearest_clause() -> None:
    found = ask("so sánh kinh phí Lạng Sơn và Ia H'Drai")
    assert documents_of(found) >= {LANG_SON, IA_HDRAI}
    assert "không nêu nguồn kinh phí" in text_of(found)
