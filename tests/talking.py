"""A conversation being played, with an assistance that answers at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.assistance import Ended
from bot.conversation import Conversation, KeptFile, respond
from bot.messages import Button, Enclosure, Incoming, Reply, Source, Turn
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


@dataclass
class FakeAssistance:
    """Answers at once and remembers what it was asked for."""

    contact: str = "Văn phòng Sở"
    links: bool = True
    today: date = date(2026, 11, 21)
    asked: list[tuple[str, tuple[Turn, ...]]] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    there: Conversation | None = None  #: the conversation behind the code K7M2-P9QX
    files: tuple[Enclosure, ...] = ()
    ended: Ended = "absent"

    def answer(self, text: str, history: Sequence[Turn]) -> Reply:
        self.asked.append((text, tuple(history)))
        return answer_to(text)

    def clause(self, document: str, address: str) -> str:
        return f"6. Nguyên văn {address}" if document == "hp" else ""

    def place(self, document: str, address: str) -> str:
        return f"— {address}, {document}"

    def move_code(self) -> str:
        self.done.append("code")
        return "K7M2-P9QX"

    def join(self, code: str) -> Conversation | None:
        self.done.append(f"join {code}")
        return self.there

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
