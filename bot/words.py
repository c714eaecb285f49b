"""The tokens of a question, what each was recognised as, and what the library's words are."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

YEAR = re.compile(r"20[0-4]\d")
DAY = re.compile(r"\d{1,2}[./]\d{1,2}(?:[./]\d{4})?")  #: with its year or without


@dataclass(frozen=True, slots=True)
class Word:
    """One folded token of the question; `role` says what it was recognised as.

    While a question is taken apart a name stands behind its role ("body:Sở Tư pháp"); in what is
    understood the role stands alone.
    """

    text: str
    role: str = (
        ""  #: "", "place", "owner", "body", "asker", "intro", "paper", "sign", "year", "stop"
    )


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the library's words are."""

    knows: Callable[[str], bool]  #: whether a folded token occurs in it
    pair: Callable[[str], bool]  #: whether two adjacent ones do, as "a_b"
    correct: Callable[[str], str | None]  #: the known word that a mistyped one stands for
    numbers: frozenset[str] = frozenset()  #: of its papers, that people use as names: "theo 407"
