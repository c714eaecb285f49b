"""What reminders will cost: reckoned beforehand, and counted as the days go by."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlmodel import select

from service.duties.estimating import reminders_estimate
from service.spending import estimate
from service.storage.delivery_tables import OutboundMessage
from service.storage.duty_tables import NoticeAttempt
from service.storage.engine import transaction
from service.storage.people_tables import ChannelAccount
from tests.owing import DAY, Owing, at

FIRST, PLAN, REPORT = date(2023, 9, 4), date(2023, 9, 19), date(2023, 9, 26)
ZALO = {
    "zalo_app_id": "1",
    "zalo_app_secret": "s",
    "zalo_oa_secret_key": "k",
    "telegram_token": None,
    "zalo_template_reminder": "101",
    "spend_month": 1_000_000,
    "remind_heads": True,
}


def estimated(office: Owing, days: int) -> int:
    with transaction(office.engine) as session:
        return reminders_estimate(session, office.settings, office.today, days)


def paid(office: Owing) -> int:
    """What went out by ways that cost, at their price."""
    with transaction(office.engine) as session:
        return estimate(office.settings, session.exec(select(NoticeAttempt.channel)).all())


def wrote(office: Owing, day: date) -> None:
    """Everybody wrote then, for the last time."""
    with transaction(office.engine) as session:
        session.execute(update(ChannelAccount).values(last_seen_at=at(day)))


def days_go_by(office: Owing, days: int) -> None:
    """Each is told what is due on its day."""
    for _ in range(days):
        office.remind()
        with transaction(office.engine) as session:
            session.execute(update(OutboundMessage).values(state="sent"))
        office.go_to(office.today + DAY)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Owing:
    """Two schools that owe two things each, one with two officers and a head."""
    office = Owing(engine, tmp_path, FIRST, **ZALO)
    large = office.unit("Trường A", people=2, head=True, channel="zalo_oa")
    small = office.unit("Trường B", channel="zalo_oa")
    for unit in (large, small):
        office.owes(unit, PLAN)
        office.owes(unit, REPORT)
    return office


@pytest.mark.parametrize("days", [1, 2, 9, 16, 30, 40])
def test_it_is_what_the_days_cost_while_nobody_writes(office: Owing, days: int) -> None:
    wrote(office, FIRST - DAY)
    expected = estimated(office, days)
    days_go_by(office, days)
    assert paid(office) == expected
    assert (expected > 0) is (days > 2)  # for two days it is free


def test_what_was_told_already_is_not_counted_again(office: Owing) -> None:
    wrote(office, FIRST - 9 * DAY)
    whole = estimated(office, 40)
    days_go_by(office, 12)
    assert 0 < estimated(office, 28) == whole - paid(office)


def test_what_is_done_or_free_costs_nothing(office: Owing) -> None:
    wrote(office, FIRST - 9 * DAY)
    before = estimated(office, 40)
    office.report(1)
    after = estimated(office, 40)
    assert 0 < after < before
    free = {"price_zalo_paid": 0, "price_zalo_template": 0}
    office.settings = office.settings.model_copy(update=free)
    assert estimated(office, 40) == 0


def test_only_the_ways_that_are_open_cost(office: Owing) -> None:
    wrote(office, FIRST - 9 * DAY)
    assert estimated(office, 40) % 200 == 0
    for change in (
        {"remind_order": "zalo_oa,web,email,zalo_paid"},
        {"zalo_template_reminder": None},
        {"zalo_app_id": None},
    ):
        settings = office.settings
        office.settings = settings.model_copy(update=change)
        assert estimated(office, 40) == 0
        office.settings = settings
    with transaction(office.engine) as session:
        session.execute(update(ChannelAccount).values(unreachable="-217"))
    assert estimated(office, 40) == 0


def test_an_announcement_costs_too(engine: Engine, tmp_path: Path) -> None:
    office = Owing(engine, tmp_path, FIRST, **{**ZALO, "remind_late": "1"})
    unit = office.unit("Trường A", channel="zalo_oa")
    office.owes(unit, FIRST + timedelta(days=60), {"announce": True})
    office.go_to(FIRST + DAY)
    wrote(office, FIRST - 9 * DAY)
    assert estimated(office, 1) == 200
    days_go_by(office, 1)
    assert (paid(office), estimated(office, 1)) == (200, 0)
