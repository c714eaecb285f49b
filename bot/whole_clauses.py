"""One clause with all that stands below it, as text: for people whom no link to it can reach."""

from __future__ import annotations

from collections.abc import Iterator

from bot.answers import shorten
from bot.texts import say
from knowledge.citations import in_words
from knowledge.documents import FIXED_ADDRESSES, Clause, Document

_LONGEST = 6_000  #: characters: what is longer is no clause to be read in a chat


def whole_clause(document: Document, address: str) -> str:
    """The clause as it is printed, said where from; raises CitationNotFound."""
    clause = document.clause(address)
    body = "\n".join(_lines(document, clause))
    if document.digest:
        body = say("digest", text=body)
    return f"{shorten(body, _LONGEST)}\n{source_line(document, address)}"


def source_line(document: Document, address: str) -> str:
    """Where a clause stands; raises CitationNotFound."""
    document.clause(address)
    return say("source", place=in_words(document, address), document=document.short_title)


def _lines(document: Document, clause: Clause) -> Iterator[str]:
    unread = {entry.address for entry in document.entries if not entry.numbered}
    for one in (clause, *_below(document, clause)):
        label = "" if one.address in unread else one.label
        heading = f"{label} {one.heading}".strip()
        texts = [piece.text for piece in one.pieces if piece.text] or [one.text]
        if label and not one.heading:  # "a)" stands before its text, not above it
            texts[0] = f"{label} {texts[0]}".strip()
            heading = ""
        yield from filter(None, (heading, *texts))


def _below(document: Document, clause: Clause) -> Iterator[Clause]:
    if clause.address in FIXED_ADDRESSES:
        return
    for other in document.clauses:
        if other.address.startswith(f"{clause.address}."):
            yield other
