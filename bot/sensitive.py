"""Messages that papers must not answer: secrecy marks, complaints, personal cases, journalists."""

from __future__ import annotations

import re

from bot.answers import Silent
from bot.lexicon import says
from bot.texts import say
from knowledge.vietnamese import collapse, compose, fold

#: The mark as it is printed: in capitals; "BÍ MẬT", "BẢO MẬT" and "MẬT THIẾT" are words.
_MARK = re.compile(r"(?<!BÍ )(?<!BẢO )(?<!CƠ )\b(?:(?:TUYỆT|TỐI) )?MẬT\b(?! (?:THIẾT|ĐỘ|KHẨU|MÃ))")
_HIGH_MARK = re.compile(r"\bt(?:uyet|oi) mat\b")
#: The mark alone on a line, or behind "độ mật:", however it is typed.
_MARK_LINE = re.compile(
    r"^[^\w\n]*(?:(?:do|dau|muc do) mat[^\w\n]+)?(?:tuyet mat|toi mat|mat)[^\w\n]*$"
    r"|\bdo mat\s*:\s*(?:tuyet |toi )?mat\b",
    re.MULTILINE,
)


def bears_secrecy_mark(text: str) -> bool:
    """Whether the message carries MẬT, TỐI MẬT or TUYỆT MẬT as a mark, not as a word.

    A message in lower case that only asks about state secrets carries none.
    """
    printed = compose(text)
    lines = "\n".join(collapse(fold(line)) for line in printed.splitlines())
    if _MARK_LINE.search(lines):
        return True
    if printed.upper() == printed:  # all in capitals: "MẬT" is a word like any other
        return bool(_HIGH_MARK.search(lines)) and not says("asks_secrecy", collapse(fold(printed)))
    return bool(_MARK.search(collapse(printed)))


def refused(text: str, folded: str, contact: str) -> Silent | None:
    """Where such a message belongs; None when papers may answer it.

    `folded`: the question's folded tokens joined by one space.
    """
    if bears_secrecy_mark(text):
        return Silent(say("sensitive.secret", contact=contact), "", private=True)
    for turn in ("journalist", "complaint", "personal_case"):
        if says(turn, folded):
            return Silent(say(f"sensitive.{turn}", contact=contact), "")
    return None
