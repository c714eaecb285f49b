"""Updates that wait for the bot: kept until they are confirmed, each under its own number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from threading import Condition
from typing import Any

from tests.fakes.telegram.faults import UPDATES, Faults
from tests.fakes.telegram.refusals import bad_request
from tests.fakes.telegram.wire import Json

#: Kinds that a bot gets only when it asks for them by name.
ONLY_WHEN_ASKED = {"chat_member", "message_reaction", "message_reaction_count"}
FIRST_ID = 500_000_001
#: An update held back for its successor goes without one after this many seconds.
HELD_FOR = 0.5


@dataclass(slots=True, eq=False)
class Update:
    """One event as it will be sent; those of one lane (a chat) go one after another."""

    id: int
    lane: int
    body: Json
    late: bool = False  #: overtaken by a later one: confirmed only after it was given out
    given: int = 0


class Updates:
    """The queue that `getUpdates` and the webhook empty, from whatever thread."""

    def __init__(self, faults: Faults, changed: Condition) -> None:
        self.faults = faults
        self.changed = changed
        self.allowed: set[str] | None = None
        #: Called for each copy that arrives, with its place in the order of arrival.
        self.on_arrival: Callable[[int, Update], object] = lambda serial, update: None
        self.later: Callable[[float, Callable[[], None]], object] = lambda seconds, work: None
        self._pending: dict[int, Update] = {}
        self._held: dict[int, Update] = {}
        self._next_id = FIRST_ID
        self._serial = 0

    def allow(self, kinds: Any) -> None:
        """What the bot wants to hear of; [] means what is usual, None leaves it as it was."""
        if kinds is None:
            return
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            raise bad_request("can't parse allowed updates: expected an Array of Strings")
        self.allowed = set(kinds) or None

    def waiting(self) -> list[tuple[int, Update]]:
        """What is not confirmed, in order of arrival."""
        with self.changed:
            return list(self._pending.items())

    def waits(self, serial: int) -> bool:
        """Whether this copy is still to be given out."""
        return serial in self._pending

    def add(self, kind: str, lane: int, content: Json) -> int | None:
        """A new event; its number, or None if the bot did not ask for this kind."""
        wanted = kind in self.allowed if self.allowed is not None else kind not in ONLY_WHEN_ASKED
        return self.add_raw({kind: content}, lane) if wanted else None

    def add_raw(self, content: Json, lane: int = 0) -> int:
        """An event of any shape, whatever the bot asked for."""
        with self.changed:
            update = Update(self._next_id, lane, {"update_id": self._next_id} | content)
            self._next_id += 1
            if lane not in self._held and self.faults.take(UPDATES, lane, "reorder"):
                self._held[lane] = update
                self.later(HELD_FOR, lambda: self._release(update))
            else:
                self._offer(update)
                if lane in self._held:
                    self._release(self._held[lane])
            return update.id

    def release_all(self) -> None:
        """Nothing is held back any more."""
        with self.changed:
            for update in list(self._held.values()):
                self._release(update)

    def _release(self, update: Update) -> None:
        with self.changed:
            if self._held.get(update.lane) is update:
                del self._held[update.lane]
                update.late = True
                self._offer(update)

    def _offer(self, update: Update) -> None:
        copies = 2 if self.faults.take(UPDATES, update.lane, "duplicate") else 1
        for _ in range(copies):
            self._pending[self._serial] = update
            self.on_arrival(self._serial, update)
            self._serial += 1

    def confirm(self, serial: int) -> None:
        """One copy of an update arrived."""
        with self.changed:
            self._pending.pop(serial, None)
            self.changed.notify_all()

    def batch(self, offset: int, limit: int) -> list[Json]:
        """What `getUpdates` gives; all before `offset` is confirmed by asking for it."""
        with self.changed:
            if offset < 0:
                self._pending = dict(list(self._pending.items())[offset:])
            elif offset:
                self._pending = {s: u for s, u in self._pending.items() if _kept(u, offset)}
            first = list(islice(self._pending.values(), limit))
            for update in first:
                update.given += 1
            return [update.body for update in first]

    def clear(self) -> None:
        """Everything that waits is forgotten."""
        with self.changed:
            self._pending.clear()
            self._held.clear()


def _kept(update: Update, offset: int) -> bool:
    return update.id >= offset or (update.late and not update.given)
