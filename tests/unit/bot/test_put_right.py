"""A time that a person has put right: answered with, said to be so, the quotation as printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.answers import Answered, text_of
from bot.dialogue import Assistant
from bot.texts import say
from index.search import entries_of, search_over
from knowledge.documents import Identity, Validity
from knowledge.duties import read_duties
from knowledge.duty_correcting import change_duty, when_said
from knowledge.library import Library
from knowledge.reading.outline import read_clauses
from tests.builders import a_document

TEXT = """KẾ HOẠCH
Truyền thông chính sách năm 2026

I. MỤC ĐÍCH
1. Nâng cao nhận thức của cán bộ, công chức về truyền thông chính sách.
II. TỔ CHỨC THỰC HIỆN
1. Các trường gửi báo cáo kết quả về Văn phòng Sở trước ngày 20/9/2026.
"""
TODAY = date(2026, 8, 1)
RIGHT = "trước ngày 25/9/2026"


def asked(typed: str, question: str) -> str:
    clauses = read_clauses(TEXT)
    duties = read_duties(TEXT, clauses)
    right = replace(duties[0], when=when_said(typed, duties[0].when, 2026))
    clauses, duties = change_duty(TEXT, (clauses, duties), 0, right)
    identity = Identity("Kế hoạch", "9/KH-SYT", "Sở Y tế tỉnh Cao Lâm", "Cao Lâm", "2026")
    paper = replace(
        a_document("9-kh-syt", text=TEXT, clauses=clauses, duties=duties, identity=identity),
        short_title="Kế hoạch 9/KH-SYT năm 2026 của Sở Y tế tỉnh Cao Lâm",
        validity=Validity("in_force", "chưa thấy văn bản thay thế"),
        years=(2026, 2026),
    )
    outcome = Assistant(Library((paper,)), search_over(entries_of([paper]))).ask(
        question, today=TODAY
    )
    assert isinstance(outcome, Answered)
    return text_of(outcome)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Hạn gửi báo cáo kết quả về Văn phòng Sở là ngày nào?", True),
        ("Các trường gửi báo cáo kết quả thế nào?", False),
    ],
)
def test_the_time_that_was_put_right_is_said_beside_the_printed_one(
    question: str, first: bool
) -> None:
    text = asked(RIGHT, question)
    assert "trước ngày 20/9/2026" in text  # the quotation stays what the paper prints
    lines = text.splitlines()
    assert (lines[0] == say("lines.by_hand", when=f"Năm 2026: {RIGHT}")) is first
    place = "Mục II.1 (Tổ chức thực hiện)"
    assert say("note", note=say("time_by_hand", place=place, when=RIGHT)) in lines


def test_a_time_as_it_is_printed_is_nobodys_correction() -> None:
    text = asked("trước ngày 20/9/2026", "Hạn gửi báo cáo kết quả về Văn phòng Sở là ngày nào?")
    assert "cơ quan sửa" not in text
