"""The content of a question as weighted terms, and how far a text meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.content import starts_of
from bot.lexicon import Lexicon, heard
from bot.understanding import Understood
from bot.words import Word
from knowledge.organisations import tokens_of
from knowledge.vietnamese import is_syllable

# --- weights of terms -----------------------------------------------------------------------------
_TRADE_WEIGHT = 0.2  #: a word of the trade ("kế hoạch", "truyền thông") tells no clauses apart
_UNKNOWN_WEIGHT = 0.9  #: a word that no paper has
_RAREST = 6.0  #: a rarity above this counts as this
_COMMON = 0.3  #: weight of a word that every clause has
_PER_WEIGHT = 4  #: rarity that adds a weight of 1
_THING = 2.0  #: "Zalo", "podcast": a name that some clause has
_BODY = 0.6  #: a word of the name of a body, within a clause
_SHORTEST_THING = 4  #: letters
_ALONE = 0.5  #: share kept by a verb or adverb of the question rather than a subject

# --- how far one term is met ----------------------------------------------------------------------
_MET_ALONE = 0.4  #: the word is there, but beside other words than in the question
_MET_BARE = 0.9  #: the word is there and had no neighbours in the question
_MET_ABOVE = 0.8  #: the pair stands in a heading above
_SYNONYM_SHARE = 0.6  #: of the papers' own phrase, more than this must be there
_MOST_BESIDE = 0.8  #: where papers print the person's own words, a synonym is worth less
_SYNONYM_BONUS = 0.1  #: a phrase is seldom met whole
#: A question of few words is met more easily: what is left over may be a turn of speech.
_GRACE = 0.2


@dataclass(frozen=True, slots=True)
class Term:
    """One content token of the question, its neighbours in it, and its weight."""

    token: str
    pairs: tuple[str, ...]  #: bigrams with the neighbouring content tokens
    weight: float
    means: tuple[tuple[str, ...], ...] = ()  #: the papers' words for it
    printed: bool = False  #: papers have the word itself too


def grams(tokens: Sequence[str]) -> frozenset[str]:
    """Tokens and adjacent pairs "a_b"."""
    return frozenset(tokens) | {f"{a}_{b}" for a, b in pairwise(tokens)}


@lru_cache(1024)
def _grams_of(phrase: tuple[str, ...]) -> frozenset[str]:
    """The same for the lexicon's phrases, which every question meets in every clause."""
    return grams(phrase)


def terms_of(
    asked: Understood,
    lexicon: Lexicon,
    rarity: Callable[[str], float],
    knows: Callable[[str], bool],
) -> tuple[Term, ...]:
    """The content of the question, weighted by rarity; words of the trade count little."""
    means = _meant(asked, lexicon)
    terms = []
    for i, word in enumerate(asked.words):
        if word.role:
            continue
        trade = word.text in lexicon.trade
        weight = _TRADE_WEIGHT if trade else _weight(word.text, rarity, knows)
        thing = _is_thing(word.text) and knows(word.text)
        if thing:
            weight = _THING
        elif not any(_is_content(asked.words, i + step) for step in (-1, 1)):
            weight *= _ALONE
        pairs, meant = () if thing else _pairs(asked.words, i), tuple(means.get(i, ()))
        printed = any(knows(pair) for pair in pairs)
        terms.append(Term(word.text, pairs, weight, meant, printed))
    return tuple(terms)


def body_terms(asked: Understood) -> tuple[Term, ...]:
    """The words of the bodies asked about, which tell where in a clause they are named."""
    roles = [word.role if word.role == "body" else "" for word in asked.words]
    return tuple(
        Term(word.text, tuple(_beside(asked.words, roles, i)), _BODY)
        for i, word in enumerate(asked.words)
        if roles[i]
    )


def _beside(words: Sequence[Word], roles: Sequence[str], at: int) -> Iterator[str]:
    """The pairs of a word of a name with those of the name beside it."""
    for i in (at - 1, at):
        if i >= 0 and i + 1 < len(words) and roles[i] and roles[i + 1]:
            yield f"{words[i].text}_{words[i + 1].text}"


def coverage(
    terms: Sequence[Term], own: frozenset[str], path: frozenset[str] = frozenset()
) -> float:
    """Weighted share of `terms` met, 0–1, by grams of a text and of the headings above it."""
    total = sum(t.weight for t in terms)
    return (sum(t.weight * _met(t, own, path) for t in terms) + _GRACE) / (total + _GRACE)


def coverage_by(text: str, terms: Sequence[Term]) -> float:
    """Weighted share of `terms` met by `text` alone, 0–1."""
    return coverage(terms, _grams_in(text))


@lru_cache(512)
def _grams_in(text: str) -> frozenset[str]:
    """Of pieces of the papers, which question after question is held against."""
    return grams(tokens_of(text))


def _meant(asked: Understood, lexicon: Lexicon) -> dict[int, list[tuple[str, ...]]]:
    """Position of a word → the papers' words for it."""
    starts = starts_of(asked.words)
    means: dict[int, list[tuple[str, ...]]] = {}
    for found in heard(lexicon, asked.folded):
        for i, start in enumerate(starts):
            if found.start <= start < found.end:
                means.setdefault(i, []).extend(found.synonym.means)
    return means


def _pairs(words: Sequence[Word], at: int) -> tuple[str, ...]:
    """Bigrams of the word at `at` with its neighbours that are no names."""
    beside = [i for i in (at - 1, at + 1) if 0 <= i < len(words)]
    return tuple(
        f"{words[min(i, at)].text}_{words[max(i, at)].text}"
        for i in beside
        if words[i].role in ("", "stop")
    )


def _weight(word: str, rarity: Callable[[str], float], knows: Callable[[str], bool]) -> float:
    """A word no paper has says less than a rare one that some clause has."""
    if not knows(word):
        return _UNKNOWN_WEIGHT
    return _COMMON + min(rarity(word), _RAREST) / _PER_WEIGHT


def _is_thing(word: str) -> bool:
    """ "zalo", "podcast": no syllable, and no abbreviation such as "thcs"."""
    return (
        len(word) >= _SHORTEST_THING
        and word.isalpha()
        and (not is_syllable(word) and bool(set(word) & set("aeiou")))
    )


def _is_content(words: Sequence[Word], at: int) -> bool:
    return 0 <= at < len(words) and not words[at].role


def _met(term: Term, own: frozenset[str], path: frozenset[str]) -> float:
    """How far a clause meets one term: 1 in context, less alone or in a heading above."""
    best = 0.0
    if not own.isdisjoint(term.pairs):
        best = 1.0
    elif term.token in own:
        best = _MET_ALONE if term.pairs else _MET_BARE
    if best < _MET_ABOVE and not path.isdisjoint(term.pairs):
        best = _MET_ABOVE
    for phrase in term.means:
        wanted = _grams_of(phrase)
        share = len(wanted & own) / len(wanted)
        if share > _SYNONYM_SHARE:
            most = _MOST_BESIDE if term.printed else 1.0
            best = max(best, min(most, share + _SYNONYM_BONUS))
    return best
