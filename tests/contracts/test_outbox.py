"""The outbox: each message once, in order for each chat, one on its way at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import select

from bot.messages import Button
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.outbox import (
    claim_messages,
    enqueue,
    is_due,
    keep_sending,
    messages_after,
    messages_of,
    move_chat,
    settle_failed,
    settle_later,
    settle_lost,
    settle_sent,
)
from tests.builders import NOON

SECOND = timedelta(seconds=1)
HOLD = 30 * SECOND


def write(engine: Engine, text_: str = "tin", chat: str = "a", **more: Any) -> int:
    """One message more; its id."""
    with transaction(engine) as session:
        id_ = enqueue(session, more.pop("channel", "fake"), chat, text_, NOON, **more)
    assert id_ is not None
    return id_


def claim(
    engine: Engine,
    worker: str = "w",
    *,
    at: datetime = NOON,
    real: datetime = NOON,
    limit: int = 10,
) -> list[OutboundMessage]:
    with transaction(engine) as session:
        return claim_messages(session, "fake", worker, at, real, real + HOLD, limit)


def lost(engine: Engine, real: datetime, *, resend: bool = True, channel: str = "fake") -> int:
    with transaction(engine) as session:
        return settle_lost(session, channel, real, resend=resend)


def texts(messages: list[OutboundMessage]) -> list[str]:
    return [message.text for message in messages]


def sent(engine: Engine, message: OutboundMessage, rest: timedelta = timedelta()) -> bool:
    with transaction(engine) as session:
        return settle_sent(session, message, "m1", NOON, NOON + rest)


def later(
    engine: Engine, message: OutboundMessage, due_at: datetime = NOON, *, counts: bool = True
) -> bool:
    with transaction(engine) as session:
        return settle_later(session, message, due_at, "timeout", NOON, counts=counts)


def row(engine: Engine, id_: int | None) -> OutboundMessage:
    with transaction(engine) as session:
        return session.get_one(OutboundMessage, id_)


# --- once ---------------------------------------------------------------------------------------


def test_a_key_is_written_once(engine: Engine) -> None:
    write(engine, "một", key="duty 12, person 3, 2026-11-21")
    with transaction(engine) as session:
        again = enqueue(session, "fake", "a", "hai", NOON, key="duty 12, person 3, 2026-11-21")
    assert again is None
    write(engine, "ba", key="duty 12, person 4, 2026-11-21")
    write(engine, "bốn")  # those without a key are many
    write(engine, "năm")
    with transaction(engine) as session:
        assert len(session.exec(select(OutboundMessage)).all()) == 4


def test_a_key_written_at_once_by_many_is_written_once(engine: Engine) -> None:
    def remind(_: int) -> int | None:
        with transaction(engine) as session:
            return enqueue(session, "fake", "a", "nhắc", NOON, key="k")

    with ThreadPoolExecutor(8) as pool:
        assert sum(id_ is not None for id_ in pool.map(remind, range(16))) == 1


def test_a_message_goes_out_as_it_was_written(engine: Engine) -> None:
    buttons = (Button("Hải Phòng", "hạn nộp Hải Phòng", "1.1.0"),)
    enclosure = {"name": "a.png", "media_type": "image/png", "sha256": "0" * 64}
    write(engine, "😀 tin\ndài", buttons=buttons, enclosure=enclosure, drawn={"lead": "x"})
    [message] = claim(engine)
    assert (message.text, message.chat, message.attempts) == ("😀 tin\ndài", "a", 1)
    assert [Button(**b) for b in message.buttons] == list(buttons)  # type: ignore[arg-type]
    assert (message.enclosure, message.drawn) == (enclosure, {"lead": "x"})


def test_what_our_page_fetches_itself_is_not_sent(engine: Engine) -> None:
    write(engine, sent=True)
    with transaction(engine) as session:
        assert not is_due(session, "fake", NOON)
    assert claim(engine) == []


# --- in order -----------------------------------------------------------------------------------


def test_one_message_of_each_chat_at_a_time_the_oldest_first(engine: Engine) -> None:
    for chat, said in (("a", "a1"), ("a", "a2"), ("b", "b1"), ("a", "a3")):
        write(engine, said, chat)
    a1, b1 = claim(engine)
    assert texts([a1, b1]) == ["a1", "b1"]
    assert claim(engine) == []
    sent(engine, a1)
    [a2] = claim(engine)
    assert a2.text == "a2"
    sent(engine, a2)
    assert texts(claim(engine)) == ["a3"]


def test_another_channel_is_not_touched(engine: Engine) -> None:
    write(engine, channel="other")
    with transaction(engine) as session:
        assert is_due(session, "other", NOON)
        assert not is_due(session, "fake", NOON)
    assert claim(engine) == []


def test_at_most_so_many_are_claimed(engine: Engine) -> None:
    for chat in "abcde":
        write(engine, chat, chat)
    assert texts(claim(engine, limit=2)) == ["a", "b"]
    assert claim(engine, limit=0) == []


def test_a_plan_of_the_database_does_not_change_how_many_are_claimed(engine: Engine) -> None:
    for number in range(40):
        write(engine, chat=str(number))
    with transaction(engine) as session:
        if engine.dialect.name == "postgresql":
            for way in ("hashjoin", "hashagg", "sort", "mergejoin", "material"):
                session.execute(text(f"SET LOCAL enable_{way} = off"))
        claimed = claim_messages(session, "fake", "w", NOON, NOON, NOON + HOLD, 3)
        assert len(claimed) == 3


def test_the_next_message_of_a_chat_waits_for_the_pause(engine: Engine) -> None:
    write(engine, "a1")
    write(engine, "a2")
    write(engine, "b1", "b")
    a1, b1 = claim(engine)
    sent(engine, a1, rest=SECOND)
    sent(engine, b1, rest=SECOND)
    write(engine, "b2", "b")
    assert claim(engine, real=NOON + SECOND / 2) == []
    assert texts(claim(engine, real=NOON + SECOND)) == ["a2", "b2"]


def test_a_message_that_is_tried_again_keeps_its_chat_waiting(engine: Engine) -> None:
    write(engine, "a1")
    write(engine, "a2")
    write(engine, "b1", "b")
    a1, _ = claim(engine)
    later(engine, a1, NOON + 4 * SECOND)
    assert claim(engine, at=NOON + 3 * SECOND) == []
    [again] = claim(engine, at=NOON + 4 * SECOND)
    assert (again.text, again.attempts) == ("a1", 2)


def test_an_attempt_that_does_not_count_is_not_counted(engine: Engine) -> None:
    write(engine)
    for _ in range(3):
        [message] = claim(engine)
        assert message.attempts == 1
        later(engine, message, counts=False)


def test_what_is_for_later_keeps_nothing_waiting(engine: Engine) -> None:
    write(engine, "nhắc ngày mai", due_at=NOON + timedelta(days=1))
    write(engine, "trả lời")
    [now] = claim(engine)
    assert now.text == "trả lời"
    sent(engine, now)
    assert claim(engine) == []
    assert texts(claim(engine, at=NOON + timedelta(days=1))) == ["nhắc ngày mai"]


@pytest.mark.parametrize("state", ["failed", "unclear"])
def test_what_has_failed_frees_its_chat(engine: Engine, state: str) -> None:
    write(engine, "a1")
    write(engine, "a2")
    [a1] = claim(engine)
    with transaction(engine) as session:
        assert settle_failed(session, a1, state, "blocked", NOON)
    assert (row(engine, a1.id).state, row(engine, a1.id).error) == (state, "blocked")
    assert texts(claim(engine)) == ["a2"]


@pytest.mark.parametrize("years", [-20, 20])
def test_the_clock_of_a_test_holds_nothing_up(engine: Engine, years: int) -> None:
    at = NOON.replace(year=NOON.year + years)
    with transaction(engine) as session:
        enqueue(session, "fake", "a", "tin", at)
    [message] = claim(engine, at=at, real=NOON)
    later(engine, message, at + SECOND)
    assert claim(engine, at=at, real=NOON) == []
    assert len(claim(engine, at=at + SECOND, real=NOON)) == 1


# --- held ---------------------------------------------------------------------------------------


def test_a_lost_message_is_sent_again_where_that_is_allowed(engine: Engine) -> None:
    write(engine, "a1")
    write(engine, "a2")
    [dead] = claim(engine, "dead")
    assert lost(engine, NOON + HOLD - SECOND) == 0
    assert claim(engine, real=NOON + 9 * HOLD) == []  # its chat waits until it is settled
    assert lost(engine, NOON + HOLD, channel="other") == 0
    assert lost(engine, NOON + HOLD) == 1
    assert lost(engine, NOON + HOLD) == 0
    [again] = claim(engine, real=NOON + HOLD)
    assert (again.id, again.worker, again.attempts) == (dead.id, "w", 2)


def test_a_lost_message_is_never_sent_again_where_that_is_not(engine: Engine) -> None:
    write(engine, "a1")
    write(engine, "a2")
    [dead] = claim(engine, "dead")
    assert lost(engine, NOON + HOLD - SECOND, resend=False) == 0
    assert lost(engine, NOON + HOLD, resend=False) == 1
    assert lost(engine, NOON + HOLD, resend=False) == 0
    assert row(engine, dead.id).state == "unclear"
    assert texts(claim(engine, real=NOON + HOLD)) == ["a2"]


def test_a_sender_that_has_lost_a_message_settles_nothing(engine: Engine) -> None:
    write(engine)
    [dead] = claim(engine, "dead")
    lost(engine, NOON + HOLD)
    [mine] = claim(engine, "w", real=NOON + HOLD)
    with transaction(engine) as session:
        assert not settle_sent(session, dead, "m", NOON, NOON)
        assert not settle_later(session, dead, NOON, "timeout", NOON)
        assert not settle_failed(session, dead, "failed", "x", NOON)
    assert (row(engine, mine.id).state, row(engine, mine.id).worker) == ("sending", "w")
    assert sent(engine, mine)
    assert not later(engine, mine)
    assert row(engine, mine.id).state == "sent"


def test_a_hold_is_renewed_while_it_is_being_sent(engine: Engine) -> None:
    write(engine, chat="a")
    write(engine, chat="b")
    [mine] = claim(engine, "w", limit=1)
    [other] = claim(engine, "x")
    ids = [mine.id or 0, other.id or 0]
    with transaction(engine) as session:
        keep_sending(session, "w", ids, NOON + 2 * HOLD)
    assert lost(engine, NOON + HOLD) == 1
    assert [m.id for m in claim(engine, "y", real=NOON + HOLD)] == [other.id]
    sent(engine, mine, rest=timedelta())
    with transaction(engine) as session:
        keep_sending(session, "w", ids, NOON + 9 * HOLD)  # too late: it does not hold the chat
    write(engine, "next", "a")
    assert texts(claim(engine, "y", real=NOON + HOLD)) == ["next"]


def test_many_claimers_never_have_one_message_nor_two_of_a_chat(engine: Engine) -> None:
    for number in range(5):
        for chat in "abcdef":
            write(engine, f"{chat}{number}", chat)
    lock, busy, out = threading.Lock(), set[str](), list[str]()

    def work(worker: str) -> None:
        while len(out) < 30:
            messages = claim(engine, worker, real=datetime.now(UTC), limit=2)
            with lock:
                for message in messages:
                    assert message.chat not in busy
                    busy.add(message.chat)
            for message in messages:
                with lock:
                    busy.discard(message.chat)
                    out.append(message.text)
                assert sent(engine, message)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work, f"w{n}") for n in range(4)]:
            done.result(timeout=60)
    assert sorted(out) == sorted(f"{chat}{n}" for chat in "abcdef" for n in range(5))
    for chat in "abcdef":
        theirs = [said for said in out if said[0] == chat]
        assert theirs == sorted(theirs)


# --- moved, and read ----------------------------------------------------------------------------


def test_what_waits_for_a_chat_goes_to_its_new_address(engine: Engine) -> None:
    write(engine, "đã gửi", "old")
    [first] = claim(engine)
    sent(engine, first)
    write(engine, "đang gửi", "old")
    write(engine, "chờ", "old")
    write(engine, "khác", "else")
    write(engine, "kênh khác", "old", channel="other")
    claim(engine, limit=1)
    with transaction(engine) as session:
        move_chat(session, "fake", "old", "new")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT text, chat, lane FROM outbound_message ORDER BY id"))
        assert [tuple(r) for r in rows] == [
            ("đã gửi", "old", "fake:old"),
            ("đang gửi", "new", "fake:new"),
            ("chờ", "new", "fake:new"),
            ("khác", "else", "fake:else"),
            ("kênh khác", "old", "other:old"),
        ]


def test_replies_are_found_by_event_and_pushes_by_what_is_known(engine: Engine) -> None:
    first = write(engine, "một", event_id=7, sent=True)
    second = write(engine, "hai", event_id=7, sent=True)
    push = write(engine, "nhắc", sent=True)
    write(engine, "của người khác", "b", event_id=8, sent=True)
    with transaction(engine) as session:
        assert [m.id for m in messages_of(session, 7)] == [first, second]
        found = messages_after(session, "fake", "a", first, NOON, 9)
        assert [m.id for m in found] == [second, push]
        found = messages_after(session, "fake", "a", 0, NOON, 2)
        assert [m.id for m in found] == [first, second]
        assert messages_after(session, "other", "a", 0, NOON, 9) == []
