"""The order in which an outcome is looked for, once the papers meant are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.answers import Outcome, Silent
from bot.cited import cited_paper, citing_matches, mentioning, with_papers
from bot.clauses import Clauses
from bot.comparing import AskedSide, Reading, Sided, compare, is_of
from bot.deciding import decide
from bot.facts import identity_facet
from bot.matter import matter_of
from bot.outcomes import Asked, answer, silence, silent
from bot.profiles import Profile
from bot.scope import Scope
from bot.texts import say
from bot.whole_papers import abolished, compared_facts, side_fact, whole_paper

_TOO_LITTLE = 0.8  #: weight of words below which nothing is asked that papers could answer


def outcome_of(
    asked: Asked, scope: Scope, clauses: Clauses, parts: Sequence[AskedSide] = ()
) -> Outcome:
    """The outcome of a question whose papers are `scope`; `parts`: what is asked of each side."""
    if scope.missing:
        kind, name = scope.missing[0]
        near = clauses.matches(asked, scope.profiles) if kind == "home" else ()
        return silent(say(f"silent.{kind}", name=name), near, asked)
    mentions = mentioning(scope)
    if mentions:
        return answer(mentions, asked)
    compared = _compared(asked, scope, clauses, parts)
    if compared:
        return compared
    absent = _absent_address(asked, scope, clauses)
    if absent:
        return silent(say("silent.address", name=absent), (), asked)
    asked = with_papers(asked, scope)
    gone = abolished(asked, scope, clauses)
    if gone:
        return gone
    cited = cited_paper(asked.understood, scope)
    if cited:
        return answer([cited], asked)
    if not _names_something(asked, scope):
        return silent(say("silent.off_topic"), (), asked)
    matter = matter_of(asked.understood, asked.lexicon) if scope.named else None
    matches = clauses.matches(asked, scope.profiles, matter)
    if scope.cited:
        citing = citing_matches(matches, asked, scope)
        if isinstance(citing, Silent):
            return citing
        matches = citing
    found = whole_paper(asked, scope, clauses) or decide(matches, asked, named=scope.named)
    if scope.without and isinstance(found, Silent) and found.sources:
        return silence(say("silent.home", name=scope.without), found.sources, asked)
    return found


def _compared(
    asked: Asked, scope: Scope, clauses: Clauses, parts: Sequence[AskedSide]
) -> Outcome | None:
    """An answer per paper, where several are spoken of."""
    understood = asked.understood
    several = max(len(understood.places), len(understood.years), len(understood.papers)) > 1
    if not understood.compares and not (several and len(scope.profiles) > 1):
        return None
    sided = _of_sides(scope, clauses, parts)
    facts = None if _own_questions(parts) else compared_facts(asked, scope, clauses)
    matches = clauses.matches(asked, scope.profiles)
    return facts or compare(matches, scope, asked, sided, [part.side for part in parts])


def _own_questions(parts: Sequence[AskedSide]) -> bool:
    """Whether the sides are asked for different facts: who signed here, the money there."""
    facets = {identity_facet(p.alone.understood) for p in parts if p.alone}
    return len(facets) > 1


def _of_sides(scope: Scope, clauses: Clauses, parts: Sequence[AskedSide]) -> Sided:
    """Document → what is asked of its side alone, and its clauses for that."""
    sided: dict[str, list[Reading]] = {}
    for part in parts:
        for profile in scope.profiles:
            if is_of(part.side, profile):
                sided[profile.document.id] = list(_readings(part, profile, clauses))
    return sided


def _readings(part: AskedSide, profile: Profile, clauses: Clauses) -> Iterator[Reading]:
    """The ways to ask one paper: in the words for all sides, and in those for its own."""
    yield Reading(part.shared, clauses.matches(part.shared, [profile]))
    if part.alone:
        matches = clauses.matches(part.alone, [profile])
        fact = side_fact(part.alone, profile, clauses)
        yield Reading(part.alone, matches, alone=True, full=part.full, fact=fact)


def _absent_address(asked: Asked, scope: Scope, clauses: Clauses) -> str | None:
    """An address that is asked for and that none of the papers named has."""
    if not scope.named or scope.cited:
        return None
    addresses = asked.understood.addresses
    return next((a for a in addresses if not clauses.has(a, scope.profiles)), None)


def _names_something(asked: Asked, scope: Scope) -> bool:
    """Whether the question names a paper, a body or a kind of fact, or has words enough."""
    understood = asked.understood
    if scope.named or understood.facets or understood.bodies or understood.papers:
        return True
    if identity_facet(understood):
        return True
    return sum(t.weight for t in asked.terms) >= _TOO_LITTLE
