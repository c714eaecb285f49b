"""What a route needs of the running server, and where its work is done."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Annotated, TypeVar

import anyio
import anyio.to_thread
from fastapi import Path, Request

from service.asking import Desk
from service.office import settled
from service.settings import Settings
from service.storage.engine import transaction
from service.storage.office import office_of

T = TypeVar("T")

#: The number of a row, in an address: no database counts further.
RowId = Annotated[int, Path(ge=1, lt=2**31)]

#: Answering keeps a core busy: more threads than this would only take turns.
THREADS = min(8, 2 + (os.cpu_count() or 1))


def desk_of(request: Request) -> Desk:
    """The desk that the application was built with."""
    desk: Desk = request.app.state.desk
    return desk


def settings_of(request: Request) -> Settings:
    """The settings, as the office's profile fills them in: contact, hours, public address."""
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        return settled(office_of(session), desk.settings)


async def in_thread(request: Request, work: Callable[[], T]) -> T:
    """Run `work` beside the event loop, at most THREADS at once."""
    limiter: anyio.CapacityLimiter = request.app.state.limiter
    return await anyio.to_thread.run_sync(work, limiter=limiter)
