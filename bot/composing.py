"""From findings to words: one text that holds all, and a first part for a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answers import LONGEST_LEAD, LONGEST_STATUS, LONGEST_TEXT, Answered, shorten
from bot.messages import Row, Source
from bot.texts import say
from knowledge.citations import in_words
from knowledge.documents import Clause, Document
from knowledge.readers import PUBLIC, sees

_SHORTEST_QUOTE = 80  #: a shorter beginning says nothing


@dataclass(frozen=True, slots=True)
class Finding:
    """What answers, in one document: the line to say first and the clauses behind it."""

    document: Document
    sources: tuple[Source, ...]
    direct: str = ""  #: the date, the body, the list; "" when the quote is the answer


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
    whole = "\n".join(_block(f, several=several) for f in findings)
    whole = "\n".join([whole, *(say("note", note=n) for n in notes)])
    whole = shorten(whole, LONGEST_TEXT - len(status) - 1)
    sources = tuple(dict.fromkeys(s for f in findings for s in f.sources))
    rows = (Row(f.document.short_title, f.direct, f.sources) for f in findings)
    table = tuple(rows) if several else ()
    room = LONGEST_LEAD - len(status) - 1
    if len(whole) <= room:
        return Answered(whole, "", status, sources, table)
    share = (room - len(findings)) // len(findings)
    lead = "\n".join(_brief(f, share, several=several) for f in findings)
    return Answered(shorten(lead, room), whole, status, sources, table)


def joined(answers: Sequence[Answered]) -> Answered:
    """The answers to the questions of one message as one, in their order."""
    status = "; ".join(dict.fromkeys(p for a in answers for p in a.status.split("; ")))
    status = shorten(status, LONGEST_STATUS)
    room = (LONGEST_LEAD - len(status)) // len(answers) - 1
    lead = "\n".join(shorten(a.lead, room) for a in answers)
    room = (LONGEST_TEXT - len(status)) // len(answers) - 1
    more = "\n".join(shorten(a.more or a.lead, room) for a in answers)
    sources = tuple(dict.fromkeys(s for a in answers for s in a.sources))
    return Answered(lead, "" if more == lead else more, status, sources)


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
    for source in finding.sources:
        lines.append(_said(finding, source))
        lines.append(say("source", place=source.place, document=source.title))
    return "\n".join(line for line in lines if line)


def _brief(finding: Finding, room: int, *, several: bool) -> str:
    """The finding in `room` characters: its first line, the beginning of its quote, its address."""
    headline = _headline(finding, several=several)
    if not finding.sources:
        return shorten(headline, room)
    first = finding.sources[0]
    address = say("source", place=first.place, document=first.title)
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
