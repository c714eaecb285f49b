"""Duties put right by hand: dates as people type them, quotes that stay words of their clause."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from knowledge.documents import Duty, When
from knowledge.duty_correcting import (
    add_duty,
    change_duty,
    drop_duty,
    tick_duties,
    when_said,
    with_days,
)
from knowledge.errors import CorrectionRefused
from knowledge.reading.outline import read_clauses
from knowledge.structure import Structure, dumps, loads

TEXT = """I. VIỆC
1. Phòng A rà soát trước ngày 2/9/2026.
2. Phòng B tổng hợp.
Gửi kết quả về Sở C.
"""
CLAUSES = read_clauses(TEXT)
READ = When("trước ngày 2/9/2026", "before", None, date(2026, 9, 1), date(2026, 9, 2))
FIRST = Duty("I.1", ("Phòng A",), (), "rà soát", READ, None, None, "Phòng A rà soát")
SECOND = Duty("I.2", ("Phòng B",), (), "tổng hợp", When(), None, None, "Phòng B tổng hợp.")
DAY = date(2026, 9, 1)
BEFORE: Structure = (CLAUSES, (FIRST, SECOND))


@pytest.mark.parametrize(
    ("typed", "when"),
    [
        ("20/9/2026", When("20/9/2026", "by", None, date(2026, 9, 20))),
        ("2026-09-20", When("20/9/2026", "by", None, date(2026, 9, 20))),
        (
            " trước  ngày 20/9/2026",
            When("trước ngày 20/9/2026", "before", None, date(2026, 9, 19), date(2026, 9, 20)),
        ),
        ("ngày 20 tháng 9", When("ngày 20 tháng 9", "by", None, date(2026, 9, 20))),
        ("", When()),
        ("khi có yêu cầu", When("khi có yêu cầu", "instruction")),
        ("trước ngày 2/9/2026", READ),
    ],
)
def test_a_time_is_understood_as_it_is_typed(typed: str, when: When) -> None:
    assert when_said(typed, READ, 2026) == when


def test_days_set_by_hand_are_kept_while_the_words_are_the_same() -> None:
    set_ = replace(READ, end=date(2026, 9, 30), before=date(2026, 10, 1))
    assert when_said("trước ngày 2/9/2026", set_, 2026) == set_


@pytest.mark.parametrize("typed", ["31/2/2026", "trước ngày 31/9/2026", "ngày 32 tháng 9"])
def test_a_day_that_is_not_in_the_calendar_is_refused(typed: str) -> None:
    with pytest.raises(CorrectionRefused) as refused:
        when_said(typed, READ, 2026)
    assert refused.value.why == "day"


@pytest.mark.parametrize(
    ("when", "first", "last", "wanted"),
    [
        (When("sau hội nghị", "event"), None, date(2026, 9, 1), ("by", None, date(2026, 9, 1))),
        (When("x"), DAY, DAY, ("day", DAY, DAY)),
        (READ, date(2026, 8, 1), date(2026, 9, 1), ("period", date(2026, 8, 1), date(2026, 9, 1))),
        (When("1/9/2026", "by", None, date(2026, 9, 1)), None, None, ("none", None, None)),
    ],
)  # fmt: skip
def test_days_that_the_words_do_not_say_are_set(
    when: When, first: date | None, last: date | None, wanted: object
) -> None:
    found = with_days(when, first, last)
    assert (found.kind, found.start, found.end) == wanted
    assert (found.text, found.before) == (when.text, None)


def test_a_day_before_which_it_is_due_follows_the_last_day() -> None:
    found = with_days(READ, None, date(2026, 9, 9))
    assert (found.kind, found.before) == ("before", date(2026, 9, 10))


@pytest.mark.parametrize(
    ("typed", "by_hand"),
    [
        ("trước ngày 9/9/2026", True),
        ("quý III", True),
        ("Trước ngày 02/09/2026", False),  # the same day, written otherwise
        ("2-9-2026", False),
        ("", False),
    ],
)
def test_a_time_that_the_clause_does_not_print_is_known_as_put_there(
    typed: str, by_hand: bool
) -> None:
    wrong = replace(FIRST, when=When("trước ngày 2/8/2026", "before"))
    before: Structure = (CLAUSES, (wrong, SECOND))
    right = replace(wrong, when=when_said(typed, wrong.when, 2026))
    changed = change_duty(TEXT, before, 0, right)
    assert changed[1][0].when.by_hand is by_hand
    assert add_duty(TEXT, before, right)[0][1][1].when.by_hand is by_hand
    assert loads(dumps(*changed, TEXT).encode("utf-8"), TEXT) == changed
    other = replace(changed[1][0], leads=("Phòng D",))
    assert change_duty(TEXT, changed, 0, other)[1][0].when.by_hand is by_hand


def test_a_time_that_is_not_touched_stays_as_it_was_read() -> None:
    split = replace(FIRST, when=When("trước ngày 2/8/2026", "before"))  # as a torn cell is read
    before: Structure = (CLAUSES, (split, SECOND))
    changed = change_duty(TEXT, before, 0, replace(split, leads=("Phòng D",)))
    assert not changed[1][0].when.by_hand


def test_a_duty_is_changed_added_dropped_and_ticked() -> None:
    right = replace(FIRST, leads=("Phòng A", "Phòng D"), recipient="Sở C")
    changed = change_duty(TEXT, BEFORE, 0, right)
    assert changed == (CLAUSES, (right, SECOND))
    new = replace(FIRST, duty="báo cáo", quote="trước ngày 2/9/2026.")
    added, number = add_duty(TEXT, changed, new)
    assert (number, added[1]) == (1, (right, new, SECOND))
    assert drop_duty(added, 1) == changed
    ticked = tick_duties(BEFORE, [1])
    assert [duty.reviewed for duty in ticked[1]] == [False, True]
    assert tick_duties(ticked, [1], right=False) == BEFORE
    stored = dumps(*added, TEXT).encode("utf-8")
    assert loads(stored, TEXT) == added


@pytest.mark.parametrize(
    ("correct", "why"),
    [
        (lambda: change_duty(TEXT, BEFORE, 0, replace(FIRST, address="I.2")), "quote"),
        (lambda: change_duty(TEXT, BEFORE, 0, replace(FIRST, quote="")), "quote"),
        (lambda: change_duty(TEXT, BEFORE, 0, replace(FIRST, quote="rà soát … 2/9")), "quote"),
        (lambda: change_duty(TEXT, BEFORE, 0, replace(FIRST, address="V")), "no_clause"),
        (lambda: change_duty(TEXT, BEFORE, 0, replace(FIRST, duty="")), "no_task"),
        (lambda: change_duty(TEXT, BEFORE, 2, FIRST), "no_duty"),
        (lambda: drop_duty(BEFORE, -1), "no_duty"),
        (lambda: tick_duties(BEFORE, [5]), "no_duty"),
        (lambda: add_duty(TEXT, BEFORE, replace(FIRST, quote="lời khác")), "quote"),
        (lambda: with_days(READ, date(2026, 9, 9), date(2026, 9, 1)), "order"),
    ],
)
def test_what_cannot_be_is_refused(correct: Callable[[], object], why: str) -> None:
    with pytest.raises(CorrectionRefused) as refused:
        correct()
    assert refused.value.why == why


def test_a_duty_may_stand_in_the_clause_above() -> None:
    above = replace(FIRST, address="I")
    assert change_duty(TEXT, BEFORE, 0, above)[1][0].address == "I"
