"""From clauses to words: what to quote, its source, and the one status line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.answers import LONGEST_LEAD, LONGEST_STATUS, LONGEST_TEXT, Answered, shorten
from bot.messages import Source
from bot.terms import Term, coverage_by
from bot.texts import say
from bot.views import View
from knowledge.citations import find_numbers, in_words
from knowledge.documents import Clause, Document
from knowledge.organisations import Organisations, tokens_of

WHOLE_CLAUSE = 750  #: characters of a clause that is quoted whole
LONGEST_QUOTE = 1_200
_MOST_QUOTES = 6
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
    )


#: Facet → the line of a clause that states it ("- Cơ quan chủ trì: …", "b) Đơn vị chủ trì").
_ROLE_LINES = {
    "lead": re.compile(r"^\W*(?:[Đđ]ơn vị|[Cc]ơ quan)?\s*[Cc]hủ trì"),
    "coordinate": re.compile(r"^\W*(?:[Đđ]ơn vị|[Cc]ơ quan)?\s*[Pp]hối hợp"),
    "when": re.compile(r"^\W*[Tt]hời (?:gian|hạn|điểm)"),
}


def quotes(
    view: View,
    terms: Sequence[Term],
    *,
    whole: bool,
    facet: str = "",
    room: int = LONGEST_QUOTE,
) -> list[tuple[Clause, str]]:
    """What to quote of a clause: its own text, or its children's when it has none or all count."""
    clause, document = view.clause, view.document
    below = [c for c in document.clauses if c.address.startswith(f"{clause.address}.") and c.text]
    chosen: list[tuple[Clause, str]] = []
    if facet in _ROLE_LINES:
        line = _ROLE_LINES[facet]
        stated = [(clause, p.text) for p in clause.pieces if line.search(p.text)]
        stated += [(c, c.text) for c in below if line.search(c.heading)]
        if stated:
            subject = [(clause, clause.pieces[0].text)] if clause.pieces else []
            return list(dict.fromkeys([*subject, *stated]))[:3]
    if clause.text:
        limit = room if whole else min(room, WHOLE_CLAUSE)
        chosen.append((clause, _piece(clause, terms, limit, numbers=facet == "basis")))
    if not clause.text or (whole and below):
        chosen.extend(_of_children(clause, below, terms, room - sum(len(q) for _, q in chosen)))
    if not chosen:
        chosen.append((clause, clause.heading))
    return chosen


def _of_children(
    clause: Clause, below: Sequence[Clause], terms: Sequence[Term], room: int
) -> list[tuple[Clause, str]]:
    """Quotes of the children that say most about the question, in the order of the paper."""
    lists = {c.address: sum(p.bullet for p in c.pieces) > 2 for c in below}
    order = sorted(
        below,
        key=lambda c: -coverage_by(f"{c.heading} {c.text}", terms) - 0.2 * lists[c.address],
    )
    chosen: dict[str, str] = {}
    for child in order[:_MOST_QUOTES]:
        quote = _piece(child, terms, room)
        if chosen and len(quote) > room:
            continue
        chosen[child.address] = quote
        room -= len(quote)
    return [(c, chosen[c.address]) for c in below if c.address in chosen]


def _piece(clause: Clause, terms: Sequence[Term], limit: int, *, numbers: bool = False) -> str:
    """The clause's text, or the run of its pieces that meets the question best; contiguous.

    `numbers`: papers are asked for, so a piece that names some by number goes first.
    """
    limit = max(limit, 300)
    if len(clause.text) <= limit or len(clause.pieces) < 2:
        return clause.text if len(clause.text) <= limit else _window(clause.text, terms, limit)
    inner = _inner(terms)
    values = [
        coverage_by(p.text, inner) + (0.5 if numbers and find_numbers(p.text) else 0.0)
        for p in clause.pieces
    ]
    best = max(range(len(values)), key=lambda i: values[i])
    first = last = best
    while True:
        before = len(clause.pieces[first - 1].text) if first else limit + 1
        after = len(clause.pieces[last + 1].text) if last + 1 < len(values) else limit + 1
        size = sum(len(p.text) + 1 for p in clause.pieces[first : last + 1])
        if size + min(before, after) > limit:
            break
        if after <= before or before > limit:
            last += 1
        else:
            first -= 1
    quote = " ".join(p.text for p in clause.pieces[first : last + 1])
    return quote if len(quote) <= limit else _window(quote, terms, limit)


