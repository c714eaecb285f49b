"""Letters to the address of an officer: proved, told what is due, shown, erased, over a server."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update
from sqlmodel import col, select

from bot.registry import NOTICE
from service import offices
from service.channels import open_lines
from service.delivery.sending import Sender
from service.delivery.telling import tell_person
from service.storage import bindings, units
from service.storage.base import UNHELD
from service.storage.codes import ALPHABET
from service.storage.consents import agree, agreed
from service.storage.delivery_tables import OutboundMessage
from service.storage.duty_tables import NoticeAttempt
from service.storage.engine import transaction
from service.storage.people import find_account
from service.storage.people_tables import ChannelAccount
from service.storage.told import unreached
from tests.delivering import running, threads, until
from tests.fakes.smtp import FakeServer, smtp
from tests.integration.talks import Talks
from tests.owing import Owing

pytestmark = pytest.mark.anyio

FIRST, DAY_14, PLAN = date(2023, 8, 1), date(2023, 9, 5), date(2023, 9, 19)
ADDRESS = "lan.nguyen@truong.example.vn"
CODE = re.compile(rf"^([{ALPHABET}]{{4}}-[{ALPHABET}]{{4}})$", re.MULTILINE)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with smtp() as fake:
        yield fake


class School:
    """A unit with an officer who writes over Telegram, an office with a mail server."""

    def __init__(self, engine: Engine, folder: Path, server: FakeServer, **changes: object) -> None:
        url = f"smtp://127.0.0.1:{server.port}"
        sender = "Sở Giáo dục và Đào tạo <nhac-viec@so.example.vn>"
        values = {"smtp_url": url, "smtp_from": sender, "remind_order": "telegram,email", **changes}
        self.office = Owing(engine, folder, FIRST, **values)
        self.talks = Talks(engine, self.office.settings)
        self.engine = engine
        with transaction(engine) as session:
            name = "Trường THPT Ngô Quyền"
            self.unit = units.add_unit(session, name, self.office.clock.now).id or 0

    def officer(self, person: str = "7", *, confirmed: bool = True) -> int:
        """Somebody who acts for the unit; the number of the person."""
        self.talks.say("xin chào", person)
        with transaction(self.engine) as session:
            account = find_account(session, "telegram", person)
            assert account is not None
            now = self.office.clock.now
            asked = bindings.ask(session, account.person_id, self.unit, "Lan", "cán bộ", now)
            agree(session, account.person_id, "register", NOTICE, now)
            if confirmed:
                offices.confirm(session, asked.id or 0, "admin:1", now)
            return account.person_id

    def code(self) -> str:
        """Of the letter that was written last."""
        found = CODE.findall(self.letters()[-1].text)
        assert len(found) == 1
        return str(found[0])

    def proved(self, person: str = "7", address: str = ADDRESS) -> None:
        """Letters go there."""
        self.talks.say(f"nhận thư: {address}", person)
        [told] = self.talks.say(self.code(), person)
        assert "Từ nay thư nhắc việc gửi tới" in told

    def letters(self) -> list[OutboundMessage]:
        with transaction(self.engine) as session:
            found = select(OutboundMessage).where(col(OutboundMessage.channel) == "email")
            return list(session.exec(found.order_by(col(OutboundMessage.id))))

    def mailboxes(self) -> list[tuple[int, str]]:
        with transaction(self.engine) as session:
            found = select(ChannelAccount).where(col(ChannelAccount.channel) == "email")
            return [(one.person_id, one.chat) for one in session.exec(found)]

    def attempts(self) -> list[tuple[str, str]]:
        with transaction(self.engine) as session:
            found = session.exec(select(NoticeAttempt).order_by(col(NoticeAttempt.id)))
            return [(one.channel, one.outcome) for one in found]

    def gone(self, channel: str = "telegram") -> None:
        """Nobody is found there any more."""
        with transaction(self.engine) as session:
            there = update(ChannelAccount).where(col(ChannelAccount.channel) == channel)
            session.execute(there.values(unreachable="403"))

    async def send(self) -> None:
        """Whatever waits for the mail server."""
        lines = open_lines(self.office.settings, self.engine)
        [mail] = [line.channel for line in lines if line.channel.name == "email"]
        with threads() as pool:
            async with running(Sender(self.talks.desk, mail, "w", pool, 4).run):
                await until(
                    lambda: not {"waiting", "sending"} & {one.state for one in self.letters()}
                )


@pytest.fixture
def school(sqlite: Engine, tmp_path: Path, server: FakeServer) -> School:
    return School(sqlite, tmp_path, server)


async def test_an_address_counts_once_its_code_came_back(
    school: School, server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person = school.officer()
    [told] = school.talks.say(f"nhan thu {ADDRESS}")
    assert "l•••@truong.example.vn" in told
    assert school.mailboxes() == []
    await school.send()
    [(to, letter)] = server.letters
    assert to == ADDRESS
    code = school.code()
    assert letter["Subject"] == f"Mã xác nhận địa chỉ thư: {code}"
    assert code in letter.get_content()
    wrong = "AAAA-2222" if code != "AAAA-2222" else "BBBB-2222"
    school.talks.say(f"mã thư {wrong}")
    assert school.mailboxes() == []
    school.talks.say(code.lower())
    assert school.mailboxes() == [(person, ADDRESS)]
    with transaction(school.engine) as session:
        assert agreed(session, person, "mail", NOTICE)
    assert ADDRESS not in caplog.text
    [told] = school.talks.say("mã thư " + code)  # it is used up
    assert "không đúng hoặc đã hết hạn" in told


def test_a_code_is_good_for_an_hour_and_for_whoever_asked(school: School) -> None:
    school.officer()
    school.officer("8")
    school.talks.say(f"nhận thư: {ADDRESS}")
    code = school.code()
    school.talks.say(f"mã thư {code}", "8")
    assert school.mailboxes() == []
    school.office.clock.forward(timedelta(minutes=61))
    school.talks.say(f"mã thư {code}")
    assert school.mailboxes() == []


def test_nobody_can_have_others_flooded(school: School) -> None:
    for person in ("7", "8"):
        school.officer(person)
    for n in range(7):
        school.talks.say(f"nhận thư: {ADDRESS}", "78"[n % 2])
    assert len(school.letters()) == 5
    [told] = school.talks.say(f"nhận thư: {ADDRESS}")
    assert "ngày mai" in told
    for n in range(9):
        school.talks.say(f"nhận thư: other{n}@truong.example.vn", "7")
    assert len(school.letters()) == 5 + 5 - 3
    school.office.clock.forward(timedelta(days=1, minutes=1))
    school.talks.say(f"nhận thư: {ADDRESS}")
    assert len(school.letters()) == 8


def test_only_who_was_confirmed_is_sent_letters(school: School) -> None:
    school.officer(confirmed=False)
    [told] = school.talks.say(f"nhận thư: {ADDRESS}")
    assert "đã được xác nhận" in told
    assert school.letters() == []


async def test_what_is_due_comes_by_letter_where_the_chat_reaches_nobody(
    sqlite: Engine, tmp_path: Path, server: FakeServer
) -> None:
    school = School(sqlite, tmp_path, server, public_url="https://hoi-dap.example.vn")
    school.officer()
    school.proved()
    await school.send()
    owed = school.office.owes(school.unit, PLAN, title="Báo cáo kết quả truyền thông.")
    school.office.go_to(DAY_14)
    school.gone()
    school.office.remind()
    await school.send()
    school.office.remind()
    assert school.attempts() == [("email", "told")]
    to, letter = server.letters[-1]
    assert to == ADDRESS
    assert letter["Subject"] == "Nhắc việc: Báo cáo kết quả truyền thông (hạn 19/09/2023)"
    said = letter.get_content().replace("\r\n", "\n")
    assert said.startswith("Kính gửi Anh/chị,\n\nViệc đến hạn của đơn vị Anh/chị:")
    assert "Trường THPT Ngô Quyền: Báo cáo kết quả truyền thông" in said
    assert f"“V{owed} đã nộp”" in said
    assert "https://hoi-dap.example.vn" in said
    assert "“ngừng nhận thư”" in said
    assert "chọn bên dưới" not in said  # there are no buttons
    key = school.letters()[-1].key
    assert key == "notice:1:email"


async def test_several_duties_are_one_letter_and_no_link_leaves_without_an_address(
    school: School, server: FakeServer
) -> None:
    school.officer()
    school.proved()
    for n in range(8):
        school.office.owes(school.unit, PLAN, title=f"Việc thứ {n}")
    school.office.go_to(DAY_14)
    school.gone()
    school.office.remind()
    await school.send()
    _, letter = server.letters[-1]
    assert letter["Subject"] == "Nhắc việc: 8 việc, hạn gần nhất 19/09/2023"
    said = letter.get_content()
    assert all(f"Việc thứ {n}" in said for n in range(8))
    assert "http" not in said


async def test_a_mailbox_that_does_not_exist_is_left_out_and_the_next_way_follows(
    sqlite: Engine, tmp_path: Path, server: FakeServer
) -> None:
    school = School(sqlite, tmp_path, server, remind_order="email,telegram")
    school.officer()
    school.proved()
    await school.send()
    server.answers["RCPT"] = "550 5.1.1 no such user"
    school.office.owes(school.unit, PLAN)
    school.office.go_to(DAY_14)
    school.office.remind()
    await school.send()
    school.office.remind()
    assert school.attempts() == [("email", "550 5.1.1"), ("telegram", "")]
    with transaction(sqlite) as session:
        found = find_account(session, "email", f"{school.mailboxes()[0][0]}:{ADDRESS}")
        assert found is not None
        assert found.unreachable == "550 5.1.1"


async def test_a_letter_of_a_process_that_died_goes_again(
    school: School, server: FakeServer
) -> None:
    school.officer()
    school.talks.say(f"nhận thư: {ADDRESS}")
    await school.send()
    with transaction(school.engine) as session:  # as if nobody had written down that it went
        begun = {"state": "sending", "worker": "dead", "held_until": UNHELD}
        session.execute(update(OutboundMessage).values(begun))
    await school.send()
    ids = [letter["Message-ID"] for _, letter in server.letters]
    assert len(ids) == 2
    assert len(set(ids)) == 1


async def test_an_address_that_is_taken_back_is_forgotten(school: School) -> None:
    person = school.officer()
    school.proved()
    [told] = school.talks.say("ngừng nhận thư")
    assert "Đã xóa địa chỉ thư" in told
    assert school.mailboxes() == []
    assert ADDRESS not in everything(school.engine)
    with transaction(school.engine) as session:
        assert not agreed(session, person, "mail", NOTICE)
        assert agreed(session, person, "register", NOTICE)  # other ways stay open


def test_a_letter_that_waits_is_called_back_and_its_notice_goes_another_way(
    sqlite: Engine, tmp_path: Path, server: FakeServer
) -> None:
    school = School(sqlite, tmp_path, server, remind_order="email,telegram")
    school.officer()
    school.proved()
    school.office.owes(school.unit, PLAN)
    school.office.go_to(DAY_14)
    school.office.remind()
    school.talks.say("ngừng nhận thư")
    school.office.remind()
    assert school.attempts() == [("email", "called back"), ("telegram", "")]
    with transaction(sqlite) as session:
        assert unreached(session, FIRST, PLAN) == []


def test_an_address_is_replaced_and_goes_with_the_consent(school: School) -> None:
    person = school.officer()
    school.proved()
    school.proved(address="khac@truong.example.vn")
    assert school.mailboxes() == [(person, "khac@truong.example.vn")]
    assert ADDRESS not in everything(school.engine)
    school.talks.say("rút đồng ý")
    school.talks.say("xác nhận rút đồng ý")
    assert school.mailboxes() == []


def test_it_is_among_what_a_person_is_given_and_erased_with_them(school: School) -> None:
    school.officer()
    school.proved()
    [_, file] = school.talks.tell(text="dữ liệu của tôi")
    received = school.office.settings.received_dir / str(file.enclosure["sha256"])
    accounts = json.loads(received.read_text("utf-8"))["accounts"]
    assert ("email", ADDRESS) in [(one["channel"], one["address"]) for one in accounts]
    school.talks.say("xóa dữ liệu")
    school.talks.say("xác nhận xóa")
    assert school.mailboxes() == []
    assert ADDRESS not in everything(school.engine)


def test_an_address_that_was_never_proved_is_erased_too(school: School) -> None:
    school.officer()
    school.talks.say(f"nhận thư: {ADDRESS}")
    assert ADDRESS in everything(school.engine)
    school.talks.say("xóa dữ liệu")
    school.talks.say("xác nhận xóa")
    assert ADDRESS not in everything(school.engine)


def test_two_officers_share_the_mailbox_of_their_school(school: School) -> None:
    first, second = school.officer(), school.officer("8")
    school.proved()
    school.proved("8")
    assert school.mailboxes() == [(first, ADDRESS), (second, ADDRESS)]
    school.talks.say("ngừng nhận thư", "8")
    assert school.mailboxes() == [(first, ADDRESS)]


def test_words_of_the_desk_go_where_they_can_be_answered(school: School) -> None:
    """An address proved a moment ago is not the channel on which the person writes."""
    person = school.officer()
    school.proved()
    with transaction(school.engine) as session:
        assert tell_person(session, person, "Hồ sơ đã được nhận.", school.office.clock.now)
    assert [one.text for one in school.talks.waiting("telegram")][-1] == "Hồ sơ đã được nhận."
    school.gone()
    with transaction(school.engine) as session:
        assert not tell_person(session, person, "Tin.", school.office.clock.now)


def everything(engine: Engine) -> str:
    """Every row of every table."""
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        return "\n".join(
            str(row)
            for (name,) in tables.all()
            for row in connection.execute(text(f"SELECT * FROM {name}"))
        )
