"""10,000 reminders that are due at eight: how soon the first leaves, how fast all do."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from benchmarks.channels_fakes import ZaloFake, zalo
from benchmarks.channels_product import Product, installed, scaled
from benchmarks.forms_office import progress
from benchmarks.prove import Figure
from benchmarks.reminders_clock import RunningClock
from benchmarks.reminders_scale import TODAY, fill
from service.storage.engine import migrate, transaction
from tests.owing import Owing
from tests.postgresql import empty_database, running_postgresql

_OFFICERS = 10_000
_LIMIT = 4000  #: messages a minute, as the settings have it unless an office says otherwise
_LEAST = 0.9
_LOOK = 6.0  #: seconds until a worker has looked at what is due once more
_SOON = 15.0  #: seconds from eight until the first message
_STANDSTILL = 60.0  #: seconds in which nothing arrives


def eight_on_sqlite() -> Iterable[Figure]:
    """10,000 officers are reminded over Zalo OA at eight: SQLite, one worker."""
    yield from _eight_o_clock("SQLite, một tiến trình", {}, 1)


def eight_on_postgresql() -> Iterable[Figure]:
    """The same on PostgreSQL with three workers."""
    with running_postgresql() as server, empty_database(server) as url:
        yield from _eight_o_clock("PostgreSQL, ba tiến trình", {"database_url": url}, 3)


def _eight_o_clock(name: str, given: Mapping[str, str], workers: int) -> Iterable[Figure]:
    count = scaled(_OFFICERS)
    with zalo() as fake, installed(**fake.settings, **given) as product:
        clock = RunningClock(product.data.parent / "running.json")
        clock.set(TODAY, 7, 30)
        product.settings["clock"] = str(clock.file)
        _move_in(product, fake, count, clock)
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda _: product.worker(), range(workers)))
        time.sleep(_LOOK)
        clock.set(TODAY, 8)
        eight = time.time()
        _wait(fake, count)
        sent, counted = fake.remote.sent_after(count=0), fake.remote.counters()
    at = sorted(float(line["at"]) for line in sent)
    rate = (len(at) - 1) / (at[-1] - at[0]) if len(at) > 1 else 0.0
    least = _LEAST * _LIMIT / 60
    told = Counter(line["chat"] for line in sent)
    what = f"{count:,} lượt nhắc lúc 08:00 qua Zalo OA, {name}"
    yield Figure(f"{what}: tin/giây", f"{rate:.1f}", f"≥ {least:.0f} (90 % của {_LIMIT}/phút)",
                 rate >= least)  # fmt: skip
    first = at[0] - eight if at else float("inf")
    yield Figure(f"{what}: từ 08:00 đến tin đầu tiên", f"{first:.1f} giây", f"≤ {_SOON:.0f} giây",
                 first <= _SOON)  # fmt: skip
    yield Figure(f"{what}: mất, lặp", f"{count - len(told)}, {told.total() - len(told)}", "0, 0",
                 count == len(told) == told.total())  # fmt: skip
    refused, most = counted["refused"], counted["most sent in a minute"]
    kept = refused == 0 and most <= _LIMIT
    yield Figure(f"{what}: lượt bị từ chối; nhiều nhất trong một phút bất kỳ",
                 f"{refused}; {most}", f"0; ≤ {_LIMIT}", kept)  # fmt: skip


def _move_in(product: Product, fake: ZaloFake, count: int, clock: RunningClock) -> None:
    """So many units, each with an officer whom Zalo takes a message for, and one duty each."""
    with product.database() as engine:
        migrate(engine)
        office = Owing(engine, product.data.parent, TODAY)
        obligation = office.obligation()
        with transaction(engine) as session:
            fill(session, obligation, count, count, clock.now, channel="zalo_oa", address=_chat)
    progress(f"{count:,} đơn vị, mỗi đơn vị một cán bộ")
    now = fake.remote.now()
    for number in range(1, count + 1):
        fake.remote.user(id=_chat(number), last_interaction=now)


def _chat(number: int) -> str:
    return str(5_100_000_000_000_000_000 + number)


def _wait(fake: ZaloFake, count: int) -> None:
    """Until all have arrived, or nothing does any more."""
    last, since = -1, time.monotonic()
    while last < count and time.monotonic() - since < _STANDSTILL:
        accepted = int(fake.remote.counters()["accepted"])
        if accepted != last:
            last, since = accepted, time.monotonic()
        time.sleep(1)
    time.sleep(_LOOK)  # whatever comes too often
