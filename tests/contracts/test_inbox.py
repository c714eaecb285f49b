"""The inbox: each event once, in order for each person, taken over when its worker dies."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from bot.messages import Attachment, Incoming
from service.storage.delivery_tables import InboundEvent
from service.storage.engine import transaction
from service.storage.inbox import (
    HOLD,
    accept,
    claim_events,
    events_up_to,
    find_event,
    finish_event,
    incoming_of,
    keep_holding,
    lane_of,
    park_event,
    retry_event,
    take_over,
)
from tests.builders import NOON, an_incoming

SECOND = timedelta(seconds=1)


def keep(engine: Engine, *events: Incoming, at: datetime = NOON, stale: bool = False) -> list[int]:
    """Keep events in this order; the ids of those that are new."""
    with transaction(engine) as session:
        ids = [accept(session, event, at, stale=stale) for event in events]
    return [id_ for id_ in ids if id_ is not None]


def claim(
    engine: Engine,
    worker: str = "a",
    *,
    at: datetime = NOON,
    real: datetime = NOON,
    limit: int = 10,
) -> list[int]:
    with transaction(engine) as session:
        return [event.id or 0 for event in claim_events(session, worker, at, real, limit)]


def finish(engine: Engine, event_id: int, worker: str = "a") -> bool:
    with transaction(engine) as session:
        return finish_event(session, event_id, worker, NOON)


def retry(engine: Engine, event_id: int, due_at: datetime, worker: str = "a") -> bool:
    with transaction(engine) as session:
        return retry_event(session, event_id, worker, due_at, "TimeoutError")


def park(engine: Engine, event_id: int, worker: str = "a") -> bool:
    with transaction(engine) as session:
        return park_event(session, event_id, worker, "ValueError")


def row(engine: Engine, event_id: int) -> InboundEvent:
    with transaction(engine) as session:
        return session.get_one(InboundEvent, event_id)


def from_person(person: str, *numbers: int) -> list[Incoming]:
    return [an_incoming(event_id=f"{person}-{n}", person=person) for n in numbers]


# --- once ---------------------------------------------------------------------------------------


def test_the_same_event_again_changes_nothing(engine: Engine) -> None:
    [first] = keep(engine, an_incoming("một"))
    assert keep(engine, an_incoming("hai")) == []
    assert incoming_of(row(engine, first)).text == "một"
    assert keep(engine, an_incoming(channel="other")) != []  # an id is its channel's own


def test_an_event_that_is_answered_is_still_known(engine: Engine) -> None:
    [id_] = keep(engine, an_incoming())
    claim(engine)
    assert finish(engine, id_)
    assert keep(engine, an_incoming()) == []
    assert claim(engine, at=NOON + HOLD * 9, real=NOON + HOLD * 9) == []


def test_events_kept_at_once_are_kept_once(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda n: keep(engine, an_incoming(event_id=str(n % 3))), range(24)))
    assert sum(map(len, kept)) == 3
    with transaction(engine) as session:
        assert len(session.exec(select(InboundEvent)).all()) == 3


def test_what_was_kept_comes_back_as_it_was(engine: Engine) -> None:
    incoming = an_incoming(
        "Hạn nộp?\n😀",
        event="file",
        button="1.2.0",
        attachments=(Attachment("kế hoạch.pdf", "file-id", 2**40, "application/pdf"),),
        name="Nguyễn Văn A",
        group=True,
        addressed=False,
        receipt="callback",
    )
    [id_] = keep(engine, incoming)
    assert incoming_of(row(engine, id_)) == incoming


def test_what_is_answered_leaves_no_words_and_no_address(engine: Engine) -> None:
    [id_] = keep(engine, an_incoming("Tôi là Nguyễn Văn A", person="0912345678", chat="0912345678"))
    claim(engine)
    finish(engine, id_)
    with engine.connect() as connection:
        kept = str(connection.execute(text("SELECT * FROM inbound_event")).one())
    assert "0912345678" not in kept
    assert "Nguyễn" not in kept


def test_a_stale_event_is_parked_at_once(engine: Engine) -> None:
    [id_] = keep(engine, an_incoming(), stale=True)
    assert claim(engine) == []
    assert (row(engine, id_).state, row(engine, id_).error) == ("parked", "stale")
    assert keep(engine, an_incoming()) == []


def test_an_event_is_found_by_its_channels_key(engine: Engine) -> None:
    [id_] = keep(engine, an_incoming(event_id="x"))
    with transaction(engine) as session:
        found = find_event(session, "fake", "x")
        assert found is not None
        assert found.id == id_
        assert find_event(session, "fake", "y") is None
        assert find_event(session, "other", "x") is None


# --- in order -----------------------------------------------------------------------------------


def test_one_event_of_each_person_at_a_time_the_oldest_first(engine: Engine) -> None:
    a1, a2, b1 = keep(engine, *from_person("a", 1, 2), *from_person("b", 1))
    assert claim(engine) == [a1, b1]
    assert claim(engine, "b") == []
    finish(engine, a1)
    assert claim(engine, "b") == [a2]


def test_at_most_so_many_are_claimed(engine: Engine) -> None:
    ids = keep(engine, *(an_incoming(event_id=str(n), person=str(n)) for n in range(5)))
    assert claim(engine, limit=2) == ids[:2]
    assert claim(engine, limit=2) == ids[2:4]


def test_a_plan_of_the_database_does_not_change_how_many_are_claimed(engine: Engine) -> None:
    """With such a plan one statement would run its locking subquery again for every row."""
    keep(engine, *(an_incoming(event_id=str(n), person=str(n)) for n in range(40)))
    with transaction(engine) as session:
        if engine.dialect.name == "postgresql":
            for way in ("hashjoin", "hashagg", "sort", "mergejoin", "material"):
                session.execute(text(f"SET LOCAL enable_{way} = off"))
        assert len(claim_events(session, "a", NOON, NOON, 3)) == 3


def test_a_group_is_one_lane_whoever_writes(engine: Engine) -> None:
    said = [an_incoming(event_id=p, person=p, chat="g", group=True) for p in "ab"]
    first, _ = keep(engine, *said)
    [private] = keep(engine, an_incoming(event_id="c", person="a"))
    assert claim(engine) == [first, private]


def test_a_retry_keeps_its_person_waiting_and_nobody_else(engine: Engine) -> None:
    a1, a2 = keep(engine, *from_person("a", 1, 2))
    claim(engine)
    assert retry(engine, a1, NOON + 4 * SECOND)
    [b1] = keep(engine, *from_person("b", 1))
    assert claim(engine, at=NOON + 3 * SECOND) == [b1]
    assert claim(engine, at=NOON + 4 * SECOND) == [a1]  # held by nobody meanwhile
    assert row(engine, a1).attempts == 2
    finish(engine, a1)
    assert claim(engine) == [a2]


def test_a_parked_event_lets_the_next_one_go(engine: Engine) -> None:
    a1, a2 = keep(engine, *from_person("a", 1, 2))
    claim(engine)
    assert park(engine, a1)
    assert claim(engine) == [a2]
    assert (row(engine, a1).state, row(engine, a1).error) == ("parked", "ValueError")


def test_an_event_that_becomes_visible_late_waits_for_the_one_being_answered(
    engine: Engine,
) -> None:
    """Two transactions may commit in another order than they were given their ids."""
    a1, a2 = keep(engine, *from_person("a", 1, 2))
    with transaction(engine) as session:
        session.get_one(InboundEvent, a1).state = "parked"
    assert claim(engine) == [a2]
    with transaction(engine) as session:
        session.get_one(InboundEvent, a1).state = "waiting"
    assert claim(engine, "b") == []
    finish(engine, a2)
    assert claim(engine, "b") == [a1]


@pytest.mark.parametrize("years", [-20, 20])
def test_the_clock_of_a_test_holds_nothing_up(engine: Engine, years: int) -> None:
    """Rows are due by the service's clock and held by the machine's."""
    at = NOON.replace(year=NOON.year + years)
    [id_] = keep(engine, an_incoming(), at=at)
    assert claim(engine, at=at, real=NOON) == [id_]
    retry(engine, id_, at + SECOND)
    assert claim(engine, at=at, real=NOON) == []
    assert claim(engine, at=at + SECOND, real=NOON) == [id_]


# --- held ---------------------------------------------------------------------------------------


def test_a_lapsed_hold_is_taken_over_and_the_first_worker_settles_nothing(engine: Engine) -> None:
    [id_] = keep(engine, an_incoming())
    claim(engine, "dead")
    assert claim(engine, "b", real=NOON + HOLD - SECOND) == []
    assert claim(engine, "b", real=NOON + HOLD) == [id_]
    assert not finish(engine, id_, "dead")
    assert not retry(engine, id_, NOON, "dead")
    assert not park(engine, id_, "dead")
    assert (row(engine, id_).worker, row(engine, id_).state) == ("b", "waiting")
    assert finish(engine, id_, "b")


def test_what_is_settled_is_not_settled_again(engine: Engine) -> None:
    [id_] = keep(engine, an_incoming())
    claim(engine)
    assert finish(engine, id_)
    assert not finish(engine, id_)
    assert not park(engine, id_)
    assert not retry(engine, id_, NOON)
    assert row(engine, id_).state == "done"


def test_a_hold_is_renewed_while_the_work_goes_on(engine: Engine) -> None:
    mine, other = keep(engine, *from_person("a", 1), *from_person("b", 1))
    claim(engine, "a", limit=1)
    claim(engine, "b")
    with transaction(engine) as session:
        keep_holding(session, "a", [mine, other], NOON + HOLD)
    assert claim(engine, "c", real=NOON + HOLD) == [other]  # only one's own is renewed
    assert claim(engine, "d", real=NOON + 2 * HOLD - SECOND) == []
    assert mine in claim(engine, "d", real=NOON + 2 * HOLD)


def test_a_request_holds_what_it_accepts_until_it_lets_go(engine: Engine) -> None:
    with transaction(engine) as session:
        id_ = accept(session, an_incoming(), NOON, worker="web", held_until=NOON + HOLD)
    assert id_ is not None
    assert row(engine, id_).attempts == 1
    assert claim(engine) == []
    with transaction(engine) as session:
        assert not take_over(session, id_, "again", NOON)
        assert take_over(session, id_, "again", NOON + HOLD)
    assert not finish(engine, id_, "web")
    assert finish(engine, id_, "again")
    with transaction(engine) as session:
        assert not take_over(session, id_, "later", NOON + 9 * HOLD)


def test_many_claimers_never_hold_one_event_nor_two_of_a_person(engine: Engine) -> None:
    events = [e for n in range(1, 6) for p in range(6) for e in from_person(str(p), n)]
    keep(engine, *events)
    lock, working, answered = threading.Lock(), set[str](), list[str]()

    def work(worker: str) -> None:
        while len(answered) < len(events):
            with transaction(engine) as session:
                claimed = claim_events(session, worker, NOON, datetime.now(UTC), 2)
            for event in claimed:
                with lock:
                    assert event.lane not in working
                    working.add(event.lane)
            for event in claimed:
                with lock:
                    working.discard(event.lane)
                    answered.append(event.event_id)
                assert finish(engine, event.id or 0, worker)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work, f"w{n}") for n in range(4)]:
            done.result(timeout=60)
    assert sorted(answered) == sorted(event.event_id for event in events)
    for person in range(6):
        theirs = [id_ for id_ in answered if id_.startswith(f"{person}-")]
        assert theirs == sorted(theirs)


# --- counted ------------------------------------------------------------------------------------


def test_how_fast_somebody_writes_does_not_depend_on_when_it_is_answered(engine: Engine) -> None:
    minute = 60 * SECOND
    early = keep(engine, *from_person("a", 1, 2))
    late = keep(engine, *from_person("a", 3), at=NOON + minute)
    keep(engine, *from_person("b", 1))
    with transaction(engine) as session:
        assert [events_up_to(session, id_, minute) for id_ in (*early, *late)] == [1, 2, 1]
        assert events_up_to(session, late[0], minute + SECOND) == 3


def test_a_lane_does_not_tell_whose_it_is() -> None:
    lane = lane_of(an_incoming(person="0912345678"))
    assert "0912345678" not in lane
    assert lane == lane_of(an_incoming(person="0912345678", chat="elsewhere"))
    assert lane != lane_of(an_incoming(person="0912345678", channel="other"))


def test_ids_are_never_given_twice(engine: Engine) -> None:
    [first] = keep(engine, an_incoming())
    with transaction(engine) as session:
        session.delete(session.exec(select(InboundEvent)).one())
    assert keep(engine, an_incoming()) > [first]
