"""When something is due: the table of examples is the specification."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.deadlines import add_working_days, read_when
from knowledge.documents import When
from knowledge.sentence_times import find_when


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# printed, kind, from, to, before, recurrence
CELLS = [
    ("trước ngày 20/9/2023", "before", None, "2023-09-19", "2023-09-20", None),
    ("Trước 30/6/2025", "before", None, "2025-06-29", "2025-06-30", None),
    ("Hoàn thành trước ngày 01/01/2025", "before", None, "2024-12-31", "2025-01-01", None),
    ("Trước tháng 9/2023", "before", None, "2023-08-31", "2023-09-01", None),
    # Before an hour of a day: that day still counts.
    ("trước 17 giờ ngày 20/9/2023", "before", None, "2023-09-20", "2023-09-20", None),
    ("chậm nhất ngày 25/11/2026", "by", None, "2026-11-25", None, None),
    ("Chậm nhất là ngày 05 tháng 12 năm 2024", "by", None, "2024-12-05", None, None),
    ("đến hết năm 2025", "by", None, "2025-12-31", None, None),
    ("ngày 12/5/2024", "day", "2024-05-12", "2024-05-12", None, None),
    ("31.12.2025", "day", "2025-12-31", "2025-12-31", None, None),
    ("trong tháng 9/2023", "month", "2023-09-01", "2023-09-30", None, None),
    ("Tháng 02 năm 2024", "month", "2024-02-01", "2024-02-29", None, None),
    ("quý III năm 2022", "quarter", "2022-07-01", "2022-09-30", None, None),
    ("Quý 1/2025", "quarter", "2025-01-01", "2025-03-31", None, None),
    ("Năm 2023", "year", "2023-01-01", "2023-12-31", None, None),
    (
        "Năm 2024, khi có hướng dẫn, yêu cầu của Sở Tư pháp",
        *("year", "2024-01-01", "2024-12-31", None, None),
    ),
    ("Từ năm 2022 đến năm 2027", "period", "2022-01-01", "2027-12-31", None, None),
    ("giai đoạn 2022-2027", "period", "2022-01-01", "2027-12-31", None, None),
    ("Giai đoạn 2022 - 2027", "period", "2022-01-01", "2027-12-31", None, None),
    ("từ tháng 5 đến tháng 10 năm 2023", "period", "2023-05-01", "2023-10-31", None, None),
    (
        "Từ ngày 01/3/2024 đến hết ngày 15/4/2024",
        *("period", "2024-03-01", "2024-04-15", None, None),
    ),
    ("06 tháng đầu năm 2025", "period", "2025-01-01", "2025-06-30", None, None),
    ("6 tháng cuối năm 2025", "period", "2025-07-01", "2025-12-31", None, None),
    ("Quý I, Quý II năm 2023", "period", "2023-01-01", "2023-06-30", None, None),
    ("Quý III, IV năm 2023", "period", "2023-07-01", "2023-12-31", None, None),
    ("Từ quý II/2024", "period", "2024-04-01", None, None, None),
    ("06 tháng và năm", "recurring", None, None, None, "FREQ=YEARLY;BYMONTH=6,12"),
    (
        "3 tháng, 6 tháng, 9 tháng và năm",
        "recurring",
        None,
        None,
        None,
        "FREQ=YEARLY;BYMONTH=3,6,9,12",
    ),
    ("06 tháng, năm", "recurring", None, None, None, "FREQ=YEARLY;BYMONTH=6,12"),
    (
        "trước ngày 20 tháng cuối quý",
        *("recurring", None, None, None, "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=20"),
    ),
    (
        "trước ngày 30/11 hằng năm",
        *("recurring", None, None, None, "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=30"),
    ),
    (
        "trước ngày 15 tháng 11 hàng năm",
        *("recurring", None, None, None, "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=15"),
    ),
    (
        "trước ngày 15/6 và ngày 15/12 hằng năm",
        *("recurring", None, None, None, "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=15"),
    ),
    ("Tháng 6, tháng 12 hằng năm", "recurring", None, None, None, "FREQ=YEARLY;BYMONTH=6,12"),
    ("ngày 15 hằng tháng", "recurring", None, None, None, "FREQ=MONTHLY;BYMONTHDAY=15"),
    (
        "định kỳ 6 tháng (trước ngày 10/6) và năm (trước ngày 10/12)",
        *("recurring", None, None, None, "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=10"),
    ),
    ("6 tháng một lần", "recurring", None, None, None, "FREQ=MONTHLY;INTERVAL=6"),
    ("Hằng tháng, trước ngày 25", "recurring", None, None, None, "FREQ=MONTHLY;BYMONTHDAY=25"),
    # No one rule says two days that differ.
    ("trước ngày 15/6 và ngày 20/12 hằng năm", "recurring", None, None, None, None),
    ("thứ Sáu hằng tuần", "recurring", None, None, None, "FREQ=WEEKLY;BYDAY=FR"),
    ("Định kỳ hằng quý", "recurring", None, None, None, "FREQ=MONTHLY;INTERVAL=3"),
    ("Hằng năm", "recurring", None, None, None, "FREQ=YEARLY"),
    (
        "trong thời hạn 05 ngày làm việc kể từ ngày nhận được dự thảo",
        *("offset", None, None, None, None),
    ),
    ("Sau 10 ngày kể từ khi ban hành", "offset", None, None, None, None),
    ("Thường xuyên", "continuous", None, None, None, None),
    (
        "Thường xuyên, bắt đầu từ quý III năm 2022",
        *("continuous", "2022-07-01", None, None, None),
    ),
    ("Thường xuyên trong năm 2024", "continuous", "2024-01-01", "2024-12-31", None, None),
    ("Thường xuyên, khi xây dựng các văn bản", "event", None, None, None, None),
    ("khi xây dựng các văn bản", "event", None, None, None, None),
    ("Sau khi Luật được thông qua", "event", None, None, None, None),
    ("khi có hướng dẫn", "instruction", None, None, None, None),
    ("Theo hướng dẫn của Sở Tư pháp", "instruction", None, None, None, None),
    # A day that does not exist, and words that say no time.
    ("trước ngày 31/2/2024", "none", None, None, None, None),
    ("Cổng thông tin điện tử", "none", None, None, None, None),
]


@pytest.mark.parametrize(("text", "kind", "start", "end", "before", "rule"), CELLS)
def test_what_a_cell_says(
    text: str, kind: str, start: str | None, end: str | None, before: str | None, rule: str | None
) -> None:
    found = read_when(f" {text}. ")
    assert (found.text, found.kind) == (text, kind)
    assert (found.start, found.end, found.before) == (day(start), day(end), day(before))
    assert found.recurrence == rule


def test_a_day_under_a_deadlines_heading_is_the_last_one() -> None:
    assert read_when("31/3/2025", deadline=True).kind == "by"
    assert read_when("31/3/2025").kind == "day"


def test_nothing_printed_is_no_time() -> None:
    assert read_when(" . ") == When()


def test_a_date_without_a_year_takes_the_papers() -> None:
    assert read_when("trước ngày 15/6", year=2024).before == date(2024, 6, 15)
    assert read_when("trước ngày 15/6") == When("trước ngày 15/6", "before")
    assert read_when("Quý II", year=2024).start == date(2024, 4, 1)


SENTENCES = [
    ("Kế hoạch năm 2023 trước ngày 20/9/2023.", "trước ngày 20/9/2023", "before"),
    ("Báo cáo gửi về Sở chậm nhất ngày 25/11/2026.", "chậm nhất ngày 25/11/2026", "by"),
    ("Báo cáo 06 tháng và năm gửi Phòng.", "06 tháng và năm", "recurring"),
    ("Hằng năm, căn cứ nhiệm vụ được giao.", "Hằng năm", "recurring"),
    ("Báo cáo trước ngày 30/11 hằng năm về Sở.", "trước ngày 30/11 hằng năm", "recurring"),
    ("Sơ kết vào tháng 7 năm 2025.", "vào tháng 7 năm 2025", "month"),
    ("Báo cáo đột xuất khi có yêu cầu.", "đột xuất khi có yêu cầu", "instruction"),
    ("Thực hiện truyền thông chính sách thường xuyên trên Cổng.", "thường xuyên", "continuous"),
    (
        "Báo cáo trước 16 giờ 30 phút ngày 20/12/2024.",
        "trước 16 giờ 30 phút ngày 20/12/2024",
        "before",
    ),
    ("Gửi chậm nhất 17 giờ ngày 28/02/2025.", "chậm nhất 17 giờ ngày 28/02/2025", "by"),
    ("Rà soát, hoàn thành trong tháng 6/2024.", "hoàn thành trong tháng 6/2024", "month"),
    ("Biên soạn tài liệu, quý III/2024.", "quý III/2024", "quarter"),
    (
        "Niêm yết từ ngày 01/6/2024 đến ngày 30/6/2024.",
        *("từ ngày 01/6/2024 đến ngày 30/6/2024", "period"),
    ),
    ("Phát sóng từ ngày 01 đến 15/7/2025.", "từ ngày 01 đến 15/7/2025", "period"),
    ("Phát hai kỳ, từ tháng 7/2023.", "từ tháng 7/2023", "period"),
    (
        "Duy trì chuyên mục, thường xuyên, bắt đầu từ quý II năm 2025.",
        *("thường xuyên, bắt đầu từ quý II năm 2025", "continuous"),
    ),
    (
        "Đăng tải trong 05 ngày làm việc kể từ ngày nhận được dự thảo qua hộp thư.",
        *("trong 05 ngày làm việc kể từ ngày nhận được dự thảo", "offset"),
    ),
    ("Cập nhật hằng tuần trên Cổng.", "hằng tuần", "recurring"),
    ("Họp báo mỗi quý một lần.", "mỗi quý một lần", "recurring"),
    ("Hằng năm, trước ngày 15/11, gửi Sở.", "Hằng năm, trước ngày 15/11", "recurring"),
    ("Khi có thông tin trái chiều, Phòng A giải trình.", "Khi có thông tin trái chiều", "event"),
    ("Báo cáo Sở khi có sự cố truyền thông.", "khi có sự cố truyền thông", "event"),
    ("Thiết kế đồ họa theo yêu cầu của Phòng A.", "theo yêu cầu của Phòng A", "instruction"),
    ("Lập dự toán theo hướng dẫn của Sở A, gửi Sở B.", "theo hướng dẫn của Sở A", "instruction"),
    ("Họp tổ dân phố ít nhất 01 lần/quý;", "ít nhất 01 lần/quý", "recurring"),
    ("Phát sóng 02 số/tháng, từ ngày 01/7/2025.", "02 số/tháng", "recurring"),
    ("Đăng ít nhất 02 tin/tháng trước ngày 05/9/2025.", "trước ngày 05/9/2025", "before"),
    ("Mỗi tuần 02 buổi phát thanh.", "Mỗi tuần 02 buổi", "recurring"),
    ("Duy trì chuyên mục trong giai đoạn 2025-2027.", "giai đoạn 2025-2027", "period"),
    (
        "Thường xuyên phản ánh ý kiến, bắt đầu từ quý IV năm 2025.",
        *("bắt đầu từ quý IV năm 2025", "continuous"),
    ),
    # The dates of what a sentence cites, the years of what it is about, money, a procedure.
    ("theo Quyết định số 407/QĐ-TTg ngày 30/3/2022 của Thủ tướng.", None, "none"),
    ("phê duyệt Đề án giai đoạn 2022-2027.", None, "none"),
    ("các văn bản ban hành trong năm 2022, năm 2023.", None, "none"),
    ("trong dự toán ngân sách thường xuyên hàng năm của cơ quan.", None, "none"),
    ("lấy ý kiến trước khi trình Hội đồng nhân dân.", None, "none"),
    ("số liệu từ ngày 15/12/2024 đến hết ngày 14/6/2025.", None, "none"),
]


@pytest.mark.parametrize(("sentence", "text", "kind"), SENTENCES)
def test_what_a_sentence_sets(sentence: str, text: str | None, kind: str) -> None:
    found = find_when(sentence)
    assert (found.text, found.kind) == (text, kind)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=60))
def test_any_text_can_be_asked(text: str) -> None:
    found = read_when(text)
    if found.start and found.end:
        assert found.start <= found.end
    find_when(text)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_a_printed_day_is_read_back(when: date) -> None:
    for printed in (f"{when.day}/{when.month}/{when.year}", f"{when:%d/%m/%Y}"):
        assert read_when(f"ngày {printed}").start == when
        assert find_when(f"Gửi trước ngày {printed}.").before == when


def test_working_days_skip_weekends_and_holidays() -> None:
    friday = date(2026, 8, 28)
    assert add_working_days(friday, 1) == date(2026, 8, 31)
    assert add_working_days(friday, 3, {date(2026, 9, 1), date(2026, 9, 2)}) == date(2026, 9, 4)
    assert add_working_days(friday, 0) == friday
