"""A thing or an act with a word of its own: a clause without that word does not state it."""

from __future__ import annotations

import pytest

from bot.answers import Answered
from tests.unit.bot.shipped import Silent, ask

NOT_STATED = [
    "QĐ 407 có nói dùng trí tuệ nhân tạo không?",
    "Sở KHCN Hưng Yên: ai ký duyệt bài trước khi phát trên loa?",
    "Ý kiến góp ý nặc danh có được Sở KHCN Hưng Yên xem xét không?",
    "Ai kiểm chứng tin trước khi đưa lên trang của Sở KHĐT Lạng Sơn?",
]
STATED = [
    "Sở KHCN Hưng Yên: ai tổng hợp kết quả thực hiện kế hoạch năm 2024?",
    "Mấy anh ơi, kinh phí kế hoạch 2024 của Sở KHCN Hưng Yên lấy từ đâu?",
    "KH Hưng Yên có ghi hình thức họp báo không?",  # no "ghi hình"
]


@pytest.mark.parametrize("question", NOT_STATED)
def test_what_no_clause_prints_is_not_answered(question: str) -> None:
    assert isinstance(ask(question), Silent)


@pytest.mark.parametrize("question", STATED)
def test_what_is_printed_is_still_answered(question: str) -> None:
    assert isinstance(ask(question), Answered)


def test_whom_to_tell_of_a_difficulty_only_a_clause_on_difficulties_says() -> None:
    asked = "{}: vướng mắc khi làm kế hoạch thì phản ánh với ai?"
    assert isinstance(ask(asked.format("Kế hoạch 2023 của Sở KH&ĐT Lạng Sơn")), Silent)
    told = ask(asked.format("Kế hoạch của huyện Ia H'Drai"))
    assert isinstance(told, Answered)
    assert {s.address for s in told.sources} == {"closing"}


LAW = "{} cấm những gì?"


@pytest.mark.parametrize("law", ["Luật Báo chí", "luật đấu thầu", "Thế Luật Ngân sách nhà nước"])
def test_what_a_law_says_no_clause_says_that_names_it(law: str) -> None:
    assert isinstance(ask(LAW.format(law)), Silent)


def test_the_law_is_named_as_it_was_typed() -> None:
    told = ask("Dạ, theo Luật Tiếp cận thông tin thì ai được xem hồ sơ?")
    assert isinstance(told, Silent)
    assert "Luật Tiếp cận thông tin;" in told.lead


def test_a_law_with_a_clause_of_its_own_is_told_of() -> None:
    told = ask("Luật Ban hành văn bản quy phạm pháp luật mới quy định gì về dự thảo?")
    assert isinstance(told, Answered)
    assert {s.address for s in told.sources} == {"VII.1"}


def test_where_a_law_is_named_is_answered() -> None:
    assert isinstance(ask("Luật Báo chí có được nhắc trong Chỉ thị 07 không?"), Answered)


@pytest.mark.parametrize(
    "question",
    [
        "Kế hoạch của UBND tỉnh Kon Tum mà huyện Ia H'Drai triển khai có mấy mục tiêu?",
        "Kế hoạch của Hội đồng phối hợp phổ biến, giáo dục pháp luật tỉnh Hưng Yên do ai ký?",
        "Kế hoạch 117/KH-SGDĐT có mấy phần?",
    ],
)
def test_what_another_paper_says_no_clause_says_that_names_it(question: str) -> None:
    assert isinstance(ask(question), Silent)


def test_which_paper_of_another_body_is_named_is_answered() -> None:
    told = ask("Kế hoạch 2024 của Sở KH&CN Hưng Yên thực hiện kế hoạch nào của Hội đồng tỉnh?")
    assert isinstance(told, Answered)
    assert {s.address for s in told.sources} == {"preamble"}


@pytest.mark.parametrize(
    "question",
    [
        "Huyện Ia H'Drai tập huấn ở hội trường lớn hay nhà rông?",
        "Sở GDĐT Hải Phòng: trường dân lập có được hoãn gửi kế hoạch 2023 không?",
        "Sao quyết định 407 giao Bộ Tư pháp mà không giao Văn phòng Chính phủ?",
        "Tin xấu độc được Chỉ thị 07 định nghĩa là gì?",
        "Bệnh viện huyện Ia H'Drai phải làm gì theo kế hoạch?",
        "Đề án 407 nói gì về thiếu nhi và nhà trẻ?",
        "Sở KHĐT Lạng Sơn có tổ chức hội nghị tuyên truyền mỗi quý không?",
        "Kế hoạch 2024 Sở KHCN Hưng Yên đã được Bộ Tư pháp thẩm định chưa?",
    ],
)
def test_of_what_is_asked_the_clause_that_is_near_says_nothing(question: str) -> None:
    assert isinstance(ask(question), Silent)


@pytest.mark.parametrize(
    "question",
    [
        "Kế hoạch của huyện Ia H'Drai truyền thông qua báo chí hay mạng xã hội?",
        "Theo Đề án 407, truyền thông rồi có được miễn bước lấy ý kiến không?",
        "Trường hợp nào được loại trừ, không phải truyền thông theo kế hoạch 2023 của"
        " Sở GDĐT Hải Phòng?",
    ],
)
def test_a_choice_or_an_exception_that_is_printed_is_answered(question: str) -> None:
    assert isinstance(ask(question), Answered)
