"""Duties asked for in the chat, and put into a calendar, on the way that every message takes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from bot.channels.base import Limits
from bot.channels.zalo_messages import limits_of
from service.app import create_app
from service.delivery.web import LIMITS, Said, exchange, incoming_from
from service.duties.calendar_file import MEDIA_TYPE
from service.live import LiveAssistant
from service.storage.admins import Role
from service.storage.assignments import move_day, put_on
from service.storage.bindings import ask
from service.storage.codes import keep_code
from service.storage.engine import transaction
from service.storage.people import find_account
from tests.builders import some_settings
from tests.desk import an_admin
from tests.fakes.answers import FakeAnswers
from tests.integration.talks import RICH, Talks
from tests.owing import DAY, Owing

TODAY, LAST = date(2023, 9, 25), date(2023, 9, 19)
CODE = "K7QM-2XRD"
SOURCE = "Căn cứ: Mục III.6 (Tổ chức thực hiện), Kế hoạch năm 2023."


@pytest.fixture
def office(sqlite: Engine, tmp_path: Path) -> Owing:
    """Two schools that owe a plan, of which one has sent it; late since a few days."""
    office = Owing(sqlite, tmp_path, TODAY)
    units = [office.unit(f"Trường {letter}", people=0) for letter in "AB"]
    obligation = office.obligation(form="nop-ke-hoach", title="Kế hoạch năm 2023")
    with transaction(sqlite) as session:
        put_on(session, obligation, units, LAST, TODAY)
    office.report(2)
    return office


@pytest.fixture
def talks(office: Owing) -> Talks:
    return Talks(office.engine, office.settings)


def joined(office: Owing, talks: Talks, role: Role) -> None:
    """Whoever writes as "7" sends a code of the desk."""
    with transaction(office.engine) as session:
        admin = an_admin(session, "lan", role)
        keep_code(session, "test", CODE, office.clock.now + DAY, admin_id=admin)
    assert "đơn vị nào chưa nộp" in "\n".join(talks.say(CODE))


@pytest.mark.parametrize("role", ["owner", "editor", "receiver"])
@pytest.mark.parametrize(
    "typed", ["đơn vị nào chưa nộp kế hoạch?", "don vi nao chua nop", "con don vi nao tre han ko"]
)
def test_the_desk_is_told_who_has_not(office: Owing, talks: Talks, role: Role, typed: str) -> None:
    joined(office, talks, role)
    (told,) = talks.say(typed)
    assert "Trường A" in told
    assert "Trường B" not in told
    assert "Hạn: hết thứ Ba 19/09/2023." in told
    assert "1/2 đơn vị đã nộp; 1 đơn vị chưa nộp." in told
    assert SOURCE in told


def test_and_who_has(office: Owing, talks: Talks) -> None:
    joined(office, talks, "owner")
    (told,) = talks.say("bao nhiêu đơn vị đã nộp rồi?")
    assert ("Trường A" in told, "Trường B" in told) == (False, True)


def test_nobody_else_is(office: Owing, talks: Talks) -> None:
    with transaction(office.engine) as session:
        office.person(session, 1, "9", head=True)
    for person in ("8", "9"):
        (told,) = talks.say("đơn vị nào chưa nộp kế hoạch?", person)
        assert "Trường" not in told
        assert "“việc của tôi”" in told
    joined(office, talks, "viewer")
    assert "Trường" not in "\n".join(talks.say("đơn vị nào chưa nộp kế hoạch?"))


def test_what_the_papers_say_is_asked_of_the_papers(office: Owing, talks: Talks) -> None:
    joined(office, talks, "owner")
    (told,) = talks.say("đơn vị nào phải nộp kế hoạch?")
    assert "đã nộp" not in told


MINE = [
    "tôi còn việc gì phải nộp?",
    "toi con viec gi phai nop",
    "hạn nộp của trường tôi",
    "han nop cua truong toi",
    "việc của tôi",
    "viec cua toi",
    "Trường tôi còn phải nộp gì?",
    "truong toi con phai nop gi",
]


@pytest.mark.parametrize("typed", MINE)
def test_ones_own_list_names_the_clause(office: Owing, talks: Talks, typed: str) -> None:
    with transaction(office.engine) as session:
        office.person(session, 1, "7")
    (told,) = talks.say(typed)
    assert "Trường A: Kế hoạch năm 2023" in told
    assert SOURCE in told
    assert "Mã việc: V1." in told


@pytest.mark.parametrize("typed", MINE)
def test_a_long_list_names_each_clause(office: Owing, talks: Talks, typed: str) -> None:
    with transaction(office.engine) as session:
        office.person(session, 1, "7")
    for number in range(6):
        title, source = f"Báo cáo số {number}", f"Mục {number}, Kế hoạch năm 2023"
        office.owes(1, date(2023, 12, 9), title=title, source=source)
    told = "\n".join(talks.say(typed))
    assert all(f"Mục {number}, Kế hoạch năm 2023" in told for number in range(6))


@pytest.mark.parametrize("typed", MINE)
def test_whoever_acts_for_no_unit_learns_how_to(office: Owing, talks: Talks, typed: str) -> None:
    (told,) = talks.say(typed)
    assert "“đăng ký”" in told
    assert "Trường A" not in told
    talks.say("trợ giúp")
    with transaction(office.engine) as session:
        account = find_account(session, "telegram", "7")
        assert account is not None
        ask(session, account.person_id, 1, "Người", "cán bộ", office.clock.now)
    (told,) = talks.say(typed)
    assert "thay mặt Trường A của Anh/chị đang chờ xác nhận" in told
    assert "Kế hoạch năm 2023" not in told


# --- into a calendar ------------------------------------------------------------------------------

PUBLIC = "https://hoi-dap.example.gov.vn"
AHEAD = date(2023, 12, 9)


def officer(office: Owing, channel: str) -> None:
    """Whoever writes there as "7" acts for the first school, which owes something more."""
    with transaction(office.engine) as session:
        office.person(session, 1, "7", channel=channel)
    office.owes(1, AHEAD)


def lines_of(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_telegram_gets_the_file(office: Owing, talks: Talks) -> None:
    officer(office, "telegram")
    told, file = talks.tell(text="V3 thêm vào lịch")
    assert "hết thứ Bảy 09/12/2023" in told.text
    assert (file.enclosure["name"], file.enclosure["media_type"]) == ("viec-V3.ics", MEDIA_TYPE)
    kept = office.settings.received_dir / str(file.enclosure["sha256"])
    lines = lines_of(kept.read_bytes())
    assert "DTSTART;VALUE=DATE:20231209" in lines
    assert any(line.startswith("DESCRIPTION:Trường A: Báo cáo") for line in lines)


def test_a_new_date_replaces_the_old_one_in_the_calendar(office: Owing, talks: Talks) -> None:
    officer(office, "telegram")
    uids = []
    for day in (AHEAD, AHEAD + 5 * DAY):
        with transaction(office.engine) as session:
            move_day(session, 3, day, TODAY)
        file = talks.tell(text="thêm V3 vào lịch")[-1]
        lines = lines_of(
            (office.settings.received_dir / str(file.enclosure["sha256"])).read_bytes()
        )
        assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}" in lines
        uids += [line for line in lines if line.startswith("UID:")]
    assert uids[0] == uids[1]


def test_all_of_ones_own_in_one_file(office: Owing, talks: Talks) -> None:
    officer(office, "telegram")
    office.owes(1, AHEAD)
    office.owes(2, AHEAD)
    file = talks.tell(text="thêm việc của tôi vào lịch")[-1]
    assert file.enclosure["name"] == "viec-cua-don-vi.ics"
    lines = lines_of((office.settings.received_dir / str(file.enclosure["sha256"])).read_bytes())
    assert lines.count("BEGIN:VEVENT") == 2


@pytest.mark.parametrize("typed", ["V3 thêm vào lịch", "việc V4 thêm vào lịch"])
def test_nobody_elses(office: Owing, talks: Talks, typed: str) -> None:
    officer(office, "telegram")
    office.owes(2, AHEAD)
    messages = talks.tell(text=typed)
    assert bool(messages[-1].enclosure) is typed.startswith("V3")


def test_zalo_gets_a_link_where_there_is_an_address(
    office: Owing, tmp_path: Path, sqlite: Engine
) -> None:
    officer(office, "zalo_oa")
    public = some_settings(tmp_path, clock=office.settings.clock, public_url=PUBLIC)
    talks = Talks(office.engine, public, {"zalo_oa": limits_of(0)})
    told = "\n".join(talks.say("V3 thêm vào lịch", channel="zalo_oa"))
    assert "hết thứ Bảy 09/12/2023" in told
    url = told.split()[-1]
    assert url.startswith(f"{PUBLIC}/files/")
    live = LiveAssistant(load=FakeAnswers, stamp=lambda: 0)
    with TestClient(create_app(public, live, sqlite)) as client:
        answer = client.get(urlsplit(url).path)
    assert "DTSTART;VALUE=DATE:20231209" in lines_of(answer.content)
    assert answer.headers["content-type"].startswith(MEDIA_TYPE)
    assert answer.headers["content-disposition"].startswith("attachment")


def test_and_the_date_in_words_where_there_is_none(office: Owing) -> None:
    officer(office, "zalo_oa")
    talks = Talks(office.engine, office.settings, {"zalo_oa": limits_of(0)})
    messages = talks.tell(text="V3 thêm vào lịch", channel="zalo_oa")
    told = "\n".join(message.text for message in messages)
    assert "hết thứ Bảy 09/12/2023" in told
    assert "trang web" in told
    assert not any(message.enclosure for message in messages)


def test_the_page_gets_a_download(office: Owing) -> None:
    officer(office, "web")
    talks = Talks(office.engine, office.settings, {"web": LIMITS})
    exchanged = exchange(talks.post, incoming_from("7", Said("1", "V3 thêm vào lịch")))
    (file,) = [line["file"] for line in exchanged if line["file"]]
    assert isinstance(file, dict)
    assert (file["name"], file["media_type"]) == ("viec-V3.ics", MEDIA_TYPE)


@pytest.mark.parametrize(("channel", "limits", "room"), [
    ("telegram", RICH, True), ("zalo_oa", limits_of(0), False), ("web", LIMITS, True),
])  # fmt: skip
def test_its_button_where_there_is_room(
    office: Owing, channel: str, limits: Limits, room: bool
) -> None:
    officer(office, channel)
    talks = Talks(office.engine, office.settings, {channel: limits})
    (told,) = talks.tell(text="V3", channel=channel)
    shown = told.drawn["buttons"] if limits.draws else told.buttons
    assert isinstance(shown, list)
    labels = [one["label"] for one in shown if isinstance(one, dict)]
    assert labels[0] == "Đã nộp"
    assert ("Thêm vào lịch" in labels) is room
    assert "“V3 thêm vào lịch”" in told.text
