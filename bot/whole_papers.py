"""Questions about papers as a whole: who signed, which number, whether it still counts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answers import Finding, Outcome, Silent
from bot.cited import PAPER_WEIGHT
from bot.clauses import Clauses
from bot.composing import as_source
from bot.deciding import decide
from bot.facts import identity_facet, paper_fact
from bot.lexicon import says, word_set
from bot.outcomes import Asked, answer, clarify, silence, silent
from bot.profiles import Profile
from bot.scope import Scope
from bot.texts import say
from bot.views import fixed_part
from knowledge.documents import FIXED_ADDRESSES
from knowledge.organisations import tokens_of
from knowledge.vietnamese import fold

#: The head of the office that asks: no body that a clause would have to name.
_LEADERS = "Lãnh đạo Sở"
#: Words of a question for a signer or a date: offices, titles, "ký", "ban hành", "ngày" …
_OFFICES = word_set(
    "thang ngay nam de ban hanh nguoi cung mot ky ki but chuc giu giam doc pho chu tich lanh dao "
    "thu truong bo sep ong ba vi danh chinh xac mung"
)
_HEADS = ("giam doc", "chu tich")
#: Weight of words that a question for a fact of the paper may have besides; a question who
#: signed, or whether the paper counts, tends to be told at length.
_LOOSE = 1.2
_LOOSE_AT_LENGTH = 3.0
_LOOSE_FOR_SIGNER = 7.0
_LOOSE_FOR_VALIDITY = 4.5
#: Facts that no identity of a paper has: when it counts from, what its signer is like.
_NO_IDENTITY = word_set(
    "in_force_from person_life gazette proposal clock why_not phone email street_address account "
    "website_address amount"
)
_SIGNED = re.compile(r"\bky\b")
_SURELY_THERE = 0.5  #: coverage from which a clause is about what was signed


def whole_paper(asked: Asked, scope: Scope, clauses: Clauses) -> Outcome | None:
    """The fact about a paper itself that is asked for; None when a clause is asked for."""
    facet = identity_facet(asked.understood) or _named_signer(asked, scope)
    if not facet or scope.cited or not _of_whole_paper(asked, scope, facet, clauses):
        return None
    lacking = next((f for f in asked.facts if f.name in _NO_IDENTITY), None)
    if lacking and any(lacking.evidence.search(v.text) for v in clauses.of(scope.profiles)):
        return decide(clauses.matches(asked, scope.profiles), asked, named=scope.named)
    if lacking:
        return silent(say("silent.fact", name=lacking.words), (), asked)
    return _fact_outcome(asked, scope, facet)


def compared_facts(asked: Asked, scope: Scope, clauses: Clauses) -> Outcome | None:
    """The same fact of each paper named: who signed, its number, its date."""
    facet = identity_facet(asked.understood)
    if facet is None or len(scope.profiles) < 2 or not scope.named:
        return None
    if not _of_whole_paper(asked, scope, facet, clauses):
        return None
    chosen = _for_years(asked, scope.profiles) or scope.profiles
    found = [paper_fact(p.document, facet, asked.today) for p in chosen]
    stated = [f for f in found if isinstance(f, Finding)]
    return answer(stated, asked) if len(stated) > 1 else None


def side_fact(asked: Asked, profile: Profile, clauses: Clauses) -> Finding | None:
    """The fact about one paper itself that is asked of its side; None when a clause is asked for.

    What the paper leaves blank is said in the finding's first line.
    """
    facet = identity_facet(asked.understood)
    scope = Scope((profile,), named=True)
    if facet is None or not _of_whole_paper(asked, scope, facet, clauses):
        return None
    fact = paper_fact(profile.document, facet, asked.today)
    return fact if isinstance(fact, Finding) else Finding(profile.document, fact.sources, fact.lead)


def abolished(asked: Asked, scope: Scope, clauses: Clauses) -> Outcome | None:
    """What became of a body that was asked about, with the clause that names it."""
    if "abolished" not in asked.understood.facets:
        return None
    for name in asked.understood.bodies:
        body = asked.organisations.body(name)
        gone = [s for s in body.status if s.ended and s.ended <= asked.today] if body else []
        views = clauses.naming(name, scope.profiles)
        if gone and views:
            view = max(views, key=lambda v: (name in v.heads, -len(v.text)))
            told = {"note": gone[0].note, "basis": gone[0].basis}
            now = asked.organisations.called_now(gone[0], asked.today)
            line = (
                say("lines.successor_now", **told, successor=now)
                if now
                else say("lines.successor", **told)
            )
            source = as_source(view.document, view.clause, view.clause.text)
            return answer([Finding(view.document, (source,), line)], asked)
    return None


def _fact_outcome(asked: Asked, scope: Scope, facet: str) -> Outcome:
    """The fact of each paper meant; which paper, when none was named; why it is not stated."""
    understood = asked.understood
    profiles = _for_years(asked, scope.profiles)
    if not profiles:
        return silent(say("silent.year", name=understood.years[0]), (), asked)
    if len(profiles) > 1 and not understood.papers:
        local = [p for p in profiles if not p.national]
        profiles = profiles if scope.named else local or profiles
        if len(profiles) > 1:
            return clarify([p.document for p in profiles], asked)
    day = says("day_asked", understood.folded)
    facts = [paper_fact(p.document, facet, asked.today, day=day) for p in profiles]
    found = [f for f in facts if isinstance(f, Finding)]
    if found:
        return answer(found, asked)
    first = next(f for f in facts if isinstance(f, Silent))
    return silence(first.lead, first.sources, asked)


def _named_signer(asked: Asked, scope: Scope) -> str | None:
    """ "Giám đốc Sở tên gì?": the paper names one director, the one who signed it."""
    understood = asked.understood
    if "person_name" not in understood.facts or len(scope.profiles) != 1:
        return None
    if says("now", understood.folded):
        return None
    title = fold(scope.profiles[0].document.identity.signatory_title or "")
    typed = fold(asked.understood.text)
    asked_for = any(head in typed for head in _HEADS)
    return "signer" if asked_for and title.startswith(_HEADS) else None


def _of_whole_paper(asked: Asked, scope: Scope, facet: str, clauses: Clauses) -> bool:
    """All that the question names belongs to the paper as a whole, not to one clause."""
    if facet == "signer" and says("signs_other", asked.understood.folded):
        return False
    if facet != "validity" and set(asked.understood.bodies) - {_LEADERS}:
        return False
    signers = {t for p in scope.profiles for t in tokens_of(p.document.identity.signatory or "")}
    loose = [
        t.weight
        for t in asked.terms
        if t.weight != PAPER_WEIGHT
        and not any(t.token in p.head for p in scope.profiles)
        and t.token not in _OFFICES | signers
        and not t.token.isdigit()
    ]
    if facet == "signer" and scope.named and not _signed_elsewhere(asked, clauses, scope):
        return sum(loose) < _LOOSE_FOR_SIGNER
    if facet == "number" and scope.named and says("the_number", asked.understood.folded):
        return sum(loose) < _LOOSE_FOR_SIGNER
    if facet == "validity" and scope.named and len(scope.profiles) == 1:
        return sum(loose) < _LOOSE_FOR_VALIDITY
    return sum(loose) < (_LOOSE_AT_LENGTH if facet in ("signer", "validity") else _LOOSE)


def _signed_elsewhere(asked: Asked, clauses: Clauses, scope: Scope) -> bool:
    """Whether a clause tells who signed what is asked about: a paper that is only spoken of."""
    return any(
        _SIGNED.search(m.view.text) and m.words > _SURELY_THERE
        for m in clauses.matches(asked, scope.profiles)
        if fixed_part(m.view.clause) not in FIXED_ADDRESSES
    )


def _for_years(asked: Asked, profiles: Sequence[Profile]) -> list[Profile]:
    """Those of the years asked for; a national paper counts in every year."""
    years = set(asked.understood.years)
    return [p for p in profiles if not years or years & p.years or (p.national and not p.years)]
