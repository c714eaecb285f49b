"""A year or a span of years that is asked for and that no paper meant is of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.profiles import Profile
from bot.understanding import Understood

#: Digits of a year.
_YEAR = r"20[0-4]\d"
_KINDS = "ke hoach|cong van|van ban|chi thi|quyet dinh|huong dan"
#: "giai đoạn 2028-2032", "từ 2028 đến 2030".
_SPAN = re.compile(rf"\b({_YEAR}) (?:den (?:nam )?)?({_YEAR})\b")
#: The paper a question begins with and its year: "kế hoạch truyền thông năm 2022 của …".
_PAPER_OF_YEAR = re.compile(
    rf"^(?:\w+ ){{0,3}}?(?:{_KINDS})(?: (?!va|so|nao|ngay|thang)\w+){{0,8}}? (?:nam )?({_YEAR})\b"
)
_REPLACES = re.compile(r"\bthay (?:the|cho)\b")
#: The level of the office spoken of → how the issuers of that level begin.
_LEVELS = (
    (re.compile(r"\b(?:cua|o) so\b(?! (?:lieu|luong|may))|\bso (?:nay|minh|em|toi)\b"), "Sở "),
    (re.compile(r"\b(?:cua|o) huyen\b|\bhuyen (?:nay|minh|em|toi|se)\b"), "Ủy ban "),
)


def asks_paper_of_year(asked: Understood) -> bool:
    """Whether one body's paper of a year is asked for, by its number or as what replaces."""
    begins = bool(_PAPER_OF_YEAR.match(asked.folded))
    replaces = begins and bool(_REPLACES.search(asked.folded))
    return "number" in asked.facets or replaces or (begins and bool(asked.bodies))


def absent_years(
    asked: Understood, profiles: Sequence[Profile], left: Sequence[Profile], *, named: bool
) -> str:
    """The year or span that no paper is of, as people write it; "" when there is none.

    `profiles`: all papers; `left`: those of the place and issuer named; `named`: whether some are.
    """
    return _absent_span(asked, profiles) or _absent_year(asked, profiles, left, named=named)


def _absent_span(asked: Understood, profiles: Sequence[Profile]) -> str:
    for first, last in _SPAN.findall(asked.folded):
        said = f" {first} {last} "
        if first < last and not any(
            {int(first), int(last)} <= p.years or said in f" {p.text} " for p in profiles
        ):
            return f"{first}–{last}"
    return ""


def _absent_year(
    asked: Understood, profiles: Sequence[Profile], left: Sequence[Profile], *, named: bool
) -> str:
    """The year of an office's own paper, or of its level, of which it has none."""
    if asked.compares or len(asked.years) != 1:
        return ""
    year = asked.years[0]
    if named:
        own = [p for p in left if not p.national]
        strange = set(asked.bodies) - {p.issuer for p in own}
        of_year = bool(_PAPER_OF_YEAR.match(asked.folded)) and not strange
    else:
        level = next((start for cue, start in _LEVELS if cue.search(asked.folded)), "")
        own = [p for p in profiles if level and (p.issuer or "").startswith(level)]
        # "căn cứ vào kế hoạch năm 2022 số mấy của Sở": a paper that is only cited.
        cited = {"basis", "number"} & set(asked.facets)
        of_year = not (asked.bodies or asked.papers or cited)
    absent = own and of_year and not any(year in p.years for p in own)
    return str(year) if absent else ""
