"""The worker: everything at once, signs of life, the day's work, and a tidy end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from service import clock
from service.clock import VIETNAM
from service.delivery import worker
from service.delivery.worker import Line, Work, is_alive
from service.storage.channel_states import lead
from service.storage.delivery_tables import Leader, OutboundMessage, PeriodicTurn
from service.storage.engine import transaction
from service.storage.notices import keep_attempts, keep_notices
from service.storage.outbox import enqueue
from tests.builders import KEEPING, an_incoming
from tests.delivering import Office, away, running, until
from tests.desk import an_account
from tests.fakes.answers import LEAD
from tests.fakes.channels import FakeChannel, FakePoller

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def working(office: Office, *lines: Line) -> AsyncIterator[asyncio.Event]:
    work = Work(office.post, lines)
    async with running(lambda stop: worker.run(work, stop)) as stop:
        yield stop


async def test_a_question_that_is_polled_is_answered_and_sent(office: Office) -> None:
    channel, poller = FakeChannel(), FakePoller([an_incoming("hạn nộp?")])
    async with working(office, Line(channel, poller)):
        await until(lambda: channel.sent)
    assert channel.sent[0].chat == "chat-42"
    assert channel.sent[0].text.startswith(LEAD)
    assert channel.closed


async def test_one_dead_channel_does_not_slow_another(office: Office) -> None:
    """Its messages, its taps and its polls never come back."""
    never = asyncio.Event()
    dead = FakeChannel("other", script=[never] * 99, acknowledging=never)
    alive = FakeChannel()
    for number in range(20):
        office.write(chat=str(number), channel="other")
        office.receive(an_incoming("hạn?", str(number), channel="other", receipt="tap"))
    async with working(office, Line(dead, FakePoller()), Line(alive)) as stop:
        await until(lambda: dead.flying)
        office.receive(an_incoming("hạn?", "x"))
        await until(lambda: alive.sent)
        assert dead.sent == []
        stop.set()
        never.set()


async def test_a_channel_that_cannot_be_made_ready_still_sends(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise ValueError("riêng tư")

    async def hang() -> None:
        await asyncio.Event().wait()

    first, second = FakeChannel(), FakeChannel("other")
    office.write()
    office.write(channel="other")
    async with working(office, Line(first, start=fail), Line(second, start=hang)):
        await until(lambda: first.sent and second.sent)
        await until(lambda: "is not ready" in caplog.text)
    assert "riêng tư" not in caplog.text


async def test_it_lives_while_it_runs(office: Office) -> None:
    assert not is_alive(office.engine)
    async with working(office):
        await until(lambda: is_alive(office.engine))
    assert not is_alive(office.engine)


async def test_the_days_work_is_done_once_by_one_of_all(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    async def refresh() -> None:
        done.append("refresh")

    async def fail() -> None:
        done.append("fail")
        raise ValueError("riêng tư")

    with transaction(office.engine) as session:
        old = datetime.now(UTC) - KEEPING.messages - timedelta(days=1)
        enqueue(session, "fake", "a", "cũ", old, sent=True)

    def tidied() -> bool:
        with transaction(office.engine) as session:
            turns = {turn.name for turn in session.exec(select(PeriodicTurn))}
        return turns == {"daily:fake", "daily:other", "forget_old", "reckoned"}

    def lines() -> tuple[Line, Line]:
        return Line(FakeChannel(), daily=fail), Line(FakeChannel("other"), daily=refresh)

    async with working(office, *lines()), working(office, *lines()):
        await until(tidied)
    async with working(office, *lines()):
        await until(lambda: is_alive(office.engine))
    assert sorted(done) == ["fail", "refresh"]
    assert "riêng tư" not in caplog.text
    with transaction(office.engine) as session:
        assert session.exec(select(OutboundMessage)).all() == []


async def test_a_reminder_of_yesterday_does_not_go_out_when_it_starts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "look_after", lambda *_: None)  # it would come a moment too late
    with transaction(office.engine) as session:
        person = an_account(session, "fake", "chat-42").person_id
        at = clock.now(office.desk.settings) - timedelta(days=1)
        day = at.astimezone(VIETNAM).date()
        notice = keep_notices(session, {person: ("open", "")}, day, at)[person]
        message = enqueue(session, "fake", "chat-42", "Còn 1 ngày.", at)
        keep_attempts(session, [(notice, "fake", message)], at)
        enqueue(session, "fake", "chat-43", "Anh/chị đã hỏi.", at)
    channel = FakeChannel()
    async with working(office, Line(channel)):
        await until(lambda: channel.sent)
    assert [message.text for message in channel.sent] == ["Anh/chị đã hỏi."]


async def test_what_it_led_is_free_when_it_ends(office: Office) -> None:
    poller = FakePoller()
    async with working(office, Line(FakeChannel(), poller)):
        await until(lambda: poller.asked)
        with transaction(office.engine) as session:
            [led] = session.exec(select(Leader)).all()
            assert not lead(session, led.name, "next", datetime.now(UTC), timedelta(1))
    with transaction(office.engine) as session:
        assert lead(session, led.name, "next", datetime.now(UTC), timedelta(1))


async def test_what_is_begun_is_finished_when_it_stops(office: Office) -> None:
    gate = asyncio.Event()
    channel = FakeChannel(script=[gate])
    office.write()
    async with working(office, Line(channel)) as stop:
        await until(lambda: channel.flying)
        stop.set()
        gate.set()
    assert office.states() == ["sent"]
    assert channel.closed


async def test_a_database_that_is_away_for_a_moment_ends_nothing(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    channel, poller = FakeChannel(), FakePoller()
    async with working(office, Line(channel, poller)):
        await until(lambda: poller.asked)
        with away(office.engine):
            await until(lambda: "nothing is sent" in caplog.text)
            await until(lambda: "nothing is answered" in caplog.text)
        poller.updates.append(an_incoming("hạn nộp?"))
        await until(lambda: channel.sent)


async def test_it_ends_though_the_database_is_away(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    channel = FakeChannel()
    async with working(office, Line(channel)) as stop:
        await until(lambda: is_alive(office.engine))
        with away(office.engine):
            stop.set()
            await until(lambda: channel.closed)
    assert "not signed off" in caplog.text


async def test_a_channel_that_cannot_be_closed_keeps_no_other_open(office: Office) -> None:
    class Stuck(FakeChannel):
        async def close(self) -> None:
            raise OSError

    async def close() -> None:
        closed.append("beside")

    closed: list[str] = []
    other = FakeChannel("other")
    async with working(office, Line(Stuck(), close=close), Line(other)):
        await until(lambda: is_alive(office.engine))
    assert other.closed
    assert closed == ["beside"]
