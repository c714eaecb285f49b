"""The assistant of a running process: when knowledge or index change, it is swapped whole."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date
from threading import Lock, Thread
from typing import Protocol

from pydantic import JsonValue

from bot.messages import Kind, Reply
from knowledge.library import Library
from knowledge.readers import PUBLIC, Readers
from service.shapes import Question

log = logging.getLogger(__name__)

_LOOK = 0.5  #: seconds between two looks for new knowledge


@dataclass(frozen=True, slots=True)
class Told:
    """One answer in both shapes that leave the service."""

    kind: Kind
    row: dict[str, JsonValue]  #: kind, text, citations, choices of the contract
    reply: Reply
    version: str = ""  #: of the knowledge, where it is more than what everybody is answered from


def set_apart() -> None:
    """Leave all that is loaded by now to live as long as the process.

    The interpreter would look through it now and then for what can be freed, and a library takes a
    tenth of a second, during which nobody is answered.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class Answers(Protocol):
    """Whatever can answer: the assistant over a library and its index, or a fake of it."""

    @property
    def library(self) -> Library:
        """Every paper, whoever may read it: for the desk alone."""
        ...

    @property
    def version(self) -> str:
        """Names the knowledge that everybody's answers come from."""
        ...

    def library_for(self, readers: Readers) -> Library:
        """The papers that these may read."""
        ...

    def tell(self, question: Question, today: date, readers: Readers = PUBLIC) -> Told:
        """Answer from those papers; `today` counts where the question names no day."""
        ...


class LiveAssistant:
    """Answers from the newest knowledge; a request in progress keeps what it began with."""

    def __init__(
        self, load: Callable[[], Answers], stamp: Callable[[], Hashable], patience: float = 60.0
    ) -> None:
        """`stamp` is cheap and changes whenever `load` would give something else.

        `patience`: seconds that whoever notices a change first waits for the newest.
        """
        self._load, self._stamp, self._patience = load, stamp, patience
        self._seen = stamp()
        self._answers = load()
        self._swapping = Lock()

    @property
    def library(self) -> Library:
        """Every document of now, whoever may read it: for the desk alone."""
        return self.current().library

    def library_for(self, readers: Readers) -> Library:
        """Those of now that these may read."""
        return self.current().library_for(readers)

    def tell(self, question: Question, today: date, readers: Readers = PUBLIC) -> Told:
        """Answer from the newest knowledge that these may read."""
        return self.current().tell(question, today, readers)

    def current(self) -> Answers:
        """The newest that could be opened; keeps the old one, and says so, when it cannot be.

        While the newest is being opened, everybody is served from the one before it.
        """
        stamp = self._stamp()
        if stamp != self._seen and self._swapping.acquire(blocking=False):
            # A thread of its own: a large library takes longer than anybody may be kept waiting.
            swap = Thread(target=self._swap, args=(stamp,), daemon=True, name="knowledge")
            swap.start()
            swap.join(self._patience)
        return self._answers

    def _swap(self, stamp: Hashable) -> None:
        gc.disable()  # it would look through a whole library again and again while one is made
        try:
            self._answers = self._load()
            if gc.get_freeze_count():
                set_apart()  # the old one is let go of, the new one set apart
            log.info("knowledge swapped: %s", self._answers.version)
        except Exception:
            log.exception("new knowledge could not be opened; the old one stays in use")
        finally:
            gc.enable()
            self._seen = stamp
            self._swapping.release()


@asynccontextmanager
async def following(look: Callable[[], object]) -> AsyncIterator[None]:
    """While this lasts, there is a look twice a second: new knowledge waits for nobody to ask."""
    stop = asyncio.Event()

    async def follow() -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK)
                break
            try:
                await asyncio.to_thread(look)
            except Exception as error:  # the next look may find what was away
                log.error("not looked: %s", type(error).__name__)

    task = asyncio.create_task(follow())
    try:
        yield
    finally:
        stop.set()
        await task
