"""Who is reminded on which day: against a model of its own, day by day, on both databases."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, update
from sqlmodel import col, select

from service import offices
from service.duties.assigning import lay_ahead
from service.duties.reminding import reckon_anew
from service.storage import bindings
from service.storage.assignments import (
    end_assignments,
    move_day,
    office_days,
    owed_by,
    put_off_until,
    put_on,
)
from service.storage.delivery_tables import OutboundMessage
from service.storage.duty_tables import Assignment, NoticeAttempt, OfficeDay
from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.form_tables import Submission
from service.storage.notices import shown
from service.storage.people_tables import ChannelAccount
from service.storage.reminders import tell_heads
from service.storage.retention import forget_old
from service.storage.submissions import decide, withdraw
from service.storage.unit_tables import Binding, Unit
from service.storage.units import merge_units
from tests.builders import KEEPING, a_submission, names_alone
from tests.desk import an_account
from tests.owing import DAY, Owing

FIRST, LAST = date(2023, 8, 1), date(2023, 12, 31)
PLAN, REPORT = date(2023, 9, 19), date(2023, 12, 9)  #: last days of "trước ngày 20/9", "10/12"
#: Days off in those months besides Saturdays and Sundays, as the law and the calendar name them.
HOLIDAYS = {date(2023, 9, 1), date(2023, 9, 4)}


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Owing:
    """On 1 August 2023."""
    return Owing(engine, tmp_path, FIRST)


def works(day: date) -> bool:
    return day.strftime("%a") not in ("Sat", "Sun") and day not in HOLIDAYS


def demanded(last_day: date, day: date) -> str | None:
    """By brute force: "before" or "late" when the default policy demands a reminder that day."""
    if not works(day):
        return None
    for offset in (14, 7, 3, 1, 0):
        asked = last_day - timedelta(offset)
        if day <= asked and not any(works(day + n * DAY) for n in range(1, (asked - day).days + 1)):
            return "before"
    for offset in (1, 3, 7):
        asked = last_day + timedelta(1 + offset)
        if day >= asked and not any(works(asked + n * DAY) for n in range((day - asked).days)):
            return "late"
    return None


def test_five_months_as_a_model_has_them(office: Owing) -> None:
    chance = random.Random(407)
    units = [office.unit(f"Trường {n}", people=1 + n % 2) for n in range(6)]
    owed = {(unit, last): office.owes(unit, last) for unit in units for last in (PLAN, REPORT)}
    done = {
        owed[unit, last]: last + chance.randint(-16, 9) * DAY
        for unit in units[1:]
        for last in (PLAN, REPORT)
    }
    expected: dict[int, list[str]] = {one: [] for one in owed.values()}
    for n in range((LAST - FIRST).days + 1):
        day = FIRST + n * DAY
        for (unit, last), one in owed.items():
            kind = demanded(last, day)
            if kind and day <= done.get(one, LAST):  # what is sent in the evening stops the next
                expected[one] += [f"{day:%d/%m} {kind}"] * (1 + units.index(unit) % 2)
        office.go_to(day)
        office.remind()
        settle(office, "sent", None)
        office.go_to(day, 18)
        for one, when in done.items():
            if when == day:
                office.report(one)
    assert {one: office.told(one) for one in owed.values()} == expected
    with transaction(office.engine) as session:
        sent = len(session.exec(select(OutboundMessage.id)).all())
    assert sent == len({(r.person_id, r.day) for r in office.reminders()}) == len(office.notices())


def test_not_before_eight_not_at_night_not_on_a_day_off(office: Owing) -> None:
    one = office.owes(office.unit("Trường A"), PLAN)
    for day, hour in ((5, 0), (5, 7), (5, 20), (5, 23), (16, 8), (17, 9)):
        office.go_to(date(2023, 9, day), hour)
        office.remind()
        assert office.told(one) == []
    office.go_to(date(2023, 9, 18), 19)
    office.remind()
    assert office.told(one) == ["18/09 before"]


def test_several_duties_of_one_person_are_one_message(office: Owing) -> None:
    unit = office.unit("Trường A")
    office.owes(unit, PLAN)
    office.owes(unit, PLAN, title="Nộp kế hoạch")
    office.go_to(date(2023, 9, 5))
    office.remind()
    office.remind()
    (message,) = messages(office)
    assert "Báo cáo kết quả" in message.text
    assert "Nộp kế hoạch" in message.text
    assert [b["label"] for b in message.buttons] == ["Việc V1", "Việc V2", "Thêm tất cả vào lịch"]


def test_the_message_says_by_when_whereto_and_where_it_stands(office: Owing) -> None:
    office.owes(office.unit("Trường A"), REPORT, printed="trước ngày 10/12/2023")
    office.go_to(date(2023, 12, 1))
    office.remind()
    (message,) = messages(office)
    for told in (
        "trước ngày 10/12/2023 (hết thứ Bảy 09/12/2023)",
        "Còn 8 ngày.",
        "Ngày làm việc cuối: thứ Sáu 08/12/2023.",
        "Gửi về: Sở GDĐT",
        "Mục III.6 (Tổ chức thực hiện), Kế hoạch năm 2023",
    ):
        assert told in message.text
    assert [b["send"] for b in message.buttons] == [
        "V1 đã nộp", "V1 nộp ngay", "V1 đường khác", "V1 lùi hạn", "V1 nhắc sau",
        "V1 thêm vào lịch",
    ]  # fmt: skip


def test_zalo_gets_the_buttons_that_it_has_room_for(engine: Engine, tmp_path: Path) -> None:
    zalo = {"zalo_app_id": "1", "zalo_app_secret": "s", "zalo_oa_secret_key": "k"}
    office = Owing(engine, tmp_path, FIRST, **zalo)
    office.owes(office.unit("Trường A", channel="zalo_oa"), PLAN)
    office.go_to(date(2023, 9, 5))
    with transaction(engine) as session:
        session.execute(update(ChannelAccount).values(last_seen_at=office.clock.now))
    office.remind()
    (message,) = messages(office)
    assert [b["send"] for b in message.buttons] == [
        "V1 đã nộp", "V1 nộp ngay", "V1 đường khác", "V1 lùi hạn", "V1 nhắc sau",
    ]  # fmt: skip
    assert "“V1 thêm vào lịch”" in message.text


def test_late_words_do_not_accuse(office: Owing) -> None:
    office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 21))
    office.remind()
    (message,) = messages(office)
    assert "Hệ thống chưa ghi nhận" in message.text


def test_a_report_stops_them_and_a_return_lets_them_go_on(office: Owing) -> None:
    unit = office.unit("Trường A")
    done, returned, no_report = (office.owes(unit, PLAN) for _ in range(3))
    office.report(done, "accepted")
    office.report(returned, "returned")
    office.report(no_report, settles=False)  # it asks for another day, or says that it is not done
    office.go_to(date(2023, 9, 5))
    office.remind()
    assert office.told(done) == []
    assert office.told(returned) == office.told(no_report) == ["05/09 before"]


def days(office: Owing, first: date, last: date) -> None:
    """Every morning in between (inclusive)."""
    for n in range((last - first).days + 1):
        office.go_to(first + n * DAY)
        office.remind()


@pytest.mark.parametrize(
    ("back", "again"),
    [
        (date(2023, 9, 22), ["25/09 late", "27/09 late"]),  # there are others to come
        (date(2023, 9, 26), ["27/09 late"]),
        (date(2023, 9, 27), ["02/10 late"]),  # the 30th is a Saturday
        (date(2023, 10, 2), ["05/10 late"]),
        (date(2023, 11, 14), ["17/11 late"]),
    ],
)
@pytest.mark.parametrize("how", ["returned", "withdrawn"])
def test_what_comes_back_after_the_last_reminder_is_told_once_more(
    office: Owing, back: date, again: list[str], how: str
) -> None:
    one = office.owes(office.unit("Trường A", head=True), PLAN)
    office.go_to(date(2023, 9, 19), 7)
    sent = office.report(one)
    days(office, date(2023, 9, 19), back)
    office.go_to(back, 16)
    with transaction(office.engine) as session:
        if how == "returned":
            decide(session, sent, "returned", "Thiếu số liệu", "admin:1", office.clock.now)
        else:
            withdraw(session, session.get_one(Submission, sent), office.clock.now)
    days(office, back + DAY, date(2023, 12, 1))
    officer = min(one.person_id for one in office.reminders())
    assert [
        f"{r.day:%d/%m} {r.kind}" for r in office.reminders() if r.person_id == officer
    ] == again


def test_but_not_what_is_sent_again_meanwhile(office: Owing) -> None:
    one = office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 19), 7)
    sent = office.report(one)
    days(office, date(2023, 9, 19), date(2023, 10, 2))
    with transaction(office.engine) as session:
        decide(session, sent, "returned", "Thiếu số liệu", "admin:1", office.clock.now)
    office.go_to(date(2023, 10, 3))
    office.remind()
    office.report(one)
    days(office, date(2023, 10, 4), date(2023, 11, 1))
    assert office.told(one) == []


def test_a_clock_that_was_far_ahead_for_one_look_stops_nothing(office: Owing) -> None:
    one = office.owes(office.unit("Trường A"), PLAN, {"announce": True})
    days(office, FIRST, date(2023, 9, 5))
    office.go_to(date(2026, 2, 3))
    office.remind()
    days(office, date(2023, 9, 6), date(2023, 10, 10))
    before = ["01/08", "05/09", "12/09", "15/09", "18/09", "19/09"]
    late = ["21/09", "25/09", "27/09"]
    assert [t for t in office.told(one) if t != "03/02 late"] == [
        *(f"{day} before" for day in before),
        *(f"{day} late" for day in late),
    ]


def test_what_was_planned_by_a_clock_ahead_waits_for_its_day(
    office: Owing, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = office.owes(office.unit("Trường A"), PLAN)
    days(office, date(2023, 9, 5), date(2023, 9, 8))
    with monkeypatch.context() as broken:
        broken.setattr("service.duties.reminding._tell", lambda *_: False)  # killed right there
        office.go_to(date(2023, 9, 12))
        office.remind()
    office.go_to(date(2023, 9, 11))
    office.remind()
    assert office.told(one) == ["05/09 before"]
    days(office, date(2023, 9, 12), date(2023, 9, 13))
    assert office.told(one) == ["05/09 before", "12/09 before"]
    assert len(messages(office)) == 2


def test_what_is_settled_between_planning_and_telling_is_dropped(
    office: Owing, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 5))
    with monkeypatch.context() as broken:
        broken.setattr("service.duties.reminding._tell", lambda *_: False)  # killed right there
        office.remind()
    assert office.told(one) == ["05/09 before waiting"]
    office.report(one)
    office.remind()
    assert office.told(one) == ["05/09 before dropped"]
    assert messages(office) == []


def test_what_was_planned_and_not_told_that_day_is_told_once(
    office: Owing, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (office.owes(office.unit(f"Trường {n}"), PLAN) for n in range(2))
    with monkeypatch.context() as broken:
        broken.setattr("service.duties.reminding._tell", lambda *_: False)  # killed right there
        for day in (15, 18):
            office.go_to(date(2023, 9, day))
            office.remind()
    office.go_to(date(2023, 9, 18), 9)
    office.remind()
    assert office.told(one) == office.told(two) == ["15/09 before dropped", "18/09 before"]
    assert len(messages(office)) == 2
    with monkeypatch.context() as broken:
        broken.setattr("service.duties.reminding._tell", lambda *_: False)
        office.go_to(date(2023, 9, 19))
        office.remind()
    office.go_to(date(2023, 9, 20))  # the last day is over, and it is too early for the first late
    office.remind()
    assert office.told(one)[-1] == "19/09 before dropped"
    assert len(messages(office)) == 2


def test_the_next_way_waits_for_the_day(office: Owing) -> None:
    office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 5), 19)
    falls_back(office)
    office.remind()
    settle(office, "failed", "403")
    for day, hour in ((5, 20), (6, 2), (6, 7)):
        office.go_to(date(2023, 9, day), hour)
        office.remind()
        assert attempts(office) == [("telegram", "")]
    office.go_to(date(2023, 9, 6))
    office.remind()  # on another day it is gathered anew, and its best way tried again
    assert attempts(office) == [("telegram", "403"), ("telegram", "")]
    assert [n.state for n in office.notices()] == ["unreached", "open"]


def test_a_unit_that_becomes_part_of_another_leaves_what_it_owes(office: Owing) -> None:
    first, second = office.unit("Trường A"), office.unit("Trường B")
    one = office.owes(first, PLAN)
    both = office.obligation(title="Báo cáo năm")
    with transaction(office.engine) as session:
        put_on(session, both, [first, second], REPORT, office.today)
    office.go_to(date(2023, 9, 1))
    with transaction(office.engine) as session:
        merge_units(
            session, session.get_one(Unit, first), session.get_one(Unit, second),
            date(2023, 9, 1), office.today, office.clock.now,
        )  # fmt: skip
    with transaction(office.engine) as session:
        owed = owed_by(session, [first, second], office.today)
        assert next((o.assignment.id, o.unit.name) for o in owed) == (one, "Trường B")
        assert [o.obligation.title for o in owed].count("Báo cáo năm") == 1
    office.go_to(date(2023, 9, 5))
    office.remind()
    assert office.told(one) == ["05/09 before", "05/09 before"]  # to those of both


def test_what_was_owed_long_ago_goes(office: Owing) -> None:
    office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 5))
    office.remind()
    at = office.clock.now
    with transaction(office.engine) as session:
        forget_old(session, KEEPING, at.replace(year=2033))
    assert len(office.reminders()) == 1
    with transaction(office.engine) as session:
        forget_old(session, KEEPING, at.replace(year=2033, month=10))
    assert office.reminders() == []
    assert office.notices() == []


def test_the_next_way_says_what_is_so_by_then(office: Owing) -> None:
    unit = office.unit("Trường A", channel="web")
    done, left = office.owes(unit, PLAN), office.owes(unit, PLAN, title="Nộp kế hoạch")
    office.go_to(date(2023, 9, 5), 8)
    also(office, "telegram")
    office.remind()
    office.report(done)
    office.go_to(date(2023, 9, 5), 13)
    office.remind()
    assert [m.channel for m in messages(office)] == ["web", "telegram"]
    assert "Nộp kế hoạch" in messages(office)[-1].text
    assert "Báo cáo kết quả" not in messages(office)[-1].text
    assert f"V{left} đã nộp" in messages(office)[-1].text


def test_the_next_way_is_not_for_whoever_acts_no_more(office: Owing) -> None:
    office.owes(office.unit("Trường A", channel="web"), PLAN)
    office.go_to(date(2023, 9, 5), 8)
    also(office, "telegram")
    office.remind()
    with transaction(office.engine) as session:
        session.execute(update(Binding).values(ended_at=office.clock.now))
    office.go_to(date(2023, 9, 5), 13)
    office.remind()
    assert [m.channel for m in messages(office)] == ["web"]
    assert [n.state for n in office.notices()] == ["dropped"]


def test_a_head_who_was_revoked_meanwhile_is_not_told(office: Owing) -> None:
    office.owes(office.unit("Trường A", head=True), PLAN)
    office.go_to(date(2023, 9, 25))
    office.remind()
    with transaction(office.engine) as session:
        session.execute(update(Binding).where(Binding.head).values(ended_at=office.clock.now))
    office.go_to(date(2023, 9, 26))
    with transaction(office.engine) as session:
        tell_heads(session)
    before = len(messages(office))
    office.remind()
    assert len(messages(office)) == before


def test_what_a_head_is_told_was_not_missed(office: Owing) -> None:
    office.owes(office.unit("Trường A", head=True), PLAN)
    office.go_to(date(2023, 9, 25))
    office.remind()
    office.go_to(date(2023, 9, 26))
    with transaction(office.engine) as session:
        tell_heads(session)
    office.remind()
    assert "lẽ ra" not in messages(office)[-1].text
    assert "người đứng đầu" in messages(office)[-1].text


def test_one_that_cannot_be_reckoned_keeps_no_other_waiting(office: Owing) -> None:
    unit = office.unit("Trường A")
    broken = office.owes(unit, PLAN, {"late": "never"})
    beyond = office.owes(unit, date(9999, 12, 31))
    good = office.owes(unit, PLAN)
    office.go_to(date(2023, 9, 5))
    office.remind()
    assert office.told(broken) == office.told(beyond) == []
    assert office.told(good) == ["05/09 before"]


def test_many_duties_are_one_message_that_every_channel_takes(office: Owing) -> None:
    unit = office.unit("Trường A")
    for n in range(9):
        office.owes(unit, PLAN, title=f"Việc thứ {n}: " + "báo cáo kết quả truyền thông " * 9)
    office.go_to(date(2023, 9, 5))
    office.remind()
    (message,) = messages(office)
    assert len(message.text) <= 1800
    assert "việc khác" in message.text


def test_an_announcement_after_its_day_is_one_of_something_late(office: Owing) -> None:
    office.go_to(date(2023, 8, 4), 21)  # a Friday evening; due on Sunday
    one = office.owes(office.unit("Trường A"), date(2023, 8, 6), {"announce": True})
    office.go_to(date(2023, 8, 7))
    office.remind()
    assert office.told(one) == ["07/08 late"]


def test_taken_off_and_put_on_again(office: Owing) -> None:
    unit = office.unit("Trường A")
    one = office.owes(unit, PLAN)
    with transaction(office.engine) as session:
        end_assignments(session, [one], "admin:1", office.clock.now)
        obligation = session.get_one(Assignment, one).obligation_id
    office.go_to(date(2023, 9, 6))
    with transaction(office.engine) as session:
        assert put_on(session, obligation, [unit], PLAN, office.today) == 1
        assert put_on(session, obligation, [unit], PLAN, office.today) == 0
    office.go_to(date(2023, 9, 12))
    office.remind()
    assert office.told(one) == ["12/09 before"]


def test_a_plan_of_whoever_is_confirmed_later_settles(office: Owing) -> None:
    unit = office.unit("Trường A")
    one = office.owes(unit, PLAN, form="nop-ke-hoach")
    with transaction(office.engine) as session:
        person = an_account(session, "telegram", "late", office.clock.now).person_id
        binding = bindings.ask(session, person, unit, "Người", "cán bộ", office.clock.now)
        sent = a_submission(session, form="nop-ke-hoach", person_id=person, unit_id=unit)
        sent.state = "pending"
        session.add(sent)
    with transaction(office.engine) as session:
        offices.confirm(session, binding.id or 0, "admin:1", office.clock.now)
        assert owed_by(session, [unit], office.today) == []
        assert session.get_one(Submission, sent.id).assignment_id == one


def test_what_comes_back_is_laid_down(office: Owing) -> None:
    one = office.owes(office.unit("Trường A"), PLAN, rule="FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=19")
    with transaction(office.engine) as session:
        assert lay_ahead(session, office.today) == 0
        assert lay_ahead(session, date(2023, 10, 1)) == 1
        days = [o.assignment.last_day for o in owed_by(session, [1], office.today)]
    assert (one, days) == (1, [PLAN, date(2024, 9, 19)])


def test_other_settings_reckon_anew(office: Owing) -> None:
    one = office.owes(office.unit("Trường A"), PLAN)
    for changed in ({}, {"remind_before": "21,0"}):
        office.settings = office.settings.model_copy(update=changed)
        with transaction(office.engine) as session:
            reckon_anew(session, office.settings, office.clock.now)
        office.remind()
    office.go_to(date(2023, 8, 29))
    office.remind()
    assert office.told(one) == ["29/08 before"]


def test_after_days_away_what_is_still_of_use_comes_once_and_says_so(office: Owing) -> None:
    one = office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 4), 12)
    office.remind()
    office.go_to(date(2023, 9, 13), 9)  # those of the 5th and the 12th were missed
    office.remind()
    assert office.told(one) == ["13/09 before"]
    (message,) = messages(office)
    assert "Tin này lẽ ra đến ngày thứ Ba 12/09/2023" in message.text
    office.go_to(date(2023, 9, 20), 9)  # away again: before the deadline is over, late not yet
    office.remind()
    assert office.told(one) == ["13/09 before"]


def test_a_clock_that_goes_back_tells_nothing_twice(office: Owing) -> None:
    one = office.owes(office.unit("Trường A"), PLAN)
    for day, hour in ((5, 8), (4, 23), (5, 8), (6, 8), (5, 9)):
        office.go_to(date(2023, 9, day), hour)
        office.remind()
    assert office.told(one) == ["05/09 before"]


def test_whoever_comes_later_is_not_told_what_was_told_before(office: Owing) -> None:
    unit = office.unit("Trường A")
    one = office.owes(unit, PLAN)
    office.go_to(date(2023, 9, 6))
    with transaction(office.engine) as session:
        late = office.person(session, unit, "late")
    office.go_to(date(2023, 9, 7))
    office.remind()
    assert [r.person_id for r in office.reminders()] != [late]
    assert office.told(one) == ["07/09 before"]


def test_put_off_by_one_person_only(office: Owing) -> None:
    unit = office.unit("Trường A", people=2)
    one = office.owes(unit, PLAN)
    office.go_to(date(2023, 9, 5))
    office.remind()
    first, second = sorted({r.person_id for r in office.reminders()})
    with transaction(office.engine) as session:
        put_off_until(session, one, first, date(2023, 9, 14))
    for day in range(6, 20):
        office.go_to(date(2023, 9, day))
        office.remind()
    days = {
        who: [r.day.day for r in office.reminders() if r.person_id == who]
        for who in (first, second)
    }
    assert days == {first: [5, 14, 15, 18, 19], second: [5, 12, 15, 18, 19]}


def test_another_day_another_schedule(office: Owing) -> None:
    one = office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 18))
    office.remind()
    with transaction(office.engine) as session:
        move_day(session, one, date(2023, 9, 29), office.today)
    for day in range(19, 30):
        office.go_to(date(2023, 9, day))
        office.remind()
    assert office.told(one) == [f"{d}/09 before" for d in (18, 22, 26, 28, 29)]
    assert "Hạn do cơ quan đặt: hết thứ Sáu 29/09/2023" in messages(office)[-1].text


def test_a_head_is_told_what_is_late_when_somebody_has_said_so(office: Owing) -> None:
    one = office.owes(office.unit("Trường A", head=True), PLAN)
    for day in range(5, 30):
        office.go_to(date(2023, 9, day))
        office.remind()
    heads = [told for told in office.told(one) if "head" in told]
    assert heads == ["25/09 head draft", "27/09 head draft"]
    assert len(messages(office)) == len(office.told(one)) - 2


def test_heads_are_told_by_themselves_where_the_office_wants_it(
    engine: Engine, tmp_path: Path
) -> None:
    office = Owing(engine, tmp_path, FIRST, remind_heads=True)
    one = office.owes(office.unit("Trường A", head=True), PLAN)
    office.go_to(date(2023, 9, 25))
    office.remind()
    assert office.told(one) == ["25/09 late", "25/09 head"]
    assert "người đứng đầu" in messages(office)[-1].text


def test_a_head_alone_is_the_one_to_remind(office: Owing) -> None:
    one = office.owes(office.unit("Trường A", people=0, head=True), PLAN)
    office.go_to(date(2023, 9, 5))
    office.remind()
    assert office.told(one) == ["05/09 before"]


def test_ended_closed_and_withdrawn_are_left_alone(office: Owing) -> None:
    ended, closed = office.unit("Trường A"), office.unit("Trường B")
    one, two = office.owes(ended, PLAN), office.owes(closed, PLAN)
    with transaction(office.engine) as session:
        end_assignments(session, [one], "admin:1", office.clock.now)
        session.get_one(Unit, closed).closed_on = date(2023, 9, 1)
    office.go_to(date(2023, 9, 5))
    office.remind()
    assert office.told(one) == office.told(two) == []


def test_an_announced_duty_is_told_at_once(office: Owing) -> None:
    one = office.owes(office.unit("Trường A"), FIRST + 4 * DAY, {"announce": True, "before": [1]})
    for n in range(5):
        office.go_to(FIRST + n * DAY, 9)
        office.remind()
    assert office.told(one) == ["01/08 before", "04/08 before"]


def test_the_office_adds_days_of_its_own(office: Owing) -> None:
    with transaction(office.engine) as session:
        session.add(OfficeDay(day=date(2023, 9, 5), working=False, note="khai giảng"))
        session.add(OfficeDay(day=date(2023, 9, 16), working=True))
    with transaction(office.engine) as session:
        assert len(office_days(session)) == 2
    one = office.owes(office.unit("Trường A"), PLAN)
    for day in range(5, 20):
        office.go_to(date(2023, 9, day))
        office.remind()
    # That of the 5th would have been on 31 August.
    assert office.told(one) == [
        "06/09 before", "12/09 before", "16/09 before", "18/09 before", "19/09 before",
    ]  # fmt: skip


def test_many_processes_at_once_tell_once(office: Owing) -> None:
    from concurrent.futures import ThreadPoolExecutor

    for n in range(30):
        office.owes(office.unit(f"Trường {n}"), PLAN)
    office.go_to(date(2023, 9, 5))
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            list(pool.map(lambda _: office.remind(), range(4)))
    assert len(messages(office)) == 30
    assert {r.state for r in office.reminders()} == {"told"}


# --- on its way ---------------------------------------------------------------------------------


def test_what_did_not_reach_goes_by_the_next_way(engine: Engine, tmp_path: Path) -> None:
    office = Owing(engine, tmp_path, FIRST)
    office.owes(office.unit("Trường A", channel="telegram"), PLAN)
    office.go_to(date(2023, 9, 5))
    falls_back(office)
    office.remind()
    settle(office, "failed", "403")
    office.remind()
    assert attempts(office) == [("telegram", "403"), ("web", "")]
    assert office.notices()[0].state == "open"
    with transaction(engine) as session:
        shown(session, [m.id or 0 for m in messages(office) if m.channel == "web"])
    assert attempts(office)[-1] == ("web", "told")
    assert office.notices()[0].state == "told"


def test_unclear_is_not_failed(office: Owing) -> None:
    office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 5))
    falls_back(office)
    office.remind()
    settle(office, "unclear", "lost")
    office.remind()
    assert attempts(office) == [("telegram", "unclear")]
    assert office.notices()[0].state == "unclear"


def test_sent_is_told(office: Owing) -> None:
    office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 5))
    office.remind()
    settle(office, "sent", None)
    office.remind()
    assert attempts(office) == [("telegram", "told")]
    assert office.notices()[0].state == "told"


def test_a_page_that_nobody_looks_at_and_a_channel_that_is_away(office: Owing) -> None:
    office.owes(office.unit("Trường A", channel="web"), PLAN)
    office.go_to(date(2023, 9, 5), 8)
    also(office, "telegram")
    office.remind()
    assert attempts(office) == [("web", "")]
    office.go_to(date(2023, 9, 5), 13)
    office.remind()
    assert attempts(office) == [("web", "unseen"), ("telegram", "")]
    office.go_to(date(2023, 9, 5), 18)  # Telegram does not answer; nothing else is left
    office.remind()
    assert attempts(office) == [("web", "unseen"), ("telegram", "waited")]
    with transaction(office.engine) as session:
        shown(session, [m.id or 0 for m in messages(office) if m.channel == "web"])
    assert office.notices()[0].state == "told"


def test_a_channel_that_is_away_is_called_back_for_another(office: Owing) -> None:
    office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 5), 8)
    falls_back(office)
    office.remind()
    office.go_to(date(2023, 9, 5), 13)
    office.remind()
    assert attempts(office) == [("telegram", "late"), ("web", "")]
    assert [m.state for m in messages(office)] == ["failed", "sent"]


@pytest.mark.parametrize("hours", [(20,), (23, 7), ()])  # at night; or nobody ran until morning
def test_what_still_waits_in_the_evening_comes_another_day(
    office: Owing, hours: tuple[int, ...]
) -> None:
    office.away = True
    one = office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 5))
    office.remind()
    office.go_to(date(2023, 9, 5), 19)
    office.remind()
    assert [m.state for m in messages(office)] == ["waiting"]
    for hour in hours:
        office.go_to(date(2023, 9, 5 + (hour < 8)), hour)
        office.remind()
        assert [m.state for m in messages(office)] == ["failed"]
        assert attempts(office) == [("telegram", "late")]
    office.go_to(date(2023, 9, 6))
    office.remind()
    office.remind()
    assert [m.state for m in messages(office)] == ["failed", "waiting"]
    assert "lẽ ra đến ngày thứ Ba 05/09/2023" in messages(office)[-1].text
    assert office.told(one) == ["05/09 before"]


def test_what_still_waits_and_is_done_meanwhile_does_not_come(office: Owing) -> None:
    office.away = True
    one = office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 5))
    office.remind()
    office.go_to(date(2023, 9, 5), 21)
    office.report(one)
    office.go_to(date(2023, 9, 6))
    office.remind()
    assert [m.state for m in messages(office)] == ["failed"]
    assert office.told(one) == ["05/09 before dropped"]


def test_many_that_still_wait_are_all_called_back(office: Owing) -> None:
    office.away = True
    office.owes(office.unit("Trường A", people=201), PLAN)
    office.go_to(date(2023, 9, 5))
    office.remind()
    office.go_to(date(2023, 9, 5), 20)
    office.remind()
    assert [m.state for m in messages(office)] == ["failed"] * 201


def test_a_morning_of_many_takes_few_statements(office: Owing) -> None:
    for number in range(2):
        office.owes(office.unit(f"Trường {number}", people=20), PLAN)
    office.go_to(date(2023, 9, 5))
    asked: list[str] = []
    event.listen(office.engine, "before_cursor_execute", lambda *of: asked.append(of[2]))
    office.remind()
    assert len(messages(office)) == 40
    assert len(asked) < 40 + 60  # one for each message, some for all of them
    settle(office, "sent", None)
    asked.clear()
    office.remind()
    assert attempts(office) == [("telegram", "told")] * 40
    assert {n.state for n in office.notices()} == {"told"}
    assert len(asked) < 20


def test_what_was_given_up_on_for_a_day_is_tried_the_next(office: Owing) -> None:
    office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 5))
    office.remind()
    settle(office, "failed", "502", attempts=8)
    for hour in (9, 15, 21):
        office.go_to(date(2023, 9, 5), hour)
        office.remind()
        assert attempts(office) == [("telegram", "waited")]
    office.go_to(date(2023, 9, 6))
    office.remind()
    office.remind()
    assert attempts(office) == [("telegram", "502"), ("telegram", "")]
    assert "lẽ ra đến ngày thứ Ba 05/09/2023" in messages(office)[-1].text


def test_what_a_channel_never_takes_is_not_tried_the_next_day(office: Owing) -> None:
    office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 5))
    office.remind()
    settle(office, "failed", "400", attempts=1)
    for day in (5, 6):
        office.go_to(date(2023, 9, day), 9)
        office.remind()
        assert attempts(office) == [("telegram", "400")]


def test_nobody_to_be_reached_is_kept_as_that(office: Owing) -> None:
    office.owes(office.unit("Trường A"), PLAN)
    with transaction(office.engine) as session:
        for account in session.exec(select(ChannelAccount)):
            account.unreachable = "blocked"
            session.add(account)
    office.go_to(date(2023, 9, 5))
    office.remind()
    assert [n.state for n in office.notices()] == ["unreached"]
    assert attempts(office) == []


def test_forgotten_with_the_person(office: Owing) -> None:
    office.owes(office.unit("Trường A"), PLAN)
    office.go_to(date(2023, 9, 5))
    office.remind()
    with transaction(office.engine) as session:
        forget(session, office.reminders()[0].person_id, office.clock.now, personal=names_alone)
    assert office.reminders() == []
    assert office.notices() == []
    assert attempts(office) == []


def messages(office: Owing) -> list[OutboundMessage]:
    with transaction(office.engine) as session:
        return list(session.exec(select(OutboundMessage).order_by(col(OutboundMessage.id))))


def attempts(office: Owing) -> list[tuple[str, str]]:
    with transaction(office.engine) as session:
        found = session.exec(select(NoticeAttempt).order_by(col(NoticeAttempt.id)))
        return [(one.channel, one.outcome) for one in found]


def settle(office: Owing, state: str, error: str | None, attempts: int = 1) -> None:
    """What the sender makes of every message."""
    values = {"state": state, "error": error, "attempts": attempts}
    with transaction(office.engine) as session:
        session.execute(update(OutboundMessage).values(values))


def falls_back(office: Owing) -> None:
    """The page is the second way."""
    also(office, "web")
    office.settings = office.settings.model_copy(update={"remind_order": "telegram,web"})


def also(office: Owing, channel: str) -> None:
    """Everybody has another account, too."""
    with transaction(office.engine) as session:
        for account in session.exec(select(ChannelAccount)).all():
            values = account.model_dump(exclude={"id"}) | {"channel": channel}
            session.add(ChannelAccount(**values))
