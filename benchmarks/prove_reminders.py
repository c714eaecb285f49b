"""The proof of the reminders: five months day by day, days of thousands of units, kill -9."""

from __future__ import annotations

from benchmarks.prove import Check
from benchmarks.reminders_crash import killed_on_postgresql, killed_on_sqlite
from benchmarks.reminders_scale import a_day_planned
from benchmarks.reminders_year import five_months

CHECKS: tuple[Check, ...] = (
    five_months,
    a_day_planned,
    killed_on_sqlite,
    killed_on_postgresql,
)
