"""A conversation being played, with an assistance that answers at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache

from bot.assistance import Ended
from bot.conversation import respond
from bot.forms.criteria import CriteriaNote
from bot.forms.definition import Choice, Form, load_form
from bot.home import NOWHERE, Home
from bot.messages import Button, Enclosure, Incoming, Reply, Source, Turn
from bot.owed import OwedDuty
from bot.registry import Acting, Candidate, FilledForm, Record
from bot.standing import Conversation, KeptFile
from bot.who_owes import DutyOfUnits, Which
from knowledge.documents import Document
from knowledge.library import SHIPPED, Library, load_library
from knowledge.readers import PUBLIC, Readers
from knowledge.vietnamese import fold
from tests.builders import an_incoming

SOURCE = Source("hp", "Kế hoạch Hải Phòng", "III#2.6", "Mục III.6", "trước 20/9", digest=False)
PLACES = ("Kế hoạch năm 2023 của Sở GDĐT Hải Phòng", "Huyện Ia H’Drai", "Sở KH&CN Hưng Yên")
STATUS = "Hết kỳ kế hoạch từ 01/01/2024; tra cứu ngày 21/11/2026"
LONG = "Một câu dài của kế hoạch. " * 60


def a_reply(kind: str, lead: str, **changes: object) -> Reply:
    values: dict[str, object] = {
        "kind": kind, "lead": lead, "more": "", "text": lead, "status": STATUS,
    }  # fmt: skip
    return Reply(**{**values, **changes})  # type: ignore[arg-type]


def answer_to(text: str) -> Reply:
    """Asked back when a question says "nào", private with "MẬT", long with "dài"."""
    if "MẬT" in text:
        return a_reply("silent", "Xin đừng gửi.", private=True)
    if "nào" in text:
        buttons = tuple(Button(place, f"hạn nộp {place}") for place in PLACES)
        return a_reply("clarify", "Văn bản nào?", buttons=buttons)
    if "dài" in text:
        return a_reply("answer", LONG[:600], more=LONG, text=LONG, sources=(SOURCE,) * 3)
    return a_reply("answer", f"Trả lời: {text}", sources=(SOURCE,))


UNITS = {7: "Trường THPT Ngô Quyền", 8: "Phòng Giáo dục thường xuyên"}
SENT_AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@dataclass
class FakeRegistry:
    """Keeps what forms leave behind in lists."""

    news: list[str] = field(default_factory=list)  #: what the person wants to hear
    mine: tuple[Acting, ...] = (Acting(7, UNITS[7], "", False, False, True),)
    consents: set[str] = field(default_factory=lambda: {"register", "submit", "comment"})
    offered: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
    duties: dict[str, tuple[Choice, ...]] = field(default_factory=dict)  #: by the unit's answer
    told: dict[str, str] = field(default_factory=dict)
    invitations: dict[str, str] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)  #: as the office has changed them
    kept: list[FilledForm] = field(default_factory=list)
    registered: list[FilledForm] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    decided: list[tuple[int, bool]] = field(default_factory=list)
    waiting: tuple[Candidate, ...] = ()
    owing: tuple[OwedDuty, ...] = ()
    progress: tuple[DutyOfUnits, ...] | None = None  #: of all units; None: they may not know
    which: list[Which] = field(default_factory=list)  #: which units were asked for
    keeper: bool = False  #: whether they keep the library
    handed_in: list[FilledForm] = field(default_factory=list)
    letters: str | None = ""  #: where letters go; None: the office sends none
    asked_for: list[str] = field(default_factory=list)  #: addresses that a code goes to
    later: list[tuple[int, int]] = field(default_factory=list)  #: what was put off by how many days

    def form(self, id_: str) -> Form:
        return self.forms.get(id_) or load_form(id_)

    def acting(self) -> tuple[Acting, ...]:
        return self.mine

    def options(self, source: str, answers: Mapping[str, str]) -> tuple[Choice, ...]:
        if source == "units":
            return tuple(Choice(str(one.unit_id), one.name) for one in self.mine)
        if source == "duties" and answers.get("unit") in self.duties:
            return self.duties[answers["unit"]]
        return self.offered.get(source, ())

    def units_like(self, name: str) -> tuple[str, ...]:
        exact = tuple(unit for unit in UNITS.values() if fold(unit) == fold(name))
        return exact or tuple(unit for unit in UNITS.values() if fold(name) in fold(unit))

    def known(self) -> Mapping[str, str]:
        return self.told

    def flags(self, answers: Mapping[str, str]) -> frozenset[str]:
        chosen = [one for one in self.mine if str(one.unit_id) == answers.get("unit")]
        return frozenset(("shared",)) if any(one.shared for one in chosen) else frozenset()

    def agreed(self, purpose: str) -> bool:
        return purpose in self.consents

    def agree(self, purpose: str) -> None:
        self.consents.add(purpose)

    def withdraw_consent(self) -> None:
        self.consents.clear()

    def drop_files(self, hashes: Sequence[str]) -> None:
        self.dropped.extend(hashes)

    def invited_to(self, code: str) -> str | None:
        return self.invitations.get(code)

    def register(self, filled: FilledForm) -> str:
        self.registered.append(filled)
        return "asked"

    def submit(self, filled: FilledForm) -> Record:
        self.kept.append(filled)
        return self._record(len(self.kept), filled)

    def _record(self, number: int, filled: FilledForm) -> Record:
        code = f"HS-{number:05}"
        state = "withdrawn" if code in self.withdrawn else "received"
        return Record(
            code, filled.form.id, filled.form.title, state, SENT_AT,
            answers=filled.answers, files=filled.files,
        )  # fmt: skip

    def sent(self, *, of_units: bool = False) -> tuple[Record, ...]:
        return tuple(self._record(n, filled) for n, filled in enumerate(self.kept, 1))

    def record(self, code: str) -> Record | None:
        return next((one for one in self.sent() if one.code == code), None)

    def record_files(self, record: Record) -> tuple[Enclosure, ...]:
        return tuple(Enclosure(f.name, f.media_type, b"1") for f in record.files)

    def withdraw(self, code: str) -> bool:
        self.withdrawn.append(code)
        return True

    def candidates(self) -> tuple[Candidate, ...]:
        return self.waiting

    def decide(self, binding_id: int, *, confirmed: bool) -> bool:
        self.decided.append((binding_id, confirmed))
        return binding_id in {one.binding_id for one in self.waiting}

    def owed(self) -> tuple[OwedDuty, ...]:
        return self.owing

    def hear_news(self, *, on: bool) -> None:
        self.news.append("on" if on else "off")

    def follow(self, number: int, *, on: bool) -> bool:
        self.news.append(f"{'on' if on else 'off'} {number}")
        return number == 12

    def mailbox(self) -> str | None:
        return self.letters

    def ask_mail(self, address: str) -> bool:
        self.asked_for.append(address)
        return len(self.asked_for) <= 1

    def confirm_mail(self, code: str) -> str | None:
        if code != "K7QM-2XRD" or not self.asked_for:
            return None
        self.letters = self.asked_for[-1]
        return self.letters

    def stop_mail(self) -> bool:
        had, self.letters = bool(self.letters), ""
        return had

    def put_off(self, duty_id: int, days: int) -> date:
        self.later.append((duty_id, days))
        return date(2026, 11, 21) + timedelta(days=days)

    def calendar(self, duty_ids: Sequence[int]) -> Enclosure:
        told = " ".join(map(str, duty_ids))
        return Enclosure(f"{told}.ics", "text/calendar", told.encode())

    def edits(self) -> bool:
        return self.keeper

    def hand_in(self, filled: FilledForm) -> None:
        self.handed_in.append(filled)

    def units_owing(self, which: Which) -> tuple[DutyOfUnits, ...] | None:
        self.which.append(which)
        return self.progress

    def my_data(self) -> tuple[str, tuple[Enclosure, ...]]:
        return "Dữ liệu của Anh/chị.", ()


@cache
def shipped() -> Library:
    """The papers that ship, read once."""
    return load_library(SHIPPED)


@dataclass
class FakeAssistance:
    """Answers at once and remembers what it was asked for."""

    contact: str = "Văn phòng Sở"
    home: Home = NOWHERE
    links: bool = True
    today: date = date(2026, 11, 21)
    registry: FakeRegistry = field(default_factory=FakeRegistry)
    now: datetime = datetime(2026, 11, 21, 14, 5, tzinfo=timezone(timedelta(hours=7)))
    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    there: Conversation | None = None  #: the conversation behind the code K7M2-P9QX
    files: tuple[Enclosure, ...] = ()
    notes: list[CriteriaNote] = field(default_factory=list)  #: those made into files
    ended: Ended = "absent"
    readers: Readers = PUBLIC

    def answer(self, text: str, history: Sequence[Turn], *, kept: bool = True) -> Reply:
        self.asked.append((text, tuple(history)))
        return answer_to(text)

    def clause(self, document: str, address: str) -> str:
        return f"6. Nguyên văn {address}" if document == "hp" else ""

    def place(self, document: str, address: str) -> str:
        return f"— {address}, {document}"

    def paper(self, document: str) -> Document | None:
        return shipped().get(document) if document in shipped() else None

    def move_code(self) -> str:
        self.done.append("code")
        return "K7M2-P9QX"

    def join(self, code: str) -> Conversation | None:
        self.done.append(f"join {code}")
        return self.there

    def vote(self, question: int, *, helpful: bool, comment: str) -> None:
        self.done.append(f"vote {question} {helpful} {comment}".strip())

    def hand_off(self) -> str:
        self.done.append("hand off")
        return "Cán bộ làm việc 07:30–11:30."

    def end_hand_off(self) -> Ended:
        self.done.append("end")
        return self.ended

    def erase(self) -> None:
        self.done.append("erase")

    def enclosures(self, text: str) -> tuple[Enclosure, ...]:
        return self.files

    def note_files(self, note: CriteriaNote) -> tuple[Enclosure, ...]:
        self.notes.append(note)
        return self.files


@dataclass
class Talk:
    """A conversation being played."""

    helper: FakeAssistance = field(default_factory=FakeAssistance)
    state: Conversation = field(default_factory=Conversation)
    replies: tuple[Reply, ...] = ()

    def hear(self, incoming: Incoming, files: Sequence[KeptFile] = ()) -> Talk:
        self.state, self.replies = respond(self.state, incoming, self.helper, files)
        return self

    def say(self, *texts: str) -> Talk:
        for text in texts:
            self.hear(an_incoming(text))
        return self

    def press(self, button: Button) -> Talk:
        return self.hear(an_incoming("", event="press", button=button.id))

    def in_group(self, text: str, **changes: object) -> Talk:
        return self.hear(an_incoming(text, chat="g", group=True, **changes))

    @property
    def reply(self) -> Reply:
        [only] = self.replies
        return only

    @property
    def asked(self) -> list[str]:
        return [text for text, _ in self.helper.asked]


def labels(reply: Reply) -> list[str]:
    return [button.label for button in reply.buttons]
