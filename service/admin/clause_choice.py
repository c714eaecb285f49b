"""Clauses to choose from for an answer: the nearest to some words, or one that is pasted."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.approved import Fault, Quoted, fault_of
from bot.quoting import LONGEST_QUOTE
from knowledge.citations import from_anchor, in_words
from knowledge.errors import CitationNotFound
from knowledge.library import Library
from knowledge.readers import PUBLIC
from service import clock
from service.asking import Desk
from service.errors import ServiceError
from service.shapes import clean, read_question

#: "https://…/documents/hai-phong-gddt-2023#III~2.6", or "hai-phong-gddt-2023 III#2.6".
_LINK = re.compile(r"\S*/documents/(?P<document>[a-z0-9-]+)#(?P<anchor>\S+)")
_PLACE = re.compile(r"(?P<document>[a-z0-9]+(?:-[a-z0-9]+)+)[\s#]+(?P<address>\S+)")


@dataclass(frozen=True, slots=True)
class Choice:
    """One clause of a form, as it is drawn and as it comes back."""

    document: str
    address: str
    quote: str
    chosen: bool
    title: str = ""
    place: str = ""
    digest: bool = False
    fault: Fault | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Where it stands."""
        return self.document, self.address

    @property
    def quoted(self) -> Quoted:
        """What it says in an answer."""
        return Quoted(self.document, self.address, self.quote)


def nearest(desk: Desk, words: str) -> tuple[Choice, ...]:
    """What the assistant cites or comes near to for these words; a clause whose link is pasted."""
    library, typed = desk.assistant.library, clean(words)
    pasted = _pasted(library, typed)
    if pasted or not typed:
        return pasted
    try:
        question = read_question(typed)
    except ServiceError:  # longer than any question
        return ()
    told = desk.assistant.tell(question, clock.today(desk.settings))
    found: dict[tuple[str, str], Choice] = {}
    for source in told.reply.sources:
        with suppress(CitationNotFound):  # the library was swapped at this moment
            choice = chosen_from(library, source.document, source.address, source.quote or "")
            found.setdefault(choice.key, choice)
    return tuple(found.values())


def chosen_from(library: Library, document: str, address: str, quote: str = "") -> Choice:
    """The clause with the words that may be quoted of it; not chosen yet.

    Raises CitationNotFound.
    """
    paper = library.get(document)
    clause = paper.clause(address)
    if paper.digest:
        quote = ""
    elif not quote:
        quote = (clause.text or clause.heading)[:LONGEST_QUOTE]
    return Choice(
        document, address, quote, False, paper.short_title, in_words(paper, address), paper.digest
    )


def drawn(choice: Choice, library: Library, audience: frozenset[str] = PUBLIC) -> Choice:
    """A clause that came back with a form, with its name and what is wrong with it."""
    fault = fault_of(choice.quoted, library, audience)
    try:
        known = chosen_from(library, choice.document, choice.address, choice.quote)
    except CitationNotFound:
        return Choice(*choice.key, choice.quote, choice.chosen, choice.document, choice.address,
                      fault="gone")  # fmt: skip
    return Choice(
        *choice.key, choice.quote, choice.chosen, known.title, known.place, known.digest, fault
    )


def as_typed(
    documents: Sequence[str],
    addresses: Sequence[str],
    quotes: Sequence[str],
    chosen: Collection[str],
) -> tuple[Choice, ...]:
    """Clauses as a form sends them: three fields each, and the places of those that were chosen."""
    rows = zip(documents, addresses, quotes, strict=False)
    return tuple(
        Choice(clean(d), clean(a), clean(q.replace("\r\n", " ")), str(place) in chosen)
        for place, (d, a, q) in enumerate(rows)
    )


def merged(kept: tuple[Choice, ...], found: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """What was chosen before, then what was found and is not among it."""
    stays = tuple(one for one in kept if one.chosen)
    known = {one.key for one in stays}
    return (*stays, *(one for one in found if one.key not in known))


def _pasted(library: Library, typed: str) -> tuple[Choice, ...]:
    found = _LINK.fullmatch(typed)
    named = (found["document"], from_anchor(found["anchor"])) if found else None
    if named is None and (found := _PLACE.fullmatch(typed)):
        named = found["document"], found["address"]
    try:
        return (chosen_from(library, *named),) if named else ()
    except CitationNotFound:
        return ()
