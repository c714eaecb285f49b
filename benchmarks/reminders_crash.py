"""Five months of the running product, killed -9 again and again: what reached each person."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Set

from benchmarks.channels_fakes import telegram, zalo
from benchmarks.channels_product import installed, scaled
from benchmarks.forms_office import progress
from benchmarks.prove import Figure
from benchmarks.reminders_due import Demanded, When, demanded_of
from benchmarks.reminders_gate import gate
from benchmarks.reminders_living import AWAY, JUMPED, UNTIL, Living, Plan
from benchmarks.reminders_people import TELEGRAM, WEB, ZALO, Someone, people_of
from benchmarks.reminders_year import the_cast
from tests.postgresql import empty_database, running_postgresql

_KILLS = 50
_SLOW = 0.3  #: seconds that a platform takes to answer: so something is in flight at a kill
_SEED = 407


def killed_on_sqlite() -> Iterable[Figure]:
    """Five months of `troly serve` on SQLite: 50 times kill -9, the clock set, Zalo away a day."""
    yield from _five_months("SQLite", {})


def killed_on_postgresql() -> Iterable[Figure]:
    """The same on PostgreSQL with three workers."""
    with running_postgresql() as server, empty_database(server) as url:
        yield from _five_months("PostgreSQL", {"database_url": url, "workers": "3"})


def _five_months(name: str, given: Mapping[str, str]) -> Iterable[Figure]:
    cast = the_cast(random.Random(_SEED))
    people = people_of(cast)
    plan = Plan.by_chance(random.Random(_SEED), demanded_of(cast, people, UNTIL), scaled(_KILLS))
    with zalo() as fake, telegram() as other, gate(fake.remote.url) as door:
        fake.remote.fault(kind="slow", where="/message/cs", times=None, seconds=_SLOW)
        other.remote.fault(method="sendMessage", kind="slow", times=None, seconds=_SLOW)
        settings = {
            **{k: v.replace(fake.remote.url, door.url) for k, v in fake.settings.items()},
            **other.settings,
            **given,
            "remind_heads": "true",
            "rate_limit": "1000000",
        }
        with installed(**settings) as product:
            progress(f"{name}: {len(cast)} đơn vị, {len(people)} người, mầm ngẫu nhiên {_SEED}")
            living = Living.begun(product, fake, other, door, cast, people, plan)
            living.five_months()
            figures = list(_figures(name, living))
    yield from figures


def _figures(name: str, living: Living) -> Iterable[Figure]:
    """What arrived beside what must."""
    killed, people = living.killed, {one.number: one for one in living.people}
    demanded, expected = demanded_of(living.cast, living.people, UNTIL), living.demanded()
    arrived = Counter({(day, n): c for (day, n, _), c in living.arrived.items()})
    begun = {way: killed.begun[way] for way in (ZALO, TELEGRAM)}
    moments = f"{killed.count} lần kill -9 ({killed.whole} lần mọi tiến trình)"
    yield Figure(f"{name}, {moments}: lượt nhắc tới nơi", f"{arrived.total()}",
                 f"{len(expected.messages)} theo mô hình", True)  # fmt: skip
    unclear = {when for when, _ in living.unclear.values()}
    missing = set(expected.messages) - set(arrived)
    lost = missing - unclear
    yield Figure(f"{name}: mất (không tới, cũng không ở trạng thái không rõ)", _some(lost, people),
                 "0", not lost)  # fmt: skip
    extra = set(arrived) - set(expected.messages)
    yield Figure(f"{name}: tới mà không ai đòi (đã nộp, sai ngày, sai người)",
                 _some(extra, people), "0", not extra)  # fmt: skip
    count = len(living.unclear)
    yield Figure(f"{name}: không rõ đã tới hay chưa (thật ra chưa tới: {len(missing & unclear)})",
                 f"{count}", _limit(begun[ZALO]), count <= begun[ZALO])  # fmt: skip
    twice = Counter[str]()
    for (_, _, way), many in living.arrived.items():
        twice[way] += many - 1
    yield Figure(f"{name}: lặp qua Telegram", f"{twice[TELEGRAM]}", _limit(begun[TELEGRAM]),
                 twice[TELEGRAM] <= begun[TELEGRAM])  # fmt: skip
    ways = arrived.total() - len(arrived) - twice[TELEGRAM]
    yield Figure(f"{name}: lặp qua Zalo, qua trang web, hoặc qua hai kênh", f"{ways}", "0",
                 not ways)  # fmt: skip
    dark = +living.night
    shown = "; ".join(f"{what}: {n}" for what, n in list(dark.items())[:3])
    yield Figure(f"{name}: tới ban đêm, trước giờ hoặc ngày nghỉ", shown or "0", "0",
                 not dark)  # fmt: skip
    yield from _late(name, living, expected, unclear)
    yield from _fallbacks(name, living, demanded)
    yield Figure(f"{name}: nhắc chưa ngã ngũ sau cùng", "; ".join(living.stuck) or "0", "0",
                 not living.stuck)  # fmt: skip
    if killed.consents:
        yield Figure(f"{name}: lần phải cấp quyền Zalo lại", f"{killed.consents}", "", True)


def _late(name: str, living: Living, expected: Demanded, unclear: Set[When]) -> Iterable[Figure]:
    marked = expected.marked - unclear
    yield Figure(
        f"{name}: tới muộn một lần và nói rõ là muộn (đồng hồ nhảy qua {JUMPED[0]:%d/%m}, "
        f"Zalo mất cả ngày {AWAY[0]:%d/%m})",
        f"{len(living.marked & marked)}, thừa {len(living.marked - expected.marked)}",
        f"{len(marked)}, thừa 0",
        marked <= living.marked <= expected.marked,
    )
    heads = {when for when, due in expected.messages.items() if due.kind == "head"} - unclear
    told = heads & {(day, n) for day, n, _ in living.arrived}
    yield Figure(f"{name}: trễ hạn báo tới người đứng đầu", f"{len(told)}", f"{len(heads)}",
                 told == heads)  # fmt: skip


def _fallbacks(name: str, living: Living, demanded: Demanded) -> Iterable[Figure]:
    """Each way that was tried must be on record with what became of it."""
    recorded = {(day, n, way): told for day, n, way, told in living.attempts.values()}
    by_ways: dict[tuple[str, ...], list[Someone]] = {}
    for one in living.people:
        by_ways.setdefault(one.ways, []).append(one)
    after = {d for d, _ in living.demanded().messages}
    asked = (
        (f"Zalo mất ngày {AWAY[0]:%d/%m} → Telegram", (ZALO, TELEGRAM), [AWAY[0]], "late"),
        (f"Zalo mất ngày {AWAY[0]:%d/%m}, không còn kênh khác", (ZALO,), [AWAY[0]], "late"),
        ("trang web không mở → Telegram", (WEB, TELEGRAM), sorted(after), "unseen"),
    )
    for what, ways, days, outcome in asked:
        of = by_ways.get(ways, [])
        due = (demanded if ways == (ZALO,) else living.demanded()).on(set(days), of)
        kept = {
            when
            for when in due
            if recorded.get((*when, ways[0])) == outcome
            and all(recorded.get((*when, way)) == "told" for way in ways[1:])
        }
        yield Figure(f"{name}: đã ghi {what}", f"{len(kept)}", f"{len(due)}", kept == due)


def _limit(begun: int) -> str:
    return f"≤ {begun} (đang gửi dở khi bị kill -9)"


def _some(found: Set[When], people: Mapping[int, Someone]) -> str:
    shown = [f"{day:%d/%m} {people[n].unit} {'→'.join(people[n].ways)}" for day, n in sorted(found)]
    return "; ".join((str(len(found)), *shown[:3]))
