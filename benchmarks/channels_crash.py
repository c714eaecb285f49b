"""A crowd writes over Zalo while the product is killed again and again: what becomes of it."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from threading import Thread

from benchmarks.channels_counting import in_flight, messages_in, wait_settled
from benchmarks.channels_fakes import ZaloFake, wait_until, zalo
from benchmarks.channels_product import Product, installed, scaled
from benchmarks.channels_questions import A_TALK, mark, marks, talk
from benchmarks.prove import Figure
from service.clock import VIETNAM
from service.storage.engine import transaction
from service.storage.inbox import count_events
from tests.fakes.zalo_events import Envelopes, as_bytes, signature
from tests.fakes.zalo_office import OA
from tests.fakes.zalo_wire import Wire

_PEOPLE, _KILLS = 200, 3
_SWAPPED = 0.1  #: share of the events that come after the next one
_POSTS_PER_SECOND = 80  #: over all people; more would be accepted before the first kill
_SLOW = 0.1  #: seconds that Zalo takes to answer: so something is in flight at each kill
_PATIENCE = 600.0
_AGAIN = 0.2  #: seconds between two tries to reach the product

Answered = Mapping[str, Sequence[str]]  #: person → questions in the order of their answers


@dataclass
class _Sender:
    """Posts the events of each person one after the other, each until it is accepted."""

    fake: ZaloFake
    url: str
    people: Sequence[str]
    accepted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    tries: int = 0
    over: bool = False

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Beside whatever is done in the block."""
        thread = Thread(target=lambda: asyncio.run(self._all()))
        thread.start()
        try:
            yield
            thread.join(_PATIENCE)
        finally:
            self.over = True
            thread.join()

    @property
    def count(self) -> int:
        """Events that were accepted, each counted once."""
        return sum(map(len, list(self.accepted.values())))

    async def _all(self) -> None:
        wire = Wire()
        await asyncio.gather(*(self._one(wire, n) for n in range(len(self.people))))
        await wire.close()

    async def _one(self, wire: Wire, number: int) -> None:
        person, dice = self.people[number], random.Random(number)
        pause = len(self.people) / _POSTS_PER_SECOND
        await asyncio.sleep(dice.uniform(0, pause))
        shapes = Envelopes(self.fake.app_id, OA)
        events: dict[str, tuple[bytes, Mapping[str, str]]] = {}
        for question in _as_they_come(talk(number), dice):
            if question not in events:
                events[question] = self._signed(shapes, person, question, len(events))
            await self._until_accepted(wire, *events[question])
            if question not in self.accepted[person]:
                self.accepted[person].append(question)
            await asyncio.sleep(dice.uniform(0.5, 1.5) * pause)

    def _signed(
        self, shapes: Envelopes, person: str, question: str, number: int
    ) -> tuple[bytes, Mapping[str, str]]:
        at = str(int(time.time() * 1000))
        message = {"msg_id": f"m{person}-{number}", "text": question}
        body = as_bytes(shapes.from_user(person, "user_send_text", at, message))
        signed = signature(self.fake.app_id, body, at, self.fake.oa_secret)
        return body, {"Content-Type": "application/json", "X-ZEvent-Signature": f"mac={signed}"}

    async def _until_accepted(self, wire: Wire, body: bytes, headers: Mapping[str, str]) -> None:
        while not self.over:
            self.tries += 1
            with suppress(OSError, EOFError, ValueError):  # it was killed, or starts just now
                if await wire.post(self.url, body, headers) == 200:
                    return
            await asyncio.sleep(_AGAIN)


