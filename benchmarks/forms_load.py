"""A crowd fills in forms over Zalo: how soon each is answered, and whether with their own."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from benchmarks.channels_fakes import ZaloFake, zalo
from benchmarks.channels_load import ZaloEvents, percentile, stolen_time
from benchmarks.channels_product import SCALE, Product, installed, scaled
from benchmarks.forms_doors import ZaloDoor, says_to
from benchmarks.forms_office import open_draft, progress, sent_by, unit_called
from benchmarks.forms_talks import DRAFTS, FormTalk, form_talk, marks_in, name_of
from benchmarks.prove import Figure
from bot.channels.zalo_events import CHANNEL
from bot.messages import Incoming
from knowledge.vietnamese import collapse
from service import offices
from service.storage import bindings
from service.storage.engine import transaction
from service.storage.people import account_for
from tests.fakes.zalo_wire import Wire

_PEOPLE, _SECONDS = 500, 330
_PAUSE = (10.0, 30.0)  #: seconds between an answer and the next message; fewer when tried out
_SOON, _LATE = 0.5, 2.0  #: seconds: 95 of 100 answers, 99 of 100
_LOST = 30.0  #: seconds until an answer counts as lost
_LOOKS = 0.02  #: seconds between two looks at what the fake has taken
_UNITS = 50
_FIRST = 900_000  #: numbers of people who write before all others


@dataclass
class _Crowd:
    """All people and what became of their messages."""

    fake: ZaloFake
    address: str
    people: Sequence[int]  #: of the database, by number
    heard: list[asyncio.Queue[tuple[float, str]]] = field(default_factory=list)
    done: dict[int, list[FormTalk]] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    slips: list[float] = field(default_factory=list)
    at: list[float] = field(default_factory=list)  #: when each message was accepted
    lost: list[str] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)


def crowd_over_zalo() -> Iterable[Figure]:
    """500 people fill in forms over Zalo OA for five minutes, each at their own pace."""
    relaxed = {} if SCALE >= 1 else {"person_rate_limit": "1000000"}
    with zalo() as fake, installed(**fake.settings, **relaxed) as product:
        people = _known(product, fake, scaled(_PEOPLE, 10))
        product.serve()
        _wait_for_worker(product, fake)
        crowd = _Crowd(fake, product.address, people)
        with stolen_time() as stolen:
            asyncio.run(_all(crowd))
        yield from _figures(crowd, stolen[0])
        yield from _records(crowd, product)
        if crowd.lost:
            yield Figure("lỗi máy chủ ghi lại", _list(product.complaints()), "", True)


def _known(product: Product, fake: ZaloFake, count: int) -> Sequence[int]:
    """Let them be known, every other as an officer of a unit; drafts to comment on."""
    product.serve("--no-worker").stop()  # makes what was not there yet
    at, people = datetime.now(UTC), []
    for number in range(DRAFTS):
        open_draft(product, f"Dự thảo thứ {number + 1}")
    with product.database() as engine, transaction(engine) as session:
        for number in range(count):
            address = _address(number)
            fake.remote.user(id=address, last_interaction=time.time())
            account = account_for(session, Incoming(CHANNEL, "", "text", address, address, ""), at)
            session.flush()
            people.append(account.person_id)
            if number % 2 == 0:
                unit = unit_called(session, f"Trường THPT Số {number % _UNITS}")
                asked = bindings.ask(
                    session, account.person_id, unit, name_of(number), "Chuyên viên", at
                )
                offices.confirm(session, asked.id or 0, "command", at)
    _forget_notices(product)
    return people


def _wait_for_worker(product: Product, fake: ZaloFake) -> None:
    """Until then it is still starting."""
    for number in range(_FIRST, _FIRST + 8):  # so that both workers have answered somebody
        door = ZaloDoor(product, fake, _address(number))
        says_to(door, "góp ý", "đồng ý")


def _forget_notices(product: Product) -> None:
    """What confirming tells people is no part of this."""
    with product.database() as engine, engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM outbound_message")


def _address(number: int) -> str:
    return f"{6_500_000_000_000_000_000 + number}"


async def _all(crowd: _Crowd) -> None:
    crowd.heard = [asyncio.Queue() for _ in crowd.people]
    wire = Wire()
    listening = asyncio.create_task(_listen(crowd))
    showing = asyncio.create_task(_show(crowd))
    until = time.monotonic() + max(20.0, _SECONDS * SCALE)
    talks = (_talk(crowd, wire, number, until) for number in range(len(crowd.people)))
    await asyncio.gather(*talks)
    for task in (listening, showing):
        task.cancel()
    await wire.close()


async def _listen(crowd: _Crowd) -> None:
    """Hand out what the fake has taken, with the time at which it did."""
    count = 0
    numbers = {_address(number): number for number in range(len(crowd.people))}
    async with httpx.AsyncClient(base_url=crowd.fake.remote.url, trust_env=False) as client:
        while True:
            answer = await client.post("/_control/sent_after", json={"count": count})
            lines: Sequence[Mapping[str, Any]] = answer.json()["result"]
            for line in lines:
                number = numbers.get(line["chat"])
                if number is not None:
                    crowd.heard[number].put_nowait((line["at"], line["text"]))
            count += len(lines)
            await asyncio.sleep(_LOOKS)


async def _show(crowd: _Crowd) -> None:
    while True:
        await asyncio.sleep(10)
        worst = max(crowd.took[-250:], default=0.0)
        progress(f"{len(crowd.took)} tin đã có trả lời; lâu nhất gần đây {worst * 1000:.0f} ms; "
                 f"mất {len(crowd.lost)}, lẫn {len(crowd.crossed)}")  # fmt: skip


async def _talk(crowd: _Crowd, wire: Wire, number: int, until: float) -> None:
    """One form after the other until time is up; the last is finished."""
    dice = random.Random(number)
    quick = min(1.0, SCALE)
    due = time.monotonic() + dice.uniform(0, _PAUSE[1]) * quick
    done = crowd.done[number] = []
    while True:
        talk = form_talk(number, len(done), first=not done)
        for place, saying in enumerate(talk.sayings):
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            crowd.slips.append(time.monotonic() - due)
            id_ = f"f{number}-{len(done)}-{place}"
            if not await _say(crowd, wire, number, id_, saying.text, saying.pieces):
                return
            due = time.monotonic() + dice.uniform(*_PAUSE) * quick
        done.append(talk)
        if time.monotonic() > until:
            return


async def _say(
    crowd: _Crowd, wire: Wire, number: int, id_: str, text: str, pieces: Sequence[str]
) -> bool:
    """Whether the right answer came; what it took is written down."""
    shot = ZaloEvents(crowd.fake.app_id, crowd.fake.oa_secret).said(0, _address(number), text, id_)
    status = await wire.post(crowd.address + shot.path, shot.body.encode(), shot.headers)
    accepted = time.time()
    if status != 200:
        crowd.lost.append(f"{id_}: {status}")
        return False
    try:
        async with asyncio.timeout(_LOST):
            at, told = await crowd.heard[number].get()
    except TimeoutError:
        crowd.lost.append(id_)
        return False
    # What was taken while we were told that our call was accepted came at once.
    crowd.took.append(max(0.0, at - accepted))
    crowd.at.append(accepted)
    missing = [piece for piece in pieces if piece not in collapse(told)]
    if missing or marks_in(told) - {number}:
        crowd.crossed.append(f"{id_}: {missing or 'của người khác'} · {told[:80]}")
        return False
    return True


def _figures(crowd: _Crowd, stolen: float) -> Iterable[Figure]:
    took, lost, crossed = crowd.took or [_LOST], crowd.lost, crowd.crossed
    seconds = max(crowd.at, default=1.0) - min(crowd.at, default=0.0)
    name = f"{len(crowd.people)} người điền biểu mẫu trong {seconds:.0f} giây"
    soon, late = percentile(took, 0.95), percentile(took, 0.99)
    slip = percentile(crowd.slips, 0.99)
    yield Figure(f"{name}: tin không có trả lời", _list(lost), "0", not lost)
    yield Figure(f"{name}: trả lời không phải câu tiếp theo của chính họ", _list(crossed), "0",
                 not crossed)  # fmt: skip
    yield Figure(f"{name}: p95 từ lúc webhook được nhận tới lúc Zalo có trả lời",
                 f"{soon * 1000:.0f} ms", f"≤ {_SOON * 1000:.0f} ms", soon <= _SOON)  # fmt: skip
    yield Figure(f"{name}: p99", f"{late * 1000:.0f} ms", f"≤ {_LATE * 1000:.0f} ms", late <= _LATE)
    yield Figure(f"{len(took)} tin, {len(took) / seconds:.1f}/giây; p50 / lâu nhất (máy gửi tự "
                 f"chậm, p99: {slip * 1000:.1f} ms; máy chủ ảo bị lấy mất {stolen:.1%})",
                 f"{percentile(took, 0.5) * 1000:.0f} / {max(took) * 1000:.0f} ms", "",
                 True)  # fmt: skip


def _records(crowd: _Crowd, product: Product) -> Iterable[Figure]:
    wrong = []
    for number, talks in crowd.done.items():
        kept = [row for row, _ in sent_by(product, crowd.people[number])]
        told = sorted(json.dumps(_of(row.answers, talks), sort_keys=True) for row in kept)
        due = sorted(json.dumps(dict(talk.answers), sort_keys=True) for talk in talks)
        if told != due:
            wrong.append(f"người {number}: {len(kept)} hồ sơ, đã gửi {len(talks)}")
    count = sum(map(len, crowd.done.values()))
    yield Figure(f"{count} biểu mẫu đã gửi: người có hồ sơ thiếu, thừa, hoặc khác lời mình khai",
                 _list(wrong), "0", not wrong)  # fmt: skip


def _of(answers: Mapping[str, Any], talks: Sequence[FormTalk]) -> Mapping[str, Any]:
    """Of what is kept, that which was typed as it is kept."""
    asked = {name for talk in talks for name in talk.answers}
    return {name: value for name, value in answers.items() if name in asked and value}


def _list(wrong: Sequence[str]) -> str:
    return "; ".join((str(len(wrong)), *wrong[:3]))
