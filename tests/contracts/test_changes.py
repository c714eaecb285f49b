"""What changed papers propose for what was put on units: nothing by itself, all of it once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from knowledge.documents import Document, Duty
from knowledge.library import SHIPPED, Library, load_library
from service.duties.accepting import accept, put_aside
from service.duties.assigning import assign, days_of, lay_ahead
from service.duties.changes import Change, changes
from service.duty_reviews import listed_duties
from service.errors import AssignmentRefused
from service.storage.assignments import move_day
from service.storage.duty_reviews import keep_verdict
from service.storage.duty_tables import Assignment, Obligation
from service.storage.engine import transaction
from tests.owing import Owing

PAPER = "hai-phong-gddt-2023"
OLD, NEW = date(2023, 9, 19), date(2023, 9, 28)
Edit = Callable[[Duty], Duty | None]


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Owing:
    """In August 2023, with two schools."""
    office = Owing(engine, tmp_path, date(2023, 8, 1))
    for name in ("Trường THPT A", "Trường THPT B"):
        office.unit(name)
    return office


def shipped() -> Document:
    """The plan of Hải Phòng."""
    return load_library(SHIPPED).get(PAPER)


def edited(number: int, edit: Edit) -> Library:
    """The library in which one duty of the plan reads otherwise, or is gone."""
    paper = shipped()
    duties = (edit(d) if n == number else d for n, d in enumerate(paper.duties, start=1))
    return Library((replace(paper, duties=tuple(d for d in duties if d)),))


def another_day(duty: Duty) -> Duty:
    """Until the 28th."""
    when = replace(duty.when, text="trước ngày 29/9/2023", end=NEW, before=NEW + timedelta(days=1))
    return replace(duty, when=when, quote="mới")


def put_on(office: Owing, number: int = 12, *, due: date | None = None, units: int = 2) -> int:
    """The duty goes to the schools; the obligation."""
    with transaction(office.engine) as session:
        listed = listed_duties(session, Library((shipped(),)))[number - 1]
        days = days_of(listed, office.today, due=due, rule=None)
        ids = list(range(1, units + 1))
        assign(session, listed, days, ids, "command", office.clock.now, since=office.today)
        return session.exec(select(Obligation.id).order_by(col(Obligation.id).desc())).first() or 0


def proposed(office: Owing, library: Library) -> tuple[Change, ...]:
    """What is proposed now."""
    with transaction(office.engine) as session:
        return changes(session, library, office.today)


def follow(office: Owing, library: Library) -> None:
    """The one that is proposed is accepted."""
    with transaction(office.engine) as session:
        (one,) = changes(session, library, office.today)
        accept(session, one, "admin:1", office.clock.now, office.today)


def owed(office: Owing) -> list[tuple[int, int, str]]:
    """Obligation, unit and last day of what lasts."""
    with transaction(office.engine) as session:
        found = session.exec(select(Assignment).order_by(col(Assignment.id)))
        return [
            (one.obligation_id, one.unit_id, f"{one.last_day:%d/%m}")
            for one in found
            if one.ended_at is None
        ]


def kept(office: Owing, id_: int = 1) -> Obligation:
    """An obligation as it stands."""
    with transaction(office.engine) as session:
        return session.get_one(Obligation, id_)


def test_while_the_paper_says_the_same_nothing_is_proposed(office: Owing) -> None:
    put_on(office)
    assert proposed(office, Library((shipped(),))) == ()
    assert proposed(office, edited(12, lambda duty: replace(duty, quote="chữ khác"))) == ()
    assert proposed(office, edited(13, another_day)) == ()  # nobody owes that one


def test_another_day_moves_what_is_owed_once_it_is_accepted(office: Owing) -> None:
    put_on(office)
    library = edited(12, another_day)
    (one,) = proposed(office, library)
    assert (one.kind, one.refused) == ("changed", "")
    assert [(d.part, d.before, d.now) for d in one.differences] == [
        ("day", "trước ngày 20/9/2023", "trước ngày 29/9/2023")
    ]
    assert owed(office) == [(1, 1, "19/09"), (1, 2, "19/09")]
    office.report(2)
    with transaction(office.engine) as session:
        move_day(session, 1, date(2023, 9, 25), office.today)
    follow(office, library)
    # What is done stays as it was done.
    assert owed(office) == [(1, 1, "28/09"), (1, 2, "19/09")]
    assert kept(office).printed == "trước ngày 29/9/2023"
    assert proposed(office, library) == ()
    for day in (14, 15, 21, 25, 27, 28):
        office.go_to(date(2023, 9, day), 9)
        office.remind()
    assert office.told(1) == [f"{day}/09 before" for day in (14, 21, 25, 27, 28)]
    assert office.told(2) == []


def test_a_later_day_that_was_granted_stays(office: Owing) -> None:
    put_on(office)
    with transaction(office.engine) as session:
        move_day(session, 1, date(2023, 10, 10), office.today)
    follow(office, edited(12, another_day))
    assert owed(office) == [(1, 1, "10/10"), (1, 2, "28/09")]


def test_a_day_that_is_over_cannot_be_followed(office: Owing) -> None:
    put_on(office)
    past = edited(12, lambda d: replace(d, when=replace(d.when, end=date(2023, 7, 1)), quote="x"))
    (one,) = proposed(office, past)
    assert "đã qua" in one.refused
    with pytest.raises(AssignmentRefused):
        follow(office, past)
    assert owed(office) == [(1, 1, "19/09"), (1, 2, "19/09")]


def test_the_office_keeps_its_own_day(office: Owing) -> None:
    put_on(office, due=date(2023, 11, 30))
    assert proposed(office, edited(12, another_day)) == ()
    renamed = edited(12, lambda d: replace(d, duty=d.duty + " theo mẫu mới"))
    (one,) = proposed(office, renamed)
    assert [d.part for d in one.differences] == ["title"]
    follow(office, renamed)
    assert kept(office).title.endswith("theo mẫu mới")
    assert {day for _, _, day in owed(office)} == {"30/11"}


def test_other_units_and_another_receiver_are_shown(office: Owing) -> None:
    put_on(office)
    library = edited(12, lambda d: replace(d, leads=("Các Phòng GDĐT",), recipient="Bộ GDĐT"))
    (one,) = proposed(office, library)
    assert [(d.part, d.now) for d in one.differences] == [
        ("leads", "Các Phòng GDĐT"), ("recipient", "Bộ GDĐT (qua Thanh tra Sở)"),
    ]  # fmt: skip
    follow(office, library)
    assert (kept(office).leads, kept(office).recipient) == (
        "Các Phòng GDĐT",
        "Bộ GDĐT (qua Thanh tra Sở)",
    )
    assert len(owed(office)) == 2


def test_a_duty_that_is_gone_ends_once_it_is_accepted(office: Owing) -> None:
    put_on(office)
    put_on(office, 13)  # reads alike; it is there still, and is not taken for the other
    library = edited(12, lambda _duty: None)
    (one,) = proposed(office, library)
    assert (one.kind, one.obligation.id) == ("gone", 1)
    office.report(2)
    follow(office, library)
    assert owed(office) == [(1, 2, "19/09"), (2, 1, "09/12"), (2, 2, "09/12")]
    assert kept(office).ended_at is not None
    assert proposed(office, library) == ()


def test_a_paper_that_is_gone(office: Owing) -> None:
    put_on(office)
    (one,) = proposed(office, Library(()))
    assert one.kind == "no_paper"
    follow(office, Library(()))
    assert owed(office) == []


def test_a_paper_that_counts_no_more(office: Owing) -> None:
    put_on(office)
    office.go_to(date(2023, 8, 10))
    put_on(office, 13, due=date(2023, 11, 1))
    paper = shipped()
    validity = replace(paper.validity, until=date(2023, 8, 15), reason="đã được thay thế")
    library = Library((replace(paper, validity=validity),))
    assert proposed(office, library) == ()
    office.go_to(date(2023, 8, 20))
    assert [(c.kind, c.obligation.id) for c in proposed(office, library)] == [
        ("expired", 1), ("expired", 2),
    ]  # fmt: skip


def test_a_day_of_the_office_for_a_paper_that_was_over_is_meant(office: Owing) -> None:
    office.go_to(date(2024, 2, 1))
    put_on(office, due=date(2024, 3, 1))
    assert proposed(office, Library((shipped(),))) == ()


def test_what_is_only_late_when_the_paper_runs_out_is_left_to_the_office(office: Owing) -> None:
    put_on(office)
    office.go_to(date(2024, 1, 5))
    assert proposed(office, Library((shipped(),))) == ()


def test_a_duty_that_was_read_wrongly(office: Owing) -> None:
    put_on(office)
    of = kept(office)
    library = edited(12, lambda duty: replace(duty, reviewed=False))
    assert proposed(office, library) == ()
    with transaction(office.engine) as session:
        keep_verdict(session, (of.document, of.fingerprint), "rejected", office.clock.now)
    assert [one.kind for one in proposed(office, library)] == ["rejected"]


def test_a_new_wording_is_reviewed_before_it_is_followed(office: Owing) -> None:
    put_on(office)
    library = edited(12, lambda duty: replace(another_day(duty), reviewed=False))
    (one,) = proposed(office, library)
    assert "chưa được rà soát" in one.refused
    with transaction(office.engine) as session:
        assert one.listed is not None
        keep_verdict(session, one.listed.key, "reviewed", office.clock.now)
    assert proposed(office, library)[0].refused == ""


def test_what_was_put_aside_comes_back_with_another_change(office: Owing) -> None:
    put_on(office)
    library = edited(12, another_day)
    with transaction(office.engine) as session:
        (one,) = changes(session, library, office.today)
        put_aside(session, one, "admin:1", office.clock.now)
        put_aside(session, one, "admin:1", office.clock.now)
    assert proposed(office, library) == ()
    assert owed(office) == [(1, 1, "19/09"), (1, 2, "19/09")]
    other = edited(12, lambda d: replace(another_day(d), duty=d.duty + " (bổ sung)"))
    assert len(proposed(office, other)) == 1
    assert [one.kind for one in proposed(office, edited(12, lambda _d: None))] == ["gone"]


def test_nobody_owes_twice_what_was_put_on_anew(office: Owing) -> None:
    put_on(office)
    library = edited(12, another_day)
    with transaction(office.engine) as session:
        listed = listed_duties(session, library)[11]
        days = days_of(listed, office.today, due=None, rule=None)
        assign(session, listed, days, [1], "command", office.clock.now, since=office.today)
    follow(office, library)
    assert owed(office) == [(1, 2, "28/09"), (2, 1, "28/09")]


def test_what_is_to_come_back_is_laid_down_anew(office: Owing) -> None:
    put_on(office)
    yearly = "FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=20"
    library = edited(
        12,
        lambda d: replace(
            d, when=replace(d.when, text="trước ngày 20/9 hằng năm", recurrence=yearly)
        ),
    )
    library = Library(
        tuple(
            replace(d, validity=replace(d.validity, until=None, status="in_force"))
            for d in library.documents
        )
    )
    follow(office, library)
    assert owed(office) == [(1, 1, "19/09"), (1, 2, "19/09")]
    office.go_to(date(2024, 8, 1))
    with transaction(office.engine) as session:
        assert lay_ahead(session, office.today) == 2
    assert (kept(office).rule, kept(office).printed) == (yearly, "trước ngày 20/9 hằng năm")
    follow(office, edited(12, lambda _d: None))
    with transaction(office.engine) as session:
        assert lay_ahead(session, date(2025, 8, 1)) == 0
