"""Which duty of a new version stands for which one of the version before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from knowledge.documents import Duty, When
from service.duties.matching import best_pairs, compare_duties, told_time

REPORT = Duty(
    address="III.1",
    leads=("Phòng Tư pháp",),
    coordinates=(),
    duty="Báo cáo kết quả truyền thông dự thảo chính sách sáu tháng",
    when=When("trước ngày 20/6/2027", "before", end=date(2027, 6, 19), before=date(2027, 6, 20)),
    recipient="Sở Tư pháp",
    via=None,
    quote="",
)
PLAN = replace(REPORT, address="III.2", duty="Xây dựng và ban hành kế hoạch năm")
TRAINING = replace(REPORT, address="IV", duty="Mở lớp tập huấn cho báo cáo viên cơ sở")


def test_the_same_duties_are_no_change() -> None:
    found = compare_duties((REPORT, PLAN), (PLAN, REPORT))
    assert (found.added, found.removed, found.changed) == ((), (), ())


def test_one_that_a_person_has_reviewed_is_the_same() -> None:
    assert compare_duties((REPORT,), (replace(REPORT, reviewed=True),)).changed == ()


def test_another_day_is_a_change_and_not_one_more_duty() -> None:
    later = replace(REPORT, when=When("trước ngày 25/6/2027", "before", end=date(2027, 6, 24)))
    found = compare_duties((REPORT, PLAN), (later, PLAN, TRAINING))
    assert found.changed == ((REPORT, later),)
    assert found.added == (TRAINING,)
    assert found.removed == ()


def test_a_duty_that_is_not_like_any_is_gone() -> None:
    found = compare_duties((REPORT, PLAN), (TRAINING,))
    assert found.removed == (REPORT, PLAN)
    assert found.added == (TRAINING,)


def test_each_is_paired_once_with_the_likeliest() -> None:
    assert best_pairs([(0.7, "a", 1), (0.9, "b", 1), (0.65, "a", 2), (0.5, "c", 3)]) == {
        "b": 1,
        "a": 2,
    }


def test_a_day_that_is_not_printed_is_told_in_words() -> None:
    given = replace(REPORT, when=When(None, "day", end=date(2027, 6, 24)))
    assert told_time(given) == "thứ Năm 24/06/2027"
    assert told_time(replace(REPORT, when=When())) == ""
    assert told_time(REPORT) == "trước ngày 20/6/2027"
