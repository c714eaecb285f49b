"""Planning a day for thousands of units: how long, how much memory, how fast the lists are."""

from __future__ import annotations

import json
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import psutil
from sqlalchemy import insert
from sqlmodel import Session

from benchmarks.channels_product import scaled
from benchmarks.forms_office import progress
from benchmarks.prove import Figure
from service.delivery.owing import owed_duties
from service.delivery.writer import Writer
from service.duties.reminding import plan_day
from service.storage.assignments import due_between
from service.storage.duty_tables import Assignment
from service.storage.engine import migrate, open_engine, transaction
from service.storage.people_tables import ChannelAccount, Person
from service.storage.unit_tables import Binding, Unit
from tests.builders import some_settings
from tests.owing import Owing

_DAY = timedelta(days=1)
TODAY = date(2023, 9, 5)  #: two weeks before the last day: every assignment is reminded of
LAST_DAY = date(2023, 9, 19)


def a_day_planned() -> Iterable[Figure]:
    """2,000 units with 5,000 open assignments, then 100,000: one day is planned."""
    for units, each, seconds, megabytes in ((2_000, 2.5, 2, None), (2_000, 50, 10, 200)):
        told = _in_a_process(scaled(units), each)
        count = told["assignments"]
        yield Figure(f"{scaled(units):,} đơn vị, {count:,.0f} việc: lên lịch một ngày",
                     f"{told['seconds']:.2f} giây", f"≤ {seconds} giây",
                     told["seconds"] <= seconds)  # fmt: skip
        yield Figure(f"{count:,.0f} việc: lượt nhắc đã ghi", f"{told['reminders']:,.0f}",
                     f"{count:,.0f}", told["reminders"] == count)  # fmt: skip
        if megabytes is not None:
            yield Figure(f"{count:,.0f} việc: bộ nhớ thêm khi lên lịch",
                         f"{told['megabytes']:.0f} MB", f"≤ {megabytes} MB",
                         told["megabytes"] <= megabytes)  # fmt: skip
        else:
            yield Figure(f"{count:,.0f} việc: danh sách việc của một người",
                         f"{told['mine']:.0f} ms", "≤ 300 ms", told["mine"] <= 300)  # fmt: skip
            yield Figure(f"{count:,.0f} việc: danh sách mọi việc sắp tới hạn",
                         f"{told['list']:.0f} ms", "≤ 300 ms", told["list"] <= 300)  # fmt: skip


def _in_a_process(units: int, each: float) -> dict[str, float]:
    """A process of its own, whose memory is its own."""
    with tempfile.TemporaryDirectory(prefix="troly-prove-") as folder:
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=_measure, args=(folder, units, each))
        process.start()
        process.join()
        told: dict[str, float] = json.loads(Path(folder, "told.json").read_text("utf-8"))
        return told


def _measure(folder: str, units: int, each: float) -> None:
    settings = some_settings(Path(folder))
    settings.data_dir.mkdir(parents=True)
    engine = open_engine(settings.storage_url)
    migrate(engine)
    office = Owing(engine, Path(folder), date(2023, 8, 1))
    count = round(units * each)
    progress(f"{units:,} đơn vị, {count:,} việc")
    obligation = office.obligation()
    with transaction(engine) as session:
        person = fill(session, obligation, units, count, office.clock.now)
    office.go_to(TODAY)
    told: dict[str, float] = {"assignments": count}
    with _Watched() as watched:
        began = time.perf_counter()
        told["reminders"] = plan_day(engine, office.settings, TODAY)
        told["seconds"] = time.perf_counter() - began
    told["megabytes"] = watched.most
    began = time.perf_counter()
    with transaction(engine) as session:
        owed_duties(session, Writer(engine, person, office.clock.now))
    told["mine"] = (time.perf_counter() - began) * 1000
    began = time.perf_counter()
    with transaction(engine) as session:
        due_between(session, TODAY, TODAY + 30 * _DAY, TODAY, limit=100)
    told["list"] = (time.perf_counter() - began) * 1000
    Path(folder, "told.json").write_text(json.dumps(told), "utf-8")
    engine.dispose()


def fill(
    session: Session,
    obligation: int,
    units: int,
    count: int,
    at: datetime,
    *,
    channel: str = "telegram",
    address: Callable[[int], str] = str,
) -> int:
    """Units with one officer each; the assignments shared out among them; returns an officer.

    `address`: of an officer on the channel, from 1 on.
    """
    numbers = range(1, units + 1)
    rows: Iterable[tuple[type, list[dict[str, object]]]] = (
        (Unit, [{"id": n, "name": f"Đơn vị {n}", "kind": "", "plan": "", "contact": "", "head": "",
                 "created_at": at} for n in numbers]),
        (Person, [{"id": n, "created_at": at, "invited": False} for n in numbers]),
        (ChannelAccount, [{"person_id": n, "channel": channel, "address": address(n),
                           "chat": address(n), "created_at": at, "last_seen_at": at}
                          for n in numbers]),
        (Binding, [{"person_id": n, "unit_id": n, "name": "", "post": "", "head": False,
                    "head_asked": False, "shared": False, "asked_at": at, "confirmed_at": at,
                    "confirmed_by": ""} for n in numbers]),
        (Assignment, [{"obligation_id": obligation, "unit_id": 1 + n % units,
                       "due_on": LAST_DAY + (n // units) * timedelta(days=400),
                       "last_day": LAST_DAY, "since": at.date(), "next_on": TODAY, "ended_by": ""}
                      for n in range(count)]),
    )  # fmt: skip
    for table, values in rows:
        session.execute(insert(table), values)
    return 1


class _Watched:
    """The most memory that the process has beyond what it had, MB."""

    def __enter__(self) -> _Watched:
        self._process = psutil.Process()
        self._before = self._process.memory_info().rss
        self.most, self._over = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def _look(self) -> None:
        while not self._over.wait(0.02):
            with suppress(psutil.Error):
                grown = self._process.memory_info().rss - self._before
                self.most = max(self.most, grown / 2**20)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
