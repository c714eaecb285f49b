"""*Cách nhắc hạn* and the page of one duty: its own policy, shown day by day before it is kept."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from knowledge.library import SHIPPED, load_library
from service.admin.words import words
from service.settings import Settings
from service.storage.assignments import put_on
from service.storage.duty_tables import Assignment, Obligation
from service.storage.engine import transaction
from tests.builders import some_settings
from tests.desk import Officer, audited, signed_in
from tests.fakes.answers import FakeAnswers
from tests.owing import Owing

SAID, FAULTS = words()["policies"], words()["policies"]["faults"]
ONE = words()["obligations"]
LIST = "/admin/policies"
PAGE = "/admin/obligations/1"
ZALO = {
    "price_zalo_paid": 60,
    "zalo_app_id": "1",
    "zalo_app_secret": "s",
    "zalo_oa_secret_key": "k",
}
OWN = {"before": "10, 2", "late": "1,5", "escalate": "5", "heads": "alone"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those of the office, too."""
    return some_settings(tmp_path, clock=tmp_path / "clock.json", telegram_token="1:a", **ZALO)


@pytest.fixture
def answers() -> FakeAnswers:
    """Over the papers that ship."""
    return FakeAnswers(library=load_library(SHIPPED))


@pytest.fixture
def office(sqlite: Engine, tmp_path: Path) -> Owing:
    """In August 2023."""
    return Owing(sqlite, tmp_path, date(2023, 8, 1))


@pytest.fixture
def editor(office: Owing, client: TestClient, sqlite: Engine, settings: Settings) -> Officer:
    """Somebody who steers."""
    return signed_in(client, sqlite, settings, "editor")


def kept(office: Owing) -> Obligation:
    """The duty as it stands."""
    with transaction(office.engine) as session:
        return session.get_one(Obligation, 1)


def reminded(office: Owing, one: int, first: date, last: date) -> list[str]:
    """What is told in between."""
    day = first
    while day <= last:
        office.go_to(day, 9)
        office.remind()
        day += timedelta(days=1)
    return office.told(one)


def test_the_days_of_a_duty_are_shown_with_those_that_move(editor: Officer, office: Owing) -> None:
    office.owes(office.unit("Trường A"), date(2023, 12, 9))
    page = editor.get(PAGE).text
    assert ONE["office"] in page
    assert f"{ONE['working_day']}: thứ Sáu 08/12/2023." in page
    # Two weeks before is a Saturday; a week before the day is, too.
    assert "thứ Sáu 24/11/2023" in page
    assert f"{ONE['moved']} thứ Bảy 25/11/2023" in page
    assert "quá hạn 3 ngày" in page
    assert page.count(ONE["head_too"]) == 2  # from the third day on
    listed = editor.get(LIST).text
    assert "Nhắc trước ngày cuối 14, 7, 3, 1, 0 ngày." in listed
    assert "TROLY_REMIND_BEFORE" in listed
    assert SAID["own"] not in listed
    assert f'href="{PAGE}"' in listed


def test_another_policy_is_shown_before_it_is_kept(editor: Officer, office: Owing) -> None:
    office.owes(office.unit("Trường A"), date(2023, 9, 19))
    page = editor.post(f"{PAGE}/policy", **OWN, do="show").text
    assert ONE["not_kept"] in page
    assert "thứ Sáu 08/09/2023" in page  # ten days before is a Saturday
    assert "thứ Ba 05/09/2023" not in page  # two weeks before
    assert 'value="10, 2"' in page
    assert kept(office).policy == {}
    assert audited(office.engine) == []


def test_it_counts_from_the_next_planning_and_is_written_down(
    editor: Officer, office: Owing
) -> None:
    unit = office.unit("Trường A", head=True)
    one = office.owes(unit, date(2023, 9, 19))
    assert reminded(office, one, date(2023, 8, 1), date(2023, 9, 8)) == ["05/09 before"]
    saved = editor.post(f"{PAGE}/policy", **OWN, do="save")
    assert saved.headers["location"] == f"{PAGE}?done=turned"
    # Ten days before is today. Two days before is a Sunday; the head is told on the fifth alone.
    assert reminded(office, one, date(2023, 9, 8), date(2023, 10, 10)) == [
        "05/09 before", "08/09 before", "15/09 before", "21/09 late", "25/09 late", "25/09 head",
    ]  # fmt: skip
    assert ("policy_set", "obligation:1") in [(a, s) for _, a, s in audited(office.engine)]
    assert SAID["own"] in editor.get(LIST).text
    again = editor.post(f"{PAGE}/policy", **OWN, do="save")
    assert again.headers["location"].endswith("?done=already")


def test_days_that_it_would_have_told_and_are_over_were_not_missed(
    editor: Officer, office: Owing
) -> None:
    one = office.owes(office.unit("Trường A"), date(2023, 9, 19))
    reminded(office, one, date(2023, 8, 1), date(2023, 8, 2))
    office.go_to(date(2023, 8, 10), 7)
    editor.post(f"{PAGE}/policy", before="45, 40, 39", do="save")  # the 5th, the 10th, the 11th
    assert reminded(office, one, date(2023, 8, 10), date(2023, 8, 12)) == [
        "10/08 before", "11/08 before",
    ]  # fmt: skip


