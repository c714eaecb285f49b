"""From a duty of a paper to a reminder, an answer in the chat, and the office's word on it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import col, select
from typer.testing import CliRunner, Result

from service.cli import app
from service.commands.doors import Doors
from service.delivery.files import Received
from service.delivery.web import said_after
from service.duties.assigning import lay_ahead
from service.settings import Settings
from service.storage.assignments import end_assignments, get_owed, owed_by
from service.storage.consents import agree
from service.storage.delivery_tables import OutboundMessage
from service.storage.duty_tables import Assignment, Notice
from service.storage.engine import transaction
from service.storage.form_tables import Submission
from service.storage.people import find_account
from service.storage.units import add_unit
from tests.builders import some_settings
from tests.desk import signed_in
from tests.integration.talks import Talks
from tests.owing import Owing, at

PAPER = "hai-phong-gddt-2023"
DAY = timedelta(days=1)
AUGUST = date(2023, 8, 1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those of the office, too."""
    return some_settings(tmp_path, clock=tmp_path / "clock.json", telegram_token="1:a")


@pytest.fixture
def office(sqlite: Engine, tmp_path: Path) -> Owing:
    """In August 2023, when the plan of Hải Phòng counted."""
    office = Owing(sqlite, tmp_path, AUGUST)
    with transaction(sqlite) as session:
        for name, kind in (
            ("Phòng GDĐT huyện An Dương", "Phòng GDĐT"),
            ("Phòng GDĐT quận Lê Chân", "Phòng Giáo dục và Đào tạo"),
            ("Trường THPT Ngô Quyền", "Trường THPT"),
            ("Trung tâm GDTX Hải Phòng", "Đơn vị trực thuộc"),
            ("Văn phòng Sở", "Phòng thuộc Sở"),
        ):
            add_unit(session, name, at(AUGUST), kind=kind)
    return office


def troly(office: Owing, *arguments: str) -> Result:
    """One command of the operator."""
    doors = Doors(settings=lambda: office.settings)
    return CliRunner().invoke(app, ["duties", *arguments], obj=doors)


def owes(office: Owing) -> list[dict[str, object]]:
    """`troly duties due --json`."""
    result = troly(office, "due", "--days", "400", "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_duty_goes_to_the_units_that_the_paper_names(office: Owing) -> None:
    result = troly(office, "assign", PAPER, "13")
    assert result.exit_code == 0, result.output
    assert "4 đơn vị" in result.output
    assert "Đã giao 4 việc." in result.output
    found = owes(office)
    assert {row["unit"] for row in found} == {
        "Phòng GDĐT huyện An Dương",
        "Phòng GDĐT quận Lê Chân",
        "Trường THPT Ngô Quyền",
        "Trung tâm GDTX Hải Phòng",
    }
    assert {row["last_day"] for row in found} == {"2023-12-09"}
    assert {row["source"] for row in found} == {
        "Mục III.6 (Tổ chức thực hiện), Kế hoạch năm 2023 của Sở GDĐT Hải Phòng"
    }
    again = troly(office, "assign", PAPER, "13")
    assert "Đã giao 0 việc; 4 việc đã giao từ trước." in again.output
    assert len(owes(office)) == 4


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (("--kind", "trường thpt"), 1),
        (("--unit", "Van phong So"), 1),
        (("--unit", "Văn phòng Sở", "--kind", "Trường THPT"), 2),
        (("--everyone",), 5),
    ],
)
def test_or_to_those_that_are_chosen(office: Owing, chosen: tuple[str, ...], count: int) -> None:
    result = troly(office, "assign", PAPER, "12", *chosen)
    assert result.exit_code == 0, result.output
    assert len(owes(office)) == count


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ((), ("Sở GDĐT (qua Thanh tra Sở)", None)),
        (("--confirmer", "Văn phòng Sở", "--recipient", ""), (None, "Văn phòng Sở")),
    ],
)
def test_to_whom_and_who_confirms(
    office: Owing, named: tuple[str, ...], expected: tuple[str | None, str | None]
) -> None:
    assert troly(office, "assign", PAPER, "12", "--everyone", *named).exit_code == 0
    assert {(row["recipient"], row["confirmer"]) for row in owes(office)} == {expected}


