"""Reminders that cost: which way is open when, what the cap does to them, who was not reached."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col, select

from service.spending import PAID, TEMPLATE, reserve
from service.storage.delivery_tables import OutboundMessage
from service.storage.duty_tables import NoticeAttempt
from service.storage.engine import transaction
from service.storage.notices import shown
from service.storage.people_tables import Alert, ChannelAccount
from service.storage.told import Unreached, UnreachedDuty, unreached
from tests.owing import DAY, Owing

FIRST, DAY_14, PLAN = date(2023, 8, 1), date(2023, 9, 5), date(2023, 9, 19)
ZALO = {
    "zalo_app_id": "1",
    "zalo_app_secret": "s",
    "zalo_oa_secret_key": "k",
    "telegram_token": None,
    "zalo_template_reminder": "101",
}


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Owing:
    """With a Zalo OA and an approved template."""
    return Owing(engine, tmp_path, FIRST, **ZALO)


def silent(office: Owing, hours: float, unreachable: str | None = None) -> None:
    """Nobody has written for so long."""
    with transaction(office.engine) as session:
        since = office.clock.now - timedelta(hours=hours)
        changed = {"last_seen_at": since, "unreachable": unreachable}
        session.execute(update(ChannelAccount).values(changed))


def remind(office: Owing, hours: float, unreachable: str | None = None) -> None:
    """On the first day of a reminder."""
    office.go_to(DAY_14)
    silent(office, hours, unreachable)
    office.remind()


def attempts(office: Owing) -> list[tuple[str, str]]:
    with transaction(office.engine) as session:
        found = session.exec(select(NoticeAttempt).order_by(col(NoticeAttempt.id)))
        return [(one.channel, one.outcome) for one in found]


def messages(office: Owing) -> list[OutboundMessage]:
    with transaction(office.engine) as session:
        return list(session.exec(select(OutboundMessage).order_by(col(OutboundMessage.id))))


def settle(office: Owing, state: str, error: str | None = None) -> None:
    with transaction(office.engine) as session:
        session.execute(update(OutboundMessage).values(state=state, error=error))


def alerts(office: Owing) -> list[str]:
    with transaction(office.engine) as session:
        return [alert.kind for alert in session.exec(select(Alert))]


def missed(office: Owing, first: date = FIRST, last: date = PLAN) -> list[Unreached]:
    with transaction(office.engine) as session:
        return unreached(session, first, last)


@pytest.mark.parametrize(
    ("hours", "unreachable", "way"),
    [
        (47, None, "zalo_oa"),
        (49, None, "zalo_paid"),
        (24 * 7 + 1, None, "zalo_template"),
        (1, "window", "zalo_template"),  # Zalo counts otherwise
        (24 * 7 + 1, "-217", None),
    ],
)
def test_zalo_is_free_then_paid_then_takes_a_template(
    office: Owing, hours: float, unreachable: str | None, way: str | None
) -> None:
    office.owes(office.unit("Trường A", channel="zalo_oa"), PLAN)
    remind(office, hours, unreachable)
    assert attempts(office) == ([(way, "")] if way else [])


def test_without_a_template_nothing_goes_after_seven_days(engine: Engine, tmp_path: Path) -> None:
    office = Owing(engine, tmp_path, FIRST, **{**ZALO, "zalo_template_reminder": None})
    office.owes(office.unit("Trường A", channel="zalo_oa"), PLAN)
    remind(office, 24 * 8)
    assert attempts(office) == []
    assert [one.why for one in missed(office)] == ["no_way"]
    assert alerts(office) == []


def test_a_template_is_filled_from_the_nearest_duty(office: Owing) -> None:
    unit = office.unit("Trường THPT Hàng Hải", channel="zalo_oa")
    nearest = office.owes(unit, PLAN, title="Báo cáo kết quả truyền thông.")
    office.owes(unit, PLAN + DAY, title="Gửi kế hoạch", policy={"before": [15]})
    remind(office, 24 * 8)
    [message] = messages(office)
    assert message.key == "notice:1:zalo_template"
    assert message.template == {
        "id": "101",
        "data": {
            "don_vi": "Trường THPT Hàng Hải",
            "viec": "Báo cáo kết quả truyền thông",
            "han": "19/09/2023",
            "ma": f"V{nearest}",
            "so_viec": "2",
        },
    }
    assert "Trường THPT Hàng Hải" in message.text  # its words, to whoever has written meanwhile


def test_only_what_costs_stops_at_the_cap(engine: Engine, tmp_path: Path) -> None:
    office = Owing(engine, tmp_path, FIRST, spend_month=100, **ZALO)
    a, b = (office.unit(name, channel="zalo_oa") for name in ("Trường A", "Trường B"))
    for unit in (a, b):
        office.owes(unit, PLAN)
    office.go_to(DAY_14)
    silent(office, 24 * 3)
    with transaction(engine) as session:
        assert reserve(session, office.settings, PAID, office.clock.now)
    office.remind()
    assert attempts(office) == []
    assert [(n.state, n.reason) for n in office.notices()] == [("unreached", "cap")] * 2
    assert [one.why for one in missed(office)] == ["cap", "cap"]
    assert alerts(office) == ["spend_stopped"]


def test_what_the_sender_may_not_pay_for_goes_no_dearer_way(office: Owing) -> None:
    office.owes(office.unit("Trường A", channel="zalo_oa"), PLAN)
    remind(office, 24 * 3)
    settle(office, "failed", "cap")  # others were faster
    office.remind()
    assert attempts(office) == [("zalo_paid", "cap")]
    assert [(n.state, n.reason) for n in office.notices()] == [("unreached", "cap")]
    assert alerts(office) == ["spend_stopped"]


def test_whom_zalo_calls_silent_the_template_follows(office: Owing) -> None:
    office.owes(office.unit("Trường A", channel="zalo_oa"), PLAN)
    remind(office, 24 * 6.9)
    settle(office, "failed", "-230")
    silent(office, 24 * 6.9, "window")
    office.remind()
    assert attempts(office) == [("zalo_paid", "-230"), ("zalo_template", "")]
    assert [m.key for m in messages(office)] == ["notice:1:zalo_paid", "notice:1:zalo_template"]


def test_a_page_that_waits_because_of_the_cap_is_listed_until_it_is_looked_at(
    engine: Engine, tmp_path: Path
) -> None:
    office = Owing(engine, tmp_path, FIRST, spend_month=0, **ZALO)
    office.owes(office.unit("Trường A", channel="web"), PLAN)
    with transaction(engine) as session:
        [account] = session.exec(select(ChannelAccount)).all()
        values = account.model_dump(exclude={"id"}) | {"channel": "zalo_oa"}
        session.add(ChannelAccount(**values))
    remind(office, 24 * 3)
    assert missed(office) == []
    office.go_to(DAY_14, 13)
    office.remind()
    assert [(n.state, n.reason) for n in office.notices()] == [("open", "cap")]
    assert [one.why for one in missed(office)] == ["cap"]
    assert alerts(office) == ["spend_stopped"]
    with transaction(engine) as session:
        shown(session, [m.id or 0 for m in messages(office)])
    assert [(n.state, n.reason) for n in office.notices()] == [("told", "")]
    assert missed(office) == []


def test_who_was_not_reached_is_told_with_what_and_why(engine: Engine, tmp_path: Path) -> None:
    office = Owing(engine, tmp_path, FIRST)  # Telegram alone
    silent_unit = office.unit("Trường A")
    late = office.owes(silent_unit, PLAN, title="Báo cáo")
    office.owes(office.unit("Trường B", channel="web"), PLAN)
    office.owes(office.unit("Trường C", channel="zalo_oa"), PLAN)
    reached = office.unit("Trường D")
    office.owes(reached, PLAN)
    office.go_to(DAY_14)
    office.remind()
    with transaction(engine) as session:
        of = col(OutboundMessage.chat)
        failed = update(OutboundMessage).where(of == "Trường A/0")
        session.execute(failed.values(state="failed", error="403"))
        session.execute(update(OutboundMessage).where(of == "Trường D/0").values(state="sent"))
    office.go_to(DAY_14, 13)
    office.remind()
    found = {one.duties[0].unit: one for one in missed(office)}
    assert {unit: one.why for unit, one in found.items()} == {
        "Trường A": "403", "Trường B": "unseen", "Trường C": "no_way",
    }  # fmt: skip
    duty = UnreachedDuty(late, "Trường A", "Báo cáo", PLAN)
    assert (found["Trường A"].duties, found["Trường A"].person) == ((duty,), "Người")
    assert [one.day for one in found.values()] == [DAY_14] * 3
    assert missed(office, FIRST, DAY_14 - DAY) == missed(office, DAY_14 + DAY, PLAN) == []


def test_a_template_costs_what_its_setting_says(office: Owing) -> None:
    few = office.settings.model_copy(update={"spend_month": 199})
    office.settings = few
    office.owes(office.unit("Trường A", channel="zalo_oa"), PLAN)
    remind(office, 24 * 8)
    assert [one.why for one in missed(office)] == ["cap"]
    assert reserve_fails(office, TEMPLATE)


def reserve_fails(office: Owing, route: str) -> bool:
    with transaction(office.engine) as session:
        return reserve(session, office.settings, route, office.clock.now) is None
