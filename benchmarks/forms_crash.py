"""A plan is handed in with a file of 10 MB while the product is killed at every step of it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from benchmarks.channels_counting import wait_settled
from benchmarks.channels_fakes import ZaloFake, zalo
from benchmarks.channels_product import SCALE, Product, Running, installed, scaled
from benchmarks.forms_doors import Door, Sent, WebDoor, ZaloDoor, hears, says_to, wait_for
from benchmarks.forms_office import (
    TEN_MB,
    act_for,
    bytes_kept,
    jpeg_of,
    pdf_of,
    progress,
    rows_of_files,
    sent_by,
)
from benchmarks.prove import Figure

_UNIT = "Trường THPT Số Một"
_SLOW = 0.2  #: seconds that Zalo takes to answer: so a message is in flight at a kill
_CATCHING_UP = 90.0  #: seconds until what was begun must be over after a restart
_TITLE = "Kế hoạch truyền thông chính sách"


@dataclass(frozen=True, slots=True)
class _Step:
    """What the person does, and what is asked next."""

    name: str
    sent: Sent
    next: str


def _steps(number: int) -> Sequence[_Step]:
    """The way through the form; each person sends a file of their own."""
    file: Sent = ("ke-hoach.pdf", pdf_of(TEN_MB, number))
    photo = number % 2 == 1
    if photo:
        file = ("trang-1.jpg", jpeg_of(TEN_MB, number))
    closing_pages = [_Step("xong", "Xong", "Số, ký hiệu của văn bản?")] if photo else []
    return [
        _Step("bắt đầu", "nộp kế hoạch", "Anh/chị có đồng ý không?"),
        _Step("đồng ý", "đồng ý", "Đơn vị lập kế hoạch riêng hay"),
        _Step("hình thức", "riêng", "Anh/chị gửi tệp kế hoạch"),
        _Step("tệp", file, "Đã có 1 trang ảnh" if photo else "Số, ký hiệu của văn bản?"),
        *closing_pages,
        _Step("số", "12/KH-THPT", "Ngày ban hành?"),
        _Step("ngày", "hôm qua", "Tên kế hoạch?"),
        _Step("tên", _TITLE, "Ai ký văn bản?"),
        _Step("người ký", "bỏ qua", "Kế hoạch cho năm nào?"),
        _Step("năm", "2026", "Anh/chị có ghi chú gì"),
        _Step("ghi chú", f"ghi chú số {number}", "Anh/chị xem lại:"),
        _Step("gửi", "gửi", "Mã hồ sơ: HS-"),
    ]


@dataclass
class _Tally:
    """What became of all kills over one channel."""

    kills: int = 0
    astray: list[str] = field(default_factory=list)  #: the draft was not at its step
    unheard: int = 0  #: answers that did not come by themselves
    wrong: list[str] = field(default_factory=list)  #: records that are not as they were sent
    runs: int = 0


#: Waits for the moment; what was sent is on its way.
Moment = Callable[[Product, Door, "_Step"], None]


def killed_over_zalo() -> Iterable[Figure]:
    """Zalo OA: killed -9 at every step of a plan with 10 MB, at four moments of each."""
    with zalo() as fake, installed(**fake.settings, person_rate_limit="1000000") as product:
        fake.remote.fault(kind="slow", where="/message/cs", times=None, seconds=_SLOW)
        moments: dict[str, Moment] = {
            "vừa nhận webhook": _accepted,
            "đang xử lý": lambda p, d, s: _at_work(p, d, s, fake),
            "đang gửi trả lời": _sending,
            "vừa trả lời": _answered,
        }
        tally = _all(product, moments, lambda n: ZaloDoor(product, fake, _person(n)))
        yield from _figures("Zalo OA", tally, product)


def killed_over_web() -> Iterable[Figure]:
    """Web: killed -9 at every step of a plan with 10 MB, at three moments of each."""
    with installed(person_rate_limit="1000000", rate_limit="1000000") as product:
        moments: dict[str, Moment] = {
            "vừa nhận": _accepted,
            "đang xử lý": _at_work,
            "vừa trả lời": _answered,
        }
        tally = _all(product, moments, lambda n: WebDoor(product))
        yield from _figures("Web", tally, product)


def _person(number: int) -> str:
    return f"{6_400_000_000_000_000_000 + number}"


def _all(product: Product, moments: dict[str, Moment], door_of: Callable[[int], Door]) -> _Tally:
    """One person for each moment; a smaller proof has one, and kills where most is at stake."""
    tally, names, running = _Tally(), list(moments), [product.serve()]
    for number in range(scaled(len(names))):
        door, steps = door_of(number), _steps(number)
        says_to(door, "Xin chào", "")
        act_for(product, door.channel, door.address, _UNIT, "Người Thứ Nhất")
        for place, step in enumerate(steps):
            name = names[(number + place + 1) % len(names)]
            chosen = SCALE >= 1 or step.name in ("tệp", "gửi")
            _one(product, running, door, step, (name, moments[name] if chosen else None), tally)
        tally.runs += 1
        tally.wrong += _record(product, door, steps, number)
        door.close()
    return tally


def _one(
    product: Product,
    running: list[Running],
    door: Door,
    step: _Step,
    when: tuple[str, Moment | None],
    tally: _Tally,
) -> None:
    """One step, perhaps with a kill in it; then the draft must stand at the next."""
    name, moment = when
    before = len(door.heard())
    door.send(step.sent)
    if moment is None:
        if not hears(door, step.next, before):
            tally.astray.append(f"{step.name}: {_last(door, before)}")
        return
    moment(product, door, step)
    running.pop().kill()
    running.append(product.serve())
    tally.kills += 1
    wait_for(door.taken, _CATCHING_UP)
    wait_settled(product, door.channel, _CATCHING_UP)
    tally.unheard += not any(step.next in text for text in door.heard()[before:])
    stands = _stands(door, step)
    progress(f"{door.channel}, {step.name}, {name}: {'đúng bước' if stands else 'SAI BƯỚC'}")
    if not stands:
        tally.astray.append(f"{step.name}, {name}: {_last(door, before)}")


def _stands(door: Door, step: _Step) -> bool:
    """Whether "làm tiếp" leads to the next question; before and after the form there is none."""
    if step.name == "bắt đầu":
        return says_to(door, "nộp kế hoạch", step.next, 30)
    if step.name == "gửi":
        return says_to(door, "hồ sơ của tôi", "HS-", 30)
    return says_to(door, "làm tiếp", step.next, 30)


def _last(door: Door, after: int) -> str:
    return " | ".join(text[:60] for text in door.heard()[after:]) or "không trả lời"


# --- moments ------------------------------------------------------------------------------------


def _accepted(product: Product, door: Door, step: _Step) -> None:
    """As soon as the event is kept."""
    _until(product, "SELECT 1 FROM inbound_event WHERE state = 'waiting'", door)


def _at_work(product: Product, door: Door, step: _Step, fake: ZaloFake | None = None) -> None:
    """While the answer is made: a file is fetched or looked at for a second."""
    before = _downloads(fake) if fake else 0
    _accepted(product, door, step)
    if isinstance(step.sent, str):
        time.sleep(0.02)
    elif fake:
        wait_for(lambda: _downloads(fake) > before, 20)
    else:
        time.sleep(0.6)


def _sending(product: Product, door: Door, step: _Step) -> None:
    """While the answer is on its way."""
    _until(product, "SELECT 1 FROM outbound_message WHERE state = 'sending'", door, later=True)


def _answered(product: Product, door: Door, step: _Step) -> None:
    """As soon as the answer has been heard."""
    before = len(door.heard())
    wait_for(lambda: len(door.heard()) > before, 60, 0.02)


def _downloads(fake: ZaloFake) -> int:
    return int(fake.remote.counters().get("downloads", 0))


def _until(product: Product, found: str, door: Door, *, later: bool = False) -> None:
    """Until the database says so, or it is over already."""
    with closing(_opened(product)) as database:

        def so() -> bool:
            return bool(database.execute(found).fetchone()) or (door.taken() and not later)

        wait_for(so, 20, 0.002)


def _opened(product: Product) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{product.data / 'troly.sqlite3'}?mode=ro", uri=True, timeout=10)


# --- afterwards ---------------------------------------------------------------------------------


def _record(product: Product, door: Door, steps: Sequence[_Step], number: int) -> Iterator[str]:
    """What is not as it must be with the one record of this person."""
    person = act_for(product, door.channel, door.address, _UNIT, "Người Thứ Nhất")
    who, file = f"{door.channel} {number}", next(s.sent for s in steps if s.name == "tệp")
    sent = sent_by(product, person)
    if len(sent) != 1:
        yield f"{who}: {len(sent)} hồ sơ"
        return
    [(record, hashes)] = sent
    told = (record.answers.get("title"), record.answers.get("note"), record.state)
    if told != (_TITLE, f"ghi chú số {number}", "received"):
        yield f"{who}: {told}"
    if len(hashes) != 1:
        yield f"{who}: {len(hashes)} tệp trong hồ sơ"
    rows = rows_of_files(product, person)
    if len(rows) != 1:
        yield f"{who}: {len(rows)} dòng về tệp"
    if bytes_kept(product, file[1] if isinstance(file, tuple) else b"") != 1:
        yield f"{who}: không còn đúng các byte đã gửi"


def _figures(channel: str, tally: _Tally, product: Product) -> Iterable[Figure]:
    name = f"{channel}, {tally.kills} lần kill -9 giữa {tally.runs} lượt nộp kế hoạch kèm 10 MB"
    yield Figure(f"{name}: bản làm dở không đứng đúng bước (“làm tiếp”)", _list(tally.astray), "0",
                 not tally.astray)  # fmt: skip
    yield Figure(f"{name}: người không có đúng một hồ sơ, một tệp", _list(tally.wrong), "0",
                 not tally.wrong)  # fmt: skip
    yield Figure(f"{channel}: câu trả lời không tự tới sau khi chạy lại", f"{tally.unheard}",
                 f"≤ {tally.kills} (đang gửi dở thì không gửi lại)", True)  # fmt: skip
    halves = [p.name for p in (product.data / "received").iterdir() if p.name.startswith(".")]
    yield Figure(f"{channel}: tệp viết dở còn lại (dọn hằng ngày)", f"{len(halves)}", "", True)


def _list(wrong: Sequence[str]) -> str:
    return "; ".join((str(len(wrong)), *wrong[:3]))
