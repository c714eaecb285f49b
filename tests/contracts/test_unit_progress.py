"""How far all units are, and who may ask for it: on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from bot.who_owes import Which
from service.storage import units
from service.storage.admins import Role, join_person, roles_of_person, set_disabled
from service.storage.assignments import end_assignments, move_day, put_on
from service.storage.codes import keep_code
from service.storage.duty_tables import Assignment
from service.storage.engine import transaction
from service.storage.people_tables import AdminUser
from service.storage.unit_progress import units_by_duty
from tests.desk import an_account, an_admin
from tests.owing import DAY, Owing

TODAY = date(2023, 9, 25)
PLAN, REPORT = date(2023, 9, 19), date(2023, 12, 9)
CODE = "K7QM-2XRD"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Owing:
    return Owing(engine, tmp_path, TODAY)


def told(office: Owing, which: Which) -> list[tuple[str, date, int, int, list[str]]]:
    """Title, day, how many of how many, the names."""
    with transaction(office.engine) as session:
        return [
            (one.obligation.title, one.due_on, one.done, one.total, [name for name, _ in one.units])
            for one in units_by_duty(session, which, office.today)
        ]


def put(office: Owing, title: str, units: list[int], *days: date) -> list[int]:
    """All of them owe it by these days; the ids of the assignments."""
    obligation = office.obligation(title=title)
    with transaction(office.engine) as session:
        for day in days:
            put_on(session, obligation, units, day, office.today)
        of = select(Assignment.id).where(col(Assignment.obligation_id) == obligation)
        return [id_ or 0 for id_ in session.exec(of.order_by(col(Assignment.id)))]


def test_of_how_many_with_the_longest_overdue_in_front(office: Owing) -> None:
    schools = [office.unit(f"Trường {letter}", people=0) for letter in "DCBA"]
    report = put(office, "Báo cáo", schools, REPORT)
    plans = put(office, "Kế hoạch", schools, PLAN)
    office.report(plans[0])
    office.report(plans[1], "returned")
    office.report(report[0], settles=False)  # it asks for another day
    with transaction(office.engine) as session:
        move_day(session, plans[3], PLAN - DAY, office.today)
    assert told(office, "open") == [
        ("Kế hoạch", PLAN, 1, 4, ["Trường A", "Trường B", "Trường C"]),
        ("Báo cáo", REPORT, 0, 4, ["Trường A", "Trường B", "Trường C", "Trường D"]),
    ]
    assert told(office, "late") == [("Kế hoạch", PLAN, 1, 4, ["Trường A", "Trường B", "Trường C"])]
    assert told(office, "done") == [("Kế hoạch", PLAN, 1, 4, ["Trường D"])]


def test_names_stand_as_people_look_for_them(office: Owing) -> None:
    names = ["Trường số 2", "Trường số 10", "TRƯỜNG số 3", "Đoàn Thị Điểm", "Đoàn 2", "9 Lê Lợi"]
    put(office, "Kế hoạch", [office.unit(name, people=0) for name in names], PLAN)
    [(*_, found)] = told(office, "open")
    assert found == [
        "9 Lê Lợi", "Đoàn 2", "Đoàn Thị Điểm", "Trường số 2", "TRƯỜNG số 3", "Trường số 10",
    ]  # fmt: skip


def test_a_day_that_was_moved_counts_for_its_unit(office: Owing) -> None:
    schools = [office.unit(f"Trường {letter}", people=0) for letter in "AB"]
    _, two = put(office, "Kế hoạch", schools, PLAN)
    report, _ = put(office, "Báo cáo", schools, REPORT)
    with transaction(office.engine) as session:
        move_day(session, two, TODAY + DAY, office.today)
        move_day(session, report, TODAY - DAY, office.today)
    assert told(office, "late") == [
        ("Kế hoạch", PLAN, 0, 2, ["Trường A"]),
        ("Báo cáo", REPORT, 0, 2, ["Trường A"]),
    ]


def test_units_that_are_gone_and_duties_taken_off_do_not_count(office: Owing) -> None:
    schools = [office.unit(f"Trường {letter}", people=0) for letter in "ABC"]
    plans = put(office, "Kế hoạch", schools, PLAN)
    with transaction(office.engine) as session:
        end_assignments(session, [plans[0]], "admin:1", office.clock.now)
        closed = units.get_unit(session, schools[1])
        assert closed is not None
        closed.closed_on = TODAY
        session.add(closed)
    assert told(office, "open") == [("Kế hoạch", PLAN, 0, 1, ["Trường C"])]


def test_of_what_comes_back_the_times_that_are_over_and_the_next(office: Owing) -> None:
    school = office.unit("Trường A", people=0)
    days = [date(2023, month, 25) for month in (7, 8, 9, 10, 11)]
    put(office, "Hằng tháng", [school], *days)
    assert [one[1] for one in told(office, "open")] == days[:3]  # the third is today
    assert [one[1] for one in told(office, "late")] == days[:2]


@pytest.mark.parametrize("role", get_args(Role))
def test_a_code_of_the_desk_joins_a_person_to_its_role(office: Owing, role: Role) -> None:
    at = office.clock.now
    with transaction(office.engine) as session:
        admin = an_admin(session, "lan", role)
        person = an_account(session, "telegram", "7", at).person_id
        other = an_account(session, "telegram", "8", at).person_id
        keep_code(session, "test", CODE, at + DAY, admin_id=admin)
        assert roles_of_person(session, person, at) == frozenset()
        assert join_person(session, CODE, person, at)
        assert roles_of_person(session, person, at) == {role}
        assert roles_of_person(session, other, at) == frozenset()
        assert roles_of_person(session, person, at + timedelta(days=366)) == frozenset()
        set_disabled(session, session.get_one(AdminUser, admin), at)
        session.flush()
        assert roles_of_person(session, person, at) == frozenset()
