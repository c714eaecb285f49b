"""Periods, percentiles and where bars stand, without a server."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from service.admin.charts import Part, rounded_up, stacked
from service.admin.figure_views import PERIODS, Times, days_of, steps_of, times_of, whole
from service.storage.figures import AT_MOST, Counted

TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("name", "steps", "first", "before_last"),
    [
        ("week", 7, date(2026, 3, 25), (date(2026, 3, 30), date(2026, 3, 30))),
        ("month", 30, date(2026, 3, 2), (date(2026, 3, 30), date(2026, 3, 30))),
        ("quarter", 13, date(2025, 12, 31), (date(2026, 3, 18), date(2026, 3, 24))),
        ("year", 12, date(2025, 4, 1), (date(2026, 2, 1), date(2026, 2, 28))),
    ],
)
def test_a_period_is_made_of_steps_without_gaps(
    name: str, steps: int, first: date, before_last: tuple[date, date]
) -> None:
    spans = days_of(PERIODS[name], TODAY)
    assert len(spans) == steps
    assert spans[0][0] == first
    assert spans[-2] == before_last
    assert spans[-1][1] == TODAY
    for (_, last), (next_first, _) in pairwise(spans):
        assert next_first == last + timedelta(days=1)


def test_a_month_that_has_begun_ends_today() -> None:
    assert days_of(PERIODS["year"], date(2026, 2, 10))[-1] == (date(2026, 2, 1), date(2026, 2, 10))


def test_days_are_gathered_into_their_steps() -> None:
    spans = days_of(PERIODS["quarter"], TODAY)
    kinds = [
        (TODAY, "answer", 5),
        (date(2026, 3, 25), "silent", 2),
        (date(2026, 3, 24), "clarify", 1),
    ]
    times = [(TODAY, 20, 5), (date(2026, 3, 25), 400, 2), (date(2026, 3, 24), 10, 1)]
    steps = steps_of(spans, kinds, times)
    assert steps[-1].counted == Counted(answered=5, silent=2)
    assert steps[-1].times == Times(20, 400)
    assert steps[-2].counted == Counted(asked_back=1)
    assert steps[0].counted == Counted()
    assert steps[0].times == Times(None, None)
    together = whole(steps, times)
    assert (together.first, together.last) == (spans[0][0], TODAY)
    assert together.counted == Counted(5, 1, 2)
    assert together.times == Times(20, 400)


@pytest.mark.parametrize(
    ("counts", "half", "nearly_all"),
    [
        ({}, None, None),
        ({10: 1}, 10, 10),
        ({10: 19, 500: 1}, 10, 10),
        ({10: 18, 500: 2}, 10, 500),
        ({10: 1, 20: 1, 30: 2}, 20, 30),
        ({AT_MOST[-1]: 1}, AT_MOST[-1], AT_MOST[-1]),
    ],
)
def test_times_are_told_by_the_step_within_which_so_many_lie(
    counts: dict[int, int], half: int | None, nearly_all: int | None
) -> None:
    assert times_of(counts) == Times(half, nearly_all)


@pytest.mark.parametrize(
    ("value", "round_"), [(0, 1), (1, 1), (7, 8), (9, 10), (11, 20), (137, 200), (81_000, 100_000)]
)
def test_an_axis_ends_at_a_round_number(value: float, round_: int) -> None:
    assert rounded_up(value) == round_


def test_bars_stand_on_the_ground_and_on_each_other() -> None:
    chart = stacked([("one", (("answer", 6), ("clarify", 0), ("silent", 2))), ("two", ())])
    assert (chart.top, chart.width) == (8, 20)
    first, second = chart.bars
    assert first.parts == (Part("answer", 25, 75), Part("silent", 0, 25))
    assert second.parts == ()
    assert first.x + chart.breadth < second.x
    assert second.x + chart.breadth < chart.width
    assert first.told == "one"
    assert stacked([]).bars == ()
