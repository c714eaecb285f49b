"""All that one fake knows, what can be set about it, and what can be seen of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from threading import Condition, RLock
from typing import TypeVar

from tests.fakes.telegram.faults import Fault, Faults
from tests.fakes.telegram.limits import Counters, Limits, Traffic
from tests.fakes.telegram.updates import Update, Updates
from tests.fakes.telegram.webhook import Webhook
from tests.fakes.telegram.wire import Json
from tests.fakes.telegram.world import Sent, World

TOKEN = "407:thu-nghiem"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Called:
    """One call of a method, and the status it got (0: cut or never answered)."""

    method: str
    fields: Json
    code: int
    at: float


@dataclass(slots=True)
class Tap:
    """A button that somebody tapped, and what the bot answered to it."""

    id: str
    user: int
    data: str
    at: float
    answered: bool = False
    notice: str = ""
    alert: bool = False


class Server:
    """The state behind the Bot API; its lock is held while a call is worked on."""

    def __init__(
        self,
        token: str = TOKEN,
        *,
        limits: Limits | None = None,
        reads_groups: bool = True,
        webhook_timeout: float = 60.0,
        resend_after: float = 1.0,
        callback_age: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token = token
        self.reads_groups = reads_groups
        self.callback_age = callback_age  #: seconds within which a tap must be answered
        self.clock = clock
        self.lock = RLock()
        self.changed = Condition(self.lock)
        self.faults = Faults()
        self.updates = Updates(self.faults, self.changed)
        self.webhook = Webhook(self.updates, webhook_timeout, resend_after)
        self.limits = limits or Limits()
        self.polling = False  #: whether a long poll waits just now
        self.closing = False
        self.stop_waiting: Callable[[], object] = _nothing
        self.reset()

    def reset(self) -> None:
        """Forget everybody and everything; limits and the webhook stay as they are set."""
        with self.lock:
            number = self.token.partition(":")[0]
            self.world = World(int(number) if number.isdecimal() else 407)
            self.traffic = Traffic(self.limits)
            self.menus: dict[tuple[str, str], list[Json]] = {}
            self.taps_made: dict[str, Tap] = {}
            self.called: list[Called] = []
            self.faults.clear()
            self.updates.clear()

    def opened(self, loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> None:
        """A server runs on this loop; `wake` tells the poll that waits."""

        def arrived(serial: int, update: Update) -> None:
            self.webhook.accept(serial, update)
            wake()

        def stop_waiting() -> None:
            self.closing = True
            wake()

        with self.lock:
            self.closing = False
            self.stop_waiting = lambda: loop.call_soon_threadsafe(stop_waiting)
            self.updates.on_arrival = lambda *new: loop.call_soon_threadsafe(arrived, *new)
            self.updates.later = lambda seconds, work: loop.call_soon_threadsafe(
                lambda: loop.call_later(seconds, work)
            )
            self.updates.release_all()
            self.webhook.opened(loop)

    async def closed(self) -> None:
        """The server stops; all that is known is kept for the next one."""
        with self.lock:
            self.updates.on_arrival = self.updates.later = self.stop_waiting = _nothing
        await self.webhook.closed()

    # What can be set.

    def limit(self, **changes: int | None) -> None:
        """Change `overall`, `per_chat` or `per_group`; None switches one off."""
        with self.lock:
            self.limits = self.traffic.limits = replace(self.limits, **changes)

    def fault(
        self,
        method: str,
        kind: str,
        times: int | None = 1,
        *,
        every: int = 1,
        chat: int | None = None,
        retry_after: int = 1,
        seconds: float = 1.0,
    ) -> None:
        """Let something go wrong with the next calls of a method: a status ("429", "403", "500"…),
        "hang", "deliver_then_hang", "drop", "deliver_then_drop" or "slow"; with "updates" as the
        method "duplicate" or "reorder"; "file" is a download, "*" any method. `times=None` means
        always, `every=10` each tenth call, `chat` only calls about this chat."""
        with self.lock:
            self.faults.add(Fault(method, kind, times, every, chat, retry_after, seconds))

    def clear_faults(self) -> None:
        """Nothing goes wrong any more."""
        with self.lock:
            self.faults.clear()

    # What can be seen.

    def sent(self, chat: int | None = None) -> list[Sent]:
        """What the bot sent, to one chat or to all, as it stands now."""
        with self.lock:
            if chat is None:
                return list(self.world.sent)
            return list(self.world.chats[chat].sent) if chat in self.world.chats else []

    def history(self, chat: int) -> list[Json]:
        """Everything said in a chat, by whomever."""
        with self.lock:
            there = self.world.chats.get(chat)
            return [dict(message) for message in there.messages.values()] if there else []

    def calls(self, method: str | None = None) -> list[Called]:
        """The calls that were made, of one method or of all but `getUpdates`."""
        with self.lock:
            wanted = method and method.lower()
            return [call for call in self.called if wanted in (None, call.method)]

    def menu(self, scope: str = "default", language: str = "") -> list[Json]:
        """The commands that were set."""
        with self.lock:
            return self.menus.get((scope, language), [])

    def tap(self, tap: str) -> Tap:
        """A tap, with what was answered to it so far."""
        with self.lock:
            return replace(self.taps_made[tap])

    def file(self, file_id: str) -> bytes:
        """The content of a file on the server."""
        with self.lock:
            return self.world.files[file_id].content

    def counters(self) -> Counters:
        """How much went through."""
        with self.lock:
            return self.traffic.counters()

    def faults_given(self) -> dict[str, int]:
        """How often each kind of fault came about."""
        with self.lock:
            return dict(self.faults.given)

    def pending(self) -> int:
        """How many updates are not confirmed."""
        return len(self.updates.waiting())

    def wait_for(self, condition: Callable[[], T], timeout: float = 10.0) -> T:
        """What `condition` gives as soon as it is true of anything; looked at after each change."""
        with self.changed:
            if not self.changed.wait_for(condition, timeout):
                said = [(sent.message["chat"]["id"], sent.text[:80]) for sent in self.world.sent]
                raise TimeoutError(f"not within {timeout} s; sent so far: {said[-5:]}")
            return condition()

    def wait_sent(self, chat: int, count: int = 1, timeout: float = 10.0) -> list[Sent]:
        """What was sent to a chat, when there is at least so much of it."""

        def enough() -> list[Sent]:
            sent = self.sent(chat)
            return sent if len(sent) >= count else []

        return self.wait_for(enough, timeout)


def _nothing(*_: object) -> None:
    pass


def as_json(value: object) -> object:
    """A result of the control as another process gets it."""
    if isinstance(value, Sent):
        row = asdict(value)
        size = len(row.pop("content"))
        return row | {"text": value.text, "buttons": value.buttons, "content_size": size}
    if isinstance(value, (Called, Tap, Counters)):
        return asdict(value)
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value
