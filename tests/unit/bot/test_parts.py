"""Each side of a comparison is judged by its own part of the question."""

from __future__ import annotations

import pytest

from bot.answers import LONGEST_TEXT, text_of
from bot.parts import Part, parts_of
from tests.unit.bot.shipped import (
    DECISION,
    DIRECTIVE,
    HAI_PHONG,
    HAI_PHONG_2024,
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


def parts(question: str) -> dict[str, Part]:
    """Name of a side → what is asked of it."""
    found = parts_of(read(question), lambda text: assistant()._read(text, TODAY))
    return {part.side[1]: part for part in found}


def alone(part: Part) -> str:
    """What is asked of a side in words of its own, folded; "" when there are none."""
    return part.alone.folded if part.alone else ""


def test_two_questions_joined_are_asked_one_by_one() -> None:
    asked = parts("Hưng Yên giao ai tiếp nhận góp ý, còn Lạng Sơn giao phòng nào bồi dưỡng cán bộ?")
    assert "boi duong" not in alone(asked["Hưng Yên"])
    assert "gop y" not in alone(asked["Lạng Sơn"])
    assert all(part.full for part in asked.values())


@pytest.mark.parametrize(
    "left_out",
    ["Lạng Sơn giao ai?", "Lạng Sơn viết ra sao?", "Lạng Sơn làm khi nào?", "Lạng Sơn thì sao?"],
)
def test_a_part_that_leaves_out_what_is_given_is_asked_with_the_other(left_out: str) -> None:
    asked = parts(f"Hưng Yên giao ai tiếp nhận góp ý, còn {left_out}")["Lạng Sơn"]
    assert "gop y" in asked.shared.folded
    assert not asked.full


@pytest.mark.parametrize(
    "whole",
    ["kinh phí lấy từ đâu", "kế hoạch căn cứ vào văn bản nào", "Văn phòng Sở được giao việc gì"],
)
def test_a_part_with_a_subject_of_its_own_leaves_nothing_out(whole: str) -> None:
    asked = parts(f"Hưng Yên giao ai tiếp nhận góp ý, còn Lạng Sơn {whole}?")
    assert asked["Lạng Sơn"].full


@pytest.mark.parametrize(
    ("question", "shared"),
    [
        ("So sánh giúp tôi nguồn kinh phí của Hưng Yên và huyện Ia H'Drai", "nguon kinh phi"),
        ("Hưng Yên nguồn kinh phí ra sao, còn Lạng Sơn thì sao?", "nguon kinh phi ra sao"),
        (
            "Nguồn kinh phí theo kế hoạch 2023 của Hải Phòng và theo Hưng Yên khác gì nhau?",
            "nguon kinh phi",
        ),
    ],
)
def test_names_side_by_side_share_the_question_without_them(question: str, shared: str) -> None:
    assert {part.shared.folded for part in parts(question).values()} == {shared}


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


@pytest.mark.parametrize(
    ("question", "clauses"),
    [
        (
            "Ở Hưng Yên kinh phí lấy từ đâu; ở kế hoạch 2023 của Hải Phòng vướng mắc thì phản ánh "
            "với ai?",
            {(HUNG_YEN, "II.5"), (HAI_PHONG, "closing")},
        ),
        (
            "Hải Phòng năm 2023 vướng mắc thì phản ánh với ai, còn Ia H’Drai có khen thưởng ai "
            "không?",
            {(HAI_PHONG, "closing"), (IA_HDRAI, "V.2")},
        ),
        (
            "Sở KH&ĐT Lạng Sơn mục đích của kế hoạch là gì, còn Sở KHCN Hưng Yên kế hoạch căn cứ "
            "vào văn bản nào?",
            {(HUNG_YEN, "preamble")},
        ),
        (
            "Ai ký kế hoạch Lạng Sơn và ở Hưng Yên ai lo kinh phí?",
            {(LANG_SON, "signature"), (HUNG_YEN, "III.1.5")},
        ),
        (
            "Theo Quyết định 407 tỷ lệ năm 2023 là bao nhiêu, còn Chỉ thị 07 nói gì về tin giả?",
            {(DECISION, "II.2.b"), (DIRECTIVE, "III.4")},
        ),
        (
            "Những nơi nào giao Thanh tra Sở làm đầu mối?",
            {(HUNG_YEN, "III.1.4"), (HAI_PHONG, "III#2.1")},
        ),
    ],
)
def test_sides_with_subjects_of_their_own_are_answered_each(
    question: str, clauses: set[tuple[str, str]]
) -> None:
    found = ask(question)
    assert isinstance(found, Answered)
    assert clauses <= cited(found)


def of_side(question: str, place: str) -> str:
    """The first line about the paper of a place."""
    found = ask(question)
    assert isinstance(found, Answered)
    return next(row.line for row in found.table if place in row.title)


def test_a_paper_in_which_nothing_means_what_another_states_does_not_state_it() -> None:
    line = of_side("Lạng Sơn và Hưng Yên: ý kiến góp ý của dân được xử lý ra sao?", "Lạng Sơn")
    assert "không nêu" in line


def test_a_paper_that_never_names_the_body_gives_it_nothing_to_do() -> None:
    line = of_side("Thanh tra Sở được giao việc gì, ở Hưng Yên và ở Lạng Sơn?", "Lạng Sơn")
    assert "không nói về Thanh tra Sở" in line


def test_a_year_whose_paper_does_not_say_is_told_of() -> None:
    found = ask("Hải Phòng năm 2023 và năm 2024 khác nhau thế nào về hạn gửi báo cáo?")
    assert documents_of(found) == {HAI_PHONG, HAI_PHONG_2024}
    assert "không nêu" in text_of(found)


def test_the_same_fact_asked_of_a_paper_and_of_a_plan_is_told_of_both() -> None:
    found = ask("Ai ký QĐ 407 và ai ký kế hoạch của Lạng Sơn?")
    assert documents_of(found) >= {DECISION, LANG_SON}


def test_a_side_that_is_silent_says_so_with_its_nearest_clause() -> None:
    found = ask("so sánh kinh phí Lạng Sơn và Ia H'Drai")
    assert documents_of(found) >= {LANG_SON, IA_HDRAI}
    assert "không nêu nguồn kinh phí" in text_of(found)
    # What is quoted beside it is no answer, and says so.
    assert "nguồn kinh phí cho việc này. Nội dung gần nhất (không trả lời" in text_of(found)
