"""What is taken out of a question before it is kept, and what must stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.storage.masking import MAIL, NUMBER, PHONE, mask, mask_same


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Phones, in every way that people write them.
        ("gọi 0912345678 nhé", f"gọi {PHONE} nhé"),
        ("0912.345.678", PHONE),
        ("0912 345 678", PHONE),
        ("0912-345-678", PHONE),
        ("0912 34 56 78", PHONE),
        ("09 12 34 56 78", PHONE),
        ("0 9 1 2 3 4 5 6 7 8", PHONE),
        ("0912 - 345 - 678", PHONE),
        ("+84 912 345 678", PHONE),
        ("+84912345678", PHONE),
        ("84912345678", PHONE),
        ("0084 912 345 678", PHONE),
        ("(+84) 912.345.678", PHONE),
        ("+84 (0)912 345 678", PHONE),
        ("(0225) 3842 123", PHONE),
        ("024 3734 1234", PHONE),
        ("0912\u00a0345\u00a0678", PHONE),
        ("sđt0912345678nhé", f"sđt{PHONE}nhé"),
        ("0912345678/0987654321", f"{PHONE}/{PHONE}"),
        ("https://zalo.me/0912345678", f"https://zalo.me/{PHONE}"),
        ("0912345678 0987654321", f"{PHONE} {PHONE}"),
        # A date beside a phone keeps its digits to itself.
        ("0912345678 20/9/2023", f"{PHONE} 20/9/2023"),
        ("gọi 0912 345 678 ngày 20-09-2023 được không", f"gọi {PHONE} ngày 20-09-2023 được không"),
        # Cards and accounts.
        ("CCCD 031203004567", f"CCCD {NUMBER}"),
        ("cccd số 031 203 004 567", f"cccd số {NUMBER}"),
        ("CMND 123456789", f"CMND {NUMBER}"),
        ("số 123456789 của tôi", f"số {NUMBER} của tôi"),
        ("chuyển vào 1903 2022 1234 5678 giúp", f"chuyển vào {NUMBER} giúp"),
        ("1234-5678-9012-3456", NUMBER),
        ("stk 12345678 vcb", f"stk {NUMBER} vcb"),
        ("số tài khoản: 123 456 78", f"số tài khoản: {NUMBER}"),
        ("hộ chiếu B1234567", f"hộ chiếu {NUMBER}"),
        ("thẻ DN4010123456789", f"thẻ {NUMBER}"),
        # Mail.
        ("thư an.nguyen+tt@haiphong.gov.vn ạ", f"thư {MAIL} ạ"),
        # Papers, dates, years and sums stay.
        ("Quyết định 407/QĐ-TTg năm 2022", None),
        ("Thông tư 56/2023/TT-BTC và Nghị định 30/2020/NĐ-CP", None),
        ("trước ngày 20/9/2023", None),
        ("từ 20-09-2023 đến 25-09-2023", None),
        ("08-09-2023 14 giờ", None),
        ("ngày 15 9 2023 10 giờ", None),
        ("2023-09-20", None),
        ("2023-09-20 2023-09-25", None),
        ("giai đoạn 2022-2027", None),
        ("các năm 2021 2022 2023 2024", None),
        ("năm 2023 56/2023/TT-BTC", None),
        ("kinh phí 1.500.000.000 đồng", None),
        ("1500000000đ", None),
        ("mục 1.2.3.4.5.6.7.8.9", None),
        ("mục III.6, điểm c khoản 2 Điều 5", None),
        ("văn bản 1234567/SGDĐT", None),
        ("tổng đài 19001234", None),
    ],
)
def test_mask(text: str, expected: str | None) -> None:
    assert mask(text).text == (text if expected is None else expected)


def test_an_echo_in_the_answer_is_masked_but_a_printed_number_is_not() -> None:
    taken = mask("số tôi là 0912 345 678").taken
    answer = {"text": "Về 0912 345 678 …", "citations": ["Điện thoại 0225 3842 123"], "n": 1}
    assert mask_same(answer, taken) == {
        "text": f"Về {PHONE} …",
        "citations": ["Điện thoại 0225 3842 123"],
        "n": 1,
    }


@given(
    st.from_regex(r"0[35789][0-9]{8}", fullmatch=True),
    st.sampled_from([".", "-", ". ", "–"]),
    st.lists(st.booleans(), min_size=9, max_size=9),
)
def test_no_grouping_hides_a_mobile_number(digits: str, gap: str, gaps: list[bool]) -> None:
    typed = digits[0] + "".join(gap * g + d for g, d in zip(gaps, digits[1:], strict=True))
    assert mask(f"liên hệ {typed} nhé").text == f"liên hệ {PHONE} nhé"


@given(st.text(alphabet="0123456789 ./-+()QĐabc@.", max_size=60))
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask(text).text
    assert mask(once).text == once
