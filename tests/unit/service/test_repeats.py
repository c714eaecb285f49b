"""What comes back as the desk lets people choose it: no month is left out."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from dateutil.rrule import rrulestr

from service.admin.repeats import CHOICES, rule_in_words, rule_of


def days(rule: str, first: date, last: date) -> list[str]:
    """The days of a rule in between."""
    start, end = (datetime(each.year, each.month, each.day) for each in (first, last))  # noqa: DTZ001
    return [f"{day:%d/%m}" for day in rrulestr(rule, dtstart=start).between(start, end, inc=True)]


@pytest.mark.parametrize(
    ("choice", "day", "month", "expected"),
    [
        ("month", 25, None, ["25/01", "25/02", "25/03", "25/04"]),
        # Nobody's deadline is lost to a short month.
        ("month", 31, None, ["31/01", "28/02", "31/03", "30/04"]),
        ("month", 29, None, ["29/01", "28/02", "29/03", "29/04"]),
        ("quarter", 15, None, ["15/03"]),
        ("quarter", 31, None, ["31/03"]),
        ("after_quarter", 5, None, ["05/01", "05/04"]),
        ("half", 30, None, []),
        ("year", 29, 2, ["28/02"]),
        ("year", 30, 4, ["30/04"]),
    ],
)
def test_every_period_has_its_day(
    choice: str, day: int, month: int | None, expected: list[str]
) -> None:
    rule = rule_of(choice, day, month)
    assert days(rule, date(2023, 1, 1), date(2023, 4, 30)) == expected


def test_it_is_the_same_whenever_it_begins() -> None:
    rule = rule_of("quarter", 31, None)
    assert days(rule, date(2023, 5, 17), date(2023, 12, 31)) == ["30/06", "30/09", "31/12"]


@pytest.mark.parametrize(
    ("choice", "day", "month", "why"),
    [
        ("month", 0, None, "day"),
        ("month", 32, None, "day"),
        ("half", 32, None, "day"),
        ("year", 30, 2, "day"),
        ("year", 31, 6, "day"),
        ("year", 1, None, "month"),
        ("year", 1, 13, "month"),
    ],
)
def test_a_day_that_is_never_is_refused(choice: str, day: int, month: int | None, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        rule_of(choice, day, month)


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("day", [1, 28, 30])
def test_it_reads_as_it_was_chosen(choice: str, day: int) -> None:
    said = rule_in_words(rule_of(choice, day, 11))
    assert f"ngày {day}" in said
    assert said.startswith({"month": "hằng tháng", "year": "hằng năm"}.get(choice, "hằng"))
    assert ("tháng 11" in said) is (choice == "year")


def test_a_rule_of_a_paper_has_no_words() -> None:
    assert rule_in_words("FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=5") == ""
