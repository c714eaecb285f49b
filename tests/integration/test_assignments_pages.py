"""*Việc đã giao* at the desk: what is owed, put on units, taken off, and heads who are told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from bot.texts import say
from knowledge.library import SHIPPED, load_library
from service.admin.words import words
from service.settings import Settings
from service.storage.delivery_tables import OutboundMessage
from service.storage.duty_tables import Assignment, Obligation
from service.storage.engine import transaction
from service.storage.units import add_unit
from tests.builders import some_settings
from tests.desk import Officer, audited, signed_in
from tests.fakes.answers import FakeAnswers
from tests.owing import Owing

SAID = words()["assignments"]
PAGE = "/admin/assignments"


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
    """In August 2023, with two schools."""
    office = Owing(sqlite, tmp_path, date(2023, 8, 1))
    office.unit("Trường THPT A", head=True)
    office.unit("Trường THPT B")
    return office


@pytest.fixture
def editor(office: Owing, client: TestClient, sqlite: Engine, settings: Settings) -> Officer:
    """Somebody who steers."""
    return signed_in(client, sqlite, settings, "editor")


def owed(office: Owing) -> list[tuple[int, date]]:
    """Unit and last day of all that lasts."""
    with transaction(office.engine) as session:
        found = session.exec(select(Assignment).order_by(Assignment.id))  # type: ignore[arg-type]
        return [(one.unit_id, one.last_day) for one in found if one.ended_at is None]


def test_a_duty_of_a_paper_is_put_on_the_units_it_names(editor: Officer, office: Owing) -> None:
    assert SAID["empty"]["open"] in editor.get(PAGE).text
    done = editor.post(PAGE, duty="hai-phong-gddt-2023 12", to="named")
    assert done.headers["location"].endswith("?done=assigned")
    assert owed(office) == [(1, date(2023, 9, 19)), (2, date(2023, 9, 19))]
    page = editor.get(PAGE).text
    assert "thứ Ba 19/09/2023" in page
    assert "Mục III.6 (Tổ chức thực hiện)" in page
    assert f"{SAID['shown']['open']} (2)" in page
    assert ("duty_assigned", "obligation:1") in [(a, s) for _, a, s in audited(office.engine)]


def test_with_a_day_of_the_office_on_one_unit(editor: Officer, office: Owing) -> None:
    editor.post(
        PAGE, duty="hai-phong-gddt-2023 7", to="unit", unit="truong thpt b", due="30/11/2023"
    )
    assert owed(office) == [(2, date(2023, 11, 30))]
    assert SAID["own_date"] in editor.get(PAGE).text


def test_on_the_units_that_belong_to_one(editor: Officer, office: Owing) -> None:
    with transaction(office.engine) as session:
        below = add_unit(session, "Trường THCS An Lão", office.clock.now, parent_id=1).id
    editor.post(
        PAGE, duty="hai-phong-gddt-2023 12", to="below", unit="truong thpt a", due="30/11/2023"
    )
    assert owed(office) == [(below, date(2023, 11, 30))]
    nobody = editor.post(
        PAGE, duty="hai-phong-gddt-2023 12", to="below", unit="Trường THPT B", due="30/11/2023"
    )
    assert SAID["faults"]["nobody"] in nobody.text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"duty": "hai-phong-gddt-2023 7", "to": "everyone"}, say("assign.refused_undated")),
        ({"duty": "no-such 1", "to": "everyone"}, SAID["faults"]["no_duty"]),
        ({"duty": "hai-phong-gddt-2023 12", "to": "kind:Sở"}, SAID["faults"]["nobody"]),
        ({"duty": "hai-phong-gddt-2023 12", "to": "unit", "unit": "C"}, "tên “C”"),
        (
            {"duty": "hai-phong-gddt-2023 12", "to": "everyone", "due": "31/2/2023"},
            "ngày/tháng/năm",
        ),
        ({"to": "everyone", "due": "30/8/2023"}, SAID["faults"]["no_title"]),
        ({"to": "everyone", "title": "Báo cáo"}, SAID["faults"]["no_due"]),
        ({"to": "everyone", "title": "Báo cáo", "due": "1/7/2023"}, SAID["faults"]["past"]),
        ({"to": "everyone", "title": "B" * 501, "due": "1/9/2023"}, "500 ký tự"),
    ],
)
def test_what_is_wrong_is_said_and_stays_typed(
    editor: Officer, office: Owing, fields: dict[str, str], why: str
) -> None:
    answer = editor.post(PAGE, **fields)
    assert answer.status_code == 422
    assert why in answer.text
    assert owed(office) == []
    if fields.get("title") == "Báo cáo":
        assert 'value="Báo cáo"' in answer.text


def test_an_urgent_request_is_told_at_once_and_shortly_before(
    editor: Officer, office: Owing
) -> None:
    editor.post(
        PAGE, title="Báo cáo số vụ việc", source="Công văn số 45/SGDĐT", recipient="Văn phòng Sở",
        to="kind:Trường THPT", due="7/8/2023",
    )  # fmt: skip
    for day in (1, 2, 4, 7):
        office.go_to(date(2023, 8, day), 14)
        office.remind()
    assert office.told(1) == ["01/08 before", "04/08 before", "07/08 before"]
    with transaction(office.engine) as session:
        text = session.exec(select(OutboundMessage.text)).first() or ""
        assert session.exec(select(Obligation.document)).all() == [""]
    assert "Báo cáo số vụ việc" in text
    assert "Căn cứ: Công văn số 45/SGDĐT." in text


def test_a_button_pressed_twice_asks_once(editor: Officer, office: Owing) -> None:
    for _ in range(2):
        editor.post(PAGE, title="Báo cáo số vụ việc", to="everyone", due="7/8/2023")
    assert owed(office) == [(1, date(2023, 8, 7)), (2, date(2023, 8, 7))]


def test_taken_off_a_unit(editor: Officer, office: Owing) -> None:
    one = office.owes(1, date(2023, 9, 19))
    assert editor.post(f"{PAGE}/{one}/end").headers["location"].endswith("?done=turned")
    assert editor.post(f"{PAGE}/{one}/end").headers["location"].endswith("?done=already")
    assert owed(office) == []
    assert [a for _, a, _ in audited(office.engine)].count("assignment_ended") == 1


def test_late_and_done_have_lists_of_their_own(editor: Officer, office: Owing) -> None:
    late, done = office.owes(1, date(2023, 8, 10)), office.owes(2, date(2023, 8, 10))
    office.report(done)
    office.go_to(date(2023, 8, 11))
    assert f">V{late}<" in editor.get(f"{PAGE}?show=late").text
    assert f">V{done}<" in editor.get(f"{PAGE}?show=done").text
    assert SAID["empty"]["open"] in editor.get(PAGE).text


def test_whoever_only_looks_on_has_no_page(
    office: Owing, client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    assert signed_in(client, sqlite, settings, "viewer").get(PAGE).status_code == 403
    receiver = signed_in(client, sqlite, settings, "receiver")
    assert SAID["add_heading"] not in receiver.get(PAGE).text
