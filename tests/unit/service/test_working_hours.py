"""When officers work: by the hour, by the week, by the holidays of Việt Nam."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.clock import VIETNAM
from service.duties.calendar import PUBLIC
from service.working_hours import (
    is_working,
    next_opening,
    read_hours,
    working_minutes_between,
)

HOURS = read_hours("07:30-11:30,13:30-17:00")
A_DAY = 4 * 60 + 3.5 * 60  #: minutes of work


def vn(text: str) -> datetime:
    """ "16/11/2026 07:30" in Việt Nam."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=VIETNAM)


instants = st.builds(
    lambda days, zone: (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)).astimezone(zone),
    st.floats(0, 730),
    st.sampled_from([UTC, VIETNAM]),
)


@pytest.mark.parametrize(
    ("at", "working"),
    [
        ("16/11/2026 07:29", False),  # a Monday
        ("16/11/2026 07:30", True),
        ("16/11/2026 11:29", True),
        ("16/11/2026 11:30", False),
        ("16/11/2026 13:30", True),
        ("16/11/2026 17:00", False),
        ("21/11/2026 09:00", False),  # a Saturday
        ("22/11/2026 09:00", False),
        ("24/11/2026 09:00", False),  # the day of Vietnamese culture
        ("17/02/2026 09:00", False),  # Tết
        ("27/04/2026 09:00", False),  # for the kings' day, which was a Sunday
        ("02/09/2026 09:00", False),
        ("03/09/2026 09:00", True),
    ],
)
def test_somebody_is_at_work(at: str, working: bool) -> None:
    assert is_working(HOURS, vn(at)) is working
    assert is_working(HOURS, vn(at).astimezone(UTC)) is working


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("16/11/2026 08:00", "16/11/2026 09:00", 60),
        ("16/11/2026 11:00", "16/11/2026 14:00", 60),  # over noon
        ("16/11/2026 00:00", "17/11/2026 00:00", A_DAY),
        ("20/11/2026 16:30", "23/11/2026 08:00", 60),  # over the weekend
        ("23/11/2026 16:30", "25/11/2026 08:00", 60),  # over a holiday
        ("16/11/2026 09:00", "16/11/2026 08:00", 0),
        ("14/02/2026 00:00", "23/02/2026 00:00", 0),  # Tết between two weekends
    ],
)
def test_minutes_of_work_are_counted(start: str, end: str, minutes: float) -> None:
    assert working_minutes_between(HOURS, vn(start), vn(end)) == minutes


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("16/11/2026 08:12", "16/11/2026 08:12"),
        ("16/11/2026 06:00", "16/11/2026 07:30"),
        ("16/11/2026 11:30", "16/11/2026 13:30"),
        ("20/11/2026 17:00", "23/11/2026 07:30"),
        ("23/11/2026 17:00", "25/11/2026 07:30"),
        ("13/02/2026 17:00", "23/02/2026 07:30"),
    ],
)
def test_work_begins_again(at: str, opens: str) -> None:
    assert next_opening(HOURS, vn(at).astimezone(UTC)) == vn(opens)


@given(instants, instants, instants)
def test_minutes_add_up(one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted((one, two, three))
    parts = working_minutes_between(HOURS, first, middle) + working_minutes_between(
        HOURS, middle, last
    )
    assert working_minutes_between(HOURS, first, last) == pytest.approx(parts)


@given(instants, instants)
def test_minutes_are_never_negative_nor_more_than_have_passed(one: datetime, two: datetime) -> None:
    minutes = working_minutes_between(HOURS, one, two)
    assert 0 <= minutes <= max((two - one) / timedelta(minutes=1), 0)


@given(instants)
def test_a_day_off_has_no_minute_of_work(at: datetime) -> None:
    midnight = at.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    minutes = working_minutes_between(HOURS, midnight, midnight + timedelta(days=1))
    assert minutes == (A_DAY if PUBLIC.is_working(midnight.date()) else 0)


@given(instants)
def test_until_work_begins_nobody_works(at: datetime) -> None:
    opens = next_opening(HOURS, at)
    assert opens >= at
    assert is_working(HOURS, opens)
    assert working_minutes_between(HOURS, at, opens) == 0


def test_hours_are_read_and_shown() -> None:
    assert [str(span) for span in read_hours(" 7:30 - 11:30, 13:30-17:00")] == [
        "07:30–11:30",
        "13:30–17:00",
    ]


@pytest.mark.parametrize(
    "text",
    ["", "7-11", "11:30-07:30", "07:30-11:30,", "07:30-25:00", "07:30-11:30,11:00-17:00", "a-b"],
)
def test_what_is_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_hours(text)
