"""Whether a question has two sides: a paper named by its number, and a place or its office."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.words import Word

#: Marks that stand for names: a paper, and a place or a body that issued a paper.
_PAPER, _OWNER = "#", "@"
_MARKS = {"paper": _PAPER, "place": _OWNER, "owner": _OWNER}
#: Words that ask; a side that is asked by itself has one of its own.
_ASKS = r"(?:gi|ai|nao|sao|dau|may|bao nhieu|bao gio)"
#: "407 … và kế hoạch của @", "@ so với 407": what joins two that are told apart.
#: "phải gắn với chỉ thị nào của @" is one question about 407.
_JOINED = rf"(?: \w+)*? (?:va|voi|con|vay|hay)(?: (?!(?:va|voi|{_ASKS})\b)\w+){{0,5}}"
#: "407 giao bộ nào, ở @ thì phòng nào": each is asked by itself.
_EACH_ASKED = rf"(?: [\w#]+)*? {_ASKS}(?: [\w#]+)*"
#: "ai ký 407 và ai ký kế hoạch của @": what is asked stands before each.
_ASKED_BEFORE = rf"\b{_ASKS}(?: \w+)*? %s(?: \w+)*? (?:va|con) {_ASKS}(?: \w+)*? %s"
#: "407, kế hoạch @ và kế hoạch @": a list. "Theo 407, @ và @ …" is about two.
_LISTED = (
    rf"(?<!theo ){_PAPER} (?:ke hoach )?{_OWNER}(?: nam)?(?: \d{{4}})?"
    rf" (?:va |voi |ke hoach )+{_OWNER}"
)
#: "@ … khi nào, 407 thì sao?"
_THEN = (
    rf"(?: [\w%s]+)*? (?:{_ASKS}|khong|ko|chua)(?: con)?(?: ke hoach)? %s(?: nam \d+)?"
    r" thi (?:sao|the nao)\b"
)
_SIDES = re.compile(
    "|".join(
        (
            _OWNER + _THEN % (_OWNER, _PAPER),
            _PAPER + _THEN % (_PAPER, _OWNER),
            _LISTED,
            f"{_PAPER}{_JOINED} {_OWNER}",
            f"{_OWNER}{_JOINED} {_PAPER}",
            rf"{_PAPER}{_EACH_ASKED} {_OWNER}(?: \w+)* {_ASKS}\b",
            rf"{_OWNER}{_EACH_ASKED} {_PAPER}(?: \w+)* {_ASKS}\b",
            _ASKED_BEFORE % (_PAPER, _OWNER),
            _ASKED_BEFORE % (_OWNER, _PAPER),
        )
    )
)


def has_sides(words: Sequence[Word]) -> bool:
    """Whether a paper and a place stand side by side; `words`: with their roles."""
    marks: list[str] = []
    for word in words:
        mark = _MARKS.get(word.role, word.text)
        if mark in (_PAPER, _OWNER) and marks[-1:] == [mark]:
            continue
        if word.role != "intro":
            marks.append(mark)
    return bool(_SIDES.search(" ".join(marks)))
