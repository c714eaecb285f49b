"""What was put on units as a whole, and what the desk lists of it: on both databases."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from service import clock
from service.duties.outlook import coming_days
from service.storage.assignments import end_assignments, move_day, put_on
from service.storage.engine import transaction
from service.storage.obligations import (
    Standing,
    dismiss,
    dismissed,
    end_obligation,
    move_obligation,
    obligations_of_papers,
    obligations_owed,
    set_policy,
    standing_of,
)
from service.storage.reminders import tell_heads
from service.storage.told import (
    count_left_out,
    count_messages,
    count_waiting,
    drafts_to_heads,
    messages_on,
)
from tests.owing import Owing

LAST = date(2023, 9, 19)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Owing:
    """On 1 September 2023."""
    return Owing(engine, tmp_path, date(2023, 9, 1))


def standing(office: Owing, id_: int = 1) -> Standing:
    """Of an obligation, today."""
    with transaction(office.engine) as session:
        return standing_of(session, id_, office.today)


def test_how_far_units_are(office: Owing) -> None:
    units = [office.unit(f"Trường {n}") for n in range(4)]
    of = office.obligation()
    with transaction(office.engine) as session:
        put_on(session, of, units, LAST, office.today)
        put_on(session, of, units[:1], date(2023, 8, 31), office.today)
        move_day(session, 2, date(2023, 10, 2), office.today)
        end_assignments(session, [3], "admin:1", office.clock.now)
    office.report(4)
    assert standing(office) == Standing(
        open=2, late=1, done=1, next_day=LAST,
        days=(date(2023, 8, 31), LAST, date(2023, 10, 2)), due=(date(2023, 8, 31), LAST),
        ahead=1, units=1,
    )  # fmt: skip
    assert standing(office, 99).days == ()


def test_those_with_a_policy_of_their_own_come_first(office: Owing) -> None:
    unit = office.unit("Trường A")
    for days, policy in ((30, None), (9, None), (20, {"before": [5]}), (2, None)):
        office.owes(unit, office.today + timedelta(days), policy)
    office.report(4)
    with transaction(office.engine) as session:
        found = obligations_owed(session, office.today, 0, 10)
        assert [(of.id, units) for of, _, units in found] == [(3, 1), (2, 1), (1, 1)]
        assert [of.id for of, _, _ in obligations_owed(session, office.today, 1, 1)] == [2]
        set_policy(session, 3, {}, office.today)
        assert [of.id for of, _, _ in obligations_owed(session, office.today, 0, 10)] == [2, 3, 1]
        assert [of.id for of, _ in obligations_of_papers(session, office.today)] == [1, 2, 3]


def test_another_policy_tells_nothing_for_days_that_are_over(office: Owing) -> None:
    one = office.owes(office.unit("Trường A"), LAST)
    office.go_to(date(2023, 9, 5), 9)
    office.remind()
    office.go_to(date(2023, 9, 11), 9)
    with transaction(office.engine) as session:
        set_policy(session, 1, {"before": [11, 8, 6]}, office.today)
    for day in (11, 13):
        office.go_to(date(2023, 9, day), 9)
        office.remind()
    assert office.told(one) == ["05/09 before", "11/09 before", "13/09 before"]


def test_moved_as_a_whole(office: Owing) -> None:
    units = [office.unit(f"Trường {n}") for n in range(3)]
    of, new = office.obligation(), date(2023, 9, 28)
    with transaction(office.engine) as session:
        put_on(session, of, units, LAST, office.today)
        put_on(session, of, units[:1], new, office.today)
        move_day(session, 2, date(2023, 10, 2), office.today)
        move_obligation(session, of, new, office.today)
    # The first owed it for that day already; the second keeps what was granted.
    assert standing(office).due == (LAST, new)
    assert standing(office).days == (LAST, new, date(2023, 10, 2))


def test_ended_as_a_whole(office: Owing) -> None:
    units = [office.unit(f"Trường {n}") for n in range(3)]
    of = office.obligation()
    with transaction(office.engine) as session:
        put_on(session, of, units, LAST, office.today)
    office.report(1)
    with transaction(office.engine) as session:
        assert end_obligation(session, of, "admin:1", office.clock.now) == 2
        assert obligations_of_papers(session, office.today) == []
    assert (standing(office).done, standing(office).days) == (1, ())


def test_put_aside_is_remembered_once(office: Owing) -> None:
    of = office.obligation()
    with transaction(office.engine) as session:
        for _ in range(2):
            dismiss(session, of, "f" * 64, "admin:1", office.clock.now)
        assert dismissed(session) == {(of, "f" * 64)}


def test_what_was_told_and_what_is_to_come(office: Owing) -> None:
    units = [office.unit(f"Trường {n}", head=True) for n in range(3)]
    of = office.obligation()
    with transaction(office.engine) as session:
        put_on(session, of, units, date(2023, 9, 7), office.today)
    office.report(3)
    for day in (7, 11, 12):
        office.go_to(date(2023, 9, day), 9)
        office.remind()
    with transaction(office.engine) as session:
        assert count_messages(session, date(2023, 9, 11)) == {"told": 2}
        page = messages_on(session, date(2023, 9, 11), ("told",), 1, 5)
        assert [[owed.unit.name for _, owed in one.about] for one in page] == [["Trường 1"]]
        assert [one.channel for one in page[0].attempts] == ["telegram"]
        drafted = drafts_to_heads(session, 5)
        assert [one.unit.name for one in drafted] == ["Trường 0", "Trường 1"]
        tell_heads(session)
        assert drafts_to_heads(session, 5) == []
        assert (count_waiting(session), count_left_out(session, date(2023, 9, 11))) == (2, 0)
        to_come = coming_days(session, office.settings, clock.now(office.settings), 14)
    assert [(f"{one.day:%d/%m}", one.units, one.heads) for one in to_come] == [("15/09", 2, 2)]
