"""The years a question is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.lexicon import word_set
from bot.words import DAY, YEAR, Word

#: Turns that stand for a year → how far it is from this one.
_RELATIVE = (
    ("nam nay", 0),
    ("nam ngoai", -1),
    ("nam truoc", -1),
    ("nam sau", 1),
    ("nam toi", 1),
    ("sang nam", 1),
)
#: "Hai năm trước".
_YEARS_AGO = re.compile(r"\b(hai|ba|bon|2|3|4) nam (?:truoc|ve truoc)\b")
_COUNTED = {"hai": 2, "ba": 3, "bon": 4}
_MONTH = re.compile(r"\d{1,2}/(\d{4})")  #: "3/2025"
_LAW_NAME = 8  #: tokens within which a year still belongs to the name of a law
#: A word between "luật" and the year that ends the law's name: "kế hoạch", "công văn", "năm" …
_ENDS_LAW_NAME = word_set("hoach cong roi thi nam")
_WITH_YEAR = len("1/1/2026")  #: a day at least this long names its year


def years_in(words: Sequence[Word], folded: str, today: date) -> tuple[int, ...]:
    """The years named, each once, in figures or as seen from `today` ("năm ngoái")."""
    years = [
        # "sau 2025", "sau năm 2025" asks for what comes after that year.
        int(w.text) + _comes_after(words[:i])
        for i, w in enumerate(words)
        if YEAR.fullmatch(w.text) and not _names_a_law(words, i)
    ]
    if years:
        return tuple(dict.fromkeys(years))
    ago = _YEARS_AGO.search(folded)
    if ago:
        return (today.year - (_COUNTED.get(ago[1]) or int(ago[1])),)
    for phrase, offset in _RELATIVE:
        if re.search(rf"\b{phrase}\b", folded):
            return (today.year + offset,)
    plain = [w.text for w in words if not w.role]
    dated = [day for day in plain if DAY.fullmatch(day) and len(day) >= _WITH_YEAR]
    dated += [month for month in plain if _MONTH.fullmatch(month)]
    return tuple(dict.fromkeys(int(day[-4:]) for day in dated))


def _comes_after(before: Sequence[Word]) -> bool:
    """Whether "sau" or "sau năm" stands last."""
    last = [w.text for w in before[-2:]]
    return last[-1:] == ["sau"] or last == ["sau", "nam"]


def says_year(words: Sequence[Word], at: int) -> bool:
    """Whether the token at `at` is a year, or the "năm" before one."""
    if YEAR.fullmatch(words[at].text):
        return True
    following = words[at + 1].text if at + 1 < len(words) else ""
    return words[at].text == "nam" and bool(YEAR.fullmatch(following))


def _names_a_law(words: Sequence[Word], at: int) -> bool:
    """ "Luật Giáo dục 2019": the year belongs to the law's name."""
    before = [w.text for w in words[max(0, at - _LAW_NAME) : at]]
    if "luat" not in before or before[-1:] == ["nam"]:
        return False
    between = before[len(before) - before[::-1].index("luat") :]
    return not _ENDS_LAW_NAME & set(between)
