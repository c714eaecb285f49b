"""A crowd writes over Zalo while the product is killed again and again: what becomes of it."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread

from benchmarks.channels_counting import in_flight, messages_in, wait_settled
from benchmarks.channels_fakes import ZaloFake, zalo
from benchmarks.channels_product import SCALE, Product, installed, scaled
from benchmarks.channels_questions import A_TALK, talk
from benchmarks.prove import Figure
from bot.channels.zalo_events import CHANNEL
from bot.channels.zalo_messages import limits_of
from bot.messages import Incoming
from service.asking import Desk
from service.delivery.answering import answer_now
from service.delivery.handling import Post
from service.settings import Settings
from service.storage.delivery_tables import OutboundMessage
from service.storage.engine import transaction
from service.storage.inbox import count_events
from service.wiring import open_live, open_storage
from tests.fakes.zalo_events import Envelopes, as_bytes, signature
from tests.fakes.zalo_office import OA
from tests.fakes.zalo_wire import Wire

_PEOPLE, _KILLS = 200, 3
_SWAPPED = 0.1  #: share of the events that come after the next one
_POSTS_PER_SECOND = 80  #: over all people; faster, all would be accepted before the first kill
_SLOW = 0.3  #: seconds that Zalo takes to answer: so something is in flight at each kill
_PATIENCE = 600.0
_AGAIN = 0.2  #: seconds between two tries to reach the product

Said = Mapping[str, Sequence[str]]  #: person → what they were told, in order


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
        pause = len(self.people) / (_POSTS_PER_SECOND * SCALE)
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
        begun: list[set[int]] = []
        with sender.at_work():
            for kill in range(1, _KILLS + 1):
                due = len(people) * A_TALK * kill // (_KILLS + 1)
                _wait_for_kill(product, sender, due, set().union(*begun))
                running.kill()
                # What an earlier kill left lies there for half a minute.
                begun.append(in_flight(product, CHANNEL).difference(*begun))
                running = product.serve()
        left = wait_settled(product, CHANNEL, _PATIENCE)
        yield from _figures(product, fake, sender, [len(ids) for ids in begun], left)


def _as_they_come(questions: Sequence[str], dice: random.Random) -> Sequence[str]:
    """Some overtaken by the next, and each a second time soon after the first."""
    order = list(questions)
    for place in range(len(order) - 1):
        if dice.random() < _SWAPPED:
            order[place], order[place + 1] = order[place + 1], order[place]
    for question in questions:
        order.insert(order.index(question) + dice.randint(1, 4), question)
    return order


def _wait_for_kill(product: Product, sender: _Sender, due: int, left: set[int]) -> None:
    """Until so many are accepted and answers are on their way, beside those `left` by a kill."""
    until = time.monotonic() + _PATIENCE
    while sender.count < due or not in_flight(product, CHANNEL) - left:
        if time.monotonic() > until:
            raise TimeoutError("nothing is on its way")
        time.sleep(0.02)


def _figures(
    product: Product, fake: ZaloFake, sender: _Sender, begun: Sequence[int], left: int
) -> Iterable[Figure]:
    asked = len(sender.people) * A_TALK
    due, told = _undisturbed(sender.accepted), _told(fake)
    unclear = Counter((m.chat, m.text) for m in messages_in(product, CHANNEL, "unclear"))
    missing, doubled = _pairs(due) - _pairs(told), _pairs(told) - _pairs(due)
    limit = f"≤ {sum(begun)} (đang gửi dở khi bị kill -9: {' + '.join(map(str, begun))})"
    yield Figure(f"câu hỏi qua Zalo được nhận ({sender.tries} lần gọi, {len(begun)} lần kill -9)",
                 f"{sender.count}", f"{asked}", sender.count == asked)  # fmt: skip
    lost = (missing - unclear).total()
    yield Figure("câu không có trả lời mà cũng không ở trạng thái không rõ", f"{lost}", "0",
                 not lost)  # fmt: skip
    yield Figure(f"trả lời không rõ đã tới hay chưa (thật ra chưa tới: {missing.total()})",
                 f"{unclear.total()}", limit, unclear.total() <= sum(begun))  # fmt: skip
    yield Figure("tin lặp, hoặc khác câu trả lời khi không bị kill", f"{doubled.total()}", limit,
                 doubled.total() <= sum(begun))  # fmt: skip
    wrong = [p for p in sender.people if not _in_order(due[p], told.get(p, ()))]
    yield Figure("người nhận trả lời sai thứ tự tiếp nhận", f"{len(wrong)}", "0", not wrong)
    parked = _parked(product)
    yield Figure("sự kiện để lại cho cán bộ, việc còn chờ", f"{parked}, {left}", "0, 0",
                 parked == left == 0)  # fmt: skip


def _pairs(said: Said) -> Counter[tuple[str, str]]:
    return Counter((person, text) for person, texts in said.items() for text in texts)


def _in_order(due: Sequence[str], told: Sequence[str]) -> bool:
    """Whether what arrived, without what came too often, follows what was due."""
    return _common(due, told) == _common(told, due)


def _common(some: Sequence[str], others: Sequence[str]) -> Sequence[str]:
    left, found = Counter(others), []
    for text in some:
        if left[text]:
            left[text] -= 1
            found.append(text)
    return found


def _told(fake: ZaloFake) -> Said:
    """What the fake took, in its order."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in fake.remote.sent():
        found[line["chat"]].append(line["text"])
    return found


def _undisturbed(accepted: Mapping[str, Sequence[str]]) -> Said:
    """What a product that nobody kills answers to the same questions in the same order."""
    with installed() as other:
        settings = Settings(data_dir=other.data, person_rate_limit=1_000_000)
        engine = open_storage(settings)
        limits = {CHANNEL: limits_of(settings.zalo_per_minute)}
        post = Post(Desk(open_live(settings), engine, settings), limits)
        try:
            return {
                person: [m.text for n, q in enumerate(said) for m in _asked(post, person, n, q)]
                for person, said in accepted.items()
            }
        finally:
            engine.dispose()


def _asked(post: Post, person: str, number: int, question: str) -> Sequence[OutboundMessage]:
    incoming = Incoming(CHANNEL, f"m{person}-{number}", "text", person, person, question)
    return answer_now(post, incoming)


def _parked(product: Product) -> int:
    with product.database() as engine, transaction(engine) as session:
        return count_events(session, "parked")
