"""Somebody of whom everything is kept asks to be forgotten: what is left of them, and where."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product as product_of
from pathlib import Path

from sqlmodel import Session

from benchmarks.channels_fakes import ZaloFake, zalo
from benchmarks.channels_product import Product, installed
from benchmarks.forms_doors import Door, WebDoor, ZaloDoor, says_to
from benchmarks.forms_office import (
    act_for,
    jpeg_of,
    open_draft,
    pdf_of,
    person_behind,
    progress,
    unit_called,
)
from benchmarks.prove import Figure
from bot.forms.definition import FORMS
from bot.messages import Incoming
from service.delivery.files import store
from service.storage import hand_offs, submissions
from service.storage.engine import transaction
from service.storage.inbox import accept
from service.storage.outbox import enqueue
from service.storage.people import find_account

_UNIT, _OTHER = "Trường THPT Số Một", "Trường THPT Số Hai"
_ZALO = "6600000000000004071"
_STATES = ("pending", "received", "accepted", "returned", "answered", "withdrawn", "replaced")
_FORMS = ("nop-ke-hoach", "bao-cao", "phan-anh", "gop-y")
#: Letters that stand nowhere else, and the same in every encoding.
_NAME, _PHONE, _MAIL = "Nguoi Zqvxname", "0987604071", "zqvxmail@example.vn"
_MINE, _OFFICIAL = "zqvxmine", "zqvxrecord"
#: What the office has added to its edition of a form: nothing but its type says what it is.
_ADDED = """\
  - {id: so_truc, type: phone, name: Số trực, question: "Gọi số nào ạ?", optional: true}
  - {id: hop_thu, type: email, name: Hộp thư, question: "Hộp thư nào ạ?", optional: true}
  - {id: nguoi_nop, type: person, name: Người nộp, question: "Ai nộp ạ?", optional: true}