def killed_three_times() -> Iterable[Figure]:
    """2,000 Zalo events of 200 people, each twice, 10 % out of order; `troly serve` killed -9."""
    people = [f"{6_000_000_000_000_000_000 + n}" for n in range(scaled(_PEOPLE))]
    with zalo() as fake, installed(**fake.settings, person_rate_limit="1000000") as product:
        for person in people:
            fake.remote.user(id=person, last_interaction=time.time())
        fake.remote.fault(kind="slow", where="/message/cs", times=None, seconds=_SLOW)
        sender = _Sender(fake, f"{product.address}/webhooks/zalo", people)
        running = product.serve()
        begun: list[int] = []
        with sender.at_work():
            for kill in range(1, _KILLS + 1):
                due = len(people) * A_TALK * kill // (_KILLS + 1)
                wait_until(lambda due=due: sender.count >= due, _PATIENCE, 0.05)  # type: ignore[misc]
                running.kill()
                begun.append(in_flight(product, "zalo_oa"))
                running = product.serve()
        left = wait_settled(product, "zalo_oa", _PATIENCE)
        yield from _figures(product, fake, sender, begun, left)


def _as_they_come(questions: Sequence[str], dice: random.Random) -> Sequence[str]:
    """Some overtaken by the next, and each a second time soon after the first."""
    order = list(questions)
    for place in range(len(order) - 1):
        if dice.random() < _SWAPPED:
            order[place], order[place + 1] = order[place + 1], order[place]
    for question in questions:
        order.insert(order.index(question) + dice.randint(1, 4), question)
    return order


def _figures(
    product: Product, fake: ZaloFake, sender: _Sender, begun: Sequence[int], left: int
) -> Iterable[Figure]:
    asked, answered = len(sender.people) * A_TALK, _answered(fake)
    unclear, parked = _unclear(product), _parked(product)
    missing = {(p, q) for p, said in sender.accepted.items() for q in said if q not in answered[p]}
    doubled = sum(len(said) - len(set(said)) for said in answered.values())
    limit = f"≤ {sum(begun)} (đang gửi dở khi bị kill -9: {' + '.join(map(str, begun))})"
    yield Figure(f"câu hỏi qua Zalo được nhận ({sender.tries} lần gọi, {len(begun)} lần kill -9)",
                 f"{sender.count}", f"{asked}", sender.count == asked)  # fmt: skip
    yield Figure("câu không có trả lời mà cũng không ở trạng thái không rõ",
                 f"{len(missing - unclear)}", "0", missing <= unclear)  # fmt: skip
    yield Figure(f"trả lời không rõ đã tới hay chưa (thật ra chưa tới: {len(missing)})",
                 f"{len(unclear)}", limit, len(unclear) <= sum(begun))  # fmt: skip
    yield Figure("trả lời bị lặp", f"{doubled}", limit, doubled <= sum(begun))
    wrong = [p for p in sender.people if not _in_order(sender.accepted[p], answered[p])]
    yield Figure("người nhận trả lời sai thứ tự tiếp nhận", f"{len(wrong)}", "0", not wrong)
    yield Figure("sự kiện để lại cho cán bộ, việc còn chờ", f"{parked}, {left}", "0, 0",
                 parked == left == 0)  # fmt: skip


def _in_order(accepted: Sequence[str], answered: Sequence[str]) -> bool:
    """Whether the answers, each at its first coming, follow the order of acceptance."""
    places = [accepted.index(question) for question in dict.fromkeys(answered)]
    return all(one < next_ for one, next_ in pairwise(places))


def _answered(fake: ZaloFake) -> Answered:
    """What the fake took, in its order; what is no answer (a menu, a piece) is left out."""
    known = _marks()
    found: dict[str, list[str]] = defaultdict(list)
    for line in fake.remote.sent():
        if question := known.get(mark(line["text"])):
            found[line["chat"]].append(question)
    return found


def _unclear(product: Product) -> set[tuple[str, str]]:
    found = messages_in(product, "zalo_oa", "unclear")
    return {(message.chat, _marks().get(mark(message.text), message.text)) for message in found}


def _marks() -> Mapping[str, str]:
    return marks(datetime.now(VIETNAM).date())


def _parked(product: Product) -> int:
    with product.database() as engine, transaction(engine) as session:
        return count_events(session, "parked")
