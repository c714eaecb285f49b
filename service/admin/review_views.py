"""What the page of a paper under review shows: source, tree of clauses, warnings, one clause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pydantic import JsonValue

from bot.answers import shorten
from bot.owed import day_in_words
from knowledge.citations import in_words
from knowledge.correcting import locate, merge_targets
from knowledge.documents import FIXED_ADDRESSES, Clause, Document, Duty, When
from knowledge.library import Library
from knowledge.reading.inspect import concerns
from service.admin.words import words
from service.describing import slug

PER_PAGE = 40  #: clauses of the tree
_BEGINNING, _TASK = 110, 160  #: characters


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One duty, ready to list."""

    number: int  #: in the paper, from 1
    task: str
    leads: str
    when: str
    right: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One clause of the tree, ready to draw."""

    address: str
    depth: int
    label: str
    words: str
    duties: tuple[DutyRow, ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """What the reader doubts, and where to look."""

    text: str
    field: str = ""  #: of what is known of the paper
    address: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The clause that is looked at, and what can be done with it."""

    clause: Clause
    name: str  #: for people
    fixed: bool
    duties: tuple[DutyRow, ...]
    targets: tuple[tuple[str, str], ...]  #: what it may be merged into: address, name
    paragraphs: tuple[str, ...]
    below: bool  #: whether it can be moved below the clause before it
    out: bool  #: whether it can be moved beside its parent
    scanned: bool  #: whether some of it was read off a picture


def rows_of(paper: Document, with_duties: bool) -> list[Clause]:
    """The clauses of the tree, only those that state duties where `with_duties`."""
    stating = {duty.address for duty in paper.duties}
    return [clause for clause in paper.clauses if not with_duties or clause.address in stating]


def page_of(clauses: Sequence[Clause], address: str) -> int:
    """The page of the tree (from 1) that shows a clause."""
    at = next((n for n, clause in enumerate(clauses) if clause.address == address), 0)
    return at // PER_PAGE + 1


def tree(paper: Document, clauses: Sequence[Clause]) -> list[Row]:
    """These clauses, with the duties that each of them states."""
    depths: dict[str, int] = {}
    for clause in paper.clauses:
        depths[clause.address] = depths[clause.parent] + 1 if clause.parent else 0
    shown = {clause.address for clause in clauses}
    duties: dict[str, list[DutyRow]] = {}
    for number, duty in enumerate(paper.duties, 1):
        if duty.address in shown:
            duties.setdefault(duty.address, []).append(duty_row(number, duty))
    return [
        Row(
            address=clause.address,
            depth=min(depths[clause.address], 4),
            label=clause.label or part_name(clause),
            words=shorten(
                clause.heading if clause.label and clause.heading else clause.text, _BEGINNING
            ),
            duties=tuple(duties.get(clause.address, ())),
        )
        for clause in clauses
    ]


def part_name(clause: Clause) -> str:
    """How a part without a number is called."""
    base = clause.address.partition("#")[0]
    return clause.heading or str(words()["review"]["parts"].get(base, clause.address))


def duty_row(number: int, duty: Duty) -> DutyRow:
    """One duty for a list."""
    return DutyRow(
        number=number,
        task=shorten(duty.duty, _TASK),
        leads="; ".join(duty.leads),
        when=when_words(duty.when),
        right=duty.reviewed,
    )


def when_words(when: When) -> str:
    """ "trước ngày 20/9/2026 → đến hết 19/9/2026": as printed, then as it is understood."""
    said = words()["review"]
    if not when.text and not (when.start or when.end):
        return ""
    if when.recurrence:
        meant = said["recurs"]
    elif when.start and when.end and when.start != when.end:
        meant = said["from_to"].format(first=day_in_words(when.start), last=day_in_words(when.end))
    elif when.kind == "day" and when.end:
        meant = said["on"].format(day=day_in_words(when.end))
    elif when.end:
        meant = said["until_day"].format(day=day_in_words(when.end))
    elif when.start:
        meant = said["from_day"].format(day=day_in_words(when.start))
    else:
        meant = said["no_day"].get(when.kind, said["no_day"]["none"])
    return f"{when.text or ''} → {meant}".strip()


