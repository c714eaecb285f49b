"""`troly work-off`: jobs in the background, in a process of their own; `troly serve` starts it."""

from __future__ import annotations

import gc
import logging
import os
import signal
from typing import Annotated

import typer

from service.commands.doors import doors_of

_NICENESS = 10  #: answers go first
#: What is made here is large and stays: looking through it for what can be freed takes seconds.
_SELDOM = (200_000, 20, 100)


def work_off(
    context: typer.Context,
    linger: Annotated[float, typer.Option(min=0, help="Số giây chờ việc mới.")] = 600.0,
    child: Annotated[bool, typer.Option("--child", hidden=True)] = False,
) -> None:
    """Làm các việc nền đang chờ: đọc văn bản, so câu trả lời, công bố, tạo và nhập bảng."""
    settings = doors_of(context).settings()
    from service.library.working import serve_jobs
    from service.wiring import open_kinds, open_storage

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    os.nice(_NICENESS)
    gc.set_threshold(*_SELDOM)
    if child:  # Ctrl+C at the terminal ends the server, and the server ends us
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    engine = open_storage(settings)
    kinds, warm = open_kinds(settings)
    serve_jobs(engine, settings, kinds, linger, warm)
