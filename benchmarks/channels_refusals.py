"""What the webhooks answer to calls that are not as they should be."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import httpx
from sqlalchemy import Engine
from sqlmodel import func, select

from benchmarks.channels_doors import Door, Office, an_office
from benchmarks.channels_fakes import wait_until
from benchmarks.channels_malformed import malformed
from benchmarks.channels_product import scaled
from benchmarks.channels_questions import questions
from benchmarks.prove import Figure
from service.storage.delivery_tables import InboundEvent
from service.storage.engine import transaction
from tests.fakes.zalo_events import as_bytes
from tests.fakes.zalo_wire import Wire

_MALFORMED = 10_000  #: for each of the three
_AT_ONCE = 8
_ASKER, _NEWCOMER = 900_000_407, 900_000_408
_OLD = 2 * 3600 + 60  #: seconds; Zalo's own repeats end after an hour
_DEEP = (b"[" * 41 + b"]" * 41, b'{"message":' * 60 + b"1" + b"}" * 60, b"[" * 200_000)
_NOT_JSON = (b"xin chao", b"", b"\xff\xfe{}", b'{"message": NaN}', b'{"message"', b"{} {}")
_REFUSED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class _Case:
    what: str
    body: bytes
    headers: Mapping[str, str]
    wanted: frozenset[int]
    kept: int = 0  #: events more than before


def refused_as_agreed() -> Iterable[Figure]:
    """Forged, altered, old, empty, repeated, too large and too deep calls at each webhook."""
    with an_office(_ASKER, _NEWCOMER) as office:
        for door in office.doors:
            for case in _cases(door):
                yield _tried(office, door, case)
        yield from _still_answers(office, parked=1)  # the old one


def malformed_updates() -> Iterable[Figure]:
    """Ten thousand malformed updates at each webhook, with the right secret or signature."""
    with an_office(_ASKER, _NEWCOMER) as office:
        for door in office.doors:
            bodies = list(malformed(door, scaled(_MALFORMED)))
            began = time.monotonic()
            told = asyncio.run(_send(office.product.address + door.path, door, bodies))
            took = time.monotonic() - began
            bad = sum(count for status, count in told.items() if status not in (200, 400, 413))
            shown = ", ".join(f"{status}: {count}" for status, count in sorted(told.items()))
            yield Figure(f"{door.channel}: {len(bodies)} bản tin hỏng ({took:.0f} giây)", shown,
                         "chỉ 200, 400 hoặc 413", not bad)  # fmt: skip
        yield from _still_answers(office, parked=0)


def _cases(door: Door) -> Iterator[_Case]:
    now = str(int(time.time() * 1000))
    event = as_bytes(door.said(_ASKER, "xin chào", "11"))
    right = door.headers(event, now)
    yield _Case("khóa sai", event, door.wrong, _REFUSED)
    yield _Case("không có khóa", event, {"Content-Type": "application/json"}, _REFUSED)
    for body in _NOT_JSON:
        headers = door.headers(body, now)
        yield _Case(f"không phải JSON ({body[:12]!r})", body, headers, frozenset({400}))
    for body in _DEEP:
        headers = door.headers(body, now)
        yield _Case(f"lồng quá sâu ({len(body)} byte)", body, headers, frozenset({400}))
    large = as_bytes(door.said(_ASKER, "x" * (1 << 20), "12"))
    yield _Case("quá lớn", large, door.headers(large, now), frozenset({413}))
    if door.channel == "zalo_oa":
        yield from _of_zalo(door, event, now)
    else:
        yield _Case("{} không có khóa", b"{}", {}, _REFUSED)
    yield _Case("đúng khóa", event, right, frozenset({200}), kept=1)
    yield _Case("gửi lại lần nữa", event, right, frozenset({200}))


def _of_zalo(door: Door, event: bytes, now: str) -> Iterator[_Case]:
    altered = event.replace("xin chào".encode(), b"xin chao")
    yield _Case("bị sửa sau khi ký", altered, door.headers(event, now), _REFUSED)
    foreign = {**door.headers(event, now), "X-ZEvent-Timestamp": str(int(now) + 1)}
    again = json.loads(event) | {"timestamp": str(int(now) - 5)}
    yield _Case("thời điểm khác lúc ký", as_bytes(again), foreign, _REFUSED)
    yield _Case("{} không ký (thử địa chỉ)", b"{}", {}, frozenset({200}))
    then = str(int(now) - _OLD * 1000)
    old = as_bytes(door.said(_ASKER, "cũ", "13") | {"timestamp": then})
    yield _Case("cũ hơn 2 giờ: để riêng", old, door.headers(old, then), frozenset({200}), kept=1)


def _tried(office: Office, door: Door, case: _Case) -> Figure:
    with office.product.database() as engine:
        before, parked = _kept(engine, door), _kept(engine, door, parked=True)
        url = office.product.address + door.path
        status = httpx.post(url, content=case.body, headers=case.headers, trust_env=False)
        kept = _kept(engine, door) - before
        aside = _kept(engine, door, parked=True) - parked
    wanted = "/".join(map(str, sorted(case.wanted)))
    is_old = "cũ" in case.what
    holds = status.status_code in case.wanted and kept == case.kept and aside == int(is_old)
    return Figure(f"{door.channel}: {case.what}", f"{status.status_code}, giữ {kept}",
                  f"{wanted}, giữ {case.kept}", holds)  # fmt: skip


def _kept(engine: Engine, door: Door, parked: bool = False) -> int:
    counted = select(func.count()).where(InboundEvent.channel == door.channel)
    if parked:
        counted = counted.where(InboundEvent.state == "parked")
    with transaction(engine) as session:
        return session.exec(counted).one()


def _all_handled(office: Office, wanted: int) -> Figure:
    with office.product.database() as engine:
        wait_until(lambda: not _in_state(engine, "waiting"), 180)
        left, parked = _in_state(engine, "waiting"), _in_state(engine, "parked")
    return Figure("các tin đã nhận: còn chờ / phải để riêng", f"{left} / {parked}", f"0 / {wanted}",
                  (left, parked) == (0, wanted))  # fmt: skip


def _in_state(engine: Engine, state: str) -> int:
    counted = select(func.count()).where(InboundEvent.state == state)
    with transaction(engine) as session:
        return session.exec(counted).one()


async def _send(url: str, door: Door, bodies: list[bytes]) -> Counter[int]:
    """How often each status came; 0: no answer."""
    told, wire, waiting = Counter[int](), Wire(), iter(bodies)

    async def work() -> None:
        for body in waiting:
            headers = door.headers(body, str(int(time.time() * 1000)))
            try:
                async with asyncio.timeout(20):
                    told[await wire.post(url, body, headers)] += 1
            except (OSError, EOFError, ValueError):
                told[0] += 1

    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))
    await wire.close()
    return told


def _still_answers(office: Office, parked: int) -> Iterator[Figure]:
    """A usual question on each channel; what was not handled, and complained of, until then."""
    for number, door in enumerate(office.doors):
        answered = _is_answered(office, door, questions()[number])
        yield Figure(f"{door.channel}: sau đó hỏi một câu", "có trả lời" if answered else "không",
                     "có trả lời", answered)  # fmt: skip
    yield _all_handled(office, parked)
    complaints = office.product.complaints()
    yield Figure("dòng lỗi trong nhật ký", f"{len(complaints)} {' | '.join(complaints[:3])}"[:300],
                 "0", not complaints)  # fmt: skip


def _is_answered(office: Office, door: Door, words: str) -> bool:
    now = str(int(time.time() * 1000))
    body = as_bytes(door.said(_NEWCOMER, words, now))
    url = office.product.address + door.path
    httpx.post(url, content=body, headers=door.headers(body, now), trust_env=False)
    return wait_until(lambda: door.answers(_NEWCOMER) > 0, 180, 0.2)


CHECKS = (refused_as_agreed, malformed_updates)
