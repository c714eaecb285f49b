"""Documents as the web pages show them: words for dates, numbers, validity, and the clause tree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from knowledge import citations
from knowledge.documents import FIXED_ADDRESSES, Clause, Document, Identity, Validity

TEMPLATES = Path(__file__).parents[1] / "templates"
_LONG = 160  #: characters from which a heading is really a sentence and is set as one
_SHORT = 70  #: characters of a heading in the table of contents
_LISTED_DEPTH = 2  #: levels shown in the table of contents

#: The sentences of one group of texts.vi.yaml; leaves are strings, groups are mappings.
Texts = Mapping[str, Any]


def sentences(group: str) -> dict[str, Any]:
    """One group of texts.vi.yaml, read anew."""
    found: dict[str, Any] = yaml.safe_load((TEMPLATES / "texts.vi.yaml").read_text("utf-8"))[group]
    return found


def environment() -> Environment:
    """For the templates: values are escaped, and one that is missing is an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, or a run of bullets."""

    texts: tuple[str, ...]
    bullets: bool


@dataclass(frozen=True, slots=True)
class Node:
    """One clause, ready to draw."""

    anchor: str
    place: str
    label: str
    heading: str
    fixed: str  #: what a part without a label is called; "" for numbered clauses
    depth: int
    blocks: tuple[Block, ...]
    sources: tuple[int, ...]  #: positions (from 1) in the list of sources of the document
    confidence: str
    children: tuple[Node, ...]

    @property
    def level(self) -> int:
        """Heading level: the title of the page is 1."""
        return min(self.depth + 1, 6)

    @property
    def long(self) -> bool:
        """Whether the heading reads as a sentence."""
        return len(self.heading) > _LONG

    @property
    def short(self) -> str:
        """The heading for the table of contents."""
        first = self.blocks[0].texts[0] if self.blocks else ""
        name = self.heading or self.fixed or first
        return name if len(name) <= _SHORT else name[:_SHORT].rsplit(" ", 1)[0] + "…"

    @property
    def listed(self) -> tuple[Node, ...]:
        """The children that the table of contents names."""
        if self.depth >= _LISTED_DEPTH:
            return ()
        return tuple(child for child in self.children if child.heading or child.label)

    @property
    def style(self) -> str:
        """A class for fixed parts, which are set more quietly."""
        return "fixed" if self.fixed else ""


@dataclass(frozen=True, slots=True)
class Link:
    """A title with the page it leads to, where there is one."""

    title: str
    href: str | None

    @property
    def site(self) -> str:
        """The host that an outside link leads to."""
        return urlsplit(self.href or "").netloc


@dataclass(frozen=True, slots=True)
class Card:
    """One document of the library, ready to list."""

    id: str
    href: str
    title: str
    kind: str
    standing: str  #: in_force | period | expired | unknown, as of the day asked
    digest: bool
    fields: Mapping[str, str | tuple[Link, ...]]


def standing(validity: Validity, today: date) -> str:
    """The status on `today`: a paper whose last day has passed is expired whatever was recorded."""
    if validity.until is not None and today > validity.until:
        return "expired"
    return validity.status


def day_in_words(day: date) -> str:
    """2023-09-20 → "20/9/2023", as Vietnamese papers print it."""
    return f"{day.day}/{day.month}/{day.year}"


def card(document: Document, titles: Mapping[str, str], texts: Texts, today: date) -> Card:
    """`document` for a list; `titles` are the documents a visitor may open, by id."""
    return Card(
        id=document.id,
        href=f"/documents/{document.id}",
        title=document.short_title,
        kind=document.identity.kind or texts["fields"]["blank"],
        standing=standing(document.validity, today),
        digest=document.digest,
        fields=_fields(document, titles, texts, today),
    )


def tree(document: Document, texts: Texts) -> tuple[Node, ...]:
    """The clauses of `document` as nested nodes, in the order of the text."""
    children: dict[str | None, list[Clause]] = {}
    for clause in document.clauses:
        children.setdefault(clause.parent, []).append(clause)
    numbers = {key: n for n, (key, _) in enumerate(document.sources, start=1)}
    entries = {entry.address: entry for entry in document.entries}

    def grow(clause: Clause, depth: int) -> Node:
        entry = entries.get(clause.address)
        return Node(
            anchor=citations.anchor(clause.address),
            place=citations.in_words(document, clause.address),
            # A number that nobody has read in the paper itself is never shown.
            label="" if entry and not entry.numbered else clause.label,
            heading=clause.heading,
            fixed=_fixed(clause, texts),
            depth=depth,
            blocks=_blocks(clause),
            sources=tuple(numbers[key] for key in entry.sources if key in numbers) if entry else (),
            confidence=texts["document"]["confidence"][entry.confidence] if entry else "",
            children=tuple(grow(child, depth + 1) for child in children.get(clause.address, ())),
        )

    return tuple(grow(clause, 1) for clause in children.get(None, ()))


def sources(document: Document) -> tuple[Link, ...]:
    """Where a digest was read: words, and the address that ends them where there is one."""
    found = []
    for _, place in document.sources:
        words, _, address = place.rpartition(" ")
        online = address.startswith(("http://", "https://"))
        found.append(Link(words if online else place, address if online else None))
    return tuple(found)


def _fields(
    document: Document, titles: Mapping[str, str], texts: Texts, today: date
) -> dict[str, str | tuple[Link, ...]]:
    identity, words = document.identity, texts["fields"]
    fields: dict[str, str | tuple[Link, ...]] = {
        "kind": identity.kind or words["blank"],
        "title": identity.title or words["blank"],
        "number": _number(identity, words),
        "issuer": identity.issuer or words["blank"],
        "place": identity.place or words["blank"],
        "date": _date(identity.date, words),
        "signatory": identity.signatory or words["blank"],
        "signatory_title": identity.signatory_title or words["blank"],
        "validity": _validity(document.validity, texts["validity"], today),
    }
    if document.years:
        first, last = document.years
        fields["years"] = str(first) if first == last else f"{first} – {last}"
    if document.implements:
        fields["implements"] = tuple(
            Link(titles.get(name, name), f"/documents/{name}" if name in titles else None)
            for name in document.implements
        )
    return fields


def _number(identity: Identity, words: Texts) -> str:
    if not identity.number:
        return str(words["blank"])
    if identity.number.startswith("/"):  # the paper prints only its symbol
        return f"{identity.number} ({words['blank_number']})"
    return identity.number


def _date(printed: str | None, words: Texts) -> str:
    if not printed:
        return str(words["blank"])
    parts = [int(part) for part in printed.split("-")]
    if len(parts) == 1:
        return f"{words['year']} {parts[0]} ({words['year_only']})"
    if len(parts) == 2:
        return f"{words['month']} {parts[1]}/{parts[0]} ({words['month_only']})"
    return day_in_words(date(*parts))


def _validity(validity: Validity, words: Texts, today: date) -> str:
    said = [validity.reason]
    if validity.until and standing(validity, today) != "unknown":
        said.append(f"{words['until']} {day_in_words(validity.until)}")
    if validity.basis:
        said.append(f"{words['basis']} {validity.basis}")
    if validity.recorded:
        said.append(f"{words['recorded']} {day_in_words(validity.recorded)}")
    text = "; ".join(said)
    return text[:1].upper() + text[1:]


def _fixed(clause: Clause, texts: Texts) -> str:
    if clause.address not in FIXED_ADDRESSES:
        return ""
    return str(texts["document"]["fixed"][clause.address])


def _blocks(clause: Clause) -> tuple[Block, ...]:
    blocks: list[Block] = []
    for piece in clause.pieces:
        if not piece.text:
            continue
        if piece.bullet and blocks and blocks[-1].bullets:
            blocks[-1] = Block((*blocks[-1].texts, piece.text), True)
        else:
            blocks.append(Block((piece.text,), piece.bullet))
    if not blocks and clause.text:
        blocks.append(Block((clause.text,), False))
    return tuple(blocks)


def spoken(reply: Mapping[str, Any], nearest: str) -> str:
    """What a reply (shapes.ReplyOut as JSON) says beside its source cards.

    A plain chat prints quotes, places and the line that begins with `nearest` in its text; on a
    page the cards show them. `more` carries the whole answer. The same rule stands in
    static/drawing.js.
    """
    sources, whole = reply["sources"], str(reply["more"] or reply["lead"])
    drawn = [f"— {source['place']}, {source['title']}" for source in sources]
    drawn += [s for source in sources for s in (f"— {source['place']}", source["title"])]
    # The table says what the text says paper by paper.
    drawn += [s for row in reply["table"] for s in f"{row['title']}: {row['line']}".split("\n")]
    drawn += [f"“{source['quote']}”" for source in sources if source["quote"]]

    def is_drawn(line: str) -> bool:
        # A long text is cut, and marked "…", in the middle of a quote.
        start = re.sub("…”?$", "", line)
        return line in drawn if start == line else any(d.startswith(start) for d in drawn)

    lines = (line.strip() for line in whole.split("\n"))
    said = (line for line in lines if not is_drawn(line) and not line.startswith(nearest))
    return as_lines("\n".join(said).strip())


def as_lines(quote: str) -> str:
    """The bullets of a quoted clause under each other; only white space changes."""
    return re.sub(r"([.;:,]) - ", r"\1\n- ", quote)