def test_back_to_the_policy_of_all(editor: Officer, office: Owing) -> None:
    office.owes(office.unit("Trường A"), date(2023, 9, 19))
    editor.post(f"{PAGE}/policy", **OWN, do="save")
    assert ONE["to_default"] in editor.get(PAGE).text
    assert editor.post(f"{PAGE}/policy", do="default").headers["location"].endswith("=turned")
    assert kept(office).policy == {}
    assert ONE["to_default"] not in editor.get(PAGE).text
    assert "policy_dropped" in [action for _, action, _ in audited(office.engine)]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"before": "14, ba"}, "“ba” chưa phải số ngày"),
        ({"before": "-1"}, "“-1” chưa phải"),
        ({"before": "367"}, "từ 0 đến 366"),
        ({"late": "1, 1"}, FAULTS["twice"].format(field=SAID["late"], days=1)),
        ({"before": ",".join(map(str, range(21)))}, "nhiều nhất 20 lần"),
        ({"late": "1, 3", "escalate": "4"}, FAULTS["escalate"].format(days=4)),
        ({"late": "1", "escalate": "một"}, "“một” chưa phải"),
        ({"heads": "other"}, FAULTS["heads"]),
    ],
)
def test_what_is_wrong_is_said_and_stays_typed(
    editor: Officer, office: Owing, fields: dict[str, str], why: str
) -> None:
    office.owes(office.unit("Trường A"), date(2023, 9, 19))
    answer = editor.post(f"{PAGE}/policy", **fields, do="save")
    assert answer.status_code == 422
    assert why in answer.text
    typed = {name: value for name, value in fields.items() if name != "heads"}
    assert all(f'value="{value}"' in answer.text for value in typed.values())
    assert kept(office).policy == {}


def test_what_a_policy_would_cost_is_said_before_it_is_kept(
    client: TestClient, sqlite: Engine, tmp_path: Path, settings: Settings
) -> None:
    office = Owing(sqlite, tmp_path, date(2023, 8, 1), **ZALO)
    of = office.obligation()
    units = [office.unit("A", channel="zalo_oa"), office.unit("B", 2, channel="zalo_oa")]
    units.append(office.unit("C"))
    with transaction(sqlite) as session:
        put_on(session, of, units, date(2023, 8, 25), office.today)
    editor = signed_in(client, sqlite, settings, "editor")
    # Within two days it is free, then it costs until the seventh.
    assert ONE["no_cost"] in editor.get(PAGE).text
    office.go_to(date(2023, 8, 4))
    shown = editor.post(f"{PAGE}/policy", before="10, 5", late="1", do="show")
    assert ONE["cost"].format(sum="540") in shown.text  # three people, three times
    office.go_to(date(2023, 8, 9))
    assert ONE["no_cost"] in editor.get(PAGE).text


def test_nothing_at_all_may_be_asked_for(editor: Officer, office: Owing) -> None:
    one = office.owes(office.unit("Trường A"), date(2023, 8, 8))
    assert ONE["no_days"] in editor.post(f"{PAGE}/policy", do="show").text
    editor.post(f"{PAGE}/policy", do="save")
    assert reminded(office, one, date(2023, 8, 1), date(2023, 8, 20)) == []


def test_put_on_more_units_later_it_keeps_its_policy(editor: Officer, office: Owing) -> None:
    office.unit("Trường A")
    wanted = {"duty": "hai-phong-gddt-2023 12", "to": "everyone"}
    editor.post("/admin/assignments", **wanted)
    editor.post(f"{PAGE}/policy", **OWN, do="save")
    office.unit("Trường B")
    editor.post("/admin/assignments", **wanted, announce="1")
    with transaction(office.engine) as session:
        owed = session.exec(select(Assignment)).all()
        assert [(one.obligation_id, one.unit_id) for one in owed] == [(1, 1), (1, 2)]
    assert (kept(office).policy["before"], kept(office).policy["announce"]) == ([10, 2], True)


def test_who_receives_and_confirms_is_named(editor: Officer, office: Owing) -> None:
    office.owes(office.unit("Trường A"), date(2023, 9, 19))
    assert ONE["unnamed"] in editor.get(PAGE).text
    changed = editor.post(PAGE, recipient=" Sở  GDĐT", confirmer="Thanh tra Sở")
    assert changed.headers["location"].endswith("?done=turned")
    assert (kept(office).recipient, kept(office).confirmer) == ("Sở GDĐT", "Thanh tra Sở")
    assert 'value="Thanh tra Sở"' in editor.get(PAGE).text
    long = editor.post(PAGE, recipient="x" * 301)
    assert long.status_code == 422
    assert kept(office).recipient == "Sở GDĐT"
    done = [action for _, action, _ in audited(office.engine)]
    assert done.count("receivers_changed") == 1


def test_one_that_is_not_there_is_not_found(editor: Officer) -> None:
    assert editor.get("/admin/obligations/99").status_code == 404
    assert editor.post("/admin/obligations/99", recipient="x").status_code == 404
    assert editor.post("/admin/obligations/99/policy", do="default").status_code == 404


def test_whoever_receives_sees_it_and_changes_nothing(
    office: Owing, client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    office.owes(office.unit("Trường A"), date(2023, 9, 19))
    receiver = signed_in(client, sqlite, settings, "receiver")
    assert ONE["save"] not in receiver.get(PAGE).text
    assert receiver.post(f"{PAGE}/policy", do="default").status_code == 403
    assert signed_in(client, sqlite, settings, "viewer").get(LIST).status_code == 403
