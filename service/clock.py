"""What time it is: the real clock, or the one that a test or proof names in `TROLY_CLOCK`."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the settings read hours of the day, for which they need the zone
    from service.settings import Settings

#: Việt Nam has kept UTC+7 without summer time since 1975: no time zone database is needed.
VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


def now(settings: Settings) -> datetime:
    """This instant in UTC; the clock file is read again at every call."""
    real = datetime.now(UTC)
    if settings.clock is None:
        return real
    told = json.loads(settings.clock.read_text("utf-8"))
    elapsed = real - _instant(told["started_at"])
    return _instant(told["base"]) + elapsed * float(told.get("speed", 1))


def today(settings: Settings) -> date:
    """The date in Việt Nam."""
    return now(settings).astimezone(VIETNAM).date()


def _instant(value: str | float) -> datetime:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError(f"clock file: {value!r} has no time zone")
    return instant.astimezone(UTC)
