"""Answers as values: Answered, Clarify, Silent, each with its clauses."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.messages import Button, Kind, Reply, Row, Source
from bot.texts import say
from knowledge.documents import Document

# In characters, as the narrowest channel allows.
LONGEST_TEXT = 1_800
LONGEST_LEAD = 600
LONGEST_STATUS = 120


@dataclass(frozen=True, slots=True)
class Finding:
    """What answers, in one document: the line to say first and the clauses behind it."""

    document: Document
    sources: tuple[Source, ...]
    direct: str = ""  #: the date, the body, the list; "" when the quote is the answer


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer built from clauses."""

    lead: str  #: what a phone shows first, complete in itself
    more: str  #: the whole answer when it does not fit the first message, else ""
    status: str
    sources: tuple[Source, ...]
    table: tuple[Row, ...] = ()  #: one row per paper, where papers were compared
    findings: tuple[Finding, ...] = ()  #: what it was made of


@dataclass(frozen=True, slots=True)
class Clarify:
    """Which of these is meant?"""

    question: str
    choices: tuple[Button, ...]
    status: str = ""


@dataclass(frozen=True, slots=True)
class Silent:
    """The documents do not say; `sources` are the nearest clauses, which do not answer."""

    lead: str
    status: str
    sources: tuple[Source, ...] = ()
    private: bool = False  #: the message must not be kept


Outcome = Answered | Clarify | Silent


def kind_of(outcome: Outcome) -> Kind:
    """The contract's word for an outcome."""
    if isinstance(outcome, Answered):
        return "answer"
    return "clarify" if isinstance(outcome, Clarify) else "silent"


def text_of(outcome: Outcome) -> str:
    """The whole answer as one text, ≤ LONGEST_TEXT characters; the status line stands last."""
    body = outcome.question if isinstance(outcome, Clarify) else outcome.lead
    if isinstance(outcome, Answered) and outcome.more:
        body = outcome.more
    tail = f"\n{outcome.status}" if outcome.status else ""
    return shorten(body, LONGEST_TEXT - len(tail)) + tail


def shorten(text: str, length: int) -> str:
    """At most `length` characters, cut after a word and marked "…"."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def with_link(outcome: Answered, link: str) -> Answered:
    """The answer with a line that links to its first clause, where there is room for it."""
    more, lead = outcome.more, outcome.lead
    if more:
        more = f"{shorten(more, LONGEST_TEXT - LONGEST_STATUS - len(link) - 2)}\n{link}"
    if len(lead) + len(link) + 1 <= LONGEST_LEAD:
        lead = f"{lead}\n{link}"
    return replace(outcome, lead=lead, more=more)


def as_row(outcome: Outcome) -> dict[str, object]:
    """`kind`, `text`, `citations`, `choices` as `troly ask --batch` prints them."""
    sources = () if isinstance(outcome, Clarify) else outcome.sources
    return {
        "kind": kind_of(outcome),
        "text": text_of(outcome),
        "citations": [
            {
                "document": s.document,
                "title": s.title,
                "address": s.address,
                "quote": s.quote,
                "digest": s.digest,
            }
            for s in sources
        ],
        "choices": [
            {"label": b.label, "send": b.send}
            for b in (outcome.choices if isinstance(outcome, Clarify) else ())
        ],
    }


def plain(reply: Reply) -> str:
    """A reply as text that stands alone: its first part, where it is written, its status."""
    places = dict.fromkeys(f"{source.place}, {source.title}" for source in reply.sources)
    lines = [reply.lead, *(say("chat.place", place=p) for p in places if p not in reply.lead)]
    if reply.status and reply.status not in reply.lead:
        lines.append(reply.status)
    return "\n".join(lines)


def to_reply(outcome: Outcome) -> Reply:
    """An outcome as a chat message: the first part short, the rest behind "Xem thêm"."""
    return Reply(
        kind=kind_of(outcome),
        lead=outcome.question if isinstance(outcome, Clarify) else outcome.lead,
        more=outcome.more if isinstance(outcome, Answered) else "",
        text=text_of(outcome),
        status=outcome.status,
        sources=() if isinstance(outcome, Clarify) else outcome.sources,
        buttons=outcome.choices if isinstance(outcome, Clarify) else (),
        table=outcome.table if isinstance(outcome, Answered) else (),
        private=isinstance(outcome, Silent) and outcome.private,
    )
