"""A library of 2,000 papers: one more is published, and how soon the chat answers from it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import psutil

from benchmarks.channels_product import Product, installed, scaled
from benchmarks.forms_office import progress
from benchmarks.knowledge_desk import day_of, plan, sign_in
from benchmarks.knowledge_library import PAPERS, write
from benchmarks.prove import Figure
from service.library.editions import Edition, shelve, take_into_use, workspace, write_edition

_MOST = 10.0  #: seconds
_PER_SECOND = 5
_LOOK = 0.5  #: seconds between two looks at the answer
_OTHER = "Tiêu chí nào thì phải truyền thông theo Quyết định 407?"


def published_into_2000() -> Iterable[Figure]:
    """One paper into a library of 2,000: seconds until the chat answers from it."""
    papers = scaled(PAPERS, 100)
    with installed(rate_limit="100000") as product:
        fill(product, papers)
        began = time.monotonic()
        running = product.serve()
        progress(f"kho {papers} văn bản sẵn sàng sau {time.monotonic() - began:.0f} giây")
        editor = sign_in(product)
        times: list[float] = []
        with _others(product) as waited:
            for number in range(3):
                candidate = editor.hand_in(f"kh-{number}.txt", plan(number))
                editor.settle()
                began = time.monotonic()
                editor.publish(candidate)
                while day_of(number) not in editor.ask()[0]:
                    if time.monotonic() - began > 10 * _MOST:
                        break
                    time.sleep(_LOOK)
                times.append(time.monotonic() - began)
                progress(f"công bố lần {number + 1}: {times[-1]:.1f} giây")
                editor.settle()
        memory = psutil.Process(running.process.pid).memory_info().rss / 2**30
        running.stop()
    told = ", ".join(f"{seconds:.1f}" for seconds in times)
    what = f"công bố một văn bản vào kho {papers:,}: trò chuyện trả lời từ đó, giây"
    yield Figure(what, told, f"≤ {_MOST:g}", max(times) <= _MOST)
    slow = sorted(waited)[int(len(waited) * 0.95)] * 1000 if waited else 0.0
    yield Figure("95 % câu hỏi khác trong lúc đó, mili giây", f"{slow:.0f}", "để biết", True)
    yield Figure("bộ nhớ của máy chủ web, GB", f"{memory:.1f}", "để biết", True)


def fill(product: Product, papers: int) -> None:
    """So many papers, as if they had been published together."""
    settings = product.own_settings
    with workspace(settings) as space:
        write(space, papers)
        names = sorted(folder.name for folder in space.iterdir())
        for name in names:
            shelve(settings, name, 1, space / name)
        at = datetime.now(UTC)
        edition = Edition(
            0, dict.fromkeys(names, 1), before=0, what="published", by="command", at=at
        )
        take_into_use(settings, write_edition(settings, edition))


@contextmanager
def _others(product: Product) -> Iterator[list[float]]:
    """Others ask meanwhile; how long each waited, in seconds."""
    waited: list[float] = []
    stop = threading.Event()

    def run() -> None:
        with httpx.Client(base_url=product.address, timeout=60) as client:
            while not stop.wait(1 / _PER_SECOND):
                began = time.monotonic()
                client.post("/api/ask", json={"question": _OTHER}).raise_for_status()
                waited.append(time.monotonic() - began)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield waited
    finally:
        stop.set()
        thread.join()