"""
_OWN = {"so_truc": "0978904072", "hop_thu": "zqvxown@example.vn", "nguoi_nop": "Nguoi Zqvxown"}
_EDITIONS = (1, 2, 3)  #: that ships; of the office, kept beside; in use
_PIECE = 64  #: bytes of a file that are looked for


@dataclass
class _Traces:
    """What must be found nowhere, and what the office keeps."""

    gone: dict[str, bytes] = field(default_factory=dict)  #: what it is → its bytes
    kept: dict[str, bytes] = field(default_factory=dict)

    def file(self, name: str, content: bytes, *, official: bool) -> None:
        """A piece of it from the middle."""
        middle = len(content) // 2
        (self.kept if official else self.gone)[name] = content[middle : middle + _PIECE]


def erased_at_request() -> Iterable[Figure]:
    """A person with everything asks to be forgotten; all that is kept is searched for them."""
    with zalo() as fake, installed(**fake.settings, person_rate_limit="1000000") as product:
        product.serve()
        traces = _Traces()
        web, other = WebDoor(product), ZaloDoor(product, fake, _ZALO)
        _live(product, web, other, traces, fake)
        before = _rows_with(product, traces.gone)
        progress(f"trước khi xóa: {sum(before.values())} chỗ trong {len(before)} cột")
        for text, told in (("xóa dữ liệu của tôi", "xác nhận"), ("xác nhận xóa", "xóa")):
            if not says_to(web, text, ""):
                yield Figure("yêu cầu xóa được trả lời", text, told, False)
        time.sleep(3)  # what was on its way to Zalo is settled
        yield from _figures(product, traces, before)
        web.close()


# --- everything that may be kept of somebody ----------------------------------------------------


def _edit_forms(product: Product) -> None:
    """The office words its forms twice, each time with questions of its own."""
    for edition, form in product_of(_EDITIONS[1:], _FORMS):
        shipped = (FORMS / f"{form}.yaml").read_text("utf-8")
        text = shipped.replace("\nversion: 1\n", f"\nversion: {edition}\n").rstrip() + "\n" + _ADDED
        file = product.data / "edition.yaml"
        file.write_text(text, "utf-8")
        done = product.run("forms", "set", str(file))
        if done.returncode:
            raise RuntimeError(f"the form was not taken:\n{done.stderr}")
        file.unlink()


def _live(product: Product, web: Door, other: Door, traces: _Traces, fake: ZaloFake) -> None:
    _edit_forms(product)
    says_to(other, "trợ giúp", "")
    says_to(web, "chuyển kênh", "")
    _join(web, other)
    act_for(product, web.channel, web.address, _UNIT, _NAME)
    act_for(product, web.channel, web.address, _OTHER, _NAME)
    number = open_draft(product, "Dự thảo mức thu")
    for text in ("góp ý", "đồng ý", f"gopy {number}", f"{_MINE}-comment tính theo vùng"):
        says_to(web, text, "")
    sent = pdf_of(200_000, 1, f"{_MINE}-page")
    says_to(web, (f"{_MINE}-sent.pdf", sent), "")
    traces.file("byte của tệp kèm bản làm dở", sent, official=False)
    for text in ("phản ánh", "đồng ý", "1", f"{_MINE}-problem phòng không còn"):
        says_to(other, text, "")
    photo = jpeg_of(100_000, 2)
    says_to(other, (f"{_MINE}-photo.jpg", photo), "")
    traces.file("byte của ảnh", photo, official=False)
    with product.database() as engine, transaction(engine) as session:
        person = person_behind(session, web.channel, web.address)
        for form, state, edition in product_of(_FORMS, _STATES, _EDITIONS):
            _submission(session, product, person, (form, state, edition), traces)
        _hand_off(session, other)
        _messages(session, web, other)
    says_to(web, "dữ liệu của tôi", "")  # what they were handed goes with them
    traces.gone |= {
        f"câu hỏi riêng của cơ quan: {name}": said.encode() for name, said in _OWN.items()
    }
    traces.gone |= {
        "họ tên": _NAME.encode(),
        "số điện thoại": _PHONE.encode(),
        "thư điện tử": _MAIL.encode(),
        "chữ đã gõ, tên tệp": _MINE.encode(),
        "mã tài khoản Zalo": _ZALO.encode(),
        "mã khách trên trang web": web.address.encode(),
    }
    traces.kept["nội dung hồ sơ chính thức"] = _OFFICIAL.encode()


def _join(web: Door, other: Door) -> None:
    """The conversation goes on over Zalo, with the code that was told on the page."""
    words = " ".join(web.heard()[-1:]).split()
    code = next(w.strip(".,“”:") for w in words if len(w.strip(".,“”:")) == 9 and w[4:5] == "-")
    says_to(other, code, "")


def _submission(
    session: Session,
    product: Product,
    person: int,
    sent: tuple[str, str, int],
    traces: _Traces,
) -> None:
    form, state, edition = sent
    number = len(traces.gone) + len(traces.kept)  # none has the bytes of another
    official = form in submissions.OFFICIAL and state in ("received", "accepted", "replaced")
    mark, name = (_OFFICIAL if official else _MINE), f"{form}-{state}-{edition}"
    content = pdf_of(50_000, 10 + number, f"{mark}-page")
    sha256 = store(product.data / "received", content)
    traces.file(f"byte của tệp, hồ sơ {name}", content, official=official)
    row = submissions.keep_submission(
        session,
        code=f"HS-{number:05d}",
        form=form,
        form_version=edition,
        person_id=person,
        unit_id=unit_called(session, _UNIT) if form != "gop-y" else None,
        policy_id=1 if form == "gop-y" else None,
        answers={
            "acting": _NAME,
            "person": _NAME,
            "phone": _PHONE,
            "email": _MAIL,
            "title": f"{mark}-{name}",
            "comment": f"{mark}-{name}",
            **(_OWN if edition > 1 else {}),
        },
        files=[submissions.SentFile(sha256, f"{mark}-{name}.pdf", "application/pdf", 50_000)],
        pending=state == "pending",
        at=datetime.now(UTC),
        previous=None,
    )
    row.state = state
    row.reply = f"{mark}-reply" if state in ("returned", "answered") else ""
    session.add(row)


def _hand_off(session: Session, other: Door) -> None:
    at = datetime.now(UTC)
    account = find_account(session, other.channel, other.address)
    assert account is not None
    assert account.id is not None
    opened = hand_offs.open_hand_off(session, account.id, at)
    assert opened is not None
    until = at + timedelta(hours=1)
    hand_offs.take(session, opened, None, at, until)
    hand_offs.hear(session, opened, f"{_MINE}-to the officer", at, until)
    account.paused_until = None


def _messages(session: Session, web: Door, other: Door) -> None:
    """What waits to be sent, and what could not be answered."""
    at = datetime.now(UTC)
    for door in (web, other):
        later = at + timedelta(days=1)
        enqueue(session, door.channel, door.address, f"{_MINE}-later {_NAME}", later)
        event = Incoming(
            door.channel, f"parked-{door.channel}", "text", door.address, door.address,
            f"{_MINE}-parked {_PHONE}",
        )  # fmt: skip
        accept(session, event, at, stale=True)


# --- afterwards ---------------------------------------------------------------------------------


def _figures(product: Product, traces: _Traces, before: Mapping[str, int]) -> Iterable[Figure]:
    yield Figure("cột có dấu vết trước khi xóa", f"{len(before)}", "≥ 8", len(before) >= 8)
    left = _rows_with(product, traces.gone)
    yield _figure("cơ sở dữ liệu, mọi cột của mọi bảng", [f"{k}: {v}" for k, v in left.items()])
    names = [p.name for p in product.data.rglob("*") if _MINE in p.name]
    yield _figure("tên tệp trong thư mục dữ liệu", names)
    raw = list(_raw(product.data, traces.gone))
    yield _figure("byte thô của mọi tệp trong thư mục dữ liệu, đang chạy", raw)
    product.processes[-1].stop()
    yield _figure("byte thô, sau khi dừng", list(_raw(product.data, traces.gone)))
    here = [what for what, piece in traces.kept.items() if any(_raw(product.data, {what: piece}))]
    lost = sorted(set(traces.kept) - set(here))
    yield Figure("hồ sơ chính thức còn nội dung và tệp", f"{len(here)} / {len(traces.kept)}",
                 "tất cả", not lost)  # fmt: skip


def _figure(what: str, found: Sequence[str]) -> Figure:
    shown = "; ".join((str(len(found)), *found[:6]))
    return Figure(f"còn dấu vết của người đã xóa: {what}", shown, "0", not found)


def _rows_with(product: Product, traces: Mapping[str, bytes]) -> Mapping[str, int]:
    """Column → in how many rows something of the person stands."""
    found: dict[str, int] = {}
    file = f"file:{product.data / 'troly.sqlite3'}?mode=ro"
    words = {what: piece.decode("latin-1") for what, piece in traces.items() if piece.isascii()}
    with closing(sqlite3.connect(file, uri=True, timeout=10)) as database:
        for table, column in _columns(database):
            rows = database.execute(f'SELECT "{column}" FROM "{table}"').fetchall()
            for what, word in words.items():
                count = sum(word in str(value) for (value,) in rows if value is not None)
                if count:
                    found[f"{table}.{column} ({what})"] = count
    return found


def _columns(database: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        for row in database.execute(f'PRAGMA table_info("{table}")').fetchall():
            yield table, row[1]


def _raw(folder: Path, traces: Mapping[str, bytes]) -> Iterator[str]:
    """Files that hold such bytes, whatever they are."""
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or "index" in file.relative_to(folder).parts:
            continue
        content = file.read_bytes()
        for what, piece in traces.items():
            if piece in content:
                yield f"{file.relative_to(folder)} ({what}: {content.count(piece)})"
