"""*Tin nhắc* at the desk: what was told on a day, what is to come, and heads who wait for it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import col, select

from service import clock
from service.admin.words import words
from service.duties.outlook import ComingDay, coming_days
from service.settings import Settings
from service.storage.assignments import put_off_until
from service.storage.delivery_tables import OutboundMessage
from service.storage.duty_tables import Notice, NoticeAttempt, Reminder
from service.storage.engine import transaction
from service.storage.people_tables import ChannelAccount
from service.storage.spending import take
from tests.builders import some_settings
from tests.desk import Officer, audited, signed_in
from tests.owing import Owing

SAID = words()["reminders"]
PAGE = "/admin/reminders"
LAST = date(2023, 9, 19)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those of the office, too."""
    return some_settings(tmp_path, clock=tmp_path / "clock.json", telegram_token="1:a")


@pytest.fixture
def office(sqlite: Engine, tmp_path: Path) -> Owing:
    """In September 2023."""
    return Owing(sqlite, tmp_path, date(2023, 9, 1))


@pytest.fixture
def editor(office: Owing, client: TestClient, sqlite: Engine, settings: Settings) -> Officer:
    """Somebody who steers."""
    return signed_in(client, sqlite, settings, "editor")


def settle(office: Owing, *states: str) -> None:
    """The messages so far came to this, in order; then the worker looks."""
    with transaction(office.engine) as session:
        found = session.exec(select(OutboundMessage).order_by(col(OutboundMessage.id))).all()
        for message, state in zip(found, states, strict=True):
            message.state = state
            message.error = "Mã lỗi -216" if state == "failed" else None
            session.add(message)
    office.remind()


def coming(office: Owing, days: int = 30) -> list[ComingDay]:
    """The days to come."""
    with transaction(office.engine) as session:
        return list(coming_days(session, office.settings, clock.now(office.settings), days))


def test_what_became_of_each_message(editor: Officer, office: Owing) -> None:
    for name in "ABC":
        office.owes(office.unit(f"Trường {name}"), LAST)
    lost = office.unit("Trường D")
    office.owes(lost, LAST)
    with transaction(office.engine) as session:
        account = session.exec(select(ChannelAccount).where(ChannelAccount.chat == "Trường D/0"))
        account.one().unreachable = office.clock.now
    office.go_to(date(2023, 9, 5), 9)
    office.remind()
    settle(office, "sent", "unclear", "failed")
    page = editor.get(PAGE).text
    outcomes, shown = SAID["outcomes"], SAID["shown"]
    assert f"{shown['told']} (1)" in page
    assert f"{shown['unclear']} (1)" in page
    assert f"{shown['unreached']} (2)" in page
    for said in (outcomes["told"], outcomes["unclear"]):
        assert f"Telegram: {said}" in page
    assert f"Telegram: {outcomes['failed'].format(why='Mã lỗi -216')}" in page
    assert SAID["no_way"] in page  # of the one who has no channel
    assert "Báo cáo kết quả thực hiện công tác truyền thông" in page
    assert "Trường A/0" not in page  # how the channel calls a person
    only = editor.get(f"{PAGE}?show=unreached").text
    assert "Trường C" in only
    assert "Trường A" not in only
    assert SAID["none_sent"] in editor.get(f"{PAGE}?day=4/9/2023").text


def test_the_months_money_stands_beside_what_it_kept_back(
    editor: Officer, office: Owing, sqlite: Engine
) -> None:
    assert SAID["spent"].format(spent="0", cap="100.000") in editor.get(PAGE).text
    office.owes(office.unit("Trường A", channel="zalo_bot"), LAST)
    office.go_to(date(2023, 9, 5), 9)
    office.remind()
    with transaction(sqlite) as session:
        take(session, "2023-09", 80_000, 100_000)
        session.exec(select(Notice)).one().reason = "cap"
    page = editor.get(PAGE).text
    assert 'class="banner expired">' + SAID["spent"].format(spent="80.000", cap="100.000") in page
    assert SAID["capped"] in page


