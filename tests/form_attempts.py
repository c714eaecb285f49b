"""What somebody may try who wants to see or do what is another unit's; each with its check."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.texts import say
from service import offices
from service.storage import bindings, submissions, units
from service.storage.engine import transaction
from service.storage.form_tables import Submission
from service.storage.invitations import invite
from service.storage.people import load_conversation, person_key
from service.storage.unit_tables import Binding

A, B, C = "Trường THPT Số Một", "Trường THPT Số Hai", "Trường THPT Số Ba"
PLAN = "hai-phong-gddt-2023"
CODE, SECRET_TITLE = "HS-BBBBB", "Kế hoạch riêng của trường số hai"
#: What a colleague of B has sent who is not its head.
THEIRS, SECRET_NOTE, SECRET_FILE = "HS-CCCCC", "Ghi chú của đồng nghiệp", "tep-cua-dong-nghiep.pdf"
_FORMS = ("nộp kế hoạch", "báo cáo", "phản ánh")


class World(Protocol):
    """A product that people write to."""

    engine: Engine

    def say(self, who: str, text: str) -> str:
        """Everything that is said in answer, labels of buttons included."""
        ...

    def press(self, who: str, button_id: str) -> str:
        """The same for a button."""
        ...

    def buttons(self, who: str) -> Mapping[str, str]:
        """Label → id of the buttons that somebody was offered last."""
        ...

    def person(self, who: str) -> int:
        """Who that is in the database."""
        ...

    def now(self) -> datetime:
        """The time of the product."""
        ...


@dataclass
class Cast:
    """Officers of A (one of C too) and B, heads of A and B, who waits for B, a citizen."""

    world: World
    unit: Mapping[str, int]
    waiting: int = 0  #: the binding of who waits for B

    @property
    def outsiders(self) -> Sequence[str]:
        """Who has nothing to do with B, or not yet."""
        return ("officer", "two", "head-a", "waits", "citizen")

    def row(self, code: str = CODE) -> Submission | None:
        """A record as it is now."""
        with transaction(self.world.engine) as session:
            return submissions.find_sent(session, code)

    def binding(self) -> Binding:
        """Whoever waits for B, as it is now."""
        with transaction(self.world.engine) as session:
            return session.get_one(Binding, self.waiting)

    def sent_by(self, who: str) -> Sequence[Submission]:
        """What somebody has sent."""
        with transaction(self.world.engine) as session:
            return submissions.sent_by(session, self.world.person(who))

    def answers(self, who: str) -> Mapping[str, str]:
        """What the draft of somebody says."""
        with transaction(self.world.engine) as session:
            state, _ = load_conversation(session, person_key(self.world.person(who)))
        return state.form.answers if state.form else {}

    def bound(self, unit: str) -> int:
        """How many act for a unit or ask to."""
        with transaction(self.world.engine) as session:
            of = select(Binding).where(col(Binding.unit_id) == self.unit[unit])
            return len(session.exec(of).all())


def prepare(world: World) -> Cast:
    """Let them all be there, and B have a record."""
    people = (
        "officer", "two", "head-a", "head-b", "colleague", "waits", "citizen", "first", "second",
    )  # fmt: skip
    for who in people:
        world.say(who, "trợ giúp")
    at = world.now()
    with transaction(world.engine) as session:
        unit = {name: _unit(session, name, at) for name in (A, B, C)}
        cast = Cast(world, unit)
        for who, name, head in (
            ("officer", A, False), ("two", A, False), ("two", C, False),
            ("head-a", A, True), ("head-b", B, True), ("colleague", B, False),
        ):  # fmt: skip
            offices.confirm(session, _ask(session, world, who, unit[name], head, at), "test", at)
        cast.waiting = _ask(session, world, "waits", unit[B], False, at)
        submissions.keep_submission(
            session, code=CODE, form="nop-ke-hoach", form_version=1,
            person_id=world.person("head-b"), unit_id=unit[B], policy_id=None,
            answers={"unit": str(unit[B]), "title": SECRET_TITLE}, files=(), pending=False,
            at=at, previous=None,
        )  # fmt: skip
        submissions.keep_submission(
            session, code=THEIRS, form="nop-ke-hoach", form_version=1,
            person_id=world.person("colleague"), unit_id=unit[B], policy_id=None,
            answers={"unit": str(unit[B]), "note": SECRET_NOTE, "files": "c" * 64},
            files=[submissions.SentFile("c" * 64, SECRET_FILE, "application/pdf", 4)],
            pending=False, at=at, previous=None,
        )  # fmt: skip
    return cast


def _unit(session: Session, name: str, at: datetime) -> int:
    return units.add_unit(session, name, at, plan=PLAN).id or 0


def _ask(session: Session, world: World, who: str, unit: int, head: bool, at: datetime) -> int:
    asked = bindings.ask(session, world.person(who), unit, "Người Nào Đó", "Chuyên viên", at)
    asked.head = head
    session.add(asked)
    session.flush()
    return asked.id or 0


# --- the attempts: each says what went wrong, nothing where all is well -------------------------

Attempt = Callable[[Cast], Sequence[str]]


def records_of_another(cast: Cast) -> Sequence[str]:
    """Sửa, rút, xác nhận rút hồ sơ của đơn vị khác theo mã."""
    wrong = []
    for who in cast.outsiders:
        for tried in (f"sửa {CODE}", f"rút {CODE}", f"/xac nhan rut {CODE}", f"/sua {CODE}", CODE):
            heard = cast.world.say(who, tried)
            wrong += _tells(who, tried, heard, SECRET_TITLE, B)
    row = cast.row()
    if row is None or row.state != "received" or cast.answers("officer"):
        wrong.append("hồ sơ đã bị đụng tới")
    return wrong


def contents_of_another(cast: Cast) -> Sequence[str]:
    """Xem nội dung, lấy tệp của hồ sơ đơn vị khác, hoặc của đồng nghiệp khi không đứng đầu."""
    wrong, secrets = [], (SECRET_TITLE, SECRET_NOTE, SECRET_FILE, B, "Người Nào Đó")
    for who, codes in (
        *((outsider, (CODE, THEIRS)) for outsider in cast.outsiders),
        ("colleague", (CODE,)),
    ):
        for code in codes:
            for tried in (code, code.lower(), f"xem hồ sơ {code}", f"/xem {code}", f"/tep {code}",
                          f"nhận tệp {code}", f"sửa {code}"):  # fmt: skip
                heard = cast.world.say(who, tried)
                wrong += _tells(who, tried, heard, *secrets)
                there = say("records.not_there", code=code)
                if not tried.startswith("sửa") and there not in heard:
                    wrong.append(f"{who}: {tried} → {heard[:60]}")
    return wrong


def unit_of_another(cast: Cast) -> Sequence[str]:
    """Chọn đơn vị khác bằng lựa chọn tự gõ, tên, số."""
    wrong, other = [], str(cast.unit[B])
    _begin(cast.world, "two", "nộp kế hoạch")
    for tried in (
        f"/dien nop-ke-hoach.unit {other}",
        f"/dien unit {other}",
        B,
        B.lower(),
        other,
        f"/ten nop-ke-hoach.unit {B}",
        f"{A}, {B}",
        "99",
    ):
        heard = cast.world.say("two", tried)
        wrong += _tells("two", tried, heard, SECRET_TITLE)
        if cast.answers("two").get("unit") == other:
            wrong.append(f"two: {tried} chọn được đơn vị khác")
    cast.world.say("two", "hủy")
    _begin(cast.world, "officer", "báo cáo")
    for tried in (f"/dien bao-cao.unit {other}", "quay lại", f"/dien bao-cao.unit {other}", B):
        cast.world.say("officer", tried)
        if cast.answers("officer").get("unit") == other:
            wrong.append(f"officer: {tried} chọn được đơn vị khác")
    cast.world.say("officer", "hủy")
    return wrong


def buttons_of_another(cast: Cast) -> Sequence[str]:
    """Bấm nút đã đưa cho người khác."""
    wrong = []
    cast.world.say("head-b", "hồ sơ của tôi")
    offered = cast.world.buttons("head-b")
    if not any(CODE in label for label in offered):
        wrong.append("nút của chủ hồ sơ không có")
    cast.world.say("head-b", "người của đơn vị")
    offered = {**offered, **cast.world.buttons("head-b")}
    cast.world.say("head-b", "hồ sơ của đơn vị")
    offered = {**offered, **cast.world.buttons("head-b")}
    cast.world.say("head-b", THEIRS)
    for who in cast.outsiders:
        for label, id_ in {**offered, **cast.world.buttons("head-b")}.items():
            heard = cast.world.press(who, id_)
            wrong += _tells(who, label, heard, SECRET_TITLE, SECRET_NOTE, "Người Nào Đó")
    if cast.binding().confirmed_at or (cast.row() or Submission).state != "received":
        wrong.append("nút của người khác có tác dụng")
    return wrong


def confirming_for_another(cast: Cast) -> Sequence[str]:
    """Xác nhận, từ chối người của đơn vị khác, hoặc chính mình."""
    wrong = []
    for who in cast.outsiders:
        for tried in (f"/duyet {cast.waiting}", f"/tuchoi {cast.waiting}"):
            if say("people.gone") not in cast.world.say(who, tried):
                wrong.append(f"{who}: {tried}")
    there = cast.binding()
    if there.confirmed_at or there.ended_at:
        wrong.append("người chờ đã bị quyết định")
    return wrong


def lists_of_another(cast: Cast) -> Sequence[str]:
    """Xem hồ sơ, người của đơn vị khác; dữ liệu của người khác."""
    wrong = []
    for who in cast.outsiders:
        for tried in ("hồ sơ của đơn vị", "người của đơn vị", "hồ sơ của tôi", "dữ liệu của tôi"):
            heard = cast.world.say(who, tried)
            wrong += _tells(who, tried, heard, SECRET_TITLE, CODE, "Người Nào Đó, Chuyên viên")
        if who != "head-a" and say("records.heads_only") not in cast.world.say(
            who, "hồ sơ của đơn vị"
        ):
            wrong.append(f"{who}: xem được hồ sơ của đơn vị")
    return wrong


def forms_of_officers(cast: Cast) -> Sequence[str]:
    """Người dân mở biểu mẫu của cán bộ."""
    wrong = []
    for tried in _FORMS:
        heard = cast.world.say("citizen", tried)
        if "dành cho cán bộ" not in heard or cast.answers("citizen"):
            wrong.append(f"citizen: {tried}")
    for tried in ("đồng ý", "làm tiếp", "gửi", "/dien nop-ke-hoach.form_of_plan rieng"):
        cast.world.say("citizen", tried)
    if cast.answers("citizen") or cast.sent_by("citizen"):
        wrong.append("citizen: đã điền được")
    return wrong


def unconfirmed(cast: Cast) -> Sequence[str]:
    """Người chưa được xác nhận: không thấy việc của đơn vị, hồ sơ gửi phải chờ."""
    wrong = []
    asked = _begin(cast.world, "waits", "báo cáo")
    if "Đó là việc gì" not in asked:
        wrong.append(f"waits thấy việc của đơn vị: {asked[:80]}")
    for text in ("Việc riêng", "chưa xong", "Đang chờ", "thứ sáu tuần sau"):
        cast.world.say("waits", text)
    if "chờ xác nhận" not in cast.world.say("waits", "gửi"):
        wrong.append("waits: không nói là chờ xác nhận")
    sent = cast.sent_by("waits")
    if [row.state for row in sent] != ["pending"]:
        return [*wrong, f"waits: {[row.state for row in sent]}"]
    if sent[0].code in cast.world.say("head-b", "hồ sơ của đơn vị"):
        wrong.append("hồ sơ chờ xác nhận hiện ở đơn vị")
    wrong += _tells("head-b", sent[0].code, cast.world.say("head-b", sent[0].code), "Việc riêng")
    if "Việc riêng" not in cast.world.say("waits", sent[0].code):
        wrong.append("waits không xem được hồ sơ của mình")
    return wrong


def an_invitation_twice(cast: Cast) -> Sequence[str]:
    """Một mã mời, hai người."""
    with transaction(cast.world.engine) as session:
        code = invite(session, cast.unit[B], cast.world.now())
    wrong, before = [], cast.bound(B)
    for who in ("first", "second"):  # both begin before either has sent it
        cast.world.say(who, f"mã đơn vị {code}")
        cast.world.say(who, "đồng ý")
        for text in ("Người Mới Đến", "Chuyên viên"):
            cast.world.say(who, text)
    heard = [cast.world.say(who, "gửi") for who in ("first", "second")]
    if "Đã gửi đề nghị" not in heard[0] or "Đã gửi đề nghị" in heard[1]:
        wrong.append(f"mã dùng hai lần: {[text[:40] for text in heard]}")
    if "không đúng, đã dùng" not in cast.world.say("second", f"mã đơn vị {code}"):
        wrong.append("mã đã dùng vẫn mở được")
    if cast.bound(B) != before + 1:
        wrong.append(f"{cast.bound(B) - before} người vào bằng một mã")
    return wrong


def revoked_meanwhile(cast: Cast) -> Sequence[str]:
    """Đang điền dở thì thôi làm cho đơn vị."""
    _begin(cast.world, "head-a", "báo cáo")
    for text in ("khác", "Việc dở", "chưa xong", "Đang chờ", "thứ sáu tuần sau"):
        cast.world.say("head-a", text)
    with transaction(cast.world.engine) as session:
        mine = col(Binding.person_id) == cast.world.person("head-a")
        for row in session.exec(select(Binding).where(mine)).all():
            offices.revoke(session, row.id or 0, "test", cast.world.now(), contact="")
    heard = cast.world.say("head-a", "gửi")
    wrong = [] if "dành cho cán bộ" in heard else [f"head-a không được nói rõ: {heard[:80]}"]
    if cast.sent_by("head-a"):
        wrong.append("head-a vẫn gửi được")
    if say("records.heads_only") not in cast.world.say("head-a", "hồ sơ của đơn vị"):
        wrong.append("head-a vẫn xem được hồ sơ của đơn vị")
    return wrong


def the_head_may(cast: Cast) -> Sequence[str]:
    """Người đứng đầu làm được những việc ấy (để thấy phép thử có nghĩa)."""
    wrong = []
    if CODE not in cast.world.say("head-b", "hồ sơ của đơn vị"):
        wrong.append("head-b không xem được hồ sơ của đơn vị")
    for who in ("head-b", "colleague"):
        heard = cast.world.say(who, THEIRS)
        if SECRET_NOTE not in heard or SECRET_FILE not in heard:
            wrong.append(f"{who} không xem được nội dung hồ sơ")
    if say("people.confirmed") not in cast.world.say("head-b", f"/duyet {cast.waiting}"):
        wrong.append("head-b không xác nhận được")
    if {row.state for row in cast.sent_by("waits")} - {"received"}:
        wrong.append("hồ sơ chờ không được nhận")
    cast.world.say("head-b", f"sửa {CODE}")
    if say("form.correcting", code=CODE) not in cast.world.say("head-b", "đồng ý"):
        wrong.append("head-b không sửa được hồ sơ của mình")
    return wrong


#: In this order: the last ones change who may do what.
ATTEMPTS: Sequence[Attempt] = (
    records_of_another,
    contents_of_another,
    unit_of_another,
    buttons_of_another,
    confirming_for_another,
    lists_of_another,
    forms_of_officers,
    unconfirmed,
    an_invitation_twice,
    revoked_meanwhile,
    the_head_may,
)


def _begin(world: World, who: str, form: str) -> str:
    """The first question of a form, whether or not they have agreed before."""
    heard = world.say(who, form)
    return world.say(who, "đồng ý") if "Anh/chị có đồng ý không?" in heard else heard


def _tells(who: str, tried: str, heard: str, *secrets: str) -> Sequence[str]:
    """What was told that is not for them; their own words do not count."""
    told = heard.replace(tried, "")
    return [f"{who}: {tried} → {json.dumps(s)}" for s in secrets if s in told and s not in tried]
