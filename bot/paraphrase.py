"""Whether two questions ask the same: word for word but for courtesy, never by guessing.

A question with another place, year, number, paper or kind of fact has another word, so it is
another question. What is only near is grouped (`near_keys`), which answers nobody.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

from bot.lexicon import load_lexicon
from knowledge.vietnamese import compose, fold, syllables

_LONGEST = 2_000  #: characters of a question that are read
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_WORD = re.compile(r"[^\W_]+")

#: Of so many words one may differ within a group, of so many two.
_ONE_DIFFERS, _TWO_DIFFER, _MOST = 4, 8, 10


@dataclass(frozen=True, slots=True)
class _Tables:
    courtesy: re.Pattern[str]
    binding: frozenset[str]
    asks: Mapping[str, re.Pattern[str]]


@cache
def _tables() -> _Tables:
    told = tomllib.loads((Path(__file__).parent / "paraphrase.toml").read_text("utf-8"))
    return _Tables(
        courtesy=_any(told["courtesy"]),
        binding=frozenset(told["binding"]),
        asks={name: _any(patterns) for name, patterns in told["asks"].items()},
    )


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(patterns) + r")(?!\w)")


def same_key(question: str) -> str:
    """What all ways to ask this very question share; "" for one without words."""
    asked, words = _read(question)
    if not words and not asked:
        return ""
    # "Năm 2023 hạn nộp …" and "hạn nộp … năm 2023": the whole may begin at another word, but "A
    # gửi B" never becomes "B gửi A".
    return _hash(" ".join(asked) + "|" + " ".join(_turned(words)))


def same_marks(one: str, other: str) -> bool:
    """Whether no word has other accents in `one` than in `other`; a bare word fits any.

    Folded alike, "Kiến An" and "Kiên An" are two places.
    """
    here, there = _spellings(one), _spellings(other)
    return all(
        not (marks and there.get(word)) or marks & there[word] for word, marks in here.items()
    )


def near_keys(question: str) -> tuple[str, ...]:
    """Keys of which a question shares one with every other that nearly says the same.

    The first is that of exactly its words. Numbers never differ within a group.
    """
    asked, words = _read(question)
    particles = load_lexicon().particles
    kept = sorted({word for word in words if word not in particles}) or sorted({*words, *asked})
    keys = [_hash(" ".join(kept))]
    free = [word for word in kept if not word[0].isdigit()]
    most = 2 if _TWO_DIFFER <= len(kept) <= _MOST else 1 if len(kept) >= _ONE_DIFFERS else 0
    for count in range(1, most + 1):
        for left_out in combinations(free, count):
            keys.append(_hash(" ".join(word for word in kept if word not in left_out)))
    return tuple(dict.fromkeys(keys))


def _read(question: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is asked for, in alphabetical order, and the other words as they stand."""
    tables = _tables()
    text = " ".join(syllables(compose(question[:_LONGEST])))
    before = ""
    while before != text:  # what was left out may lay bare what ends the sentence
        before, text = text, " ".join(tables.courtesy.sub(" ", text).split())
    asked: list[str] = []
    for name, pattern in tables.asks.items():
        text, count = pattern.subn(" ", text)
        asked += [name] * count
    words = [word for word in text.split() if word not in tables.binding]
    return tuple(sorted(asked)), tuple(words)


def _turned(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words begun at whichever of them puts them first in the alphabet."""
    return min((words[i:] + words[:i] for i in range(len(words))), default=())


def _spellings(text: str) -> dict[str, set[tuple[str, str]]]:
    """Folded word → its spellings with accents as (letters, tone), wherever the tone stands."""
    found: dict[str, set[tuple[str, str]]] = {}
    for word in _WORD.findall(compose(text[:_LONGEST]).lower()):
        if (folded := fold(word)) != word:
            found.setdefault(folded, set()).add(_spelling(word))
    return found


def _spelling(word: str) -> tuple[str, str]:
    letters = unicodedata.normalize("NFD", word)
    return (
        "".join(letter for letter in letters if letter not in _TONES),
        "".join(_tones(letters)),
    )


def _tones(letters: str) -> Iterator[str]:
    return (letter for letter in letters if letter in _TONES)


def _hash(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()[:32]
