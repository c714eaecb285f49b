"""The proof of the reminders: five months day by day, mornings of thousands, kill -9."""

from __future__ import annotations

from benchmarks.prove import Check
from benchmarks.reminders_crash import killed_on_postgresql, killed_on_sqlite
from benchmarks.reminders_load import eight_on_postgresql, eight_on_sqlite
from benchmarks.reminders_scale import a_day_planned
from benchmarks.reminders_year import five_months

CHECKS: tuple[Check, ...] = (
    five_months,
    a_day_planned,
    eight_on_sqlite,
    eight_on_postgresql,
    killed_on_sqlite,
    killed_on_postgresql,
)
