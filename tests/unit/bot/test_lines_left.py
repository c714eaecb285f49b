"""An answer shows who leads a task, with whom and when, in whatever words it was asked."""

from __future__ import annotations

import pytest

from bot.answers import LONGEST_TEXT, text_of
from tests.unit.bot.shipped import HUNG_YEN, IA_HDRAI, LANG_SON, Answered, ask, cited

ASKED_IN_OTHER_WORDS = [
    (
        "Ở Sở KHCN Hưng Yên ai cầm trịch việc phổ biến các quy định về truyền thông dự thảo?",
        (HUNG_YEN, "II.1.a"),
    ),
    (
        "Em bên Thanh tra Sở KHCN Hưng Yên: việc phổ biến quy định với cử người đi tập huấn năm "
        "2024 phải đợi tín hiệu từ đâu mới làm?",
        (HUNG_YEN, "II.1.c"),
    ),
    (
        "Sở KH&ĐT Lạng Sơn bồi dưỡng, nâng cao năng lực đội ngũ công chức truyền thông ra sao?",
        (LANG_SON, "II.4.a"),
    ),
    (
        "Tập huấn cho phóng viên, biên tập viên trên địa bàn huyện do những cơ quan nào chủ trì?",
        (IA_HDRAI, "III.6"),
    ),
]


@pytest.mark.parametrize(("question", "line"), ASKED_IN_OTHER_WORDS)
def test_the_lines_of_a_task_are_shown(question: str, line: tuple[str, str]) -> None:
    found = ask(question)
    assert isinstance(found, Answered)
    assert line in cited(found)
    assert len(text_of(found)) <= LONGEST_TEXT


def test_every_source_of_money_of_a_section_is_compared() -> None:
    found = ask("So sánh nguồn kinh phí của Sở KH&CN Hưng Yên và của huyện Ia H'Drai")
    assert {(IA_HDRAI, "IV.1"), (IA_HDRAI, "IV.2"), (HUNG_YEN, "II.5")} <= cited(found)
