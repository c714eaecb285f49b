"""*Lịch làm việc* at the desk: the office's own days, and reminders that keep to them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from service.admin.words import words
from service.settings import Settings
from tests.builders import some_settings
from tests.desk import Officer, audited, signed_in
from tests.owing import Owing

SAID = words()["calendar"]
PAGE = "/admin/calendar"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those of the office, too."""
    return some_settings(tmp_path, clock=tmp_path / "clock.json", telegram_token="1:a")


@pytest.fixture
def office(sqlite: Engine, tmp_path: Path) -> Owing:
    """In August 2023."""
    return Owing(sqlite, tmp_path, date(2023, 8, 1))


@pytest.fixture
def editor(office: Owing, client: TestClient, sqlite: Engine, settings: Settings) -> Officer:
    """Somebody who steers."""
    return signed_in(client, sqlite, settings, "editor")


def test_public_holidays_are_named(editor: Officer) -> None:
    page = editor.get(PAGE).text
    assert "thứ Bảy 02/09/2023: Quốc khánh" in page
    assert "thứ Hai 04/09/2023: Quốc khánh (nghỉ bù)" in page
    assert f"{SAID['public_heading']} 2024" in page
    assert SAID["empty"] in page


def test_reminders_keep_to_the_days_of_the_office(editor: Officer, office: Owing) -> None:
    one = office.owes(office.unit("Trường A"), date(2023, 9, 19))
    office.go_to(date(2023, 8, 31), 7)
    office.remind()
    editor.post(PAGE, day="5/9/2023", working="false", note="Khai giảng")
    editor.post(PAGE, day="16/9/2023", working="true")
    page = editor.get(PAGE).text
    assert "thứ Ba 05/09/2023" in page
    assert "Khai giảng" in page
    for day in (date(2023, 8, 31), date(2023, 9, 5), date(2023, 9, 6), date(2023, 9, 16)):
        office.go_to(day, 9)
        office.remind()
    # That of the 5th goes out on the last working day before it.
    assert office.told(one) == ["31/08 before", "16/09 before"]


def test_taken_back(editor: Officer, office: Owing) -> None:
    editor.post(PAGE, day="2023-12-01", working="false")
    assert editor.post(f"{PAGE}/2023-12-01/drop").headers["location"].endswith("?done=turned")
    assert editor.post(f"{PAGE}/2023-12-01/drop").headers["location"].endswith("?done=already")
    assert SAID["empty"] in editor.get(PAGE).text
    done = [action for _, action, _ in audited(office.engine)]
    assert [done.count(name) for name in ("office_day_set", "office_day_dropped")] == [1, 1]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"day": ""}, SAID["faults"]["no_day"]),
        ({"day": "31/2/2024"}, "ngày/tháng/năm"),
        ({"day": "31/7/2023"}, SAID["faults"]["past"]),
        ({"day": "31/8/2023", "note": "x" * 201}, "200 ký tự"),
    ],
)
def test_what_is_wrong_is_said(editor: Officer, fields: dict[str, str], why: str) -> None:
    answer = editor.post(PAGE, **fields)
    assert answer.status_code == 422
    assert why in answer.text
    assert SAID["empty"] in answer.text
