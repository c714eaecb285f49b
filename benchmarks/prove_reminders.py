"""The proof of the reminders: five months day by day, and days of thousands of units."""

from __future__ import annotations

from benchmarks.prove import Check
from benchmarks.reminders_scale import a_day_planned
from benchmarks.reminders_year import five_months

CHECKS: tuple[Check, ...] = (five_months, a_day_planned)
