"""Duties asked for in the chat, on the way that every message takes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from service.storage.admins import Role
from service.storage.assignments import put_on
from service.storage.bindings import ask
from service.storage.codes import keep_code
from service.storage.engine import transaction
from service.storage.people import find_account
from tests.desk import an_admin
from tests.integration.talks import Talks
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
