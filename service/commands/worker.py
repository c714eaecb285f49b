"""`troly worker`: answers what the messaging channels brought, and sends what waits."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading
from typing import Annotated

import typer

from service.commands.doors import doors_of
from service.commands.screen import SOME_FAILED, out, working


def worker(
    context: typer.Context,
    check: Annotated[
        bool,
        typer.Option("--check", help="Chỉ cho biết có tiến trình nào đang làm việc (0 hoặc 1)."),
    ] = False,
    child: Annotated[bool, typer.Option("--child", hidden=True)] = False,
) -> None:
    """Trả lời tin từ các kênh và gửi tin đang chờ; `troly serve` tự chạy một tiến trình này."""
    settings = doors_of(context).settings()
    from service.delivery.worker import is_alive, run
    from service.live import set_apart
    from service.wiring import open_storage, open_work

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for noisy in ("alembic", "httpx", "httpcore", "telegram"):  # httpx logs addresses with tokens
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if check:
        raise typer.Exit(0 if is_alive(open_storage(settings)) else SOME_FAILED)
    with working("Chuẩn bị kho văn bản và cơ sở dữ liệu") as step:
        work = open_work(settings, step)
    set_apart()
    names = ", ".join(line.channel.name for line in work.lines)
    if not child:
        out().print(f"Đang phục vụ các kênh: {names or 'chỉ trang web'}. Nhấn Ctrl+C để dừng.")

    async def main() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for signal_ in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(signal_, stop.set)
        if child:
            threading.Thread(target=_until_orphaned, args=(loop, stop), daemon=True).start()
        await run(work, stop)

    asyncio.run(main())


def _until_orphaned(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """The parent holds our input open and never writes: its end is the parent's end."""
    sys.stdin.buffer.read()
    loop.call_soon_threadsafe(stop.set)
