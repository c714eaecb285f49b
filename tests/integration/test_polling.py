"""Channels that do not call us are polled by one process, and no event is lost on the way."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import pytest

from bot.channels.base import ChannelDown, TryLater
from service.delivery.polling import Polling
from service.storage.channel_states import step_down
from service.storage.engine import transaction
from tests.builders import an_incoming
from tests.delivering import Office, away, running, threads, until
from tests.fakes.channels import FakePoller

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def polling(
    office: Office, poller: FakePoller, worker: str = "w"
) -> AsyncIterator[asyncio.Event]:
    with threads() as pool:
        async with running(Polling(office.desk, "fake", poller, worker, pool).run) as stop:
            yield stop


def some_updates(count: int) -> FakePoller:
    events = [an_incoming(f"câu {n}", str(n), person=str(n)) for n in range(count)]
    return FakePoller(list(events))


def kept(office: Office) -> list[str]:
    return [event.event_id for event in office.events("waiting")]


async def test_what_is_polled_is_kept_in_order(office: Office) -> None:
    poller = some_updates(5)
    async with polling(office, poller):
        await until(lambda: len(kept(office)) == 5)
        await until(lambda: office.channel().cursor == "5")
    assert kept(office) == ["0", "1", "2", "3", "4"]
    assert poller.asked[:3] == [None, "2", "4"]
    assert office.channel().last_event_at is not None


async def test_a_restart_goes_on_where_it_was(office: Office) -> None:
    poller = some_updates(2)
    async with polling(office, poller):
        await until(lambda: office.channel().cursor == "2")
    poller.updates += [an_incoming("sau", "9")]
    poller.asked.clear()
    async with polling(office, poller):
        await until(lambda: len(kept(office)) == 3)
    assert poller.asked[0] == "2"


async def test_the_cursor_moves_only_once_the_events_are_kept(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    poller, gate = some_updates(0), asyncio.Event()
    poll = poller.poll

    async def gated(cursor: str | None) -> object:
        found = await poll(cursor)
        if not gate.is_set():
            await gate.wait()
        return found

    poller.poll = gated  # type: ignore[assignment, method-assign]
    async with polling(office, poller):
        await until(lambda: poller.asked)
        poller.updates += some_updates(1).updates
        with away(office.engine):
            gate.set()
            await until(lambda: "polling failed" in caplog.text)
        await until(lambda: kept(office))
        await until(lambda: office.channel().cursor == "1")
    assert poller.asked[:2] == [None, None]  # asked for again
    assert kept(office) == ["0"]


async def test_the_same_updates_again_are_kept_once(office: Office) -> None:
    poller = some_updates(2)
    poller.updates += poller.updates
    async with polling(office, poller):
        await until(lambda: office.channel().cursor == "4")
    assert kept(office) == ["0", "1"]


async def test_what_is_ignored_moves_the_cursor(office: Office) -> None:
    poller = FakePoller([an_incoming(event="ignored"), an_incoming(group=True, addressed=False)])
    async with polling(office, poller):
        await until(lambda: office.channel().cursor == "2")
    assert kept(office) == []


@pytest.mark.parametrize("error", [TryLater("network: riêng", after=0.01), TryLater("busy")])
async def test_a_channel_that_does_not_answer_is_asked_again(
    office: Office, error: Exception
) -> None:
    poller = some_updates(1)
    poller.errors = [error]
    async with polling(office, poller):
        await until(lambda: kept(office))
    assert office.channel().last_error == str(error)


async def test_a_defect_of_the_adapter_does_not_end_the_polling(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    poller = some_updates(1)
    poller.errors = [KeyError("riêng tư")]
    async with polling(office, poller):
        await until(lambda: kept(office))
    assert office.channel().last_error == "KeyError"
    assert "riêng tư" not in caplog.text


async def test_a_failure_that_lasts_is_logged_once(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    poller = some_updates(1)
    poller.errors = [TryLater("busy", after=0.01) for _ in range(5)]
    async with polling(office, poller):
        await until(lambda: kept(office))
    assert caplog.text.count("polling failed") == 1


async def test_a_refused_token_is_noted_and_ends_with_the_process(office: Office) -> None:
    poller = FakePoller(errors=[ChannelDown("401")])
    async with polling(office, poller):
        await until(lambda: office.channel().last_error == "401")
    assert len(poller.asked) == 1


async def test_one_process_polls_and_another_follows(office: Office) -> None:
    first, second = some_updates(1), some_updates(2)
    async with AsyncExitStack() as following:
        async with polling(office, first, "w1"):
            await until(lambda: office.channel().cursor == "1")
            await following.enter_async_context(polling(office, second, "w2"))
            first.updates.append(an_incoming("sau", "9"))
            await until(lambda: office.channel().cursor == "2")
            assert second.asked == []
            second.updates += [an_incoming("cuối", "10")]
        with transaction(office.engine) as session:
            step_down(session, "w1", datetime.now(UTC))
        await until(lambda: kept(office) == ["0", "9", "10"])
    assert second.asked[0] == "2"


async def test_the_lead_that_is_being_taken_is_waited_for_at_the_end(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken after it was given up, it would keep every other process from polling."""
    begun, gate = threading.Event(), threading.Event()

    def slow(*asked: object) -> bool:
        begun.set()
        return gate.wait(10)

    monkeypatch.setattr("service.delivery.polling.lead", slow)
    stop = asyncio.Event()
    with threads() as pool:
        run = asyncio.create_task(
            Polling(office.desk, "fake", some_updates(0), "w", pool).run(stop)
        )
        await until(begun.is_set)
        stop.set()
        done, _ = await asyncio.wait((run,), timeout=0.2)
        gate.set()
        assert not done
        await run


async def test_a_poll_in_progress_does_not_hold_up_the_end(office: Office) -> None:
    poller = some_updates(0)
    async with polling(office, poller) as stop:
        await until(lambda: poller.asked)
        stop.set()  # it would wait for ever


async def test_events_in_hand_at_the_end_are_kept(office: Office) -> None:
    """Some channels give an event only once."""
    gate = asyncio.Event()

    class Once(FakePoller):
        async def poll(self, cursor: str | None) -> object:  # type: ignore[override]
            self.asked.append(cursor)
            gate.set()
            return (an_incoming(),), None

    poller = Once()
    async with polling(office, poller) as stop:
        await gate.wait()
        stop.set()
    assert kept(office) == ["1"]
