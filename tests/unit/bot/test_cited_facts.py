"""Facts about papers that are only cited: told where the words that name them print them."""

from __future__ import annotations

import pytest

from bot.answers import Answered, Silent, as_row
from tests.unit.bot.shipped import DECISION, DIRECTIVE, HUNG_YEN, IA_HDRAI, LANG_SON, ask, cited


@pytest.mark.parametrize(
    ("question", "clause", "said"),
    [
        ("Ai ký Quyết định 765 của Bộ TTTT?", (DIRECTIVE, "III.3"), "Nguyễn Thanh Lâm"),
        ("Luật 87/2025/QH15 có hiệu lực từ khi nào?", (DECISION, "VII.2"), "01/7/2025"),
        ("Luật 64/2025/QH15 có hiệu lực từ ngày nào", (DECISION, "VII.1"), "01/4/2025"),
        ("Ia H'Drai làm theo kế hoạch tỉnh số mấy?", (IA_HDRAI, "preamble"), "1745/KH-UBND"),
        (
            "Tỉnh Lạng Sơn chỉ đạo các sở làm theo Chỉ thị 07 bằng công văn số mấy?",
            (LANG_SON, "preamble"),
            "643/UBND-KGVX",
        ),
        (
            "Kế hoạch tỉnh Hưng Yên số mấy về triển khai Đề án mà Sở KHCN phải bám theo?",
            (HUNG_YEN, "I.1.a"),
            "126/KH-UBND",
        ),
    ],
)
def test_the_fact_is_told_with_its_clause(
    question: str, clause: tuple[str, str], said: str
) -> None:
    outcome = ask(question)
    assert isinstance(outcome, Answered)
    assert clause in cited(outcome)
    assert said in str(as_row(outcome)["text"])


@pytest.mark.parametrize(
    "question",
    [
        "Ai ký công văn 1309 của thành phố Hải Phòng?",
        "Nghị định 09/2017/NĐ-CP có hiệu lực từ ngày nào?",
        "Bản kế hoạch của UBND huyện Ia H’Drai được ký ngày tháng năm nào?",
        "Ở cấp xã thì theo Quyết định 407 ai là đầu mối truyền thông dự thảo chính sách?",
    ],
)
def test_what_is_not_printed_is_not_told(question: str) -> None:
    assert isinstance(ask(question), Silent)


def test_a_law_spoken_of_is_not_the_paper_that_cites_it() -> None:
    outcome = ask(
        "Tiêu chí đầu của Đề án 407 dẫn Luật Ban hành VBQPPL 2015, luật đó còn dùng không?"
    )
    assert (DECISION, "VII.1") in cited(outcome)


def test_words_that_end_and_begin_are_no_test() -> None:
    outcome = ask("Đặt hàng báo chí viết bài thì ở Chỉ thị 07 nói sao?")
    assert "chứng chỉ" not in str(as_row(outcome)["text"])
