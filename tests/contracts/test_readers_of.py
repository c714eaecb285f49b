"""What a person may read follows what they act for on that day, in every database."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from knowledge.library import Library
from knowledge.readers import OFFICERS, PUBLIC
from service.live import LiveAssistant
from service.readers import readers_of, reading_now
from service.storage import bindings, units
from service.storage.engine import transaction
from tests.builders import NOON, a_document
from tests.desk import an_account
from tests.fakes.answers import FakeAnswers

TODAY = date(2026, 11, 21)


def a_unit(session: Session, name: str) -> int:
    return units.add_unit(session, name, NOON).id or 0


def asking(session: Session, person: int, unit: int) -> int:
    return bindings.ask(session, person, unit, "Người hỏi", "cán bộ", NOON).id or 0


def acting(session: Session, person: int, unit: int) -> int:
    id_ = asking(session, person, unit)
    assert bindings.confirm(session, id_, "admin:1", NOON)
    return id_


def test_only_whoever_was_confirmed_is_an_officer(engine: Engine) -> None:
    with transaction(engine) as session:
        person = an_account(session, "telegram", "1").person_id
        other = an_account(session, "telegram", "2").person_id
        health, school = a_unit(session, "Sở Y tế"), a_unit(session, "Trường A")
        acting(session, other, school)
        assert readers_of(session, person, TODAY) == PUBLIC
        id_ = asking(session, person, health)
        assert readers_of(session, person, TODAY) == PUBLIC
        bindings.confirm(session, id_, "admin:1", NOON)
        asking(session, person, school)  # of two units the one that is confirmed counts
        assert readers_of(session, person, TODAY) == OFFICERS | {f"units:{health}"}
        bindings.revoke(session, id_, NOON)
        assert readers_of(session, person, TODAY) == PUBLIC


def test_a_unit_that_is_closed_gives_nothing_from_that_day_on(engine: Engine) -> None:
    with transaction(engine) as session:
        person = an_account(session, "telegram", "1").person_id
        unit = a_unit(session, "Sở Y tế")
        acting(session, person, unit)
        there = units.get_unit(session, unit)
        assert there is not None
        units.close_unit(session, there, TODAY, TODAY)
        assert readers_of(session, person, TODAY) == PUBLIC
        assert "officers" in readers_of(session, person, TODAY - timedelta(days=1))


def test_what_was_for_a_unit_is_for_the_one_that_it_became_part_of(engine: Engine) -> None:
    with transaction(engine) as session:
        person = an_account(session, "telegram", "1").person_id
        first, second, third = (
            units.add_unit(session, name, NOON) for name in ("Sở A", "Sở B", "Sở C")
        )
        acting(session, person, first.id or 0)
        units.merge_units(session, first, second, TODAY, TODAY, NOON)
        units.merge_units(session, second, third, TODAY, TODAY, NOON)
        everything = {f"units:{one.id}" for one in (first, second, third)}
        assert readers_of(session, person, TODAY) == OFFICERS | everything


def test_an_officer_reads_as_everybody_where_nothing_is_closed_to_others(engine: Engine) -> None:
    public = Library((a_document(),))
    closed = Library((*public.documents, a_document("b", audience=("officers",))))
    with transaction(engine) as session:
        person = an_account(session, "telegram", "1").person_id
        acting(session, person, a_unit(session, "Sở Y tế"))
        for library, beyond in ((public, False), (closed, True)):
            answers = FakeAnswers(library=library)
            live = LiveAssistant(load=lambda answers=answers: answers, stamp=lambda: 0)
            readers = reading_now(session, live, person, TODAY)
            assert (readers != PUBLIC) is beyond
