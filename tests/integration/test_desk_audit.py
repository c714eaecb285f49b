"""Whatever is changed at the desk is written down: by every button there is, once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType

import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import Engine
from sqlmodel import select

from service.admin.access import RULES
from service.admin.desk import router
from service.admin.words import words
from service.settings import Settings
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.people_tables import AuditEntry
from service.storage.switches import is_on
from tests.auditing import Seen, fault, watched
from tests.builders import NOON
from tests.desk import Officer, an_admin, signed_in

#: Buttons after which nothing is different, and why nothing is written down of them.
UNSAID: dict[str, str] = {}

ENDPOINTS = {
    f"{method} {route.path}": route.endpoint
    for route in iter_route_contexts(router.routes)
    for method in route.methods or ()
    if method != "GET"
}


def called(function: Callable[..., object]) -> Iterator[FunctionType]:
    """Functions of ours that this one names, itself among them, and those which they name."""
    waiting, known = [inspect.unwrap(function)], set[object]()
    while waiting:
        one = waiting.pop()
        if not isinstance(one, FunctionType) or one in known:
            continue
        known.add(one)
        yield one
        if one.__module__.startswith("service."):
            waiting += [inspect.unwrap(each) for each in _named(one.__code__, one.__globals__)]


def _named(code: CodeType, known: dict[str, object]) -> Iterator[Callable[..., object]]:
    """What a piece of code names: functions, and those of modules and classes that it names."""
    for name in code.co_names:
        thing = known.get(name)
        if isinstance(thing, ModuleType | type):
            inside = (getattr(thing, each, None) for each in code.co_names)
            yield from (each for each in inside if inspect.isfunction(each))
        elif inspect.isfunction(thing):
            yield thing
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _named(constant, known)


def test_every_button_is_looked_at() -> None:
    assert {route for route in RULES if not route.startswith("GET")} == ENDPOINTS.keys()
    assert UNSAID.keys() <= ENDPOINTS.keys()


@pytest.mark.parametrize("route", sorted(ENDPOINTS))
def test_what_a_button_does_is_written_down(route: str) -> None:
    """That it is done once, and for each change, `Officer.post` sees to in every test."""
    assert (record in called(ENDPOINTS[route])) is (route not in UNSAID)


def test_a_button_that_writes_nothing_down_is_found() -> None:
    def silent() -> None:
        an_admin(None, "lan")  # type: ignore[arg-type]

    assert record not in called(silent)


def test_a_change_that_is_not_written_down_is_found(sqlite: Engine) -> None:
    def seen(*, rows: int, changes: bool) -> str:
        with watched(sqlite) as what, transaction(sqlite) as session:
            if changes:
                session.connection().exec_driver_sql(
                    "INSERT INTO switch (name, \"on\", changed_at) VALUES ('x', 1, '2026-01-01')"
                )
                session.connection().exec_driver_sql("DELETE FROM switch WHERE name = 'x'")
            for _ in range(rows):
                record(session, "admin:1", "switch_turned", "switch:x", NOON)
        return fault("/admin/x", what)

    assert seen(rows=0, changes=True) == "/admin/x changed switch and wrote nothing down"
    assert seen(rows=2, changes=True) == "/admin/x wrote 2 rows for one change"
    assert seen(rows=1, changes=True) == seen(rows=0, changes=False) == ""


def test_a_paper_among_several_that_is_not_written_down_is_found() -> None:
    def told(papers: int, rows: int) -> str:
        return fault("/admin/papers", Seen({"candidate", "audit_entry"}, rows, papers))

    assert told(papers=3, rows=3) == told(papers=1, rows=1) == ""
    assert told(papers=3, rows=2) == "/admin/papers took in 3 papers and wrote 2 rows"
    assert told(papers=3, rows=4) == "/admin/papers took in 3 papers and wrote 4 rows"
    assert told(papers=1, rows=2) == "/admin/papers wrote 2 rows for one change"


def test_a_row_says_who_when_and_what(owner: Officer, sqlite: Engine) -> None:
    owner.post("/admin/switches/paused", on="true")
    with transaction(sqlite) as session:
        assert is_on(session, "paused")
        row = session.exec(select(AuditEntry)).one()
    assert (row.actor, row.action, row.subject) == (
        f"admin:{owner.admin_id}", "switch_turned", "switch:paused",
    )  # fmt: skip
    assert row.at == NOON
    assert row.detail == {"on": True}
    page = owner.get("/admin/audit").text
    assert all(said in page for said in ("owner", words()["actions"]["switch_turned"], "12:00"))


def test_what_changes_nothing_is_not_written_down(
    owner: Officer, sqlite: Engine, settings: Settings
) -> None:
    owner.post("/admin/switches/paused", on="true")
    owner.post("/admin/switches/paused", on="true")
    with transaction(sqlite) as session:
        assert len(session.exec(select(AuditEntry)).all()) == 1
    viewer = signed_in(owner.client, sqlite, settings, "viewer")
    assert viewer.post("/admin/switches/paused", on="").status_code == 403
    with transaction(sqlite) as session:
        assert len(session.exec(select(AuditEntry)).all()) == 1
