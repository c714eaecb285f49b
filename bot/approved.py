"""Answers that the office has approved word for word: when they may be said, and how.

An approved text never stands without its clauses: each must be there as it was quoted, and be
one that whoever asks may read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.answers import LONGEST_LEAD, LONGEST_TEXT, Answered, shorten
from bot.composing import as_source
from bot.messages import Source
from bot.status import status_line
from bot.texts import say
from knowledge.documents import Document
from knowledge.errors import CitationNotFound
from knowledge.library import Library
from knowledge.organisations import Organisations
from knowledge.vietnamese import collapse

#: Why a clause no longer bears an answer: the paper or the clause is not there, reads otherwise,
#: or may not be read by all who may read the answer.
Fault = Literal["gone", "changed", "hidden"]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A clause behind an approved answer, with the words of it that bear the answer."""

    document: str
    address: str
    quote: str  #: "" for a digest, which is not quoted


@dataclass(frozen=True, slots=True)
class Approved:
    """One approved answer as it stands."""

    id: int
    questions: tuple[str, ...]
    text: str
    quoted: tuple[Quoted, ...]
    audience: frozenset[str]  #: "public" | "officers" | "units:<id>"
    approved_on: date
    review_on: date  #: the last day on which it may be said


def fault_of(quoted: Quoted, library: Library, audience: frozenset[str]) -> Fault | None:
    """What is wrong with a clause for an answer of this audience; None: nothing."""
    try:
        document = library.get(quoted.document)
        document.clause(quoted.address)
    except CitationNotFound:
        return "gone"
    if not covers(document.audience, audience):
        return "hidden"
    if document.digest:
        return None if not quoted.quote else "changed"
    if not quoted.quote or collapse(quoted.quote) not in _text_of(document, quoted.address):
        return "changed"
    return None


def covers(paper: Sequence[str], audience: frozenset[str]) -> bool:
    """Whether everybody who may read the answer may read the paper."""
    if "public" in paper:
        return True
    officers = "officers" in paper  # whoever acts for a unit is one
    return all(name in paper or (officers and name.startswith("units:")) for name in audience)


def may_be_said(approved: Approved, library: Library, today: date, readers: frozenset[str]) -> bool:
    """Whether it stands on that day, for these readers, with all of its clauses."""
    if not approved.quoted or not approved.audience & readers:
        return False
    if not approved.approved_on <= today <= approved.review_on:
        return False
    return not any(fault_of(one, library, approved.audience) for one in approved.quoted)


def outcome_of(
    approved: Approved,
    library: Library,
    today: date,
    organisations: Organisations,
    url: str = "",
) -> Answered:
    """The answer in the office's words with its clauses; `url`: of the first of them, or "".

    Raises CitationNotFound where a clause is gone.
    """
    documents = [library.get(one.document) for one in approved.quoted]
    sources = tuple(
        as_source(d, d.clause(one.address), collapse(one.quote))
        for d, one in zip(documents, approved.quoted, strict=True)
    )
    status = status_line(documents, "", organisations, today)
    whole = "\n".join(_lines(approved, sources, url, LONGEST_TEXT - len(status) - 1))
    room = LONGEST_LEAD - len(status) - 1
    if len(whole) <= room:
        return Answered(whole, "", status, sources)
    first = _place(sources[0])
    lead = f"{shorten(approved.text, room - len(first) - 1)}\n{first}"
    return Answered(lead, whole, status, sources)


def too_long(
    approved: Approved,
    library: Library,
    today: date,
    organisations: Organisations,
    url: str = "",
) -> int:
    """How many characters the text has too many to be said whole with its clauses; 0: none."""
    documents = [library.get(one.document) for one in approved.quoted]
    status = status_line(documents, "", organisations, today)
    sources = outcome_of(approved, library, today, organisations, url).sources
    needed = len("\n".join(_lines(approved, sources, url, 0)))
    return max(0, needed - (LONGEST_TEXT - len(status) - 1))


def _lines(approved: Approved, sources: Sequence[Source], url: str, room: int) -> Iterator[str]:
    """The text, its clauses, until when it was looked over; quotes as far as there is room."""
    note = say("approved.note", day=f"{approved.review_on:%d/%m/%Y}")
    link = [say("link", url=url)] if url else []
    fixed = [approved.text, *(_place(source) for source in sources), note, *link]
    left = room - sum(len(line) + 1 for line in fixed) + 1
    yield approved.text
    for source in sources:
        quote = say("quote", quote=source.quote) if source.quote else ""
        if quote and len(quote) + 1 <= left:
            left -= len(quote) + 1
            yield quote
        yield _place(source)
    yield note
    yield from link


def _place(source: Source) -> str:
    return say("source", place=source.place, document=source.title)


def _text_of(document: Document, address: str) -> str:
    """The clause and those below it, as quotes are taken from them."""
    texts = (
        text
        for clause in document.clauses
        if clause.address == address or clause.address.startswith(f"{address}.")
        for text in (clause.heading, clause.text)
    )
    return collapse(" ".join(texts))
