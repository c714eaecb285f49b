"""Papers that those of the library cite and that are not in it, with how often people ask for them.

Asked for: by their number, in questions of the last month that got no answer. What a paper cites
is read once in each process, and by the housekeeping before anybody opens the page.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from knowledge.citations import PaperNumber, find_numbers
from knowledge.documents import Document
from knowledge.library import Library
from knowledge.vietnamese import fold

_KEPT = 4_096  #: papers whose numbers are kept
_ASKED = 8_192  #: questions whose numbers are kept

#: Number, year and folded sign: ("56", 2023, "tt-btc").
Key = tuple[str, int | None, str]


@dataclass(frozen=True, slots=True)
class MissingPaper:
    """One that is cited and not there."""

    number: str  #: as printed: "4411/HĐPBGDPL"
    citing: tuple[Document, ...]  #: papers of the library that name it
    asked: int = 0


#: The library that was looked through last, by identity, and what its papers cite.
_LAST: deque[tuple[Library, Mapping[Key, tuple[str, list[Document]]]]] = deque(maxlen=1)


def missing_papers(library: Library, questions: Iterable[str]) -> list[MissingPaper]:
    """Those asked for most first, then those cited most."""
    found = next((cited for looked, cited in tuple(_LAST) if looked is library), None)
    if found is None:
        found = _cited(library)
        _LAST.append((library, found))
    asked = _asked(found, questions)
    listed = [
        MissingPaper(number, tuple(citing), asked[key]) for key, (number, citing) in found.items()
    ]
    return sorted(listed, key=lambda one: (-one.asked, -len(one.citing), one.number))


def read_ahead(library: Library) -> None:
    """Read what every paper cites, so that nobody waits for it."""
    for paper in library.documents:
        _numbers_in(paper.text)


def _cited(library: Library) -> dict[Key, tuple[str, list[Document]]]:
    held = {_key(n) for paper in library.documents for n in find_numbers(_own(paper))}
    found: dict[Key, tuple[str, list[Document]]] = {}
    for paper in library.documents:
        named = dict(_numbers_in(paper.text))
        for number in (n for told in paper.implements for n in find_numbers(told)):
            named.setdefault(_key(number), number.text)
        for key, printed in named.items():
            if key not in held and key[2]:
                found.setdefault(key, (printed, []))[1].append(paper)
    return found


def _own(paper: Document) -> str:
    return paper.identity.number or ""


@lru_cache(_KEPT)
def _numbers_in(text: str) -> tuple[tuple[Key, str], ...]:
    """Each number that a text names, with its sign, as it is printed first."""
    found: dict[Key, str] = {}
    for number in find_numbers(text):
        if number.sign:
            found.setdefault(_key(number), number.text)
    return tuple(found.items())


def _key(number: PaperNumber) -> Key:
    return number.number.lstrip("0"), number.year, fold(number.sign)


def _asked(found: Mapping[Key, object], questions: Iterable[str]) -> Counter[Key]:
    """By number and sign; by the number alone where only one of them has it."""
    by_number: dict[str, list[Key]] = {}
    for key in found:
        by_number.setdefault(key[0], []).append(key)
    counted: Counter[Key] = Counter()
    for question in questions:
        named = (_meant(number, by_number) for number in _numbers_asked(question))
        counted.update({meant for meant in named if meant})
    return counted


@lru_cache(_ASKED)
def _numbers_asked(question: str) -> tuple[PaperNumber, ...]:
    return tuple(find_numbers(question)) if re.search(r"\d", question) else ()


def _meant(number: PaperNumber, by_number: Mapping[str, list[Key]]) -> Key | None:
    keys = by_number.get(number.number.lstrip("0"), [])
    if number.sign:
        return next((key for key in keys if key[2] == fold(number.sign)), None)
    return keys[0] if len(keys) == 1 else None
