"""Which questions ask the same, which only nearly so, and which must never be taken for another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.paraphrase import near_keys, same_key, same_marks
from knowledge.vietnamese import fold

DEADLINE = "Hạn gửi kế hoạch truyền thông năm 2023 của Sở GDĐT Hải Phòng là ngày nào?"


def same(one: str, other: str) -> bool:
    """As it is asked for an answer that stands ready."""
    return same_key(one) == same_key(other) and same_marks(one, other)


@pytest.mark.parametrize(
    "other",
    [
        DEADLINE,
        "hạn gửi kế hoạch truyền thông năm 2023 của sở gdđt hải phòng là ngày nào",
        "han gui ke hoach truyen thong nam 2023 cua so gddt hai phong la ngay nao?",
        "Cho tôi hỏi hạn gửi kế hoạch truyền thông năm 2023 của Sở GDĐT Hải Phòng là khi nào ạ?",
        "Dạ, hạn gửi kế hoạch truyền thông năm 2023 Sở GDĐT Hải Phòng bao giờ vậy ạ",
        "Khi nào là hạn gửi kế hoạch truyền thông năm 2023 của Sở GDĐT Hải Phòng?",
        "Năm 2023 của Sở GDĐT Hải Phòng, hạn gửi kế hoạch truyền thông là ngày nào?",
        f"Xin chào, vui lòng cho biết {DEADLINE.removesuffix('?').lower()}, cảm ơn",
    ],
)
def test_the_same_question_in_other_words_of_courtesy(other: str) -> None:
    assert same(DEADLINE, other)


@pytest.mark.parametrize(
    "other",
    [
        "Hạn gửi kế hoạch truyền thông năm 2024 của Sở GDĐT Hải Phòng là ngày nào?",  # year
        "Hạn gửi kế hoạch truyền thông năm 2023 của Sở GDĐT Lạng Sơn là ngày nào?",  # place
        "Hạn gửi kế hoạch truyền thông năm 2023 của Sở KH&CN Hải Phòng là ngày nào?",  # body
        "Hạn gửi báo cáo truyền thông năm 2023 của Sở GDĐT Hải Phòng là ngày nào?",  # paper
        "Nơi gửi kế hoạch truyền thông năm 2023 của Sở GDĐT Hải Phòng là ở đâu?",  # kind of fact
        "Ai gửi kế hoạch truyền thông năm 2023 của Sở GDĐT Hải Phòng?",
        "Hạn gửi kế hoạch truyền thông của Sở GDĐT Hải Phòng là ngày nào?",  # no year
        "Hạn gửi kế hoạch truyền thông năm 2023 là ngày nào?",  # no place
        "Hạn không gửi kế hoạch truyền thông năm 2023 của Sở GDĐT Hải Phòng là ngày nào?",
        "Hạn gửi kế hoạch truyền thông năm 2023 của Sở GDĐT Hải Phòng là bao nhiêu?",
    ],
)
def test_another_place_year_paper_or_fact_is_another_question(other: str) -> None:
    assert not same(DEADLINE, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sở A gửi cho phòng B cái gì?", "Phòng B gửi cho sở A cái gì?"),
        ("Từ ngày 5 tháng 9 làm gì?", "Từ ngày 9 tháng 5 làm gì?"),
        ("Quận Kiến An nộp ở đâu?", "Quận Kiên An nộp ở đâu?"),
        ("Đã nộp rồi có phải nộp nữa không?", "Chưa nộp có phải nộp nữa không?"),
        ("Quyết định 407 là gì?", "Chỉ thị 407 là gì?"),
    ],
)
def test_words_in_another_order_or_with_other_accents_say_something_else(
    one: str, other: str
) -> None:
    assert not same(one, other)


def test_a_tone_may_stand_where_either_spelling_puts_it() -> None:
    assert same("Xã Hòa Bình nộp ở đâu?", "Xã Hoà Bình nộp ở đâu?")
    assert same("Xa Hoa Binh nop o dau", "Xã Hòa Bình nộp ở đâu?")


def test_a_question_without_words_is_no_other_questions_equal() -> None:
    assert same_key("?!") == ""
    assert same_key("khi nào?") != ""


@given(st.text(max_size=60))
def test_whatever_is_typed_is_its_own_equal(text: str) -> None:
    assert same_key(text) == same_key(fold(text))
    assert same_marks(text, text)
    assert len(near_keys(text)) <= 60


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("Mức phạt khi nộp kế hoạch muộn?", "mức phạt nộp kế hoạch muộn là bao nhiêu", True),
        ("Lệ phí cấp thẻ nhà báo là bao nhiêu?", "Lệ phí đổi thẻ nhà báo bao nhiêu vậy?", True),
        ("Lệ phí cấp thẻ nhà báo", "Thủ tục xin việc ở trường học", False),
        ("Kinh phí truyền thông năm 2024 là bao nhiêu?", "Kinh phí truyền thông năm 2025?", False),
        ("lương tối thiểu", "lương tối đa", False),  # of three words none may differ
        (
            "Điều kiện mở lớp dạy thêm ngoài nhà trường ở huyện",
            "Điều kiện đăng ký lớp dạy thêm ngoài nhà trường ở huyện",
            True,
        ),
    ],
)
def test_near_questions_share_a_key(one: str, other: str, near: bool) -> None:
    assert bool(set(near_keys(one)) & set(near_keys(other))) is near
