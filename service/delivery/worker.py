"""The worker: answers what came in, sends what waits, polls, and keeps house."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from bot.channels.base import Channel, DeliveryError, Poller
from service import clock
from service.delivery.consuming import Consumer
from service.delivery.handling import Post
from service.delivery.polling import Polling
from service.delivery.processes import free_the_dead, new_name
from service.delivery.sending import IN_FLIGHT, Sender
from service.duties.reminding import hold_back
from service.housekeeping import look_after
from service.storage.channel_states import note, state_of, step_down, take_turn
from service.storage.engine import transaction

log = logging.getLogger(__name__)

_THREADS = 2  #: of the same interpreter: a core that is free is for another process
_AGAIN = 60.0  #: seconds between two tries to make a channel ready
_BEAT = 5.0  #: seconds between two signs of life
_ALIVE = timedelta(seconds=30)  #: without a sign for so long, the worker counts as dead

#: The row in which the worker leaves its signs of life.
WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Line:
    """One messaging channel in use."""

    channel: Channel
    poller: Poller | None = None
    #: Makes the channel ready: the menu, the webhook, the tokens; tried again until it succeeds.
    start: Callable[[], Awaitable[None]] | None = None
    daily: Callable[[], Awaitable[None]] | None = None  #: done once a day, by one process
    close: Callable[[], Awaitable[None]] | None = None  #: beside the channel's own


@dataclass(frozen=True, slots=True)
class Work:
    """All that a worker needs."""

    post: Post
    lines: Sequence[Line]


async def run(work: Work, stop: asyncio.Event) -> None:
    """Work until `stop` is set; what is begun is finished."""
    worker, desk = new_name(), work.post.desk
    free_the_dead(desk.engine)
    hold_back(desk.engine, desk.settings)  # before anything goes out that is a day old
    channels = {line.channel.name: line.channel for line in work.lines}
    share = max(1, IN_FLIGHT // max(1, len(channels)))
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="worker") as threads:
        tasks = [Consumer(work.post, channels, worker, threads).run(stop)]
        for line in work.lines:
            tasks.append(_serve(line, Sender(desk, line.channel, worker, threads, share), stop))
            if line.poller:
                polling = Polling(desk, line.channel.name, line.poller, worker, threads)
                tasks.append(polling.run(stop))
        tasks.append(_keep_house(work, stop))
        try:
            await _all(tasks, stop)
        finally:
            await _leave(work, worker)


async def _all(tasks: Sequence[Awaitable[None]], stop: asyncio.Event) -> None:
    """Wait for all; when one breaks, the others are told to end and its error is raised."""
    running = [asyncio.ensure_future(task) for task in tasks]
    try:
        await asyncio.wait(running, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        stop.set()
    await asyncio.wait(running)
    for task in running:
        task.result()


async def _leave(work: Work, worker: str) -> None:
    """Let others take over at once; whatever fails now, they do so a little later."""
    try:
        with transaction(work.post.desk.engine) as session:
            step_down(session, worker, datetime.now(UTC))
            note(session, WORKER, last_event_at=None)
    except Exception as error:
        log.error("not signed off: %s", type(error).__name__)
    for line in work.lines:
        for close in (line.channel.close, line.close):
            try:
                if close:
                    await close()
            except Exception as error:
                log.error("%s is not closed: %s", line.channel.name, type(error).__name__)


async def _serve(line: Line, sender: Sender, stop: asyncio.Event) -> None:
    """Send at once; making the channel ready must not keep messages waiting."""
    ready = asyncio.ensure_future(_start(line))
    try:
        await sender.run(stop)
    finally:
        ready.cancel()


async def _start(line: Line) -> None:
    """Make the channel ready, until it is: without its webhook it would bring nothing."""
    while line.start:
        try:
            await line.start()
            return
        except Exception as error:
            why = error.code if isinstance(error, DeliveryError) else type(error).__name__
            log.warning("%s is not ready: %s", line.channel.name, why)
            await asyncio.sleep(_AGAIN)


async def _keep_house(work: Work, stop: asyncio.Event) -> None:
    """Signs of life, and whatever is due; what is due once a day is done by one process."""
    while not stop.is_set():
        try:
            await _beat(work)
        except Exception as error:  # the database is away: the next beat may find it
            log.error("housekeeping failed: %s", type(error).__name__)
        try:
            await asyncio.wait_for(stop.wait(), _BEAT)
        except TimeoutError:
            continue


async def _beat(work: Work) -> None:
    # In threads: a database that keeps us waiting must not keep everything else waiting.
    for line in await asyncio.to_thread(_due, work):
        try:
            if line.daily:
                await line.daily()
        except Exception as error:  # it has said so itself, by an alert; tomorrow it tries again
            name = line.channel.name
            log.error("the daily work of %s failed: %s", name, type(error).__name__)
    desk = work.post.desk
    answers = await asyncio.to_thread(desk.assistant.current)  # new knowledge: nobody need ask
    await asyncio.to_thread(look_after, desk.engine, desk.settings, answers.library)


def _due(work: Work) -> list[Line]:
    """Leave a sign of life; the channels whose daily work is ours today."""
    desk = work.post.desk
    at, day = clock.now(desk.settings), clock.today(desk.settings).isoformat()
    with transaction(desk.engine) as session:
        note(session, WORKER, last_event_at=datetime.now(UTC))
        return [
            line
            for line in work.lines
            if line.daily and take_turn(session, f"daily:{line.channel.name}", day, at)
        ]


def is_alive(engine: Engine) -> bool:
    """Whether a worker has left a sign of life lately."""
    with transaction(engine) as session:
        seen = state_of(session, WORKER).last_event_at
    return seen is not None and seen > datetime.now(UTC) - _ALIVE
