"""How soon a webhook is answered: while nobody works on its events, and while all are answered."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from benchmarks.channels_fakes import ZaloFake, wait_until, zalo
from benchmarks.channels_load import Hit, Shot, ZaloEvents, fire, percentile, stolen_time
from benchmarks.channels_product import installed, scaled
from benchmarks.channels_questions import questions
from benchmarks.prove import Figure

_SECONDS = 60
_PAUSED_RATE, _PAUSED_MOST = 200, 0.050
_BUSY_RATE, _BUSY_MOST = 30, 0.150
_PEOPLE = 200


def accepted_while_paused() -> Iterable[Figure]:
    """Zalo events at 200 a second for a minute while the worker is paused."""
    with zalo() as fake, installed(**fake.settings) as product:
        product.serve("--no-worker")
        with stolen_time() as stolen:
            hits = fire(product.address, _events(fake, _PAUSED_RATE))
    yield from _figures(
        f"nhận webhook, {_PAUSED_RATE}/giây, không xử lý", hits, stolen[0], _PAUSED_MOST
    )


def accepted_while_answering() -> Iterable[Figure]:
    """Zalo events at 30 a second for a minute while each is answered."""
    with zalo() as fake, installed(**fake.settings) as product:
        shots = _events(fake, _BUSY_RATE)
        for person in range(min(_PEOPLE, len(shots))):
            fake.remote.user(id=_name(person), last_interaction=time.time())
        product.serve()
        fire(product.address, shots[:1])
        wait_until(lambda: _answers(fake), 60, 0.1)  # until then it is still starting
        with stolen_time() as stolen:
            hits = fire(product.address, shots[1:])
        during = _answers(fake)
        wait_until(lambda: _answers(fake) >= len(shots), 60)
        answered = _answers(fake)
    yield from _figures(
        f"nhận webhook, {_BUSY_RATE}/giây, đang trả lời", hits, stolen[0], _BUSY_MOST
    )
    yield Figure(f"trả lời {len(shots)} câu ấy (trong lúc nhận: {during})", str(answered),
                 f"≥ {len(shots)}", answered >= len(shots))  # fmt: skip


def _events(fake: ZaloFake, rate: int) -> Sequence[Shot]:
    signing, asked = ZaloEvents(fake.app_id, fake.oa_secret), questions()
    return [
        signing.said(
            number / rate, _name(number % _PEOPLE), asked[number % len(asked)], f"a{number}"
        )
        for number in range(rate * scaled(_SECONDS))
    ]


def _name(person: int) -> str:
    return str(5_000_000_000_000_000_000 + person)


def _answers(fake: ZaloFake) -> int:
    return int(fake.remote.counters()["accepted"])


def _figures(what: str, hits: Sequence[Hit], stolen: float, most: float) -> Iterable[Figure]:
    took = [hit.took for hit in hits]
    kept = sum(hit.status == 200 for hit in hits)
    slow, shown = percentile(took, 0.99), (0.5, 0.95, 1.0)
    rest = " / ".join(f"{percentile(took, share) * 1000:.1f}" for share in shown)
    slip = percentile([hit.slip for hit in hits], 0.99)
    yield Figure(f"{what}: trả 200", f"{kept} / {len(hits)}", "tất cả", kept == len(hits))
    yield Figure(f"{what}: p99", f"{slow * 1000:.1f} ms", f"≤ {most * 1000:.0f} ms", slow <= most)
    yield Figure(f"{what}: p50 / p95 / lâu nhất (máy gửi tự chậm, p99: {slip * 1000:.1f} ms; "
                 f"máy chủ ảo bị lấy mất {stolen:.1%})", f"{rest} ms", "", True)  # fmt: skip


CHECKS = (accepted_while_paused, accepted_while_answering)
