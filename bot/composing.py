"""From findings to words: one text that holds all, and a first part for a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from bot.answers import LONGEST_LEAD, LONGEST_TEXT, Answered, Finding, shorten
from bot.messages import Row, Source
from bot.texts import say
from knowledge.citations import in_words
from knowledge.documents import Clause, Document
from knowledge.readers import PUBLIC, sees

_SHORTEST_QUOTE = 80  #: a shorter beginning says nothing
_ENDS = (". ", "; ", "\n")  #: what a piece of a clause ends with


def as_source(document: Document, clause: Clause, quote: str | None) -> Source:
    """A clause ready to show; a digest has no quote."""
    return Source(
        document=document.id,
        title=document.short_title,
        address=clause.address,
        place=in_words(document, clause.address),
        quote=None if document.digest else quote,
        digest=document.digest,
        public=sees(document, PUBLIC),
    )


def answered(findings: Sequence[Finding], status: str, notes: Sequence[str] = ()) -> Answered:
    """One answer out of what was found, per document, first things first."""
    several = len(findings) > 1
    whole = shorten(_whole(findings, notes), LONGEST_TEXT - len(status) - 1)
    sources = tuple(dict.fromkeys(s for f in findings for s in f.sources))
    rows = (Row(f.document.short_title, f.direct, f.sources) for f in findings)
    table = tuple(rows) if several else ()
    room = LONGEST_LEAD - len(status) - 1
    if len(whole) <= room:
        return Answered(whole, "", status, sources, table)
    share = (room - len(findings)) // len(findings)
    lead = "\n".join(_brief(f, share, several=several) for f in findings)
    return Answered(shorten(lead, room), whole, status, sources, table)


def fits(findings: Sequence[Finding], status: str, notes: Sequence[str] = ()) -> bool:
    """Whether an answer holds all of it, with nothing cut off at its end."""
    return len(_whole(findings, notes)) + len(status) + 1 <= LONGEST_TEXT


def within(found: Finding, room: int) -> Finding:
    """The same in about `room` characters: fewer clauses, the first cut at the end of a piece."""
    if not found.sources:
        return found
    first, *others = found.sources
    quote = first.quote
    if quote and len(quote) > room:
        ends = [quote.rfind(mark, 0, room) + 1 for mark in _ENDS]
        quote = quote[: max(ends)].strip() or quote
    kept = [replace(first, quote=quote)]
    room -= len(quote or "")
    for source in others:
        room -= len(source.quote or "") + len(source.place)
        if room < 0:
            break
        kept.append(source)
    return replace(found, sources=tuple(kept))


def _whole(findings: Sequence[Finding], notes: Sequence[str]) -> str:
    several = len(findings) > 1
    blocks = [_block(f, several=several) for f in findings]
    return "\n".join([*blocks, *(say("note", note=n) for n in notes)])


def _headline(finding: Finding, *, several: bool) -> str:
    if several:
        return f"{finding.document.short_title}: {finding.direct}".removesuffix(": ")
    return finding.direct


def _said(finding: Finding, source: Source) -> str:
    """What a source says, in quotation marks only when it is a quotation."""
    if source.digest:
        return say("digest", text=_digest_text(finding.document, source.address))
    return say("quote", quote=source.quote) if source.quote else ""


def _block(finding: Finding, *, several: bool) -> str:
    lines = [_headline(finding, several=several)]
    for _, same in groupby(finding.sources, lambda s: s.address):
        quoted = list(same)
        lines += [_said(finding, source) for source in quoted]
        lines.append(_place(quoted[0], several=several))
    return "\n".join(line for line in lines if line)


def _place(source: Source, *, several: bool) -> str:
    """Where a quote stands; among several papers, the paper is named above it."""
    if several:
        return say("source_place", place=source.place)
    return say("source", place=source.place, document=source.title)


def _brief(finding: Finding, room: int, *, several: bool) -> str:
    """The finding in `room` characters: its first line, the beginning of its quote, its address."""
    headline = _headline(finding, several=several)
    if not finding.sources:
        return shorten(headline, room)
    first = finding.sources[0]
    address = _place(first, several=several)
    headline = shorten(headline, room - len(address) - 1)
    left = room - len(headline) - len(address) - 3
    said = _said(finding, first)
    if left >= _SHORTEST_QUOTE and len(said) > left:
        closing = "”" if said.endswith("”") else ""
        said = shorten(said.removesuffix("”"), left - len(closing)) + closing
    lines = (headline, said if left >= _SHORTEST_QUOTE else "", address)
    return "\n".join(line for line in lines if line)


def _digest_text(document: Document, address: str) -> str:
    clause = document.clause(address)
    if clause.text:
        return clause.text
    below = [c for c in document.clauses if c.address.startswith(f"{address}.")]
    return (
        " ".join(f"{c.heading}: {c.text}" if c.heading else c.text for c in below) or clause.heading
    )
