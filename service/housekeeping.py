"""What must be done whichever process runs: what is past its time goes, who waits is minded."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from knowledge.library import Library
from service import clock
from service.approved import tell_of_late
from service.broadcasts.sending import send_broadcasts
from service.cited_papers import read_ahead
from service.delivery.handing_over import mind
from service.duties.assigning import lay_ahead
from service.duties.reminding import reckon_anew, remind
from service.expiring import watch_papers
from service.forms import watch_forms
from service.office import settled
from service.organisations import watch_organisations
from service.settings import Settings
from service.storage.channel_states import take_turn
from service.storage.engine import empty_log, transaction
from service.storage.erasing import forget_receipts
from service.storage.jobs import files_handed_in
from service.storage.office import office_of
from service.storage.retention import (
    EVENTS,
    Keeping,
    files_named,
    forget_hand_offs,
    forget_old,
)
from service.table_files import sweep

log = logging.getLogger(__name__)

_GRACE = timedelta(days=1)  #: no message takes so long to be answered
_RECEIPTS = timedelta(days=1)  #: until who was told that all is erased is forgotten, too
_FIRST, _AGAIN = 60.0, 60.0  #: seconds until the first look, and between two


def tidy(engine: Engine, settings: Settings) -> bool:
    """Let go of what is too old, unless another process has done so today."""
    at = clock.now(settings)
    with transaction(engine) as session:
        if not take_turn(session, "forget_old", clock.today(settings).isoformat(), at):
            return False
        lay_ahead(session, clock.today(settings))
        reckon_anew(session, settings, at)
        gone = forget_old(session, _keeping(settings), at)
        forget_hand_offs(session, at - timedelta(days=settings.keep_hand_offs_days))
        forget_receipts(session, at - _RECEIPTS)
        named = files_named(session)
    empty_log(engine)
    _sweep(settings.received_dir, gone - named, _GRACE)
    _sweep(settings.received_dir, _lying(settings.received_dir) - named, EVENTS)
    return True


def sweep_tables(engine: Engine, settings: Settings) -> None:
    """Tables that were made for officers go after a day, and files that nobody reads any more."""
    with transaction(engine) as session:
        handed_in = files_handed_in(session)
    sweep(settings, handed_in)


def _keeping(settings: Settings) -> Keeping:
    return Keeping(
        messages=timedelta(days=settings.keep_messages_days),
        conversations=timedelta(days=settings.keep_conversations_days),
        files=timedelta(days=settings.keep_files_days),
        comments=timedelta(days=settings.keep_comments_days),
        records_years=settings.keep_records_years,
    )


def look_after(engine: Engine, settings: Settings, library: Library) -> None:
    """All of it: cheap while nothing is due, so that it may be done again and again.

    `library`: what this process answers from.
    """
    with transaction(engine) as session:
        settings = settled(office_of(session), settings)
    mind(engine, settings)
    with transaction(engine) as session:
        watch_forms(session, settings, clock.now(settings))
        watch_organisations(session, settings, clock.now(settings))
        watch_papers(session, library, clock.today(settings), clock.now(settings))
        tell_of_late(session, clock.today(settings), clock.now(settings))
    read_ahead(library)
    sweep_tables(engine, settings)
    tidy(engine, settings)
    remind(engine, settings)
    send_broadcasts(engine, settings)


def _lying(folder: Path) -> frozenset[str]:
    return frozenset(file.name for file in folder.iterdir()) if folder.is_dir() else frozenset()


def _sweep(folder: Path, unnamed: Collection[str], grace: timedelta) -> None:
    """Delete files that no row names: of rows let go, of events that failed, of links over.

    `grace`: a file lies there for a while before its row does, also when it is sent again.
    """
    before = (datetime.now(UTC) - grace).timestamp()
    for file in (folder / name for name in unnamed):
        with suppress(FileNotFoundError):
            if file.stat().st_mtime < before:
                file.unlink()


@asynccontextmanager
async def tidied(
    engine: Engine,
    settings: Settings,
    library: Callable[[], Library],
    *,
    first: float = _FIRST,
    again: float = _AGAIN,
) -> AsyncIterator[None]:
    """While this lasts: an office that has only the web chat runs no worker that would do it."""
    stop = asyncio.Event()
    tidying = asyncio.create_task(_tidy(engine, settings, library, stop, first, again))
    try:
        yield
    finally:
        stop.set()
        await tidying


async def _tidy(
    engine: Engine,
    settings: Settings,
    library: Callable[[], Library],
    stop: asyncio.Event,
    first: float,
    again: float,
) -> None:
    pause = first
    while not await _rings(stop, pause):
        try:
            await asyncio.to_thread(look_after, engine, settings, library())
        except Exception as error:  # the next look may find database and disk, or do the rest
            log.error("housekeeping failed: %s", type(error).__name__)
        pause = again


async def _rings(stop: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
