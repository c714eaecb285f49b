"""Days as people write them, read on Sunday 22 November 2026."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.forms.days import read_day

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("20/9/2026", "2026-09-20"),
        ("ngày 20/9/2026", "2026-09-20"),
        ("20-09-2026.", "2026-09-20"),
        ("20.9.26", "2026-09-20"),
        ("2026-09-20", "2026-09-20"),
        ("ngày 20 tháng 9 năm 2026", "2026-09-20"),
        ("ngay 20 thang 9 nam 2026", "2026-09-20"),
        ("mùng 2 tháng 9", "2026-09-02"),
        ("20/9", "2026-09-20"),
        ("20/12", "2025-12-20"),
        ("29/2", "2024-02-29"),
        ("hôm nay", "2026-11-22"),
        ("hom qua", "2026-11-21"),
        ("hôm kia", "2026-11-20"),
        ("sáng hôm qua", "2026-11-21"),
        ("thứ sáu", "2026-11-20"),
        ("thu 6 tuan truoc", "2026-11-13"),
        ("chủ nhật", "2026-11-22"),
        ("cuối tháng 9", "2026-09-30"),
        ("hết tháng 12/2025", "2025-12-31"),
        ("hôm nay ạ", "2026-11-22"),
        ("hom qua roi a", "2026-11-21"),
        ("bữa qua", "2026-11-21"),
        ("dạ 20/9/2026 ạ", "2026-09-20"),
        ("20/9 nhé", "2026-09-20"),
        ("hôm 20/9", "2026-09-20"),
        ("20/9 năm nay", "2026-09-20"),
        ("20/9 năm ngoái", "2025-09-20"),
        ("20 9 2026", "2026-09-20"),
        ("20thang9", "2026-09-20"),
        ("ngày 20 tháng chín", "2026-09-20"),
        ("20 tháng mười một", "2026-11-20"),
        ("20 tháng năm năm 2026", "2026-05-20"),
    ],
)
def test_a_day_that_is_past(said: str, day: str) -> None:
    assert read_day(said, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("20/9", "2027-09-20"),
        ("20/12", "2026-12-20"),
        ("trước ngày 20/12", "2026-12-20"),
        ("mai", "2026-11-23"),
        ("ngày mai", "2026-11-23"),
        ("ngày kia", "2026-11-24"),
        ("thứ sáu", "2026-11-27"),
        ("thứ sáu tuần sau", "2026-11-27"),
        ("chủ nhật tuần tới", "2026-11-29"),
        ("cuối tháng 11", "2026-11-30"),
        ("mai nhé", "2026-11-23"),
        ("khoảng 20/12", "2026-12-20"),
        ("20/3 năm sau", "2027-03-20"),
        ("cuối tháng này ạ", "2026-11-30"),
        ("cuối năm nay", "2026-12-31"),
        ("hết năm", "2026-12-31"),
    ],
)
def test_a_day_that_lies_ahead(said: str, day: str) -> None:
    assert read_day(said, TODAY, ahead=True) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "said",
    ["", "31/2/2026", "32/1", "20/13/2026", "0/0", "quý III", "tháng 9", "2026", "20", "sắp xong",
     "20/9/2026 và 21/9/2026", "99999999999/1/2026", "thứ tám", "٢٠/٩/٢٠٢٦",
     "20/9/0026", "20/9/9026", "mùng 5 tháng chạp", "rằm tháng bảy", "20 tháng sáu", "ngày 31/2",
     "3 ngày nữa", "20 9"],
)  # fmt: skip
def test_what_is_no_day(said: str) -> None:
    assert read_day(said, TODAY) is None


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_as_it_is_written(day: date) -> None:
    for said in (
        f"{day.day}/{day.month}/{day.year}",
        f"{day:%d-%m-%Y}",
        f"ngày {day.day} tháng {day.month} năm {day.year}",
        day.isoformat(),
    ):
        assert read_day(said, TODAY) == day


@given(st.integers(0, 365), st.booleans())
def test_without_its_year_it_is_the_nearest(days: int, ahead: bool) -> None:
    day = TODAY + timedelta(days=days if ahead else -days)
    if (day.day, day.month) != (TODAY.day, TODAY.month) or not days:
        assert read_day(f"{day.day}/{day.month}", TODAY, ahead=ahead) == day


@given(st.text(max_size=40))
def test_whatever_is_written(said: str) -> None:
    found = read_day(said, TODAY)
    assert found is None or isinstance(found, date)
