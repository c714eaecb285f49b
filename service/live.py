"""The assistant of a running process: when knowledge or index change, it is swapped whole."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Protocol

from pydantic import JsonValue

from bot.messages import Kind, Reply
from knowledge.library import Library
from knowledge.readers import PUBLIC, Readers
from service.shapes import Question

log = logging.getLogger(__name__)


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

    def __init__(self, load: Callable[[], Answers], stamp: Callable[[], Hashable]) -> None:
        """`stamp` is cheap and changes whenever `load` would give something else."""
        self._load, self._stamp = load, stamp
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
        """The newest that could be opened; keeps the old one, and says so, when it cannot be."""
        stamp = self._stamp()
        # Whoever comes while it is being swapped is served from the old one and does not wait.
        if stamp != self._seen and self._swapping.acquire(blocking=False):
            try:
                self._answers = self._load()
                if gc.get_freeze_count():
                    set_apart()  # the old one is let go of, the new one set apart
                log.info("knowledge swapped: %s", self._answers.version)
            except Exception:
                log.exception("new knowledge could not be opened; the old one stays in use")
            finally:
                self._seen = stamp
                self._swapping.release()
        return self._answers