def _inner(terms: Sequence[Term]) -> list[Term]:
    """Terms to tell the pieces of one clause apart: there the words of the trade count too."""
    return [replace(t, weight=max(t.weight, 0.6)) for t in terms]


def _window(text: str, terms: Sequence[Term], limit: int) -> str:
    """The run of phrases within `limit` that meets the question best; contiguous, no ellipsis."""
    starts = [0, *(m.end() for m in re.finditer(r"[;.:] ", text))]
    ends = [*starts[1:], len(text)]
    values = [coverage_by(text[a:b], _inner(terms)) for a, b in zip(starts, ends, strict=True)]
    first = last = max(range(len(values)), key=lambda i: values[i])
    while True:
        if first and ends[last] - starts[first - 1] <= limit:
            first -= 1
        elif last + 1 < len(ends) and ends[last + 1] - starts[first] <= limit:
            last += 1
        else:
            break
    window = text[starts[first] : ends[last]].strip()
    return window if len(window) <= limit else window[:limit].rsplit(" ", 1)[0]


def answered(findings: Sequence[Finding], status: str, notes: Sequence[str] = ()) -> Answered:
    """One answer out of what was found, per document, first things first."""
    several = len(findings) > 1
    whole = "\n".join(_block(f, several=several) for f in findings)
    whole = "\n".join([whole, *(say("note", note=n) for n in notes)])
    whole = shorten(whole, LONGEST_TEXT - len(status) - 1)
    sources = tuple(dict.fromkeys(s for f in findings for s in f.sources))
    room = LONGEST_LEAD - len(status) - 1
    if len(whole) <= room:
        return Answered(whole, "", status, sources)
    share = (room - len(findings)) // len(findings)
    lead = "\n".join(_brief(f, share, several=several) for f in findings)
    return Answered(shorten(lead, room), whole, status, sources)


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


def status_line(
    documents: Sequence[Document],
    said: str,
    organisations: Organisations,
    today: date,
) -> str:
    """One line ≤ LONGEST_STATUS: expired, digest, abolished body; always the day of the look-up."""
    day = say("status.day", day=f"{today:%d/%m/%Y}")
    parts = [
        *_validity_notes(documents, today),
        *_body_notes(documents, said, organisations, today),
    ]
    line = ""
    for part in dict.fromkeys(parts):
        longer = f"{line}; {part}" if line else part
        if len(longer) + len(day) + 2 <= LONGEST_STATUS:
            line = longer
    return f"{line}; {day}" if line else day[0].upper() + day[1:]


def _validity_notes(documents: Sequence[Document], today: date) -> Iterable[str]:
    if any(d.digest for d in documents):
        yield say("status.digest")
    for document in documents:
        validity = document.validity
        if is_over(document, today) and validity.until:
            since = validity.until + timedelta(days=1)
            over = validity.reason.startswith("hết")
            reason = _first_upper(validity.reason) if over else say("status.over")
            yield say("status.expired", reason=reason, day=f"{since:%d/%m/%Y}")


def is_over(document: Document, today: date) -> bool:
    """Whether the paper no longer counts on `today`."""
    until = document.validity.until
    return until is not None and today > until


def _body_notes(
    documents: Sequence[Document], said: str, organisations: Organisations, today: date
) -> Iterable[str]:
    tokens = tokens_of(said)
    for found in organisations.body_names.find(tokens):
        body = organisations.body(found.name)
        for status in body.status if body else ():
            if status.ended is None or status.ended <= today:
                yield say("status.body", note=status.note, basis=_short(status.basis))
    issued = " ".join(d.identity.issuer or "" for d in documents)
    for found in organisations.body_names.find(tokens_of(issued)):
        body = organisations.body(found.name)
        for status in body.status if body else ():
            if status.ended and status.ended <= today:
                yield say("status.body", note=status.note, basis=_short(status.basis))


def _short(basis: str) -> str:
    """ "Luật Thanh tra số 84/2025/QH15" → "Luật 84/2025/QH15": a status line has little room."""
    return re.sub(r"^(Luật|Nghị quyết|Nghị định)\D*? (?:số )?(?=\d)", r"\1 ", basis)


def notes_for(document: Document, said: str) -> list[str]:
    """Notes on slips of the source that stand in what is quoted."""
    return [note for slip, note in document.notes if re.search(re.escape(slip), said)]


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
