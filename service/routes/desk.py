"""What a route needs of the running server, and where its work is done."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Annotated, TypeVar

import anyio
import anyio.to_thread
from fastapi import Path, Request

from service.asking import Desk

T = TypeVar("T")

#: The number of a row, in an address: no database counts further.
RowId = Annotated[int, Path(ge=1, lt=2**31)]

#: Answering keeps a core busy: more threads than this would only take turns.
THREADS = min(8, 2 + (os.cpu_count() or 1))


def desk_of(request: Request) -> Desk:
    """The desk that the application was built with."""
    desk: Desk = request.app.state.desk
    return desk


async def in_thread(request: Request, work: Callable[[], T]) -> T:
    """Run `work` beside the event loop, at most THREADS at once."""
    limiter: anyio.CapacityLimiter = request.app.state.limiter
    return await anyio.to_thread.run_sync(work, limiter=limiter)
