"""One assistant for each set of papers that somebody may read, with an index of these alone."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import cast

from pydantic import JsonValue

from bot.answers import as_row, kind_of
from bot.dialogue import Assistant, to_reply
from knowledge.library import Library
from knowledge.readers import OFFICERS, PUBLIC, Readers, seen_by
from service.indexing import Indexed
from service.live import Told
from service.shapes import Question

_KEPT = 8  #: sets of papers, besides the public's and all officers', that are kept open


@dataclass(frozen=True, slots=True)
class Shelf:
    """What some may read, ready to answer."""

    assistant: Assistant
    indexed: Indexed

    @property
    def version(self) -> str:
        """Of its index."""
        return self.indexed.version

    @property
    def library(self) -> Library:
        """Its papers."""
        return self.assistant.library


#: Opens what `readers` may read, `library`, which is more than nobody else's: with its own index.
#: What these read before it, if anything, saves work.
Opens = Callable[[Library, Readers, Shelf | None], Shelf]


class Answering:
    """Every paper, and an assistant for whoever may read some of them.

    Two who may read the same papers ask the very same assistant. What everybody may read, and what
    all officers may, is opened at once; what a unit may read besides, when it first asks.
    """

    def __init__(
        self, library: Library, opens: Opens, edition: int = 0, before: Answering | None = None
    ) -> None:
        """`edition`: the number of the one that the library is; `before`: what it takes over."""
        self.library = library
        self._opens, self._edition = opens, edition
        self._audiences = frozenset(name for d in library.documents for name in d.audience)
        self._looking, self._opening = Lock(), Lock()
        self._units: OrderedDict[Readers, Shelf] = OrderedDict()
        earlier: Shelf | None = before._public if before else None
        self._public: Shelf = opens(seen_by(library, PUBLIC), PUBLIC, earlier)
        of_officers = seen_by(library, OFFICERS)
        alike = of_officers == self._public.library
        # Where officers read no more than everybody did, this grows from that of everybody.
        earlier = before._officers if before else self._public
        self._officers: Shelf = self._public if alike else opens(of_officers, OFFICERS, earlier)

    @property
    def assistant(self) -> Assistant:
        """That of everybody."""
        return self._public.assistant

    @property
    def version(self) -> str:
        """Names the edition, and the index by which everybody is answered."""
        return f"{self._edition}-{self._public.version}"

    def library_for(self, readers: Readers) -> Library:
        """The papers that these may read."""
        named = self._named(readers)
        found = self._open_already(named)
        if found:
            return found.library
        library = seen_by(self.library, named)
        alike = self._alike(library)
        return alike.library if alike else library

    def shelf_for(self, readers: Readers) -> Shelf:
        """What these are answered from, opened first where nobody like them has asked before."""
        named = self._named(readers)
        if found := self._open_already(named):
            return found
        with self._opening:  # one at a time: an index may have to be built
            if found := self._open_already(named):
                return found
            library = seen_by(self.library, named)
            shelf = self._alike(library) or self._opens(library, named, self._officers)
            with self._looking:
                self._units[named] = shelf
                while len(self._units) > _KEPT:
                    self._units.popitem(last=False)
            return shelf

    def tell(self, question: Question, today: date, readers: Readers = PUBLIC) -> Told:
        """Ask the assistant of these readers and put its outcome into both shapes."""
        shelf = self.shelf_for(readers)
        outcome = shelf.assistant.ask(
            question.text,
            today=question.today or today,
            history=question.history,
            unit=question.unit,
            home=question.home,
        )
        reply = to_reply(outcome)
        row = cast(dict[str, JsonValue], as_row(outcome))
        version = "" if shelf is self._public else f"{self._edition}-{shelf.version}"
        return Told(kind_of(outcome), row, reply, version)

    def _named(self, readers: Readers) -> Readers:
        """Those of these audiences for which there is a paper, and everybody's."""
        return (readers & self._audiences) | PUBLIC

    def _open_already(self, named: Readers) -> Shelf | None:
        if named == PUBLIC:
            return self._public
        if named == OFFICERS:
            return self._officers
        with self._looking:
            found = self._units.get(named)
            if found:
                self._units.move_to_end(named)
            return found

    def _alike(self, library: Library) -> Shelf | None:
        """An open one of the same papers."""
        with self._looking:
            every = [self._public, self._officers, *self._units.values()]
        return next((shelf for shelf in every if shelf.library == library), None)
