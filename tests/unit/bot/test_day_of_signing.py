"""When a paper was signed is a fact of the paper, whoever is named as its signer."""

from __future__ import annotations

import pytest

from tests.unit.bot.shipped import Silent, ask


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("Ông Vũ Hoàng Quý ký kế hoạch của Sở KH&ĐT Lạng Sơn ngày tháng nào?", "tháng 6"),
        ("Ông Hiệu ký kế hoạch 2023 của Sở GDĐT Hải Phòng vào đúng ngày nào?", "để trống"),
        ("ngay ky chinh xac cua kh so khcn hung yen la mung may", "tháng 3"),
    ],
)
def test_a_day_that_is_left_blank_is_not_answered_by_who_signed(question: str, left: str) -> None:
    told = ask(question)
    assert isinstance(told, Silent)
    assert left in told.lead
    assert {s.address for s in told.sources} == {"head"}
