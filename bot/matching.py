"""How well each clause meets a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.bonuses import (
    asks_addressees,
    asks_basis,
    body_bonus,
    duty_fit,
    facet_bonus,
    fixed_penalty,
    own_basis,
    sign_bonuses,
)
from bot.lexicon import says, stands_in
from bot.matter import Matter
from bot.terms import Term, coverage
from bot.understanding import Understood
from bot.views import View

_COVERAGE = 0.55  #: what meeting every word is worth
_FOUND = 0.35  #: what standing first in the search is worth
_NEAREST = 1.0  #: what being nearest in meaning is worth
_AT_ADDRESS = 0.6  #: the clause was named: "mục III.6"
_SPOKEN = 0.3  #: the answer before cited it, and a fact of the same thing is asked for
#: A body counts this much in a clause that meets no word, and more as the clause meets more.
_BODY_ALONE, _BODY_WITH_WORDS = 0.4, 0.6
#: The opening of a section on aims.
_AIMS = re.compile(r"^muc (?:dich|tieu)\b(?! cu the)")
_BODY_WEIGHT = 0.8  #: of a body as content
#: A whole section meets every word; the clause that meets them alone is the better address.
_LENGTH_PENALTY = 0.10
_LONG = 400  #: words from which a clause is as long as counts
#: "Trường THPT căn cứ vào kế hoạch nào?": the body's own clause names one.
_OWN_BASIS = 0.4
#: Against a list of what follows, in a digest.
_LIST_OF_PARTS = 0.08
#: Against a heading over others: what stands under it is the better address.
_HEADING_ONLY = 0.15
#: Meaning of the whole question from which what it asks about is not looked at by itself; below
#: the others, a clause has too little of that, by meaning and by its share of the words.
_MEANT, _MATTER_MEANT, _MATTER_WORDS = 0.5, 0.3, 0.75
#: Coverage of a part that is asked for in words it does not use ("căn cứ vào đâu?").
_UNSAID = 0.6


@dataclass(frozen=True, slots=True)
class Match:
    """A clause and how well it meets the question."""

    view: View
    score: float
    coverage: float  #: how far the clause meets the question, in its words or by meaning, 0–1
    words: float  #: share of the question's content that stands in the clause, 0–1
    meaning: float = 0.0  #: how surely the clause answers, by meaning alone, 0–1
    stated: float = 1.0  #: the same of the clause of its paper that answers most surely
    foreign: bool = False  #: it has neither words nor meaning of what is asked about


@dataclass(frozen=True, slots=True)
class Found:
    """What the search says of a clause, each 0–1."""

    score: float  #: of the search engine, as a share of the best
    meaning: float = 0.0  #: how surely the clause answers, by meaning alone
    nearness: float = 0.0  #: the same, as if every paper's best clause answered equally well
    stated: float = 1.0  #: of its paper's best clause; 1 of a paper that was not learned
    #: The meaning for what is asked about, apart from how; None where that is not looked at.
    matter: float | None = None


def score(
    view: View,
    asked: Understood,
    terms: Sequence[Term],
    found: Found,
    matter: Matter | None = None,
) -> Match:
    """How well a clause meets the question, with what the search says of it."""
    share = _with_bodies(coverage(terms, view.own, view.path), view, asked, terms)
    if meant_unsaid(view, asked):
        share = max(share, _UNSAID)
    total = _COVERAGE * share + _FOUND * found.score + facet_bonus(view, asked)
    total += _NEAREST * found.nearness
    total += _SPOKEN * was_spoken(view, asked)
    total += _AT_ADDRESS * at_address(view, asked) + duty_fit(view, asked, terms)
    total += body_bonus(view, asked) * (_BODY_ALONE + _BODY_WITH_WORDS * share)
    total -= _LENGTH_PENALTY * min(view.length / _LONG, 1.0)
    listed = view.document.digest and view.parent
    total -= _LIST_OF_PARTS * listed
    total -= _HEADING_ONLY * (not view.clause.text and not view.duties)
    total += _OWN_BASIS * own_basis(view, asked)
    total += sign_bonuses(view, asked) - fixed_penalty(view, asked)
    foreign = matter is not None and _is_foreign(view, found, matter)
    met = max(share, found.meaning)
    return Match(view, total, met, share, found.meaning, found.stated, foreign)


def _is_foreign(view: View, found: Found, matter: Matter) -> bool:
    """Whether a clause is about something else than is asked, however like the question sounds.

    Not in a digest, which is not worded as the paper is.
    """
    if found.matter is None or found.meaning >= _MEANT or view.document.digest:
        return False
    return found.matter < _MATTER_MEANT and matter.share_in(view.text) < _MATTER_WORDS


def _with_bodies(share: float, view: View, asked: Understood, terms: Sequence[Term]) -> float:
    """`share` with the bodies asked about as content: a clause that names them meets more."""
    if not asked.bodies:
        return share
    words = sum(t.weight for t in terms)
    met = sum(body in view.bodies for body in asked.bodies)
    return (share * words + _BODY_WEIGHT * met) / (words + _BODY_WEIGHT * len(asked.bodies))


def at_address(view: View, asked: Understood) -> bool:
    """Whether the question names this clause ("mục III.6"), whichever of two "III" is meant."""
    return plain_address(view.clause.address) in asked.addresses


def was_spoken(view: View, asked: Understood) -> bool:
    """Whether the answer before cited this clause, or a line of it that says who or when."""
    here = plain_address(view.clause.address)
    return any(a == here or (view.duties and a.rpartition(".")[0] == here) for a in asked.spoken)


@lru_cache(2048)
def plain_address(address: str) -> str:
    """The address as printed: without the mark of a label that is printed twice."""
    return re.sub(r"#\d+", "", address) if "#" in address else address


def best_first(matches: Iterable[Match]) -> list[Match]:
    """Highest score first; a tie goes to the deeper address."""
    return sorted(matches, key=lambda m: (-m.score, -m.view.clause.address.count(".")))


def heads_aims(opening: str) -> bool:
    """Whether a clause that opens so is a section on aims."""
    return stands_in(_AIMS, opening)


def meant_unsaid(view: View, asked: Understood) -> bool:
    """The preamble or the recipients, asked for in other words than they use."""
    if view.clause.address == "recipients":
        return asks_addressees(asked)
    if asked.facets[:1] == ("purpose",) and heads_aims(view.opening):
        return True
    if view.clause.address == "closing":
        told = says("difficulty", view.text)
        return told and says("difficulty", asked.folded)
    return view.clause.address == "preamble" and asks_basis(asked)