def test_a_page_that_nobody_opens_and_another_way(
    editor: Officer, office: Owing, sqlite: Engine
) -> None:
    office.owes(office.unit("Trường A", channel="web"), LAST)
    office.go_to(date(2023, 9, 5), 9)
    office.remind()
    assert f"Trang web: {SAID['outcomes']['on_page']}" in editor.get(PAGE).text
    with transaction(sqlite) as session:
        session.exec(select(NoticeAttempt)).one().outcome = "unseen"
    assert SAID["outcomes"]["unseen"] in editor.get(PAGE).text


def test_what_was_settled_meanwhile_is_counted(editor: Officer, office: Owing) -> None:
    one = office.owes(office.unit("Trường A"), LAST)
    office.go_to(date(2023, 9, 5), 9)
    office.remind()
    with transaction(office.engine) as session:
        reminder = session.exec(select(Reminder)).one()
        reminder.state, reminder.notice_id = "waiting", None
    assert f"1 {SAID['waiting']}" in editor.get(PAGE).text
    office.report(one)
    office.remind()
    assert f"1 {SAID['left_out']}" in editor.get(PAGE).text


def test_the_days_to_come_are_those_of_the_schedule(editor: Officer, office: Owing) -> None:
    first, second = office.unit("Trường A", head=True), office.unit("Trường B", people=0)
    duty = office.owes(first, LAST)
    office.owes(second, LAST)
    page = editor.get(PAGE).text
    assert "thứ Ba 05/09/2023" in page
    days = {one.day: one for one in coming(office)}
    assert [f"{day:%d/%m}" for day in days] == [
        "05/09", "12/09", "15/09", "18/09", "19/09", "21/09", "25/09", "27/09",
    ]  # fmt: skip
    told = days[date(2023, 9, 5)]
    assert (told.reminders, told.units, told.untold, told.heads) == (2, 2, 1, 0)
    assert days[date(2023, 9, 25)].heads == 1  # the third day after
    office.report(duty)
    assert coming(office)[0].reminders == 1
    one_day = editor.get(f"{PAGE}?day=2023-09-12").text
    assert f"{SAID['coming_day_heading']}: thứ Ba 12/09/2023" in one_day
    assert "Trường B" in one_day
    assert "Trường A" not in one_day
    assert SAID["coming_none"] in editor.get(f"{PAGE}?day=2023-09-13").text


def test_they_are_what_is_told_then(editor: Officer, office: Owing) -> None:
    units = [office.unit(f"Trường {n}") for n in range(3)]
    ones = [office.owes(units[0], LAST), office.owes(units[1], date(2023, 9, 12), {"late": []})]
    ones.append(office.owes(units[2], date(2023, 9, 27), {"announce": True}))
    with transaction(office.engine) as session:
        put_off_until(session, ones[0], 1, date(2023, 9, 13))
    expected = {
        (day.day, unit) for day in coming(office) for one in day.duties for unit in one.units
    }
    day = office.today
    while day <= date(2023, 10, 1):
        office.go_to(day, 9)
        office.remind()
        day += timedelta(days=1)
    told = {(one.day, units[ones.index(one.assignment_id)]) for one in office.reminders()}
    assert expected == told
    assert (date(2023, 9, 13), units[0]) in told


def test_many_duties_of_one_day_are_turned_over_like_pages(editor: Officer, office: Owing) -> None:
    unit = office.unit("Trường A")
    for number in range(51):
        office.owes(unit, LAST, title=f"Báo cáo số {number:02}", fingerprint=f"{number:064}")
    day = f"{PAGE}?day=2023-09-05"
    first, second = editor.get(day).text, editor.get(f"{day}&page=2").text
    assert ("Báo cáo số 49" in first, "Báo cáo số 50" in first) == (True, False)
    assert f"{words()['older']} →" in first
    assert ("Báo cáo số 49" in second, "Báo cáo số 50" in second) == (False, True)


def test_what_is_told_already_today_is_not_to_come(office: Owing) -> None:
    office.owes(office.unit("Trường A"), LAST)
    office.go_to(date(2023, 9, 5), 7)
    assert coming(office)[0].day == date(2023, 9, 5)
    office.go_to(date(2023, 9, 5), 9)
    office.remind()
    assert coming(office)[0].day == date(2023, 9, 12)


