"""What the papers of the library can be named by: place, issuer, number, years, words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.naming import UPPER
from knowledge.documents import Document
from knowledge.organisations import Names, Organisations, tokens_of
from knowledge.vietnamese import fold

_YEAR_FIGURES = 4
_AREA = re.compile(
    r"\b(?:huyện|quận|xã|phường|thị trấn|thị xã|thành phố|tỉnh)\s+"
    r"((?:[" + UPPER + r"][\w’'ʼ]*\s?){1,4})"
)


@dataclass(frozen=True, eq=False)
class Profile:
    """What a document can be named by; each is itself, however large the library."""

    document: Document
    places: frozenset[str]  #: its own place first of all, and those its issuer or title names
    issuer: str | None  #: the body in the table that issued it
    own_number: str | None  #: "407", digits of its own number
    national: bool
    years: frozenset[int]
    named: tuple[str, ...]  #: folded tokens of issuer, title and place
    head: frozenset[str]  #: those, and those of its kind
    figures: frozenset[str]  #: what the text prints as a year may be: "2023"
    text: str  #: folded tokens of the whole text, joined by one space
    _names: Names = field(repr=False, compare=False)

    @cached_property
    def bodies(self) -> frozenset[str]:
        """Every body of the table that the text names; looked for when it is first asked."""
        return frozenset(f.name for f in self._names.find(self.text.split()))


def places_of(document: Document) -> list[str]:
    """Names of the areas a document says it is for, as printed."""
    identity = document.identity
    named = [
        found.strip()
        for printed in (identity.issuer, identity.title)
        for found in _AREA.findall(printed or "")
    ]
    return [n for n in (identity.place or "", *named) if n]


def profile(document: Document, organisations: Organisations, places: Names) -> Profile:
    """How `document` can be named."""
    identity = document.identity
    named = tokens_of(" ".join(filter(None, (identity.issuer, identity.title, identity.place))))
    issuer = organisations.body_names.find(tokens_of(identity.issuer or ""))
    number = re.match(r"\d+", identity.number or "")
    first, last = document.years or (0, 0)
    dated = {int(identity.date[:4])} if identity.date else set()
    tokens = tokens_of(document.text)
    national = bool(re.search(r"thu tuong|chinh phu|^bo ", fold(identity.issuer or "")))
    return Profile(
        document=document,
        places=places_named(named, places, national=national),
        issuer=issuer[0].name if issuer else None,
        own_number=number.group().lstrip("0") if number else None,
        national=national,
        years=frozenset(range(first, last + 1)) | dated if first else frozenset(dated),
        named=tuple(named),
        head=frozenset((*named, *tokens_of(identity.kind or ""))),
        figures=frozenset(t for t in tokens if len(t) == _YEAR_FIGURES and t.isdigit()),
        text=" ".join(tokens),
        _names=organisations.body_names,
    )


def places_named(named: Sequence[str], places: Names, *, national: bool) -> frozenset[str]:
    """Whose place a paper is of, by the tokens of its issuer, title and place."""
    return frozenset() if national else frozenset(f.name for f in places.find(named))


def says_place(profile: Profile, name: str) -> bool:
    """Whether the text of the paper has the name, however it is written."""
    return f" {' '.join(tokens_of(name))} " in f" {profile.text} "


def is_of(profile: Profile, name: str) -> bool:
    """Whether its issuer, title or place has the name of an office or area."""
    return f" {' '.join(tokens_of(name))} " in f" {' '.join(profile.named)} "