def test_by_parent(office: Owing) -> None:
    with transaction(office.engine) as session:
        for n in range(3):
            add_unit(session, f"Trường {n}", at(AUGUST), parent_id=1)
    assert troly(office, "assign", PAPER, "12", "--parent", "Phòng GDĐT huyện An Dương")
    assert {row["unit"] for row in owes(office)} == {"Trường 0", "Trường 1", "Trường 2"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("12", "--due", "01/07/2023"), "Ngày 01/07/2023 đã qua"),
        (("12", "--due", "31/12/9999"), "quá xa"),
        (("12", "--due", "31/02/2023"), "Không hiểu ngày"),
        (("10",), "không nêu ngày cụ thể"),
        (("7",), "không nêu ngày cụ thể"),
        (("99",), "Không có nhiệm vụ số 99"),
        (("12", "--unit", "Sở Xây dựng"), "Không có đơn vị tên"),
        (("12", "--kind", "Sở"), "Không có đơn vị nào"),
        (("12", "--every", "FREQ=MONTHLY;BYMONTHDAY=x"), "Quy tắc lặp lại chưa đúng"),
        (("12", "--every", "FREQ=MONTHLY"), "không nêu ngày cụ thể"),
    ],
)
def test_what_is_refused_says_why_and_writes_nothing(
    office: Owing, arguments: tuple[str, ...], said: str
) -> None:
    result = troly(office, "assign", PAPER, *arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert owes(office) == []


def test_a_paper_that_is_over_needs_a_new_day(office: Owing) -> None:
    office.go_to(date(2026, 11, 22))
    refused = troly(office, "assign", PAPER, "12")
    assert refused.exit_code == 2
    assert "đã hết thời gian thực hiện" in refused.output
    assert troly(office, "assign", PAPER, "12", "--due", "30/11/2026").exit_code == 0
    assert {(row["last_day"], row["own_date"]) for row in owes(office)} == {("2026-11-30", True)}


def test_a_duty_that_comes_back(office: Owing) -> None:
    every = ("--every", "FREQ=MONTHLY;BYMONTHDAY=25", "--unit", "Văn phòng Sở")
    assert troly(office, "assign", PAPER, "7", *every).exit_code == 0
    days = [str(row["last_day"]) for row in owes(office)]
    assert days[:3] == ["2023-08-25", "2023-09-25", "2023-10-25"]
    assert len(days) >= 5


def test_what_comes_back_is_laid_down_ever_further(office: Owing) -> None:
    every = ("--every", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=25", "--everyone")
    assert troly(office, "assign", PAPER, "7", *every).exit_code == 0
    first = owes(office)
    with transaction(office.engine) as session:
        off = session.exec(select(Assignment).order_by(col(Assignment.due_on).desc())).first()
        assert off is not None
        end_assignments(session, [off.id or 0], "admin:1", office.clock.now)
        assert lay_ahead(session, office.today) == 0
        assert lay_ahead(session, office.today + 200 * DAY) == 3 * 4  # the fifth owes it no more
    office.go_to(office.today + 200 * DAY)
    days = sorted({str(row["last_day"]) for row in owes(office)})
    assert days[-4:] == ["2024-08-25", "2024-10-25", "2024-12-25", "2025-02-25"]
    assert {str(row["last_day"]) for row in first} >= {"2023-08-25", "2023-10-25", "2024-08-25"}


def test_a_dry_run_writes_nothing(office: Owing) -> None:
    result = troly(office, "assign", PAPER, "12", "--dry-run")
    assert "4 đơn vị" in result.output
    assert "Ngày cuối: 19/09/2023" in result.output
    assert owes(office) == []


def test_late_is_what_is_over(office: Owing) -> None:
    troly(office, "assign", PAPER, "12")
    assert troly(office, "late", "--json").stdout == ""
    office.go_to(date(2023, 9, 20))
    assert len(troly(office, "late", "--json").stdout.splitlines()) == 4
    assert "V1  19/09/2023" in troly(office, "late").stdout


# --- from the reminder to the office's word -------------------------------------------------------


class Played:
    """An officer of one school on Telegram, who owes a report."""

    def __init__(
        self, office: Owing, last_day: date = date(2023, 9, 19), **changes: object
    ) -> None:
        self.office = office
        self.talks = Talks(office.engine, office.settings)
        with transaction(office.engine) as session:
            person = office.person(session, 3, "7")
            for purpose in ("register", "submit"):
                agree(session, person, purpose, 1, office.clock.now)
        self.duty = office.owes(3, last_day, **changes)

    def told(self, *texts: str) -> str:
        """What is said to the last of them."""
        for text in texts:
            answered = self.talks.say(text)
        return "\n".join(answered)

    def tap(self, label: str) -> str:
        """A button of the last message that came unasked."""
        with transaction(self.office.engine) as session:
            of = select(OutboundMessage).where(col(OutboundMessage.event_id).is_(None))
            last = session.exec(of.order_by(col(OutboundMessage.id).desc())).first()
        assert last is not None
        [id_] = [str(b["id"]) for b in last.buttons if isinstance(b, dict) and b["label"] == label]
        return "\n".join(m.text for m in self.talks.tell(event="press", button=id_))

    @property
    def sent(self) -> Submission:
        """What was sent last."""
        with transaction(self.office.engine) as session:
            found = select(Submission).order_by(col(Submission.id).desc())
            one = session.exec(found).first()
        assert one is not None
        return one

    @property
    def open(self) -> bool:
        """Whether the unit still owes it."""
        with transaction(self.office.engine) as session:
            return bool(owed_by(session, [3], self.office.today))


@pytest.fixture
def played(office: Owing) -> Played:
    """On the day of the first reminder."""
    played = Played(office)
    office.go_to(date(2023, 9, 5))
    office.remind()
    return played


def test_done_with_a_tap(played: Played) -> None:
    assert "Hoàn thành ngày nào?" in played.tap("Đã nộp")
    played.told("hôm qua")
    for _ in range(9):  # number, files, figures, difficulties …
        played.told("bỏ qua")
    assert "Mã hồ sơ" in played.told("gửi")
    assert (played.sent.assignment_id, played.sent.settles) == (played.duty, True)
    assert not played.open
    played.office.go_to(date(2023, 9, 12))
    played.office.remind()
    assert played.office.told(played.duty) == ["05/09 before"]
    assert "không ghi nhận việc nào" in played.told("việc của tôi")


def test_not_done_yet_goes_on(played: Played) -> None:
    played.told("báo cáo", "1")
    assert "Vì lý do gì?" in played.told("chưa xong")
    played.told("Đang chờ phối hợp", "15/9/2023", "gửi")
    assert (played.sent.assignment_id, played.sent.settles) == (played.duty, False)
    assert played.open


def test_another_day_is_granted_at_the_desk(
    played: Played, client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    assert grants(played, "29/9/2023", client, sqlite, settings) == date(2023, 9, 29)
    assert "Hạn mới: hết thứ Sáu 29/09/2023" in played.talks.waiting("telegram")[-1].text
    assert played.open


def test_a_day_that_is_not_later_changes_nothing(
    played: Played, client: TestClient, sqlite: Engine, settings: Settings
) -> None:
    assert grants(played, "15/9/2023", client, sqlite, settings) == date(2023, 9, 19)
    assert "Hạn mới" not in played.talks.waiting("telegram")[-1].text


def grants(
    played: Played, day: str, client: TestClient, sqlite: Engine, settings: Settings
) -> date:
    """The last day after the desk has accepted that it is done by `day`."""
    played.tap("Xin lùi hạn")
    played.told("Đang chờ phối hợp", day, "gửi")
    assert played.open
    officer = signed_in(client, sqlite, settings, "receiver")
    officer.post(f"/admin/submissions/{played.sent.id}/decide", state="accepted")
    with transaction(sqlite) as session:
        owed = get_owed(session, played.duty)
        assert owed is not None
        return owed.assignment.last_day


def test_returned_goes_on(played: Played, client: TestClient, settings: Settings) -> None:
    test_done_with_a_tap(played)
    officer = signed_in(client, played.office.engine, settings, "receiver")
    sent = f"/admin/submissions/{played.sent.id}/decide"
    officer.post(sent, state="returned", reply="Thiếu số liệu")
    assert played.open
    played.office.go_to(date(2023, 9, 15))
    played.office.remind()
    assert played.office.told(played.duty)[-1] == "15/09 before"


def test_a_plan_settles_the_one_plan_that_is_owed(office: Owing) -> None:
    played = Played(office, form="nop-ke-hoach", title="Kế hoạch thực hiện năm 2023")
    played.told("nộp kế hoạch", "riêng")
    sent = played.talks.keep(event="file")
    content = "KẾ HOẠCH truyền thông năm 2023".encode()
    played.talks.answer(sent, (Received("ke-hoach.txt", "text/plain", content),))
    played.told("bỏ qua", "bỏ qua", "Kế hoạch năm 2023", "bỏ qua", "2023", "bỏ qua", "gửi")
    assert played.sent.form == "nop-ke-hoach"
    assert (played.sent.assignment_id, played.sent.settles) == (played.duty, True)
    assert not played.open


def test_put_off_in_the_chat(played: Played) -> None:
    played.tap("Nhắc lại sau")
    assert "thứ Sáu 08/09/2023" in played.told("V1 nhắc sau 3 ngày")
    for day in (6, 7, 8, 12):
        played.office.go_to(date(2023, 9, day))
        played.office.remind()
    assert played.office.told(played.duty) == ["05/09 before", "08/09 before", "12/09 before"]


def test_a_page_that_fetches_it_has_been_told(office: Owing) -> None:
    unit = office.unit("Trường trên mạng", channel="web")
    office.owes(unit, date(2023, 9, 19))
    office.go_to(date(2023, 9, 5))
    office.remind()
    talks = Talks(office.engine, office.settings)
    with transaction(office.engine) as session:
        assert session.exec(select(Notice.state)).all() == ["open"]
        address = find_account(session, "web", "Trường trên mạng/0")
    assert address is not None
    [line] = said_after(talks.post, "Trường trên mạng/0", 0)
    assert "Việc đến hạn" in str(line["text"])
    buttons = line["buttons"]
    assert isinstance(buttons, list)
    assert next(b["label"] for b in buttons if isinstance(b, dict)) == "Đã nộp"
    with transaction(office.engine) as session:
        assert session.exec(select(Notice.state)).all() == ["told"]


def test_another_unit_sees_nothing_of_it(played: Played) -> None:
    with transaction(played.office.engine) as session:
        played.office.person(session, 1, "8")
    assert "Tôi không thấy việc V1" in "\n".join(played.talks.say("V1 đã nộp", "8"))
    assert "không ghi nhận" in "\n".join(played.talks.say("việc của tôi", "8"))
    with transaction(played.office.engine) as session:
        assert session.exec(select(Assignment.unit_id)).one() == 3
