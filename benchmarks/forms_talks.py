"""What people answer to forms, chosen by chance and the same in every run."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.vietnamese import collapse

DRAFTS = 3  #: open for comment
_DIGITS = ("Không", "Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám", "Chín")
_MARK = re.compile(r"dấu-(\d+)-\d+")


@dataclass(frozen=True, slots=True)
class Saying:
    """One message, and what must stand in the answer."""

    text: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormTalk:
    """One form from the first word to the receipt."""

    form: str
    sayings: Sequence[Saying]
    #: What the record must say.
    answers: Mapping[str, str] = field(default_factory=dict)


def name_of(person: int) -> str:
    """What a person is called: a name that nobody has."""
    return "Người " + " ".join(_DIGITS[int(digit)] for digit in str(person))


def marks_in(text: str) -> frozenset[int]:
    """Whose words stand in a text."""
    return frozenset(int(found) for found in _MARK.findall(text))


def form_talk(person: int, number: int, *, first: bool) -> FormTalk:
    """The `number`th form of a person; people of even number act for a unit and report.

    `first`: they have not agreed yet.
    """
    dice = random.Random(407_000 + person * 1_000 + number)
    mark = f"dấu-{person}-{number}"
    make = _report if person % 2 == 0 else _comment
    form, begin, steps = make(person, mark, dice)
    purpose = "Anh/chị có đồng ý không?"
    sayings = []
    answers = {name: kept for _, name, _, kept in steps if kept}
    questions = [question for question, *_ in steps]
    told = tuple(text for _, name, text, kept in steps if kept and name not in _NOT_AS_TYPED)
    after = [(question,) for question in questions[1:]] + [("Anh/chị xem lại:", *told)]
    if first:
        sayings.append(Saying(begin, (purpose,)))
        begin = "đồng ý"
    sayings.append(Saying(begin, (questions[0],)))
    for (_, _, text, _), pieces in zip(steps, after, strict=True):
        sayings.append(Saying(text, tuple(map(collapse, pieces))))
    sayings.append(Saying("gửi", ("Mã hồ sơ: HS-",)))
    return FormTalk(form, sayings, answers)


#: Fields whose answers are kept in other words than were typed.
_NOT_AS_TYPED = frozenset(("draft", "outcome", "done_on", "expected_on", "channel"))

#: Question, field, what is typed, what is kept ("": it is skipped, or kept as another's).
_Step = tuple[str, str, str, str]


def _comment(person: int, mark: str, dice: random.Random) -> tuple[str, str, Sequence[_Step]]:
    draft = str(dice.randint(1, DRAFTS))
    text = f"{mark}: mức thu nên tính theo vùng {dice.randint(1, 99)}"
    steps: list[_Step] = [
        ("Anh/chị góp ý cho dự thảo nào?", "draft", draft, draft),
        ("Góp ý của Anh/chị là gì?", "comment", text, text),
        ("Anh/chị có tệp kèm theo không?", "files", "bỏ qua", ""),
    ]
    name = name_of(person) if dice.random() < 0.5 else ""
    steps.append(("Anh/chị muốn nêu tên không?", "person", name or "bỏ qua", name))
    return "gop-y", "góp ý", steps


def _report(person: int, mark: str, dice: random.Random) -> tuple[str, str, Sequence[_Step]]:
    said, outcome = dice.choice(
        (("đã xong", "xong"), ("chưa xong", "chua"), ("lùi hạn", "lui-han"))
    )
    steps: list[_Step] = [
        ("Đó là việc gì, theo văn bản nào?", "duty_text", f"Việc {mark}", f"Việc {mark}"),
        ("Việc này đến đâu rồi?", "outcome", said, outcome),
    ]
    steps += _done(mark, dice) if outcome == "xong" else _not_done(mark)
    return "bao-cao", "báo cáo", steps


def _done(mark: str, dice: random.Random) -> Iterator[_Step]:
    figures = [str(dice.randint(100, 999)) for _ in range(4)]
    yield "Hoàn thành ngày nào?", "done_on", "hôm qua", ""
    yield "Số, ký hiệu của văn bản báo cáo?", "number", "bỏ qua", ""
    yield "Anh/chị gửi tệp báo cáo hoặc minh chứng", "files", "bỏ qua", ""
    yield "bao nhiêu dự thảo chính sách?", "drafts", figures[0], figures[0]
    yield "Bao nhiêu hoạt động truyền thông?", "activities", figures[1], figures[1]
    yield "bao nhiêu ý kiến góp ý?", "comments", figures[2], figures[2]
    yield "Tiếp thu bao nhiêu ý kiến?", "accepted", figures[3], figures[3]
    yield "Có khó khăn, vướng mắc gì không?", "difficulties", f"Kinh phí {mark}", f"Kinh phí {mark}"
    yield "Anh/chị có kiến nghị gì không?", "proposals", "bỏ qua", ""
    yield "Có cách làm hay nào", "practice", f"Loa xã {mark}", f"Loa xã {mark}"


def _not_done(mark: str) -> Iterator[_Step]:
    yield "Vì lý do gì?", "reason", f"Đang chờ {mark}", f"Đang chờ {mark}"
    yield "Dự kiến hoàn thành ngày nào?", "expected_on", "thứ sáu tuần sau", ""
