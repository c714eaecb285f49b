"""Somebody asks for an officer: what the officer reads at the desk, and what the person is told."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from service.admin.words import words
from service.settings import Settings
from service.storage.alerts import open_alerts
from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.people import find_account
from tests.builders import NOON
from tests.desk import Officer
from tests.integration.talks import Talks

pytestmark = pytest.mark.usefixtures("clock", "hasher")

ZALO = "3000000000000000407"


@pytest.fixture
def talks(sqlite: Engine, settings: Settings) -> Talks:
    """People who write."""
    return Talks(sqlite, settings)


def test_an_officer_reads_who_waits_and_what_was_asked_without_numbers(
    talks: Talks, owner: Officer
) -> None:
    talks.say("hạn nộp? tôi 0912 345 678", ZALO, channel="zalo_oa")
    talks.say("gap can bo", ZALO, channel="zalo_oa")
    page = owner.get("/admin/alerts").text
    assert words()["alert_kinds"]["hand_off"] in page
    assert "Nơi phát sinh: người hỏi số 1" in page
    assert "Kênh: Zalo OA" in page
    assert f"{words()['asker']['address']}: {ZALO}" in page
    assert "“hạn nộp? tôi [điện thoại]”" in page
    assert words()["asker"]["by_hand"] in page


def test_where_the_desk_cannot_answer_it_says_so(talks: Talks, owner: Officer) -> None:
    [told] = talks.say("/gapcanbo")
    assert "vui lòng liên hệ cán bộ phụ trách" in told
    page = owner.get("/admin/alerts").text
    assert words()["asker"]["at_desk"] in page
    assert words()["asker"]["asked"] not in page  # nothing was asked


def test_of_somebody_who_was_forgotten_only_the_number_is_left(
    talks: Talks, owner: Officer, sqlite: Engine
) -> None:
    talks.say("hạn nộp?", ZALO, channel="zalo_oa")
    talks.say("gap can bo", ZALO, channel="zalo_oa")
    with transaction(sqlite) as session:
        account = find_account(session, "zalo_oa", ZALO)
        assert account is not None
        forget(session, account.person_id, NOON)
    page = owner.get("/admin/alerts").text
    assert "người hỏi số 1" in page
    assert ZALO not in page
    assert "hạn nộp" not in page


def test_the_alert_is_settled_when_an_officer_answers_by_hand(
    talks: Talks, owner: Officer, sqlite: Engine
) -> None:
    for person in (ZALO, "9"):
        talks.say("gap can bo", person, channel="zalo_oa")
    talks.tell(event="operator", person=ZALO, channel="zalo_oa")
    with transaction(sqlite) as session:
        assert [alert.source for alert in open_alerts(session)] == ["account:2"]


@pytest.mark.parametrize("event", ["voice", "sticker", "location", "contact", "unknown"])
def test_what_is_not_understood_can_be_passed_to_an_officer(
    talks: Talks, owner: Officer, event: str
) -> None:
    [told] = talks.tell(event=event)
    [button] = told.buttons
    assert isinstance(button, dict)
    assert button["label"] == "Gửi cho cán bộ"
    talks.tell(event="press", button=button["id"])
    assert words()["alert_kinds"]["hand_off"] in owner.get("/admin/alerts").text
