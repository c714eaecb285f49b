"""On which days people are reminded: the days of the papers, and laws for all others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.duties.calendar import PUBLIC, Calendar
from service.duties.schedule import (
    Planned,
    Policy,
    after_return,
    falls_due,
    next_day,
    put_off,
    schedule,
)

DAY = timedelta(days=1)

days = st.dates(date(2023, 1, 1), date(2026, 12, 31))
counts = st.lists(st.integers(0, 60), max_size=5, unique=True).map(tuple)
policies = st.builds(Policy, before=counts, late=counts)
calendars = st.builds(Calendar, st.frozensets(days, max_size=20), st.frozensets(days, max_size=20))


def told(last_day: date) -> list[str]:
    """The days of the default policy: "05/09 -14", "21/09 +1"."""
    return [
        f"{one.day:%d/%m} {'+' if one.late else '-'}{one.offset}"
        for one in schedule(last_day, Policy(), PUBLIC)
    ]


def test_before_20_9_2023() -> None:
    assert told(date(2023, 9, 19)) == [
        "05/09 -14",
        "12/09 -7",
        "15/09 -3",  # the 16th is a Saturday
        "18/09 -1",
        "19/09 -0",
        "21/09 +1",
        "25/09 +3",  # the 23rd is a Saturday
        "27/09 +7",
    ]


def test_before_10_12_2023_a_sunday() -> None:
    assert told(date(2023, 12, 9)) == [
        "24/11 -14",
        "01/12 -7",
        "06/12 -3",
        "08/12 -0",  # the Friday on which it may last be done; "a day before" falls on it, too
        "11/12 +1",
        "13/12 +3",
        "18/12 +7",
    ]


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2023, 9, 1), False),  # beside National Day
        (date(2023, 9, 4), False),  # for its Saturday
        (date(2023, 9, 5), True),
        (date(2024, 4, 29), False),  # taken off …
        (date(2024, 5, 4), True),  # … and made up for on a Saturday
    ],
)
def test_public_holidays(day: date, working: bool) -> None:
    assert PUBLIC.is_working(day) is working


def test_the_office_says_so_of_a_day_itself() -> None:
    saturday, monday = date(2023, 9, 9), date(2023, 9, 11)
    office = Calendar(closed=frozenset((monday,)), makeup=frozenset((saturday,)))
    assert office.is_working(saturday)
    assert not office.is_working(monday)
    assert office.on_or_before(monday) == saturday


@given(days, policies, calendars)
def test_laws_of_every_schedule(last_day: date, policy: Policy, calendar: Calendar) -> None:
    planned = schedule(last_day, policy, calendar)
    assert [one.day for one in planned] == sorted({one.day for one in planned})
    for one in planned:
        assert calendar.is_working(one.day)
        assert one.late == (one.day > last_day)
        if one.late:
            asked = last_day + (1 + one.offset) * DAY
            assert one.offset in policy.late
            assert one.day >= asked
            assert not any(calendar.is_working(d) for d in between(asked, one.day - DAY))
        else:
            asked = last_day - one.offset * DAY
            assert one.offset in policy.before
            assert one.day <= asked
            assert not any(calendar.is_working(d) for d in between(one.day + DAY, asked))


@given(days, policies, calendars)
def test_of_those_of_one_day_the_nearest_stays(
    last_day: date, policy: Policy, calendar: Calendar
) -> None:
    planned = {one.day: one for one in schedule(last_day, policy, calendar)}
    for offset in policy.before:
        assert planned[calendar.on_or_before(last_day - offset * DAY)].offset <= offset
    for offset in policy.late:
        day = calendar.on_or_after(last_day + (1 + offset) * DAY)
        assert planned[day].offset <= offset


@given(days, policies, calendars, st.integers(-60, 60), st.integers(-90, 90), st.data())
def test_what_falls_due(
    last_day: date,
    policy: Policy,
    calendar: Calendar,
    since_in: int,
    today_in: int,
    data: st.DataObject,
) -> None:
    planned = schedule(last_day, policy, calendar)
    since, today = last_day + since_in * DAY, last_day + today_in * DAY
    seen = data.draw(st.none() | st.integers(1, 30).map(lambda n: today - n * DAY))
    due = falls_due(planned, since, seen, today, last_day)
    if due is not None:
        assert since <= due.day <= today  # never before its notice
        assert due.late == (today > last_day)  # never late before, never early after
        assert seen is None or due.day > seen  # never again
    if today in {one.day for one in planned} and since <= today:
        assert due is not None
        assert due.day == today  # what is planned for today wins over what was missed
    assert falls_due(planned, since, today, today, last_day) is None


@given(days, policies, calendars, st.integers(-30, 30))
def test_put_off_is_not_sooner_and_then_it_is(
    last_day: date, policy: Policy, calendar: Calendar, until_in: int
) -> None:
    planned, until = schedule(last_day, policy, calendar), last_day + until_in * DAY
    later = put_off(planned, until, last_day, calendar)
    assert all(calendar.is_working(one.day) for one in later)
    first = later[0]
    assert first.day >= min(until, calendar.on_or_before(last_day))
    assert first.late == (first.day > last_day) == (until > last_day)
    assert [one for one in later if one.day > first.day] == [
        one for one in planned if one.day > first.day
    ]


@given(days, policies, calendars, st.integers(-90, 90))
def test_after_a_return_one_more_where_none_is_left(
    last_day: date, policy: Policy, calendar: Calendar, returned_in: int
) -> None:
    planned, returned = schedule(last_day, policy, calendar), last_day + returned_in * DAY
    later = after_return(planned, returned, last_day, calendar)
    if any(one.day > returned for one in planned):
        assert later == planned
        return
    *before, last = later
    assert tuple(before) == planned
    assert last.day >= returned + 3 * DAY
    assert calendar.is_working(last.day)
    assert not any(calendar.is_working(d) for d in between(returned + 3 * DAY, last.day - DAY))
    assert last.late == (last.day > last_day)


def test_the_next_day() -> None:
    planned = schedule(date(2023, 9, 19), Policy(), PUBLIC)
    assert next_day(planned, date(2023, 8, 1)) == date(2023, 9, 5)
    assert next_day(planned, date(2023, 9, 5)) == date(2023, 9, 12)
    assert next_day(planned, date(2023, 9, 27)) is None


def test_after_two_days_away_what_is_still_of_use_is_told_once() -> None:
    planned = schedule(date(2023, 9, 19), Policy(), PUBLIC)
    notice, seen = date(2023, 8, 1), date(2023, 9, 14)
    missed = falls_due(planned, notice, seen, date(2023, 9, 16), date(2023, 9, 19))
    assert missed == Planned(date(2023, 9, 15), late=False, offset=3)
    # On the 20th it is too late for all that was missed before, and too early for the first late.
    assert falls_due(planned, notice, seen, date(2023, 9, 20), date(2023, 9, 19)) is None


def between(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]
