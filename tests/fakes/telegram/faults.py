"""What goes wrong when it is asked for: refusals, silence, cut connections, updates out of turn."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.fakes.telegram.refusals import Refused, too_many

#: What can happen to a call, beside any status: "429", "403", "500", "502"…
TO_CALLS = {
    "hang",  # not done and never answered
    "deliver_then_hang",  # done and never answered
    "drop",  # not done, the connection is cut
    "deliver_then_drop",  # done, the connection is cut
    "slow",  # done `seconds` later
}
#: What can happen to an update; their method is "updates".
TO_UPDATES = {"duplicate", "reorder"}
#: What can happen when a file is fetched; the method is "file".
FILE = "file"
UPDATES = "updates"
ANY = "*"  #: every method of the Bot API

_SAID = {
    400: "Bad Request: this was asked for",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    409: "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong, for the next calls or always."""

    method: str
    kind: str
    times: int | None = 1  #: None: until it is cleared
    every: int = 1  #: only each so-many-th call
    chat: int | None = None  #: only calls about this chat
    retry_after: int = 1  #: what a 429 says
    seconds: float = 1.0  #: how long "slow" is
    met: int = 0  #: calls that it could have befallen

    def befalls(self, method: str, chat: int | None) -> bool:
        """Whether it happens to this call; counts the call."""
        if self.method not in (method, ANY) or self.chat not in (None, chat):
            return False
        if self.method == ANY and method in (UPDATES, FILE):
            return False
        self.met += 1
        return self.met % self.every == 0

    def refuse(self) -> Refused | None:
        """The refusal that it is, if it is one."""
        if not self.kind.isdecimal():
            return None
        code = int(self.kind)
        return (
            too_many(self.retry_after) if code == 429 else Refused(code, _SAID.get(code, "Error"))
        )


class Faults:
    """The faults that wait for their call, the oldest first."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self.given: Counter[str] = Counter()

    def add(self, fault: Fault) -> None:
        """Ask for one."""
        fault.method = fault.method if fault.method == ANY else fault.method.lower()
        known = TO_UPDATES if fault.method == UPDATES else TO_CALLS
        status = fault.kind.isdecimal() and len(fault.kind) == 3 and fault.method != UPDATES
        if not status and fault.kind not in known:
            raise ValueError(f"{fault.kind!r} cannot happen to {fault.method!r}")
        self.waiting.append(fault)

    def clear(self) -> None:
        """Nothing waits and nothing is counted."""
        self.waiting.clear()
        self.given.clear()

    def take(self, method: str, chat: int | None, kind: str | None = None) -> Fault | None:
        """The fault that befalls this call (of this kind); one less is left of it."""
        for fault in self.waiting:
            if kind in (None, fault.kind) and fault.befalls(method, chat):
                if fault.times is not None:
                    fault.times -= 1
                    if not fault.times:
                        self.waiting.remove(fault)
                self.given[fault.kind] += 1
                return fault
        return None
