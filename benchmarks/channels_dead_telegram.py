"""Whether anybody on Zalo or the web notices that Telegram cannot be reached."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from benchmarks.channels_fakes import ZaloFake, telegram, wait_until, zalo
from benchmarks.channels_load import Shot, ZaloEvents, fire, percentile
from benchmarks.channels_product import Product, installed, scaled
from benchmarks.channels_questions import questions
from benchmarks.prove import Figure
from service.storage.engine import transaction
from service.storage.outbox import count_messages, enqueue

_REACHED = 60  #: seconds of load with a Telegram that answers, before and after
_SILENT, _FULL = 300, 300  #: … with one that takes connections, then with one that takes none
_ZALO_RATE, _WEB_RATE, _PUSH_RATE = 3, 2, 1  #: a second
_PILE = 50  #: pushes that wait from the beginning
_SLOWER, _MORE = 1.25, 0.030
_CHAT = 407_000


@dataclass(frozen=True, slots=True)
class _Times:
    """Seconds until each question was answered, by channel; None: it was not."""

    zalo: Sequence[float | None]
    web: Sequence[float | None]


def unreachable_telegram() -> Iterable[Figure]:
    """Zalo and web questions, ten minutes with Telegram a black hole, beside one that answers."""
    before, pushed = _while_reached()
    with BlackHole() as hole:
        dead = {"telegram_token": "407:prove", "telegram_base_url": f"{hole.address}/bot"}
        with _asked(dead, _SILENT + _FULL) as (product, zalo_fake):
            silent = _under_load(product, zalo_fake, _SILENT)
            taken = hole.fill()
            full = _under_load(product, zalo_fake, _FULL)
            waiting = _pushes(product, "waiting") + _pushes(product, "sending")
    after, pushed_after = _while_reached()  # the machine may be busier than it was
    reached = _Times([*before.zalo, *after.zalo], [*before.web, *after.web])
    sent, least = pushed + pushed_after, 2 * _PILE
    yield Figure("Telegram chạy tốt: tin chủ động đã gửi", str(sent), f"≥ {least}", sent >= least)
    yield from _figures("Telegram chạy tốt", reached, reached)
    yield from _figures(f"Telegram im lặng ({taken} kết nối treo)", silent, reached)
    yield from _figures("Telegram không nhận kết nối", full, reached)
    wanted = _count_pushes(_SILENT + _FULL)
    yield Figure("tin chủ động vẫn chờ Telegram", str(waiting), str(wanted), waiting == wanted)


def _while_reached() -> tuple[_Times, int]:
    """What the load took, and how many pushes went out, with a Telegram that answers."""
    with telegram() as fake:
        for number in range(_PILE):
            fake.remote.person(user=_CHAT + number, first_name="Người nhận")
        with _asked(fake.settings, _REACHED) as (product, zalo_fake):
            return _under_load(product, zalo_fake, _REACHED), _pushes(product, "sent")


class BlackHole:
    """A server that takes connections and says nothing; once filled, it takes none."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.1)
        self._held: list[socket.socket] = []
        self._accepting = threading.Event()
        self._accepting.set()
        self._thread = threading.Thread(target=self._accept)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> BlackHole:
        """Begin to take connections."""
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Let all of them go."""
        self._stop()
        for held in (self._listening, *self._held):
            held.close()

    def fill(self) -> int:
        """From now on a connection is never made; how many were until then."""
        self._stop()
        taken = len(self._held)
        self._listening.listen(0)
        while True:
            more = socket.socket()
            more.setblocking(False)
            with suppress(BlockingIOError):
                more.connect(self._listening.getsockname())
            self._held.append(more)
            if not select.select([], [more], [], 0.5)[1]:
                return taken

    def _accept(self) -> None:
        while self._accepting.is_set():
            with suppress(TimeoutError):
                self._held.append(self._listening.accept()[0])

    def _stop(self) -> None:
        self._accepting.clear()
        self._thread.join()


@contextmanager
def _asked(settings: Mapping[str, str], seconds: int) -> Iterator[tuple[Product, ZaloFake]]:
    """A product at work, with pushes for Telegram due at once and for so many seconds."""
    with zalo() as fake, installed(**fake.settings, **settings) as product:
        _enqueue(product, seconds)
        product.serve()
        signing = ZaloEvents(fake.app_id, fake.oa_secret)
        fake.remote.user(id="1", last_interaction=time.time())
        fire(product.address, [signing.said(0, "1", questions()[0], "first")])
        wait_until(lambda: fake.remote.sent(chat="1"), 60, 0.1)  # until then it is starting
        yield product, fake


def _enqueue(product: Product, seconds: int) -> None:
    at = datetime.now(UTC)
    with product.database() as engine, transaction(engine) as session:
        for number in range(_count_pushes(seconds)):
            later = timedelta(seconds=max(0, number - _PILE) / _PUSH_RATE)
            text, chat = f"Nhắc việc số {number}.", str(_CHAT + number % _PILE)
            enqueue(session, "telegram", chat, text, at, due_at=at + later)


def _count_pushes(seconds: int) -> int:
    return _PILE + scaled(seconds) * _PUSH_RATE


def _pushes(product: Product, state: str) -> int:
    with product.database() as engine, transaction(engine) as session:
        return count_messages(session, "telegram", state)


def _under_load(product: Product, fake: ZaloFake, seconds: int) -> _Times:
    """Each question from somebody new, so that nobody waits for an earlier answer of theirs."""
    run = f"{time.time_ns()}"
    on_zalo = [_on_zalo(fake, run, number) for number in range(scaled(seconds) * _ZALO_RATE)]
    on_web = [_on_web(run, number) for number in range(scaled(seconds) * _WEB_RATE)]
    hits = {hit.name: hit for hit in fire(product.address, [*on_zalo, *on_web])}
    lasts = [shot.name for shot in on_zalo]
    wait_until(lambda: all(fake.remote.sent(chat=name) for name in lasts[-10:]), 60)
    first: dict[str, float] = {}
    for line in fake.remote.sent():
        first[line["chat"]] = min(line["at"], first.get(line["chat"], line["at"]))
    accepted = {name: hits[name].due + hits[name].took for name in lasts}
    return _Times(
        zalo=[first[name] - accepted[name] if name in first else None for name in lasts],
        web=[hits[shot.name].took if hits[shot.name].status == 200 else None for shot in on_web],
    )


def _on_zalo(fake: ZaloFake, run: str, number: int) -> Shot:
    person = f"{run}{number:05d}"
    fake.remote.user(id=person, last_interaction=time.time())
    signing, asked = ZaloEvents(fake.app_id, fake.oa_secret), questions()
    return signing.said(number / _ZALO_RATE, person, asked[number % len(asked)], person)


def _on_web(run: str, number: int) -> Shot:
    asked = questions()
    body = {"id": str(uuid.uuid4()), "text": asked[number * 7 % len(asked)]}
    headers = {"Content-Type": "application/json", "Cookie": f"troly_chat=web-{run}-{number:020d}"}
    at = (number + 0.5) / _WEB_RATE
    return Shot(f"web-{number}", at, "/chat/messages", json.dumps(body), headers)


def _figures(when: str, times: _Times, reached: _Times) -> Iterator[Figure]:
    for name, these, before in (
        ("Zalo", times.zalo, reached.zalo),
        ("trang web", times.web, reached.web),
    ):
        took = [each for each in these if each is not None]
        most = percentile([t for t in before if t is not None], 0.95) * _SLOWER + _MORE
        p50, p95 = percentile(took, 0.5), percentile(took, 0.95)
        required = f"p95 ≤ {most * 1000:.0f} ms" if times is not reached else ""
        yield Figure(f"{when}: {name}, p50 / p95", f"{p50 * 1000:.0f} / {p95 * 1000:.0f} ms",
                     required, p95 <= most)  # fmt: skip
        yield Figure(f"{when}: {name}, có trả lời", f"{len(took)} / {len(these)}", "tất cả",
                     len(took) == len(these))  # fmt: skip


CHECKS = (unreachable_telegram,)
