"""Money for messages: counted once for each attempt, never more than the cap, on both databases."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from service import spending
from service.settings import Settings
from service.spending import PAID, TEMPLATE, Reserved
from service.storage.engine import open_engine, transaction
from service.storage.people_tables import Alert
from tests.builders import some_settings

NOVEMBER = datetime(2026, 11, 30, 16, 59, tzinfo=UTC)  #: 23:59 in Việt Nam
DECEMBER = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


@pytest.fixture
def capped(tmp_path: Path) -> Settings:
    """A thousand đồng a month."""
    return some_settings(tmp_path, spend_month=1000, price_zalo_paid=55, price_zalo_template=200)


def reserve(
    engine: Engine, settings: Settings, route: str = TEMPLATE, at: datetime = NOVEMBER
) -> Reserved | None:
    with transaction(engine) as session:
        return spending.reserve(session, settings, route, at)


def spent(engine: Engine, at: datetime = NOVEMBER) -> int:
    with transaction(engine) as session:
        return spending.spent(session, at)


def may_spend(engine: Engine, settings: Settings, route: str, at: datetime = NOVEMBER) -> bool:
    with transaction(engine) as session:
        return spending.may_spend(session, settings, route, at)


def alerts(engine: Engine) -> list[tuple[str, str, int]]:
    with transaction(engine) as session:
        return [(a.kind, a.source, a.count) for a in session.exec(select(Alert).order_by("id"))]


def test_prices_are_settings(tmp_path: Path) -> None:
    default = some_settings(tmp_path)
    routes = ("zalo_oa", "web", "email", PAID, PAID, TEMPLATE)
    assert [spending.price_of(default, route) for route in routes] == [0, 0, 0, 55, 55, 200]
    other = some_settings(tmp_path, price_zalo_paid=60, price_zalo_template=84)
    assert spending.estimate(other, routes) == 60 + 60 + 84
    assert spending.estimate(other, ()) == 0


def test_what_is_counted_stays_within_the_cap(engine: Engine, capped: Settings) -> None:
    taken = [reserve(engine, capped) for _ in range(6)]
    assert [bool(one) for one in taken] == [True] * 5 + [False]
    assert spent(engine) == 1000
    assert not may_spend(engine, capped, PAID)
    assert may_spend(engine, capped, "web")
    assert reserve(engine, capped, "zalo_oa") is not None  # what is free goes out
    assert spent(engine) == 1000


def test_what_a_channel_refused_may_be_spent_again(engine: Engine, capped: Settings) -> None:
    taken = [reserve(engine, capped) for _ in range(5)]
    assert taken[0] is not None
    with transaction(engine) as session:
        spending.release(session, taken[0])
    assert spent(engine) == 800
    assert may_spend(engine, capped, TEMPLATE)
    assert reserve(engine, capped) is not None
    assert spent(engine) == 1000


def test_a_month_ends_at_midnight_in_viet_nam(engine: Engine, capped: Settings) -> None:
    last = reserve(engine, capped, PAID)
    reserve(engine, capped, TEMPLATE, DECEMBER)
    assert (spent(engine), spent(engine, DECEMBER)) == (55, 200)
    assert last is not None
    with transaction(engine) as session:  # refused after midnight: it was taken before
        spending.release(session, last)
    assert (spent(engine), spent(engine, DECEMBER)) == (0, 200)


def test_nothing_that_costs_is_sent_for_nothing(engine: Engine, tmp_path: Path) -> None:
    none = some_settings(tmp_path, spend_month=0)
    assert not may_spend(engine, none, PAID)
    assert reserve(engine, none) is None
    free = some_settings(tmp_path, spend_month=0, price_zalo_paid=0)
    assert may_spend(engine, free, PAID)
    assert reserve(engine, free, PAID) is not None


def test_the_desk_is_told_once_a_month_at_four_fifths(engine: Engine, capped: Settings) -> None:
    for _ in range(3):
        reserve(engine, capped)
    assert alerts(engine) == []
    for _ in range(2):
        reserve(engine, capped)
    assert alerts(engine) == [("spend_near", "month:11/2026", 1)]
    for _ in range(4):
        reserve(engine, capped, TEMPLATE, DECEMBER)
    assert alerts(engine)[1:] == [("spend_near", "month:12/2026", 1)]


def test_the_desk_is_told_once_that_the_cap_stops_messages(
    engine: Engine, capped: Settings
) -> None:
    for _ in range(8):
        reserve(engine, capped)
    assert ("spend_stopped", "month:11/2026", 1) in alerts(engine)
    more = capped.model_copy(update={"spend_month": 1200})
    for _ in range(3):  # whoever raised the cap wants to know that this one is reached, too
        reserve(engine, more)
    assert ("spend_stopped", "month:11/2026", 2) in alerts(engine)
    assert spent(engine) == 1200


def _spend(url: str, folder: Path, tries: int) -> int:
    """In a process of its own; how many messages it might send."""
    settings = some_settings(folder, spend_month=5555, price_zalo_paid=55)
    engine = open_engine(url)
    taken = 0
    for n in range(tries):
        with transaction(engine) as session:
            if reserved := spending.reserve(session, settings, PAID, NOVEMBER):
                if n % 4 == 3:  # every fourth is refused by the channel
                    spending.release(session, reserved)
                else:
                    taken += 1
    engine.dispose()
    return taken


def test_three_processes_never_pass_it(engine: Engine, storage_url: str, tmp_path: Path) -> None:
    processes_of = multiprocessing.get_context("forkserver")
    processes_of.set_forkserver_preload([__name__])  # imported once for all of them
    with ProcessPoolExecutor(3, processes_of) as processes:
        begun = [processes.submit(_spend, storage_url, tmp_path, 60) for _ in range(3)]
        taken = [one.result() for one in begun]
    assert sum(taken) == 5555 // 55 == 101
    assert spent(engine) == 5555
