"""Many numbers as one value of a statement: on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from service.storage.engine import transaction
from service.storage.numbers import among, rows
from service.storage.people_tables import Person
from tests.builders import NOON


@pytest.mark.parametrize("wanted", [[], [2], list(range(2, 5_000))])
def test_those_that_are_among_them(engine: Engine, wanted: list[int]) -> None:
    with transaction(engine) as session:
        session.add_all(Person(id=number, created_at=NOON) for number in (1, 2, 3))
    with transaction(engine) as session:
        found = session.exec(select(Person.id).where(among(session, col(Person.id), wanted))).all()
    assert sorted(number or 0 for number in found) == [n for n in (2, 3) if n in wanted]


@pytest.mark.parametrize("pairs", [[], [(1, 2)], [(n, 2 * n) for n in range(3_000)]])
def test_rows_of_them(engine: Engine, pairs: list[tuple[int, ...]]) -> None:
    with transaction(engine) as session:
        assert sorted(map(tuple, session.execute(rows(session, pairs, 2)))) == pairs
