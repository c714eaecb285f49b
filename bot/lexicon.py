"""How people ask: cue patterns of facets and facts, synonyms, words without content."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from knowledge.vietnamese import fold

LEXICON = Path(__file__).parent / "lexicon.toml"


@dataclass(frozen=True, slots=True)
class Facet:
    """A kind of fact that is asked for ("when", "lead" …)."""

    name: str
    cue: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact papers seldom state; `evidence` must be found in the folded clause."""

    name: str
    words: str  #: how it is called to people
    cue: re.Pattern[str]
    evidence: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Synonym:
    """People's words (a pattern) and the papers' words for the same thing (folded phrases)."""

    says: re.Pattern[str]
    means: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """A synonym in a folded question, from `start` to before `end`."""

    synonym: Synonym
    words: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The tables of lexicon.toml, compiled."""

    particles: frozenset[str]  #: never content
    stop: frozenset[str]  #: content only in a pair the papers use; holds the particles too
    stop_phrases: re.Pattern[str]
    trade: frozenset[str]
    facets: tuple[Facet, ...]
    facts: tuple[Fact, ...]
    synonyms: tuple[Synonym, ...]
    foreign: frozenset[str]  #: words from elsewhere, spelled as they should be
    printed: tuple[re.Pattern[str], ...]  #: words that a clause must have when a question does
    patterns: Mapping[str, re.Pattern[str]]


def _any(patterns: list[str], end: str = "") -> re.Pattern[str]:
    """Any of the patterns from the start of a word on; what is mistyped may end otherwise."""
    return re.compile(r"(?<!\w)(?:" + "|".join(patterns) + f"){end}")


def _whole(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + r")\b")


@cache
def load_lexicon(path: Path = LEXICON) -> Lexicon:
    """The lexicon in `path`, compiled once."""
    data = tomllib.loads(path.read_text("utf-8"))
    return Lexicon(
        particles=frozenset(data["particles"].split()),
        stop=frozenset(f"{data['particles']} {fold(data['stop'])}".split()),
        stop_phrases=_whole(data["stop_phrases"]),
        trade=frozenset(data["trade"].split()),
        facets=tuple(Facet(f["name"], _any(f["cues"])) for f in data["facet"]),
        facts=tuple(
            Fact(f["name"], f["words"], _any(f["cues"], r"(?!\w)"), re.compile(f["evidence"]))
            for f in data["fact"]
        ),
        synonyms=tuple(
            Synonym(_whole(s["says"]), tuple(tuple(m.split()) for m in s["means"]))
            for s in data["synonym"]
        ),
        foreign=frozenset(data["foreign"]["words"].split()),
        printed=tuple(_whole([words]) for words in data["printed"]),
        patterns={name: re.compile("|".join(parts)) for name, parts in data["patterns"].items()},
    )


@lru_cache(256)
def heard(lexicon: Lexicon, folded: str) -> tuple[Heard, ...]:
    """Every synonym in a folded question; looked for once, asked for again and again."""
    return tuple(
        Heard(synonym, found.group(), found.start(), found.end())
        for synonym in lexicon.synonyms
        for found in synonym.says.finditer(folded)
    )


@lru_cache(1024)
def says(turn: str, folded: str) -> bool:
    """Whether a folded question has a turn of [patterns]."""
    return bool(load_lexicon().patterns[turn].search(folded))


@lru_cache(16_384)
def stands_in(pattern: re.Pattern[str], text: str) -> bool:
    """Whether it is found in a piece of the papers: each question asks the same of it again."""
    return pattern.search(text) is not None


def word_set(text: str) -> frozenset[str]:
    """The words of `text`: a set that is read as a line of words, not as a column of strings."""
    return frozenset(text.split())
