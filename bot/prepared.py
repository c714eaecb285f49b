"""One paper, prepared once: what it can be named by, and what questions look for in every paper.

Its clauses are made into views only when a question comes near them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.lexicon import says
from bot.matching import heads_aims, plain_address
from bot.profiles import Profile, places_named, profile
from bot.views import View, opening_of, view_of
from knowledge.documents import Clause, Document
from knowledge.organisations import Names, Organisations, tokens_of
from knowledge.vietnamese import fold

_KEPT = 12_000  #: views that are kept: those that were asked for last
#: The heading of a line that only names a lead, a partner or a time.
_ROLE = re.compile(r"(?:don vi|co quan) (?:chu tri|phoi hop)|thoi (?:gian|han) thuc hien|noi dung")
#: How a clause on aims may begin as printed: looked at before anything is folded.
_MAY_BE_AIMS = re.compile(r"[\W_]*[mM]")

Positions = tuple[int, ...]  #: of clauses in their document, rising


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A document with what questions look for in every paper."""

    profile: Profile
    organisations: Organisations
    at: Mapping[str, int]  #: address → position of its clause
    headed: Mapping[str, Positions]  #: body → clauses whose heading names it
    printed: Mapping[str, Positions]  #: address as printed, without "#2" → clauses
    aims: Positions  #: clauses that begin as a section on aims does
    lines: frozenset[str]  #: addresses of lines that only name a lead, a partner or a time
    told_whom: Positions  #: closing words that say whom to turn to in difficulty

    @property
    def document(self) -> Document:
        """The paper itself."""
        return self.profile.document

    def view(self, position: int) -> View:
        """The clause at `position`, prepared for matching."""
        return _view(self, position)

    def views(self) -> Iterable[View]:
        """Every clause, prepared for matching."""
        return (_view(self, position) for position in range(len(self.document.clauses)))


@lru_cache(_KEPT)
def _view(paper: Prepared, position: int) -> View:
    return _fresh_view(paper.document, paper.document.clauses[position], paper.organisations)


def prepare(
    document: Document,
    organisations: Organisations,
    places: Names,
    before: Prepared | None = None,
) -> Prepared:
    """The paper with all that is looked for in it; `before`: the same id prepared earlier.

    What was prepared of an equal document is taken over: only its places are looked for again,
    for another paper may have made one known.
    """
    if before and before.document == document and before.organisations == organisations:
        found = places_named(before.profile.named, places, national=before.profile.national)
        if found == before.profile.places:
            return before
        return replace(before, profile=replace(before.profile, places=found))
    headed: dict[str, list[int]] = {}
    printed: dict[str, list[int]] = {}
    for position, clause in enumerate(document.clauses):
        printed.setdefault(plain_address(clause.address), []).append(position)
        for body in _bodies_in(clause.heading, organisations.body_names):
            headed.setdefault(body, []).append(position)
    clauses = tuple(enumerate(document.clauses))
    return Prepared(
        profile=profile(document, organisations, places),
        organisations=organisations,
        at={clause.address: position for position, clause in clauses},
        headed={body: tuple(found) for body, found in headed.items()},
        printed={address: tuple(found) for address, found in printed.items()},
        aims=tuple(position for position, clause in clauses if _is_aim(clause)),
        lines=frozenset(c.address for _, c in clauses if c.heading and _is_role(c.heading)),
        told_whom=tuple(
            position
            for position, clause in clauses
            if clause.address == "closing"
            and says("difficulty", _fresh_view(document, clause, organisations).text)
        ),
    )


def _fresh_view(document: Document, clause: Clause, organisations: Organisations) -> View:
    return view_of(document, clause, organisations.body_names, organisations.abbreviations)


def _is_aim(clause: Clause) -> bool:
    begins = _MAY_BE_AIMS.match(clause.heading or clause.text)
    return bool(begins) and heads_aims(opening_of(clause))


@lru_cache(4096)
def _bodies_in(heading: str, names: Names) -> tuple[str, ...]:
    """The same headings stand in paper after paper."""
    return tuple(dict.fromkeys(found.name for found in names.find(tokens_of(heading))))


@lru_cache(4096)
def _is_role(heading: str) -> bool:
    return _ROLE.fullmatch(fold(heading)) is not None
