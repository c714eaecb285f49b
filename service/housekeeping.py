"""What must be done once a day whichever process runs: what is past its time goes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from service import clock
from service.settings import Settings
from service.storage.channel_states import take_turn
from service.storage.engine import transaction
from service.storage.retention import forget_old

log = logging.getLogger(__name__)

_FIRST, _AGAIN = 60.0, 3600.0  #: seconds until the first look, and between two


def tidy(engine: Engine, settings: Settings) -> bool:
    """Let go of what is too old, unless another process has done so today."""
    at = clock.now(settings)
    with transaction(engine) as session:
        if not take_turn(session, "forget_old", clock.today(settings).isoformat(), at):
            return False
        forget_old(session, at)
    return True


@asynccontextmanager
async def tidied(
    engine: Engine, settings: Settings, *, first: float = _FIRST, again: float = _AGAIN
) -> AsyncIterator[None]:
    """While this lasts: an office that has only the web chat runs no worker that would do it."""
    stop = asyncio.Event()
    tidying = asyncio.create_task(_tidy(engine, settings, stop, first, again))
    try:
        yield
    finally:
        stop.set()
        await tidying


async def _tidy(
    engine: Engine, settings: Settings, stop: asyncio.Event, first: float, again: float
) -> None:
    pause = first
    while not await _rings(stop, pause):
        try:
            await asyncio.to_thread(tidy, engine, settings)
        except SQLAlchemyError as error:  # the next look may find the database
            log.error("housekeeping failed: %s", type(error).__name__)
        pause = again


async def _rings(stop: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
