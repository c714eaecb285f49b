"""Pushes to many chats: as fast as a platform takes them and never faster, each once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from benchmarks.channels_counting import in_flight, messages_in, wait_settled
from benchmarks.channels_fakes import TelegramFake, telegram, wait_until, zalo
from benchmarks.channels_product import Product, Running, installed, scaled
from benchmarks.prove import Figure
from bot.messages import Incoming
from service.storage.engine import transaction
from service.storage.outbox import enqueue
from service.storage.people import account_for

_PUSHES, _CHATS = 10_000, 2_000
_LEAST_TELEGRAM, _LEAST_ZALO = 27, 60
_PATIENCE = 900  #: seconds until the last one must be out


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What arrived of so many pushes."""

    wanted: Sequence[str]
    arrived: Counter[str]
    per_second: float

    @classmethod
    def of(cls, wanted: Sequence[str], sent: Sequence[Mapping[str, Any]]) -> _Outcome:
        """`sent`: what the fake took, each with its text and the time on the fake's clock."""
        at = sorted(row["at"] for row in sent)
        rate = (len(at) - 1) / (at[-1] - at[0]) if len(at) > 1 else 0.0
        return cls(wanted, Counter(row["text"] for row in sent), rate)

    @property
    def lost(self) -> int:
        """Pushes that nobody got."""
        return sum(text not in self.arrived for text in self.wanted)

    @property
    def doubled(self) -> int:
        """Messages too many."""
        return self.arrived.total() - len(self.arrived)

    def figures(self, whose: str, least: int, begun: int) -> Iterable[Figure]:
        """`begun`: pushes in flight at a kill, which may come twice."""
        rate, lost, doubled = self.per_second, self.lost, self.doubled
        name = f"{len(self.wanted)} tin chủ động, {whose}"
        yield Figure(f"{name}: tin/giây", f"{rate:.1f}", f"≥ {least}", rate >= least)
        yield Figure(f"{name}: mất", f"{lost}", "0", lost == 0)
        yield Figure(f"{name}: lặp", f"{doubled}", f"≤ {begun} (đang gửi dở)", doubled <= begun)


def pushes() -> Iterable[Figure]:
    """10,000 pushes to 2,000 chats over a Telegram that counts in a sliding second, one worker."""
    with telegram() as fake, installed(**fake.settings) as product:
        wanted = _enqueued(product, "telegram", _telegram_chats(fake))
        product.worker()
        left = wait_settled(product, "telegram", _PATIENCE)
        outcome = _Outcome.of(wanted, fake.remote.sent())
        yield from outcome.figures("Telegram, một tiến trình", _LEAST_TELEGRAM, 0)
        yield from _never_too_fast(fake, "một tiến trình", left)


def pushes_two_workers() -> Iterable[Figure]:
    """The same with two workers on one database, one of them killed -9 half way.

    The chats that the dead one was writing to rest for a quarter of a minute: tried out at a small
    scale, the last pushes come that much too late for the rate.
    """
    with telegram() as fake, installed(**fake.settings) as product:
        wanted = _enqueued(product, "telegram", _telegram_chats(fake))
        killed, other = _two_workers(product)
        half = len(wanted) // 2
        wait_until(lambda: fake.remote.counters()["accepted"] >= half, _PATIENCE, 0.1)
        by_both = _by(product, killed), _by(product, other)
        killed.kill()
        begun = len(in_flight(product, "telegram", killed))
        left = wait_settled(product, "telegram", _PATIENCE)
        outcome = _Outcome.of(wanted, fake.remote.sent())
        yield Figure("hai tiến trình: tin của mỗi bên khi một bên bị kill -9 giữa chừng",
                     f"{by_both[0]} và {by_both[1]}", "đều > 0", min(by_both) > 0)  # fmt: skip
        yield from outcome.figures("Telegram, hai tiến trình", _LEAST_TELEGRAM, begun)
        yield from _never_too_fast(fake, "hai tiến trình", left)


def zalo_pushes() -> Iterable[Figure]:
    """10,000 pushes to 2,000 people over a Zalo OA that takes 4,000 calls in a sliding minute."""
    with zalo() as fake, installed(**fake.settings) as product:
        chats = [f"{5_000_000_000_000_000_000 + n}" for n in range(scaled(_CHATS))]
        for chat in chats:
            fake.remote.user(id=chat, last_interaction=time.time())
        _make_known(product, chats)
        wanted = _enqueued(product, "zalo_oa", chats)
        product.worker()
        wait_settled(product, "zalo_oa", _PATIENCE)
        outcome = _Outcome.of(wanted, fake.remote.sent())
        counted = fake.remote.counters()
        unclear = len(messages_in(product, "zalo_oa", "unclear"))
    yield from outcome.figures("Zalo OA", _LEAST_ZALO, 0)
    refused, most = counted["refused"], counted["most sent in a minute"]
    yield Figure("Zalo OA: lượt gọi bị từ chối, tin không rõ", f"{refused}, {unclear}", "0, 0",
                 refused == unclear == 0)  # fmt: skip
    yield Figure("Zalo OA: nhiều nhất trong một phút bất kỳ", f"{most}", "≤ 4000", most <= 4000)


def _never_too_fast(fake: TelegramFake, whose: str, left: int) -> Iterable[Figure]:
    counted = fake.remote.counters()
    refused, busiest = counted["refused_429"], counted["busiest_second"]
    yield Figure(f"Telegram, {whose}: lần bị trả 429 (giây bận nhất: {busiest} tin)",
                 f"{refused}", "0", refused == 0)  # fmt: skip
    yield Figure(f"Telegram, {whose}: tin còn chờ", f"{left}", "0", left == 0)


def _telegram_chats(fake: TelegramFake) -> Sequence[str]:
    chats = range(10_000, 10_000 + scaled(_CHATS))
    for chat in chats:  # a chat exists once its person has been there
        fake.remote.person(user=chat, first_name=f"Người {chat}")
    return [str(chat) for chat in chats]


def _make_known(product: Product, chats: Sequence[str]) -> None:
    """As if each of these people had written just now."""
    at = datetime.now(UTC)
    with product.database() as engine, transaction(engine) as session:
        for chat in chats:
            account_for(session, Incoming("zalo_oa", f"m{chat}", "text", chat, chat), at)


def _enqueued(product: Product, channel: str, chats: Sequence[str]) -> Sequence[str]:
    """The texts of the pushes, each chat getting as many; all different, all waiting now."""
    at = datetime.now(UTC)
    texts = [f"Thông báo số {number}" for number in range(scaled(_PUSHES))]
    with product.database() as engine, transaction(engine) as session:
        for number, text in enumerate(texts):
            enqueue(session, channel, chats[number % len(chats)], text, at)
    return texts


def _two_workers(product: Product) -> tuple[Running, Running]:
    with ThreadPoolExecutor(2) as pool:
        one, other = (pool.submit(product.worker) for _ in range(2))
        return one.result(), other.result()


def _by(product: Product, running: Running) -> int:
    of_it = f":{running.process.pid}:"
    return sum(of_it in (m.worker or "") for m in messages_in(product, "telegram", "sent"))
