"""Documents, their clauses, duties and validity: the values that everything else points at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

FIXED_ADDRESSES = ("head", "preamble", "recipients", "closing", "signature")

WhenKind = Literal[
    "day",
    "before",
    "by",
    "offset",
    "month",
    "quarter",
    "year",
    "period",
    "continuous",
    "recurring",
    "event",
    "instruction",
    "none",
]


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph or bullet of a clause, cleaned; its span is in the source text."""

    text: str  #: NFC, markup removed, white space collapsed; a bullet keeps its "- "
    start: int
    end: int
    bullet: bool = False
    row: bool = False  #: a line of a table (a row is a bullet, too): cells, never a sentence


@dataclass(frozen=True, slots=True)
class Clause:
    """Any addressed unit of a document.

    `start`, `end` are half-open code-point offsets of the whole clause (heading, own text and
    children) into `Document.text`. `text` is its own text after the heading, without children.
    """

    address: str  #: path of printed labels, "III#2.6"; or one of FIXED_ADDRESSES
    label: str  #: as printed, with punctuation: "III.", "a)", "1.1."; "" for fixed parts
    heading: str
    text: str  #: the pieces joined by one space
    start: int
    end: int
    parent: str | None = None  #: address of the parent; None at the top
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class When:
    """When a duty is due. `start`/`end` are inclusive ("from"/"to" in JSON)."""

    text: str | None = None  #: as printed; None when the text states no time
    kind: WhenKind = "none"
    start: date | None = None
    end: date | None = None
    before: date | None = None  #: "trước ngày D" has before = D and end = D − 1 day
    recurrence: str | None = None  #: an RRULE
    by_hand: bool = False  #: a person has put `text` there: the clause prints another time, or none


@dataclass(frozen=True, slots=True)
class Duty:
    """Who does what, with whom, by when, reporting to whom: from one clause."""

    address: str  #: the clause that states the task
    leads: tuple[str, ...]
    coordinates: tuple[str, ...]
    duty: str
    when: When
    recipient: str | None
    via: str | None
    quote: str
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """What the paper says of itself; None where it is blank."""

    kind: str | None = None  #: "Kế hoạch", "Công văn", "Quyết định", "Chỉ thị"
    number: str | None = None  #: as printed, "/KH-SGDĐT" when only that is
    issuer: str | None = None
    place: str | None = None
    date: str | None = None  #: YYYY, YYYY-MM or YYYY-MM-DD
    signatory: str | None = None
    signatory_title: str | None = None  #: as printed, "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC"
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Validity:
    """Until when a paper counts, and why we say so."""

    status: Literal["in_force", "expired", "period", "unknown"]
    reason: str  #: for people: "hết kỳ kế hoạch", "chưa thấy văn bản thay thế"
    until: date | None = None  #: last day it counts; None when open or unknown
    basis: str | None = None  #: the legal paper behind the status, if any
    recorded: date | None = None  #: when we looked


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """Where one entry of a digest comes from."""

    address: str
    sources: tuple[str, ...]  #: keys of Document.sources
    confidence: Literal[
        "read", "plan", "inferred"
    ]  #: read in a source, in a shipped plan, inferred
    numbered: bool = True  #: False: its number is inferred and never shown


@dataclass(frozen=True, slots=True)
class Document:
    """One paper of the library, read: its identity, text and clauses."""

    id: str
    identity: Identity
    text: str
    clauses: tuple[Clause, ...]
    duties: tuple[Duty, ...]
    validity: Validity
    short_title: str  #: how people call it: "Kế hoạch năm 2023 của Sở GDĐT Hải Phòng"
    years: tuple[int, int] | None = None  #: first and last year covered
    implements: tuple[str, ...] = ()
    audience: tuple[str, ...] = ("public",)  #: "public" | "officers" | "units:<id>"
    digest: bool = False
    entries: tuple[DigestEntry, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()  #: (key, where it was read)
    source: str | None = None  #: where the text came from
    version: int = 1
    notes: tuple[tuple[str, str], ...] = ()  #: (verbatim slip in the text, note for people)
    supersedes: tuple[str, ...] = ()  #: ids of papers that it takes the place of
    #: Stretches of the text that a program has read off pictures; only there may words be misread.
    scanned: tuple[tuple[int, int], ...] = ()
    sample: bool = False  #: of an office that is not ours, shipped to be tried with

    def clause(self, address: str) -> Clause:
        """The clause at `address`; raises CitationNotFound."""
        from knowledge.errors import CitationNotFound

        for clause in self.clauses:
            if clause.address == address:
                return clause
        raise CitationNotFound(f"{self.id} không có mục {address}.")
