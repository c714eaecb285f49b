"""*Văn bản thay đổi* at the desk: what is proposed, followed or put aside, and written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import select

from knowledge.library import SHIPPED, Library, load_library
from service.admin.words import words
from service.settings import Settings
from service.storage.duty_tables import Assignment
from service.storage.engine import transaction
from tests.builders import some_settings
from tests.desk import Officer, audited, signed_in
from tests.fakes.answers import FakeAnswers
from tests.owing import Owing

SAID = words()["changes"]
PAGE = "/admin/changes"
NEW = date(2023, 9, 28)


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
    """Somebody who has put a duty on the school."""
    editor = signed_in(client, sqlite, settings, "editor")
    editor.post("/admin/assignments", duty="hai-phong-gddt-2023 12", to="everyone")
    return editor


def a_new_version(answers: FakeAnswers) -> None:
    """The plan asks for it nine days later."""
    paper = answers.library.get("hai-phong-gddt-2023")
    duty = paper.duties[11]
    when = replace(duty.when, text="trước ngày 29/9/2023", end=NEW, before=NEW + timedelta(days=1))
    duties = (*paper.duties[:11], replace(duty, when=when), *paper.duties[12:])
    answers.library = Library((replace(paper, duties=duties),))


def last_day(office: Owing) -> date:
    """By which the school owes it."""
    with transaction(office.engine) as session:
        return session.exec(select(Assignment.last_day)).one()


def key(page: str) -> str:
    """What the page's buttons carry."""
    return page.split('name="fingerprint" value="')[1].split('"')[0]


def test_a_new_day_is_proposed_and_followed(
    editor: Officer, office: Owing, answers: FakeAnswers
) -> None:
    assert SAID["empty"] in editor.get(PAGE).text
    assert SAID["intro"] not in editor.get("/admin/assignments").text
    a_new_version(answers)
    page = editor.get(PAGE).text
    assert "trước ngày 20/9/2023" in page
    assert "trước ngày 29/9/2023" in page
    assert "thứ Ba 19/09/2023" in page
    assert f"{SAID['new_days']} thứ Năm 28/09/2023" in page
    assert f"1 {words()['assignments']['changed']}" in editor.get("/admin/assignments").text
    assert last_day(office) == date(2023, 9, 19)
    done = editor.post(f"{PAGE}/1/accept", fingerprint=key(page))
    assert done.headers["location"] == f"{PAGE}?done=turned"
    assert last_day(office) == NEW
    again = editor.post(f"{PAGE}/1/accept", fingerprint=key(page))
    assert again.headers["location"] == f"{PAGE}?done=stale"
    assert [a for _, a, _ in audited(office.engine)].count("obligation_followed") == 1


def test_put_aside(editor: Officer, office: Owing, answers: FakeAnswers) -> None:
    a_new_version(answers)
    shown = key(editor.get(PAGE).text)
    assert (
        editor.post(f"{PAGE}/1/dismiss", fingerprint=shown).headers["location"].endswith("turned")
    )
    assert SAID["empty"] in editor.get(PAGE).text
    assert last_day(office) == date(2023, 9, 19)
    assert "change_dismissed" in [action for _, action, _ in audited(office.engine)]


def test_what_was_not_shown_is_not_followed(
    editor: Officer, office: Owing, answers: FakeAnswers
) -> None:
    a_new_version(answers)
    shown = key(editor.get(PAGE).text)
    answers.library = Library(())
    assert editor.post(f"{PAGE}/1/accept", fingerprint=shown).headers["location"].endswith("stale")
    assert last_day(office) == date(2023, 9, 19)
    page = editor.get(PAGE).text
    assert SAID["kinds"]["no_paper"] in page
    editor.post(f"{PAGE}/1/accept", fingerprint=key(page))
    with transaction(office.engine) as session:
        assert session.exec(select(Assignment.ended_by)).one() == f"admin:{editor.admin_id}"
    assert "obligation_ended" in [action for _, action, _ in audited(office.engine)]


def test_one_that_cannot_be_followed_has_no_button_for_it(
    editor: Officer, office: Owing, answers: FakeAnswers
) -> None:
    a_new_version(answers)
    office.go_to(date(2023, 10, 2))
    page = editor.get(PAGE).text
    assert "Ngày 28/09/2023 đã qua" in page
    assert f"{PAGE}/1/accept" not in page
    shown = key(page)
    assert editor.post(f"{PAGE}/1/accept", fingerprint=shown).headers["location"].endswith("stale")
    assert last_day(office) == date(2023, 9, 19)


def test_whoever_receives_sees_it_and_decides_nothing(
    editor: Officer, answers: FakeAnswers, client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    a_new_version(answers)
    receiver = signed_in(client, sqlite, settings, "receiver")
    page = receiver.get(PAGE).text
    assert "trước ngày 29/9/2023" in page
    assert f"{PAGE}/1/dismiss" not in page
    assert receiver.post(f"{PAGE}/1/dismiss").status_code == 403
    assert signed_in(client, sqlite, settings, "viewer").get(PAGE).status_code == 403
