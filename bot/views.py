"""Clauses prepared for matching: their words, their headings, the bodies they name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.terms import grams
from knowledge.documents import FIXED_ADDRESSES, Clause, Document, Duty
from knowledge.organisations import Names, tokens_of
from knowledge.vietnamese import fold

_OPENING = 100  #: characters of a clause without a heading that say what it is about
_CAPITALS = re.compile(r"\b[A-ZĐ]{3,}\b")
#: What a fixed part says without saying it.
_IMPLIED = {"recipients": "nơi nhận gửi gửi cho", "preamble": "căn cứ thực hiện theo"}
#: How a clause begins that gives a body a task.
_GIVES = re.compile(r"(?:- )?Giao (.{3,80}?) (?:chủ trì|phối hợp|thực hiện|tham mưu|làm|tổ chức)\b")


@dataclass(frozen=True, slots=True)
class View:
    """A clause, prepared for matching. Token sets are of folded syllables and their bigrams."""

    document: Document
    clause: Clause
    duties: tuple[Duty, ...]  #: those this clause states
    own: frozenset[str]  #: its heading and text, children included
    path: frozenset[str]  #: headings above it and its document's title
    heading: str  #: folded heading path
    text: str  #: folded heading and text, children included
    length: int  #: tokens of that text
    plain: str  #: the same with its punctuation
    bodies: frozenset[str]  #: names of bodies in its own heading or text
    heads: frozenset[str]  #: names of bodies in its own heading, or to which it gives a task
    above: frozenset[str]  #: the same in the headings above it
    leads: frozenset[str]  #: names of bodies that lead its duties
    partners: frozenset[str]  #: names of bodies that coordinate in its duties
    parent: bool  #: other clauses stand below it
    opening: str  #: folded heading, or the first words of a clause without one


def fixed_part(clause: Clause) -> str:
    """Which fixed part the clause is ("head", "preamble" …), or the first of its labels."""
    return clause.address.split("#")[0]


def opening_of(clause: Clause) -> str:
    """The folded heading, or the first words of a clause without one."""
    return " ".join(tokens_of(clause.heading or clause.text[:_OPENING]))


def view_of(
    document: Document,
    clause: Clause,
    bodies: Names,
    abbreviations: Mapping[str, tuple[str, ...]],
) -> View:
    """A clause of `document`, prepared."""
    heading = _heading_path(document, clause)
    whole = _whole_text(document, clause)
    implied = _IMPLIED.get(fixed_part(clause), "")
    tokens = tokens_of(f"{whole} {implied} {_written_out(whole, abbreviations)}")
    duties = tuple(d for d in document.duties if d.address == clause.address)

    def named_in(text: str) -> frozenset[str]:
        return frozenset(f.name for f in bodies.find(tokens_of(text)))

    return View(
        document=document,
        clause=clause,
        duties=duties,
        own=grams(tokens),
        path=grams(tokens_of(f"{_title(document)} {heading}")),
        heading=" ".join(tokens_of(heading)),
        text=" ".join(tokens),
        length=len(tokens),
        plain=fold(whole),
        bodies=frozenset(f.name for f in bodies.find(tokens)),
        heads=named_in(clause.heading or _addressed(clause.text)),
        above=named_in(heading.removesuffix(clause.heading)),
        leads=named_in(" ; ".join(lead for d in duties for lead in d.leads)),
        partners=named_in(" ; ".join(partner for d in duties for partner in d.coordinates)),
        parent=any(c.parent == clause.address for c in document.clauses),
        opening=opening_of(clause),
    )


def _addressed(text: str) -> str:
    """Whom a clause without a heading addresses: "Giao Văn phòng Sở chủ trì, …"."""
    found = _GIVES.match(text)
    return found[1] if found else ""


def _title(document: Document) -> str:
    identity = document.identity
    return " ".join(filter(None, (document.short_title, identity.title, identity.issuer)))


def _whole_text(document: Document, clause: Clause) -> str:
    """Heading and text of the clause and of all below it."""
    below = [c for c in document.clauses if _is_below(c.address, clause.address)]
    return " ".join([clause.heading, clause.text, *(f"{c.heading} {c.text}" for c in below)])


def _is_below(address: str, parent: str) -> bool:
    return parent not in FIXED_ADDRESSES and address.startswith(f"{parent}.")


def _heading_path(document: Document, clause: Clause) -> str:
    """Headings above the clause, the outermost first, and its own."""
    by_address = {c.address: c for c in document.clauses}
    above = list(_parents(clause, by_address))
    return f"{' '.join(c.heading for c in reversed(above))} {clause.heading}"


def _parents(clause: Clause, by_address: Mapping[str, Clause]) -> Iterable[Clause]:
    parent = clause.parent
    while parent is not None and parent in by_address:
        yield by_address[parent]
        parent = by_address[parent].parent


def _written_out(text: str, abbreviations: Mapping[str, tuple[str, ...]]) -> str:
    """The capitals of a text in full: "GDNN" → "giáo dục nghề nghiệp"."""
    found = dict.fromkeys(fold(word) for word in _CAPITALS.findall(text))
    return " . ".join(abbreviations[f][0] for f in found if f in abbreviations)