def test_heads_are_told_once_for_each_duty_when_somebody_says_so(
    editor: Officer, office: Owing
) -> None:
    office.owes(office.unit("Trường A", head=True), date(2023, 9, 7))
    for day in range(7, 20):
        office.go_to(date(2023, 9, day), 9)
        office.remind()
    page = editor.get(PAGE).text
    assert SAID["heads_intro"] in page
    assert page.count(">V1<") == 1  # twice late, one duty
    listed = editor.get("/admin/assignments?show=late").text
    assert f"<strong>2</strong> {words()['assignments']['heads']}" in listed
    before = len(office.notices())
    assert editor.post(f"{PAGE}/heads").headers["location"] == f"{PAGE}?done=heads_told"
    office.remind()
    office.remind()
    assert len(office.notices()) == before + 1
    with transaction(office.engine) as session:
        last = session.exec(select(OutboundMessage.text)).all()[-1]
    assert "người đứng đầu" in last
    page = editor.get(PAGE).text
    assert SAID["heads_none"] in page
    assert SAID["head"] in page  # the message is listed as one to a head
    assert editor.post(f"{PAGE}/heads").headers["location"].endswith("?done=already")
    assert [action for _, action, _ in audited(office.engine)].count("heads_told") == 1


def test_a_day_that_is_none_is_said(editor: Officer) -> None:
    answer = editor.get(f"{PAGE}?day=31/2/2023")
    assert answer.status_code == 422
    assert SAID["bad_day"] in answer.text
    assert editor.get(f"{PAGE}?day=1/1/9999").status_code == 200
    assert editor.get(f"{PAGE}?day=0001-01-01").status_code == 200


def test_who_may_see_it(
    office: Owing, client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    assert signed_in(client, sqlite, settings, "viewer").get(PAGE).status_code == 403
    receiver = signed_in(client, sqlite, settings, "receiver")
    assert receiver.get(PAGE).status_code == 200
    assert receiver.post(f"{PAGE}/heads").status_code == 403


def test_who_was_not_reached_in_a_month(editor: Officer, office: Owing) -> None:
    lost, found = office.unit("Trường <D>"), office.unit("Trường E")
    for unit in (lost, found):
        office.owes(unit, LAST)
    with transaction(office.engine) as session:
        account = session.exec(select(ChannelAccount).where(ChannelAccount.chat == "Trường <D>/0"))
        account.one().unreachable = "blocked"
    office.go_to(date(2023, 9, 5), 9)
    office.remind()
    settle(office, "sent")
    page = editor.get(f"{PAGE}/unreached").text
    assert "tháng 09/2023" in page
    assert f"1 {SAID['unreached_count']}" in page
    assert "Trường &lt;D&gt;" in page
    assert "Trường E" not in page
    assert SAID["whys"]["no_way"] in page
    assert f"{PAGE}?day=2023-09-05" in page
    assert SAID["unreached_none"] in editor.get(f"{PAGE}/unreached?month=2023-08").text
    for strange in ("2099-01", "x", "0001-01"):
        assert editor.get(f"{PAGE}/unreached?month={strange}").status_code == 200
    assert f"{PAGE}/unreached" in editor.get(PAGE).text


def test_those_not_reached_are_turned_over_like_pages(editor: Officer, office: Owing) -> None:
    for number in range(51):
        unit = office.unit(f"Trường {number:02}")
        office.owes(unit, LAST)
    with transaction(office.engine) as session:
        for account in session.exec(select(ChannelAccount)):
            if account.chat.startswith("Trường"):
                account.unreachable = "blocked"
    office.go_to(date(2023, 9, 5), 9)
    office.remind()
    page = editor.get(f"{PAGE}/unreached").text
    assert f"51 {SAID['unreached_count']}" in page
    assert "page=2" in page
    assert page.count("Trường ") == 50
    assert editor.get(f"{PAGE}/unreached?page=2").text.count("Trường ") == 1
