"""The token pair of a Zalo OA: renewed once whoever asks, and what happens when it is refused."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlmodel import select

from benchmarks.channels_counting import messages_in, wait_settled
from benchmarks.channels_fakes import ZaloFake, wait_until, zalo
from benchmarks.channels_product import Product, installed
from benchmarks.prove import Figure
from service.storage.alerts import open_alerts
from service.storage.delivery_tables import ChannelToken
from service.storage.engine import transaction
from service.storage.outbox import enqueue
from service.zalo_oauth import challenge_of

_MESSAGES = 60  #: waiting at once, each for somebody else
_ASKED_FOR = 2.0  #: seconds that the fake takes to renew: long enough to be asked by both
_VERIFIER = "a-verifier-that-the-console-of-the-app-was-told-0407"
_CALLBACK = "https://example.vn/zalo"


def one_refresh() -> Iterable[Figure]:
    """Two workers need a new Zalo token at the same moment: at their start, and when it ends."""
    with zalo() as fake, installed(**fake.settings) as product:
        fake.remote.rules(refresh_delay=_ASKED_FOR)
        with ThreadPoolExecutor(2) as pool:
            for started in [pool.submit(product.worker) for _ in range(2)]:
                started.result()
        wait_until(lambda: fake.remote.counters()["refreshes"], 30)
        time.sleep(2 * _ASKED_FOR)  # whoever else asks has asked by now
        at_start = _refreshes(fake)
        _let_expire(product)
        wanted = _enqueued(product, fake, "Hết hạn")
        left = wait_settled(product, "zalo_oa", 60)
        both = Counter(m.worker for m in messages_in(product, "zalo_oa", "sent"))
        later = _refreshes(fake) - at_start
        refused = fake.remote.counters()["tokens refused"]
        arrived = _arrived(fake, wanted)
    yield Figure("hai tiến trình cùng khởi động: lần làm mới token", f"{at_start}", "1",
                 at_start == 1)  # fmt: skip
    yield Figure("token hết hạn khi cả hai đang gửi: lần làm mới", f"{later}", "1", later == 1)
    yield Figure("tiến trình đã gửi sau đó; yêu cầu token bị từ chối", f"{len(both)}; {refused}",
                 "2; 0", len(both) == 2 and refused == 0)  # fmt: skip
    yield _each_once("tin gửi sau khi làm mới", wanted, arrived, left)


def refused_refresh() -> Iterable[Figure]:
    """Zalo refuses the refresh token: sending stops, and goes on with a new token or a consent."""
    with zalo() as fake:
        settings = {**fake.settings, "zalo_code_verifier": _VERIFIER}
        with installed(**settings) as product:
            product.worker()
            first = _enqueued(product, fake, "Trước khi bị từ chối")
            left = wait_settled(product, "zalo_oa", 60)
            yield _each_once("tin gửi với token còn tốt", first, _arrived(fake, first), left)
            yield from _renewed_by_settings(product, fake)
            yield from _renewed_by_consent(product, fake)


def _renewed_by_settings(product: Product, fake: ZaloFake) -> Iterable[Figure]:
    wanted = yield from _refused(product, fake, "Lần một")
    product.settings["zalo_refresh_token"] = fake.remote.mint()["refresh_token"]
    product.processes[-1].stop()
    product.worker()
    yield from _goes_on(product, fake, wanted, "token mới trong cấu hình, khởi động lại")


def _renewed_by_consent(product: Product, fake: ZaloFake) -> Iterable[Figure]:
    wanted = yield from _refused(product, fake, "Lần hai")
    code = fake.remote.consent(challenge=challenge_of(_VERIFIER))
    done = product.run("zalo", "authorize", "--callback", _CALLBACK, given=f"{code}\n")
    yield Figure("troly zalo authorize", done.stdout.strip().split("\n")[-1][-60:], "",
                 done.returncode == 0)  # fmt: skip
    yield from _goes_on(product, fake, wanted, "OA cấp quyền lại, không khởi động lại")


def _refused(product: Product, fake: ZaloFake, name: str) -> Generator[Figure, None, Sequence[str]]:
    """Both tokens die, then there is something to send; gives what waits."""
    time.sleep(6)  # a token of the last seconds would be tried once more
    fake.remote.revoke()
    before = fake.remote.counters()["accepted"]
    wanted = _enqueued(product, fake, name)
    wait_until(lambda: "zalo_consent" in _alerts(product), 60)
    asked = fake.remote.counters()["tokens refused"]
    time.sleep(5)  # what would go on would do so now
    gone = fake.remote.counters()["accepted"] - before
    waiting = len(messages_in(product, "zalo_oa", "waiting"))
    more = fake.remote.counters()["tokens refused"] - asked
    alerts = _alerts(product)
    yield Figure(f"{name}: refresh token bị từ chối: cảnh báo mở", ", ".join(sorted(alerts)),
                 "zalo_consent", "zalo_consent" in alerts)  # fmt: skip
    yield Figure(f"{name}: tin đã gửi, còn chờ, lần hỏi token thêm", f"{gone}, {waiting}, {more}",
                 f"0, {len(wanted)}, 0", (gone, waiting, more) == (0, len(wanted), 0))  # fmt: skip
    return wanted


def _goes_on(product: Product, fake: ZaloFake, wanted: Sequence[str], how: str) -> Iterable[Figure]:
    left = wait_settled(product, "zalo_oa", 90)
    yield _each_once(f"tin đã chờ, sau khi {how}", wanted, _arrived(fake, wanted), left)
    alerts = _alerts(product)
    yield Figure(f"cảnh báo còn mở, sau khi {how}", ", ".join(sorted(alerts)) or "không", "không",
                 not alerts)  # fmt: skip


def _each_once(what: str, wanted: Sequence[str], arrived: Counter[str], left: int) -> Figure:
    lost, doubled = len(wanted) - len(arrived), arrived.total() - len(arrived)
    return Figure(f"{what} ({len(wanted)}): mất, lặp, còn chờ", f"{lost}, {doubled}, {left}",
                  "0, 0, 0", lost == doubled == left == 0)  # fmt: skip


def _enqueued(product: Product, fake: ZaloFake, name: str) -> Sequence[str]:
    """Messages to as many people, who have written lately; their texts."""
    at, texts = datetime.now(UTC), [f"{name}: tin số {number}" for number in range(_MESSAGES)]
    chats = [f"{5_000_000_000_000_000_000 + number}" for number in range(_MESSAGES)]
    for chat in chats:
        fake.remote.user(id=chat, last_interaction=time.time())
    with product.database() as engine, transaction(engine) as session:
        for chat, text in zip(chats, texts, strict=True):
            enqueue(session, "zalo_oa", chat, text, at)
    return texts


def _arrived(fake: ZaloFake, wanted: Sequence[str]) -> Counter[str]:
    return Counter(line["text"] for line in fake.remote.sent() if line["text"] in set(wanted))


def _refreshes(fake: ZaloFake) -> int:
    return int(fake.remote.counters()["refreshes"])


def _let_expire(product: Product) -> None:
    """The pair is of yesterday and has ended, as far as the product knows."""
    with product.database() as engine, transaction(engine) as session:
        pair = session.exec(select(ChannelToken)).one()
        pair.expires_at = datetime.now(UTC) - timedelta(hours=1)
        pair.refreshed_at = pair.expires_at - timedelta(hours=25)
        session.add(pair)


def _alerts(product: Product) -> set[str]:
    with product.database() as engine, transaction(engine) as session:
        return {alert.kind for alert in open_alerts(session) if alert.source == "zalo_oa"}