def choose(paper: Document, address: str) -> Chosen | None:
    """The clause at an address; None where there is none."""
    clause = next((each for each in paper.clauses if each.address == address), None)
    if clause is None:
        return None
    fixed = address.partition("#")[0] in FIXED_ADDRESSES
    targets = merge_targets(paper.text, paper.clauses, address)
    beside = [each for each in paper.clauses if each.parent == clause.parent]
    at = beside.index(clause)
    above = beside[at - 1].address.partition("#")[0] if at else "head"
    return Chosen(
        clause=clause,
        name=part_name(clause) if fixed else in_words(paper, address),
        fixed=fixed,
        duties=tuple(
            duty_row(number, duty)
            for number, duty in enumerate(paper.duties, 1)
            if duty.address == address
        ),
        targets=tuple((each, _named(paper, each)) for each in targets),
        paragraphs=tuple(piece.text for piece in clause.pieces),
        below=not fixed and above not in FIXED_ADDRESSES,
        out=not fixed and clause.parent is not None,
        scanned=any(start < clause.end and clause.start < end for start, end in paper.scanned),
    )


def source(text: str, clause: Clause | None, quote: str) -> list[tuple[str, str]]:
    """The whole text in stretches: how each is marked, "" where it is not."""
    if clause is None:
        return [("", text)]
    start, end = clause.start, clause.end
    parts = [("", text[:start])]
    found = locate(text, start, end, quote) if quote else None
    if found:
        parts += [
            ("chosen-part", text[start : found[0]]),
            ("quoted-part", text[found[0] : found[1]]),
            ("chosen-part", text[found[1] : end]),
        ]
    else:
        parts.append(("chosen-part", text[start:end]))
    parts.append(("", text[end:]))
    return [(kind, words_) for kind, words_ in parts if words_]


def warnings_of(paper: Document, told: Sequence[JsonValue]) -> Iterator[Warned]:
    """What the reader doubted and a person has not put right yet."""
    identity = paper.identity
    settled = {
        "number": bool(identity.number and not identity.number.startswith("/")),
        "date": bool(identity.date and len(identity.date) == 10),
        "signatory": bool(identity.signatory),
    }
    known = {clause.address for clause in paper.clauses}
    for each in told:
        text = str(each)
        about = concerns(text)
        if about in settled:
            if not settled[about]:
                yield Warned(text, field=about)
        elif about:
            if about in known:
                yield Warned(text, address=about)
        else:
            yield Warned(text)


def papers_to_supersede(paper: Document, library: Library) -> list[tuple[str, str]]:
    """The other papers of the library: id and title, those most like this one first."""
    identity = paper.identity

    def alike(other: Document) -> tuple[bool, bool, bool, str]:
        same_issuer = bool(identity.issuer) and _same(identity.issuer, other.identity.issuer)
        same_kind = bool(identity.kind) and _same(identity.kind, other.identity.kind)
        chosen = other.id in paper.supersedes
        return not chosen, not same_issuer, not same_kind, other.short_title

    others = [each for each in library.documents if each.id != paper.id]
    return [(each.id, each.short_title) for each in sorted(others, key=alike)]


def typed_lines(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was typed and could not be kept, with the names of its fields."""
    names = words()["review"]["fields"]
    return [(names[key], value) for key, value in fields.items() if key in names and value]


def _same(one: str | None, other: str | None) -> bool:
    return _key(one) == _key(other)


@lru_cache(8_192)
def _key(name: str | None) -> str:
    return slug(name or "")


def _named(paper: Document, address: str) -> str:
    clause = paper.clause(address)
    label = clause.label or part_name(clause)
    beginning = clause.heading if clause.label else ""
    return shorten(f"{label} {beginning or clause.text}", 70)
