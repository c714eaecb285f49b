"""Slots: in no window does a channel see more messages than it takes, whoever sends."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from service.storage.engine import migrate, open_engine, transaction
from service.storage.slots import WINDOW, give_back, keep_slots, lay_slots, take_slots
from tests.builders import NOON

HOLD = timedelta(seconds=30)


def lay(engine: Engine, count: int, real: datetime = NOON - WINDOW, channel: str = "fake") -> None:
    with transaction(engine) as session:
        lay_slots(session, channel, count, real)


def take(
    engine: Engine,
    limit: int,
    real: datetime = NOON,
    worker: str = "w",
    channel: str = "fake",
) -> list[int]:
    with transaction(engine) as session:
        return take_slots(session, channel, limit, worker, real, real + HOLD)


def give(engine: Engine, slots: list[int], free_at: datetime, worker: str = "w") -> None:
    with transaction(engine) as session:
        give_back(session, "fake", slots, worker, free_at)


def test_a_slot_is_taken_once_until_it_is_given_back(engine: Engine) -> None:
    lay(engine, 3)
    assert take(engine, 2) == [0, 1]
    assert take(engine, 2) == [2]
    assert take(engine, 2) == []
    give(engine, [0, 1], NOON + WINDOW)
    assert take(engine, 3) == []
    assert take(engine, 3, NOON + WINDOW) == [0, 1]


def test_channels_have_slots_of_their_own(engine: Engine) -> None:
    lay(engine, 1)
    lay(engine, 2, channel="other")
    assert take(engine, 9) == [0]
    assert take(engine, 9, channel="other") == [0, 1]
    assert take(engine, 9, channel="third") == []


def test_slots_of_a_dead_process_come_back(engine: Engine) -> None:
    lay(engine, 1)
    assert take(engine, 1, worker="dead") == [0]
    assert take(engine, 1, NOON + HOLD - WINDOW) == []
    assert take(engine, 1, NOON + HOLD) == [0]


def test_who_has_lost_a_slot_neither_frees_nor_keeps_it(engine: Engine) -> None:
    lay(engine, 1)
    take(engine, 1, worker="slow")
    take(engine, 1, NOON + HOLD, worker="w")
    give(engine, [0], NOON + HOLD, worker="slow")
    with transaction(engine) as session:
        keep_slots(session, "fake", [0], "slow", NOON + 9 * HOLD)
    assert take(engine, 1, NOON + 2 * HOLD - WINDOW) == []
    assert take(engine, 1, NOON + 2 * HOLD) == [0]


def test_a_slot_is_kept_while_its_message_is_on_its_way(engine: Engine) -> None:
    lay(engine, 1)
    take(engine, 1)
    with transaction(engine) as session:
        keep_slots(session, "fake", [0], "w", NOON + 3 * HOLD)
    assert take(engine, 1, NOON + 2 * HOLD) == []
    give(engine, [0], NOON + 2 * HOLD + WINDOW)
    with transaction(engine) as session:  # a renewal that comes late takes nothing back
        keep_slots(session, "fake", [0], "w", NOON + 9 * HOLD)
    assert take(engine, 1, NOON + 2 * HOLD + WINDOW) == [0]


def test_the_number_of_slots_can_change(engine: Engine) -> None:
    lay(engine, 2)
    assert take(engine, 9) == [0, 1]
    lay(engine, 4, NOON)
    assert take(engine, 9, NOON) == []  # who had them before may have used them just now
    assert take(engine, 9, NOON + WINDOW) == [2, 3]
    lay(engine, 1, NOON + WINDOW)
    give(engine, [0, 1, 2, 3], NOON + WINDOW)
    assert take(engine, 9, NOON + WINDOW) == [0]
    lay(engine, 0, NOON + WINDOW)
    assert take(engine, 9, NOON + 9 * HOLD) == []


def test_to_lay_them_again_changes_nothing(engine: Engine) -> None:
    lay(engine, 2)
    assert take(engine, 1) == [0]
    lay(engine, 2, NOON)
    assert take(engine, 9) == [1]


def test_fewer_slots_for_a_moment_do_not_make_more(engine: Engine) -> None:
    lay(engine, 30)
    used = take(engine, 30)
    give(engine, used, NOON + WINDOW)
    lay(engine, 1, NOON + WINDOW / 10)
    lay(engine, 30, NOON + WINDOW / 10)
    assert take(engine, 30, NOON + WINDOW - WINDOW / 100) == []


def test_a_plan_of_the_database_does_not_change_how_many_are_taken(engine: Engine) -> None:
    lay(engine, 40)
    with transaction(engine) as session:
        if engine.dialect.name == "postgresql":
            for way in ("hashjoin", "hashagg", "sort", "mergejoin", "material", "indexscan",
                        "bitmapscan"):  # fmt: skip
                session.execute(text(f"SET LOCAL enable_{way} = off"))
        assert len(take_slots(session, "fake", 3, "w", NOON, NOON + HOLD)) == 3


def test_threads_never_take_one_slot_twice(engine: Engine) -> None:
    lay(engine, 30)
    with ThreadPoolExecutor(6) as pool:
        taken = list(pool.map(lambda n: take(engine, 7, worker=f"w{n}"), range(6)))
    taken.append(take(engine, 30))  # on SQLite the slower of two may leave with fewer
    assert sorted(slot for slots in taken for slot in slots) == list(range(30))


# --- the law ------------------------------------------------------------------------------------

SECOND = 1000  # all times below are milliseconds


@dataclass
class Receiver:
    """A channel that remembers when it saw a message."""

    seen: list[int] = field(default_factory=list)

    def most_in_a_window(self) -> int:
        """In any half-open second."""
        times = sorted(self.seen)
        windows = (times[i:] for i in range(len(times)))
        return max((sum(t < w[0] + SECOND for t in w) for w in windows), default=0)


@dataclass(frozen=True)
class Sender:
    """How one process behaves."""

    at_once: int  #: messages on their way
    there: int  #: until the channel sees a message
    back: int  #: from then until the answer is here
    pace: int  #: between two looks
    dies: int | None  #: when it is killed


@dataclass
class Play:
    """Processes that share slots, played in the order of time without any waiting."""

    engine: Engine
    until: int
    receiver: Receiver = field(default_factory=Receiver)
    count: int = 0
    queue: list[tuple[int, int, Callable[[int], None]]] = field(default_factory=list)

    def at(self, moment: int, work: Callable[[int], None]) -> None:
        self.count += 1
        heapq.heappush(self.queue, (moment, self.count, work))

    def run(self, senders: list[Sender]) -> Receiver:
        for number, sender in enumerate(senders):
            self.at(0, partial(self.look, f"w{number}", sender, []))
        while self.queue:
            moment, _, work = heapq.heappop(self.queue)
            work(moment)
        return self.receiver

    def look(self, worker: str, sender: Sender, flying: list[int], now: int) -> None:
        if now > self.until or (sender.dies is not None and now >= sender.dies):
            return
        room = sender.at_once - len(flying)
        for slot in take(self.engine, room, instant(now), worker) if room else []:
            flying.append(slot)
            self.at(now + sender.there, self.receiver.seen.append)
            answered = now + sender.there + sender.back
            if sender.dies is None or answered < sender.dies:
                self.at(answered, partial(self.settle, worker, flying, slot))
        self.at(now + sender.pace, partial(self.look, worker, sender, flying))

    def settle(self, worker: str, flying: list[int], slot: int, now: int) -> None:
        flying.remove(slot)
        give(self.engine, [slot], instant(now) + WINDOW, worker)


def instant(moment: int) -> datetime:
    return NOON + timedelta(milliseconds=moment)


@pytest.fixture(scope="module")
def one_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One database for all examples of a law."""
    opened = open_engine(f"sqlite:///{tmp_path_factory.mktemp('slots') / 'a.sqlite3'}")
    migrate(opened)
    yield opened
    opened.dispose()


delays = st.integers(0, 2 * SECOND)
processes = st.builds(
    Sender,
    at_once=st.integers(1, 6),
    there=delays,
    back=delays,
    pace=st.integers(80, 600),
    dies=st.one_of(st.none(), st.integers(0, 3 * SECOND)),
)


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 5), senders=st.lists(processes, min_size=1, max_size=3))
def test_no_interleaving_lets_a_channel_see_more_than_it_takes(
    one_sqlite: Engine, count: int, senders: list[Sender]
) -> None:
    lay(one_sqlite, 0)
    lay(one_sqlite, count)
    receiver = Play(one_sqlite, until=3 * SECOND).run(senders)
    assert receiver.most_in_a_window() <= count


def test_slots_are_used_as_fast_as_they_come_back(engine: Engine) -> None:
    """The law alone would hold if nothing were ever sent."""
    lay(engine, 5)
    receiver = Play(engine, until=4 * SECOND).run([Sender(5, 0, 0, 100, None)])
    assert receiver.most_in_a_window() == 5
    assert len(receiver.seen) == 5 * 5
