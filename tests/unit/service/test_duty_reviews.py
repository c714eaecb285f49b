"""Duties that wait for a person: ranges, what changes, what may not, and how a duty is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from knowledge.documents import Duty, When
from service.commands.duty_cards import when_in_words
from service.duty_reviews import (
    ListedDuty,
    ReviewRefused,
    State,
    fingerprint,
    numbers_in,
    plan_changes,
)
from tests.builders import a_document

DUTY = Duty("II.1", ("Phòng A",), (), "Gửi báo cáo", When(), None, None, "Phòng A gửi báo cáo")


def listed(*states: State, duties: Sequence[Duty] | None = None) -> tuple[ListedDuty, ...]:
    """One duty per state, numbered from 1 and each of its own."""
    own = duties or [replace(DUTY, duty=f"Việc {number}") for number in range(len(states))]
    document = a_document(duties=tuple(own))
    return tuple(
        ListedDuty(document, number, duty, state)
        for number, (duty, state) in enumerate(zip(own, states, strict=True), start=1)
    )


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1", (1,)),
        ("1,3-5", (1, 3, 4, 5)),
        (" 5 , 2–3 ", (5, 2, 3)),  # a dash as word processors write it
        ("2-2,2", (2,)),
    ],
)
def test_numbers_are_read(text: str, numbers: tuple[int, ...]) -> None:
    assert numbers_in(text, 5) == numbers


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Không hiểu"),
        ("một", "Không hiểu"),
        ("1;2", "Không hiểu"),
        ("-3", "Không hiểu"),
        ("3-", "Không hiểu"),
        ("1,,2", "Không hiểu"),
        ("4-2", "từ nhỏ đến lớn"),
        ("0", "Không có nhiệm vụ số 0"),
        ("6", "Không có nhiệm vụ số 6; văn bản có 5 nhiệm vụ"),
        ("1-999999", "Không có nhiệm vụ số 999999"),
        ("9999999999", "Không hiểu"),
    ],
)
def test_what_is_no_number_of_a_duty_is_refused(text: str, says: str) -> None:
    with pytest.raises(ReviewRefused, match=says):
        numbers_in(text, 5)


def planned(
    duties: Sequence[ListedDuty], *, accept_rest: bool = False, **asked: str
) -> list[tuple[int, State]]:
    states: dict[State, str | None] = {"reviewed": None, "rejected": None, "waiting": None}
    states.update(asked)  # type: ignore[arg-type]
    return [
        (change.listed.number, change.state)
        for change in plan_changes(duties, states, accept_rest=accept_rest)
    ]


def test_only_what_becomes_different_is_a_change() -> None:
    duties = listed("waiting", "reviewed", "rejected", "waiting")
    assert planned(duties, reviewed="1-2", rejected="3") == [(1, "reviewed")]
    assert planned(duties, waiting="2,4", rejected="1") == [(1, "rejected"), (2, "waiting")]
    assert planned(duties) == []


def test_all_the_rest_is_what_waits_and_is_not_named() -> None:
    duties = listed("waiting", "waiting", "rejected", "waiting")
    changes = planned(duties, rejected="2", accept_rest=True)
    assert changes == [(1, "reviewed"), (2, "rejected"), (4, "reviewed")]


def test_a_duty_cannot_be_two_things() -> None:
    with pytest.raises(ReviewRefused, match="số 2 được nêu với hai kết quả"):
        planned(listed("waiting", "waiting"), reviewed="1-2", rejected="2")


def test_duties_that_read_the_same_have_one_verdict() -> None:
    duties = listed("waiting", "waiting", duties=[DUTY, DUTY])
    assert planned(duties, rejected="1") == [(1, "rejected"), (2, "rejected")]
    with pytest.raises(ReviewRefused):
        planned(duties, reviewed="1", rejected="2")


def test_shipped_duties_are_not_changed() -> None:
    shipped = listed("reviewed", duties=[replace(DUTY, reviewed=True)])
    for state in ("reviewed", "rejected", "waiting"):
        with pytest.raises(ReviewRefused, match="đi kèm"):
            planned(shipped, **{state: "1"})
    assert planned(shipped, accept_rest=True) == []


def test_the_fingerprint_is_that_of_what_programs_read() -> None:
    assert fingerprint(DUTY) == fingerprint(replace(DUTY, reviewed=True))
    changed = [
        replace(DUTY, leads=("Phòng B",)),
        replace(DUTY, when=When(text="trước ngày 20/9/2023", kind="before")),
        replace(DUTY, quote="Phòng A gửi báo cáo."),
    ]
    assert len({fingerprint(duty) for duty in [DUTY, *changed]}) == 4


DAY = date(2023, 9, 20)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (When(), "không ghi"),
        (
            When("trước ngày 20/9/2023", "before", end=date(2023, 9, 19), before=DAY),
            "trước ngày 20/9/2023 → đến hết 19/9/2023",
        ),
        (When("từ quý III", "continuous", start=date(2022, 7, 1)), "từ quý III → từ 1/7/2022"),
        (
            When("Năm 2023", "year", date(2023, 1, 1), date(2023, 12, 31)),
            "Năm 2023 → từ 1/1/2023 đến hết 31/12/2023",
        ),
        (
            When("06 tháng, năm", "recurring", recurrence="FREQ=YEARLY;BYMONTH=6,12"),
            "06 tháng, năm → lặp lại hằng năm, tháng 6, 12",
        ),
        (
            When("hằng quý", "recurring", recurrence="FREQ=MONTHLY;INTERVAL=3"),
            "hằng quý → lặp lại 3 tháng một lần",
        ),
        (
            When("thứ Hai hằng tuần", "recurring", recurrence="FREQ=WEEKLY;BYDAY=MO"),
            "thứ Hai hằng tuần → lặp lại hằng tuần, thứ Hai",
        ),
        (
            When("ngày 15", "recurring", recurrence="FREQ=MONTHLY;BYMONTHDAY=15"),
            "ngày 15 → lặp lại hằng tháng, ngày 15",
        ),
    ],
)
def test_a_time_is_shown_as_printed_and_as_understood(when: When, words: str) -> None:
    assert when_in_words(when) == words
