"""One duty about to be put on units: what the paper says of it, and what the office adds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import col, select

from bot.texts import say
from knowledge.library import SHIPPED, load_library
from service.admin.words import words
from service.settings import Settings
from service.storage.delivery_tables import OutboundMessage
from service.storage.duty_tables import Assignment, Obligation
from service.storage.engine import transaction
from tests.builders import some_settings
from tests.desk import Officer, signed_in
from tests.fakes.answers import FakeAnswers
from tests.owing import Owing

PAPER = "hai-phong-gddt-2023"
DATED, CONTINUOUS, UNDATED = (f"{PAPER} {number}" for number in (12, 7, 10))
LIST, PAGE = "/admin/assignments", "/admin/assignments/new"
FAULTS = words()["assignments"]["faults"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those of the office, too."""
    return some_settings(tmp_path, clock=tmp_path / "clock.json", telegram_token="1:a")


@pytest.fixture
def answers() -> FakeAnswers:
    """Over the papers that ship."""
    return FakeAnswers(library=load_library(SHIPPED))


@pytest.fixture
def office(sqlite: Engine, tmp_path: Path) -> Owing:
    """In August 2023, with a school."""
    office = Owing(sqlite, tmp_path, date(2023, 8, 1))
    office.unit("Trường THPT A")
    return office


@pytest.fixture
def editor(office: Owing, client: TestClient, sqlite: Engine, settings: Settings) -> Officer:
    """Somebody who steers."""
    return signed_in(client, sqlite, settings, "editor")


def put_on(editor: Officer, duty: str, **fields: str) -> str:
    """Press the button of the page; where it leads, or what the page says."""
    answer = editor.post(LIST, duty=duty, stated="1", to="everyone", **fields)
    return answer.headers.get("location") or answer.text


def obligations(office: Owing) -> list[Obligation]:
    """All of them, in order."""
    with transaction(office.engine) as session:
        return list(session.exec(select(Obligation).order_by(col(Obligation.id))))


def last_days(office: Owing) -> list[str]:
    """By which days something is owed."""
    with transaction(office.engine) as session:
        found = session.exec(select(Assignment.last_day).order_by(col(Assignment.last_day)))
        return [f"{day:%d/%m/%Y}" for day in found]


def test_what_the_paper_says_is_filled_in(editor: Officer, office: Owing) -> None:
    page = editor.get(f"{PAGE}?duty={DATED}").text
    assert "trước ngày 20/9/2023" in page
    assert "thứ Ba 19/09/2023" in page
    assert 'name="recipient" value="Sở GDĐT (qua Thanh tra Sở)"' in page
    assert 'name="confirmer" value=""' in page  # no paper says so
    assert '<option value="named" selected>' in page
    put_on(editor, DATED, recipient="Sở GDĐT", confirmer="Thanh tra Sở")
    (kept,) = obligations(office)
    assert (kept.recipient, kept.confirmer) == ("Sở GDĐT", "Thanh tra Sở")
    assert "Các Phòng" in kept.leads
    listed = editor.get(LIST).text
    assert f"{words()['assignments']['confirmer']}: Thanh tra Sở" in listed


def test_where_the_paper_is_silent_nothing_is_made_up(editor: Officer, office: Owing) -> None:
    page = editor.get(f"{PAGE}?duty={PAPER} 1").text
    assert 'name="recipient" value=""' in page
    assert 'name="confirmer" value=""' in page
    put_on(editor, f"{PAPER} 1", due="30/11/2023")
    assert (obligations(office)[0].recipient, obligations(office)[0].confirmer) == ("", "")
    assert words()["obligations"]["unnamed"] in editor.get("/admin/obligations/1").text


def test_the_office_may_name_others_and_none(editor: Officer, office: Owing) -> None:
    put_on(editor, DATED, recipient="", confirmer="Văn phòng Sở")
    (kept,) = obligations(office)
    assert (kept.recipient, kept.confirmer) == ("", "Văn phòng Sở")
    # What was written down stands in the form the next time.
    assert 'name="confirmer" value="Văn phòng Sở"' in editor.get(f"{PAGE}?duty={DATED}").text


def test_the_reminder_names_who_confirms(editor: Officer, office: Owing) -> None:
    put_on(editor, DATED, recipient="Sở GDĐT", confirmer="Thanh tra Sở", announce="1")
    office.go_to(date(2023, 8, 2), 9)
    office.remind()
    with transaction(office.engine) as session:
        text = session.exec(select(OutboundMessage.text)).one()
    assert "Gửi về: Sở GDĐT.\nNơi xác nhận: Thanh tra Sở." in text


def test_a_duty_without_a_date_comes_back_as_the_office_says(
    editor: Officer, office: Owing
) -> None:
    assert "thường xuyên" in editor.get(f"{PAGE}?duty={CONTINUOUS}").text
    done = put_on(editor, CONTINUOUS, repeat="after_quarter", repeat_day="5")
    assert done.endswith("?done=assigned")
    assert last_days(office) == ["05/10/2023", "05/01/2024", "05/04/2024", "05/07/2024"]
    (kept,) = obligations(office)
    assert (kept.own_date, kept.printed) == (True, "")
    page = editor.get("/admin/obligations/1").text
    assert "hằng quý, ngày 5 tháng đầu quý sau" in page
    assert words()["assignments"]["own_date"] in page


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"repeat": "month", "repeat_day": "32"}, FAULTS["repeat_day"]),
        ({"repeat": "month", "repeat_day": ""}, FAULTS["repeat_day"]),
        ({"repeat": "month", "repeat_day": "năm"}, FAULTS["repeat_day"]),
        ({"repeat": "year", "repeat_day": "5"}, FAULTS["repeat_month"]),
        ({"repeat": "week", "repeat_day": "5"}, FAULTS["repeat"]),
        ({"repeat": "month", "repeat_day": "5", "due": "1/9/2023"}, FAULTS["both"]),
        ({}, say("assign.refused_undated")),
        ({"due": "1/7/2023"}, "đã qua"),
        ({"confirmer": "x" * 301}, "300 ký tự"),
    ],
)
def test_what_is_wrong_is_said_on_the_same_page(
    editor: Officer, office: Owing, fields: dict[str, str], why: str
) -> None:
    said = put_on(editor, UNDATED, recipient="Phòng của Sở", **fields)
    assert why in said
    assert 'name="stated"' in said
    assert 'value="Phòng của Sở"' in said
    assert last_days(office) == []


def test_what_is_over_needs_a_day_of_the_office(editor: Officer, office: Owing) -> None:
    office.go_to(date(2024, 2, 1))
    assert "đã hết thời gian thực hiện" in editor.get(f"{PAGE}?duty={DATED}").text
    assert "đã hết thời gian thực hiện" in put_on(editor, DATED)
    assert last_days(office) == []
    put_on(editor, DATED, due="1/3/2024")
    assert last_days(office) == ["01/03/2024"]
    assert obligations(office)[0].own_date


def test_a_duty_that_is_gone_leads_back(editor: Officer) -> None:
    answer = editor.get(f"{PAGE}?duty=no-such 1")
    assert answer.headers["location"] == f"{LIST}?done=no_duty"


def test_a_request_names_who_confirms(editor: Officer, office: Owing) -> None:
    for _ in range(2):
        editor.post(LIST, title="Báo cáo", to="everyone", due="9/8/2023", confirmer="Văn phòng Sở")
    (kept,) = obligations(office)
    assert kept.confirmer == "Văn phòng Sở"
