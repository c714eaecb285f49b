"""What the numbers of Zalo mean for a message."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from bot.channels.base import (
    ChannelDown,
    DeliveryError,
    NotNow,
    Rejected,
    Silent,
    TryLater,
    Unreachable,
)
from bot.channels.zalo_errors import delivery_error, meaning_of
from tests.builders import NOON

VIETNAM = timezone(timedelta(hours=7))

TABLE: list[tuple[type[DeliveryError], list[int]]] = [
    (TryLater, [-32, -216, -220, -124]),
    (NotNow, [-234, -133, -144, -147, -1471, -1472]),
    (Unreachable, [-213, -217, -218, -227, -244]),
    (Silent, [-230, -232]),
    (Unreachable, [-114, -118, -119, -139, -140, -141]),
    (Rejected, [-100, -200, -201, -210, -211, -214, -224, -233, -235, -237, -240, -248, -249]),
    (Rejected, [-320, -321, -403, -1340, -1341]),
    (Rejected, [-108, -109, -117, -126, -127, -131, -146, -1121, -1122, -1124]),
    (Rejected, [-99999, 1, 404]),  # nobody has told us: refused, for a person to see
    (ChannelDown, [-204, -205, -209, -212, -219, -221, -223, -242]),
    (ChannelDown, [-1241]),
    # Templates cannot be sent; answers to those who write may well be.
    (Rejected, [-115, -120, -135, -136, -137, -138]),
]


def wait(code: int, now: datetime) -> float:
    """Seconds until this message may be sent again; the others need not wait."""
    error = delivery_error(code, now)
    assert isinstance(error, NotNow)
    assert error.after is None
    return error.wait


@pytest.mark.parametrize(
    ("code", "error"), [(code, error) for error, codes in TABLE for code in codes]
)
def test_every_number_is_one_kind_of_error(code: int, error: type[DeliveryError]) -> None:
    found = delivery_error(code, NOON)
    assert type(found) is error
    assert found.code == str(code)


def test_over_the_limit_means_a_minute_or_more_not_all_at_once() -> None:
    waits = {delivery_error(-32, NOON).after for _ in range(20)}
    assert len(waits) > 1
    assert all(wait is not None and 60 <= wait <= 90 for wait in waits)


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-11-21 23:30", "2026-11-22 06:00"),
        ("2026-11-22 02:00", "2026-11-22 06:00"),
        ("2026-11-22 05:59", "2026-11-22 06:00"),
        ("2026-11-22 06:00", "2026-11-23 06:00"),
    ],
)
@pytest.mark.parametrize("code", [-234, -133])
def test_at_night_means_in_the_morning_of_vietnam(code: int, now: str, morning: str) -> None:
    asked = datetime.fromisoformat(now).replace(tzinfo=VIETNAM)
    due = datetime.fromisoformat(morning).replace(tzinfo=VIETNAM)
    assert wait(code, asked.astimezone(NOON.tzinfo)) == (due - asked).total_seconds()


def test_a_quota_of_the_day_means_tomorrow() -> None:
    early = datetime(2026, 11, 22, 2, tzinfo=VIETNAM)
    assert wait(-144, early) == 28 * 3600


def test_what_is_done_at_once_has_a_name_of_its_own() -> None:
    assert {meaning_of(code) for code in (-216, -220, -124)} == {"token"}
    assert meaning_of(-100) == "upload"
    assert meaning_of(-200) == "again"
