"""Offices and parts of a province that are asked about and of which no paper can be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.lexicon import load_lexicon, word_set
from bot.naming import districts_in
from bot.papers import KINDS
from bot.words import Vocabulary
from knowledge.organisations import Names, Organisations, tokens_of
from knowledge.vietnamese import compose, fold

_WORDS = re.compile(r"\d+(?:[.,/]\d+)*|[^\W\d_]+")
#: Words that may stand before the one who is asked about; "ở", "tại" say only where somebody is.
_BEFORE = word_set("a ah da thua chao cho hoi em toi minh anh chi con the vay thi ben cua ve")
#: Boards, institutes and offices, which no table can list.
_OFFICES = tuple(
    tuple(head.split())
    for head in (
        "ban quản lý",
        "viện",
        "học viện",
        "cục",
        "tổng cục",
        "tổng công ty",
        "công an",
        "chi cục",
        "đài phát thanh truyền hình",
        "đài phát thanh",
        "đài truyền hình",
        "thành đoàn",
        "tỉnh đoàn",
        "huyện đoàn",
        "thành ủy",
        "tỉnh ủy",
        "huyện ủy",
        "hội đồng nhân dân",
        "hđnd",
        "liên đoàn lao động",
        "đại học",
        "bệnh viện",
    )
)
#: The same by their first word, folded.
_OFFICES_BY_FIRST = {
    first: tuple(h for h in _OFFICES if fold(h[0]) == first)
    for first in {fold(h[0]) for h in _OFFICES}
}
#: Of these, the ones that are no other word without accents or capitals ("viên chức").
_PLAIN = frozenset((("ban", "quản", "lý"), ("công", "an"), ("tổng", "cục"), ("chi", "cục")))
_LONGEST = 6  #: words of the name of an office behind its head
_SHORTEST_PLAIN = 2  #: words of a name without capitals
_PAPERS = frozenset((*KINDS, "de an"))  #: "Chỉ thị 07" begins no name


def elsewhere_in(
    text: str, organisations: Organisations, vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Districts of a province, and boards or institutes, of which something is asked, as typed."""
    words = _WORDS.findall(compose(text))
    if [fold(w) for w in words] != tokens_of(text):
        return ()
    return (
        *_parts(words, organisations.district_names),
        *_districts(text, words, organisations),
        *_offices(words, organisations.body_names, vocabulary),
    )


def _parts(words: list[str], districts: Names) -> Iterator[str]:
    """ "Huyện … giao ai", "kế hoạch của thị xã …": the district itself, not a school there."""
    tokens = [fold(w) for w in words]
    for found in districts.find(tokens):
        if _is_subject(tokens, found.start):
            yield " ".join(words[found.start : found.end])


def _districts(text: str, words: list[str], organisations: Organisations) -> Iterator[str]:
    tokens = [fold(w) for w in words]
    for found in districts_in(text, organisations):
        if _is_subject(tokens, found.start):
            yield " ".join(words[found.start : found.end])


def _is_subject(tokens: list[str], at: int) -> bool:
    return tokens[at - 1 : at] == ["cua"] or _BEFORE.issuperset(tokens[:at])


def _offices(words: list[str], bodies: Names, vocabulary: Vocabulary) -> Iterator[str]:
    tokens = [fold(w) for w in words]
    for at in range(len(tokens)):
        heads = _OFFICES_BY_FIRST.get(tokens[at], ())
        head = next((h for h in heads if _begins(words[at : at + len(h)], h)), ())
        there = tokens[at - 1 : at] in (["o"], ["ben"])
        if not head or not (there or _is_subject(tokens, at)) or bodies.at(tokens, at):
            continue
        start = at + len(head)
        name = _name(words[start : start + _LONGEST], plain=head in _PLAIN)
        if name and not vocabulary.pair("_".join(tokens[start - 1 : start + 1])):
            yield " ".join((*words[at:start], *name))
        return


def _begins(words: list[str], head: tuple[str, ...]) -> bool:
    """Whether the words are `head`, each with its accents or with none."""
    typed = [w.lower() for w in words]
    return len(words) == len(head) and all(
        t in (h, fold(h)) for t, h in zip(typed, head, strict=True)
    )


def _name(words: list[str], *, plain: bool) -> list[str]:
    """The words up to the last capital; a syllable more where a lone capital begins a word.

    `plain`: without capitals, the words up to the first that carries no content.
    """
    stop = load_lexicon().stop
    folded = [fold(w) for w in words]
    papers = [i for i in range(len(words)) if " ".join(folded[i : i + 2]) in _PAPERS]
    words = words[: min(papers, default=len(words))]
    capitals = [i for i, w in enumerate(words) if w[0].isupper()]
    if not capitals:
        end = next((i for i, w in enumerate(folded) if w in stop), len(words))
        return words[:end] if plain and end >= _SHORTEST_PLAIN else []
    end = capitals[-1] + 1
    lone = capitals[-1] - 1 not in capitals and not words[end - 1].isupper()
    if lone and folded[end : end + 1] and folded[end] not in stop:
        end += 1
    return words[:end]
