"""What the library writes about a paper that the office adds: its id and its document.toml."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import chain, count

from knowledge.documents import Document, Identity, Validity
from knowledge.library import Library
from knowledge.vietnamese import collapse, fold

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_ID = 100
#: "năm 2024", "giai đoạn 2022-2027", "2022 – 2027": the years that a plan's title names.
_PERIOD = re.compile(r"\b(20\d\d)\s*[-–]\s*(20\d\d)\b")
_YEAR = re.compile(r"\bnăm\s+(20\d\d)\b", re.IGNORECASE)
_DIGEST_MARK = " (bản tóm lược)"


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as it was read: what it says of itself, its words, the name of its file."""

    identity: Identity
    text: str
    file: str


@dataclass(frozen=True, slots=True)
class Description:
    """The fields of document.toml."""

    id: str
    short_title: str
    identity: Identity
    validity: Validity
    years: tuple[int, int] | None
    implements: tuple[str, ...]
    audience: tuple[str, ...]
    source: str
    version: int = 1
    supersedes: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    scanned: tuple[tuple[int, int], ...] = ()


def slug(text: str) -> str:
    """ "407/QĐ-TTg" → "407-qd-ttg"; "" when nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:_LONGEST_ID].strip("-")


def is_id(text: str) -> bool:
    """Whether `text` may name a document (and its folder)."""
    return len(text) <= _LONGEST_ID and _ID.fullmatch(text) is not None


def name_paper(identity: Identity, library: Library) -> str:
    """The id of a paper: that of the same paper in the library, else made from its number.

    Without a full number, or with one that another paper has: from number, issuer and year.
    """
    for known in library.documents:
        if _is_same(known.identity, identity):
            return known.id
    taken = {known.id for known in library.documents}
    number, year = identity.number, _year(identity)
    if _is_full(number) and slug(str(number)) not in taken:
        return slug(str(number))
    parts = [number, identity.issuer, year] if number or identity.issuer else [identity.title, year]
    name = slug(" ".join(part for part in parts if part)) or "van-ban"
    others = (f"{name}-{i}" for i in count(2))
    return next(each for each in chain([name], others) if each not in taken)


def describe(
    document_id: str, paper: Paper, before: Document | None, title: str | None, today: date
) -> Description:
    """What is known of a paper; what a person reviewed of `before` is kept."""
    identity, file = paper.identity, paper.file
    years = _years(identity)
    fresh = Description(
        id=document_id,
        short_title=collapse(title) if title else _short_title(paper),
        identity=identity,
        validity=_validity(years, today),
        years=years,
        implements=(),
        audience=("public",),
        source=f"Tệp do đơn vị cung cấp: {collapse(file)}",
    )
    if before is None:
        return fresh
    return replace(
        fresh,
        short_title=fresh.short_title if title else before.short_title.removesuffix(_DIGEST_MARK),
        validity=before.validity,
        years=before.years or years,
        implements=before.implements,
        audience=before.audience,
    )


def description_of(document: Document) -> Description:
    """That of a paper of the office, from its values."""
    return Description(
        id=document.id,
        short_title=document.short_title,
        identity=document.identity,
        validity=document.validity,
        years=document.years,
        implements=document.implements,
        audience=document.audience,
        source=document.source or "",
        version=document.version,
        supersedes=document.supersedes,
        notes=document.notes,
        scanned=document.scanned,
    )


def to_toml(description: Description) -> str:
    """document.toml; what is not known is an absent key."""
    identity = {f.name: getattr(description.identity, f.name) for f in fields(Identity)}
    validity = {f.name: getattr(description.validity, f.name) for f in fields(Validity)}
    lines = [
        _line("id", description.id),
        _line("short_title", description.short_title),
        _line("years", description.years),
        _line("implements", description.implements),
        _line("audience", description.audience),
        _line("source", description.source or None),
        _line("version", description.version),
        _line("supersedes", description.supersedes or None),
        _line("scanned", description.scanned or None),
        "\n[identity]\n",
        *(_line(key, value) for key, value in identity.items()),
        "\n[validity]\n",
        *(_line(key, value) for key, value in validity.items()),
        *(
            "\n[[notes]]\n" + _line("slip", slip) + _line("note", note)
            for slip, note in description.notes
        ),
    ]
    return "".join(lines)


def _line(
    key: str,
    value: str
    | date
    | int
    | tuple[str, ...]
    | tuple[int, int]
    | tuple[tuple[int, int], ...]
    | None,
) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{key} = {value.isoformat()}\n"
    # A JSON string or list is also a TOML one, once DEL is escaped.
    return f"{key} = {json.dumps(value, ensure_ascii=False)}\n".replace("\x7f", "\\u007f")


def _is_full(number: str | None) -> bool:
    return number is not None and number[0].isdigit()


def _is_same(one: Identity, other: Identity) -> bool:
    """Whether both are one paper. A number is used again every year and by every office, and a
    plan may print none: issuer and year must agree as far as both are known, else the title."""
    if not (_agree(one.issuer, other.issuer) and _agree(_year(one), _year(other))):
        return False
    if _is_full(one.number) or _is_full(other.number):
        return _key(one.number).lstrip("0") == _key(other.number).lstrip("0")
    return bool(one.title) and _key(one.title) == _key(other.title)


def _agree(one: str | None, other: str | None) -> bool:
    return one is None or other is None or _key(one) == _key(other)


def _key(text: str | None) -> str:
    return slug(text or "")


def _year(identity: Identity) -> str | None:
    return identity.date[:4] if identity.date else None


def _years(identity: Identity) -> tuple[int, int] | None:
    title = identity.title or ""
    if period := _PERIOD.search(title):
        first, last = int(period[1]), int(period[2])
        return (first, last) if first <= last else None
    if year := _YEAR.search(title):
        return int(year[1]), int(year[1])
    return None


def _validity(years: tuple[int, int] | None, today: date) -> Validity:
    """A paper for named years counts to the end of the last; nobody has confirmed any other."""
    if years is None:
        return Validity("unknown", "chưa được cán bộ xác nhận hiệu lực", recorded=today)
    until = date(years[1], 12, 31)
    if until < today:
        return Validity("expired", "hết kỳ kế hoạch", until=until, recorded=today)
    period = f"{years[0]}–{years[1]}" if years[0] < years[1] else f"năm {years[0]}"
    return Validity("period", f"kỳ kế hoạch {period}", until=until, recorded=today)


def _short_title(paper: Paper) -> str:
    """ "Kế hoạch 12/KH-STP của Sở Tư pháp Hà Nam", as far as the paper says."""
    identity, file = paper.identity, paper.file
    kind = identity.kind or "Văn bản"
    number = f" {identity.number}" if identity.number else ""
    year = f" năm {identity.date[:4]}" if identity.date and not number else ""
    issuer = f" của {_issuer(paper)}" if identity.issuer else ""
    if number or issuer:
        return collapse(f"{kind}{number}{year}{issuer}")
    return collapse(identity.title or file)


def _issuer(paper: Paper) -> str:
    """The issuer in ordinary letters where the paper writes it so, with its place."""
    issuer, place = collapse(paper.identity.issuer or ""), paper.identity.place
    if issuer.isupper():
        # "SỞ TƯ PHÁP" in the head is "Sở Tư pháp" in a sentence; guessing would misspell names.
        found = re.findall(re.escape(issuer).replace(r"\ ", r"\s+"), paper.text, re.IGNORECASE)
        issuer = next((collapse(each) for each in found if not each.isupper()), issuer)
    if place and issuer.startswith("Sở ") and _key(place) not in _key(issuer):
        return f"{issuer} {place}"
    return issuer
