"""How people answer in a chat: courtesy around what they mean, "ko" for "không"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.forms.definition import Field
from bot.texts import choices
from knowledge.vietnamese import syllables

_BEFORE = frozenset(("da", "vang", "thua", "em", "toi", "minh", "ok", "oke"))
_AFTER = frozenset(("a", "ah", "nhe", "nha", "em", "oi", "roi", "thoi", "dau"))
_SHORT = {"ko": "khong", "k": "khong", "kg": "khong", "hok": "khong", "hong": "khong"}
#: "Sửa câu số 2", "em muốn sửa lại câu 2 ạ", "sua2".
_EDIT = re.compile(
    r"(?:(?:da|em|toi|minh|cho|xin|muon|can|hay|vui|long|giup|de) )*(?:sua|chinh|doi)(?: lai)?"
    r"(?: (?:cau|muc|so|thu|phan))* ?(?P<number>\d{1,2})"
    r"(?: (?:a|nhe|nha|di|voi|giup|cho|toi|em|minh|duoc|khong))*"
)
#: "Câu 2 sai rồi".
_WRONG = re.compile(
    r"(?:cau|muc|so) (?:so )?(?P<number>\d{1,2}) (?:bi )?(?:sai|nham)(?: roi)?(?: a)?"
)


def cores(text: str) -> Iterator[list[str]]:
    """The folded words, as they are and with ever less of the courtesy around them."""
    words = [_SHORT.get(word, word) for word in syllables(text)]
    for start in range(_polite(words, _BEFORE) + 1):
        for end in range(len(words), max(start, len(words) - _polite(words[::-1], _AFTER) - 1), -1):
            yield words[start:end]


def _polite(words: Sequence[str], polite: frozenset[str]) -> int:
    return next((n for n, word in enumerate(words) if word not in polite), len(words))


def means(text: str, spellings: Sequence[str]) -> bool:
    """Whether one of these is meant."""
    known = [syllables(spelling) for spelling in spellings]
    return any(core in known for core in cores(text) if core)


def says_none(text: str) -> bool:
    """ "Ko có ạ": the answer is that there is none."""
    return means(text, choices("form.nothing_says"))


def to_mend(text: str, asked: Sequence[Field]) -> int | None:
    """The number in the review of the answer that somebody wants to mend, by it or by its name."""
    words = " ".join(syllables(text))
    if found := _EDIT.fullmatch(words) or _WRONG.fullmatch(words):
        return int(found["number"])
    named = (f"sua {' '.join(syllables(one.name))}" for one in asked)
    return next((number for number, name in enumerate(named, 1) if name == words), None)
