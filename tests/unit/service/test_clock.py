"""What time it is, really or as a proof says."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from service.clock import now, today
from tests.builders import some_settings


def told(folder: Path, **changes: object) -> Path:
    """A clock file."""
    file = folder / "clock.json"
    values = {"base": "2023-09-19T17:30:00+00:00", "started_at": _real(), "speed": 1}
    file.write_text(json.dumps({**values, **changes}), "utf-8")
    return file


def _real() -> str:
    return datetime.now(UTC).isoformat()


def test_the_real_clock_is_utc(tmp_path: Path) -> None:
    instant = now(some_settings(tmp_path))
    assert abs(instant - datetime.now(UTC)) < timedelta(seconds=5)
    assert instant.tzinfo is UTC


def test_a_told_clock_starts_at_its_base_and_the_day_is_that_of_vietnam(tmp_path: Path) -> None:
    settings = some_settings(tmp_path, clock=told(tmp_path))
    assert (
        timedelta()
        <= now(settings) - datetime(2023, 9, 19, 17, 30, tzinfo=UTC)
        < timedelta(seconds=5)
    )
    assert today(settings) == date(2023, 9, 20)  # 00:30 in Hà Nội


def test_a_fast_clock_runs_fast(tmp_path: Path) -> None:
    an_hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    file = told(tmp_path, base="2023-01-01T00:00:00Z", started_at=an_hour_ago, speed=24)
    passed = now(some_settings(tmp_path, clock=file)) - datetime(2023, 1, 1, tzinfo=UTC)
    assert timedelta(hours=24) <= passed < timedelta(hours=24, minutes=2)


def test_the_file_is_read_again_at_every_call(tmp_path: Path) -> None:
    settings = some_settings(tmp_path, clock=told(tmp_path))
    assert today(settings).year == 2023
    told(tmp_path, base="2026-11-21T05:00:00+07:00")
    assert today(settings).year == 2026


def test_seconds_since_1970_are_an_instant_too(tmp_path: Path) -> None:
    started = datetime.now(UTC).timestamp()
    settings = some_settings(tmp_path, clock=told(tmp_path, base=0, started_at=started))
    assert today(settings) == date(1970, 1, 1)


def test_a_clock_without_a_zone_is_an_error(tmp_path: Path) -> None:
    settings = some_settings(tmp_path, clock=told(tmp_path, base="2023-09-19T17:30:00"))
    with pytest.raises(ValueError, match="no time zone"):
        now(settings)
