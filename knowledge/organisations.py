"""Places, bodies, their many names and what became of them; abbreviations people type."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from rapidfuzz.distance import OSA

from knowledge.vietnamese import compose, fold, is_syllable

ORGANISATIONS = Path(__file__).parent / "library" / "organisations.toml"
#: Shortest folded name that a typing slip may still stand for; shorter ones look too much alike.
_FUZZY_LENGTH = 7
#: How an alias that is a part of a province begins.
_DISTRICTS = ("huyen ", "quan ", "thi xa ", "thanh pho ")
_MOST_GLUED = 2  #: tokens of a name written in fewer words than it has


@dataclass(frozen=True, slots=True)
class Status:
    """Since when a body no longer exists as named, by which legal paper."""

    note: str  #: one short Vietnamese sentence for people
    basis: str
    ended: date | None = None
    recorded: date | None = None
    issued: date | None = None  #: the day of the legal paper
    successor: str = ""  #: what it is called now, where the legal paper says so


@dataclass(frozen=True, slots=True)
class Body:
    """An agency, or a kind of agency ("Phòng Giáo dục và Đào tạo")."""

    name: str
    aliases: tuple[str, ...]  #: folded spellings
    kind: str = ""
    status: tuple[Status, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A province, district or commune."""

    name: str
    aliases: tuple[str, ...]  #: folded spellings
    status: tuple[Status, ...] = ()
    districts: tuple[str, ...] = ()  #: of a province, those it had until 2025


@dataclass(frozen=True, slots=True)
class Found:
    """A name found in a list of tokens; half-open token positions."""

    name: str
    start: int
    end: int
    fuzzy: bool = False


def tokens_of(text: str) -> list[str]:
    """Folded tokens with letters and digits apart: "QĐ407" → ["qd", "407"]."""
    return _APART.findall(fold(text))


def typed_tokens(text: str) -> list[str]:
    """The same tokens as `tokens_of`, lower case, with the accents that were typed."""
    typed = _TYPED.findall(compose(text).lower())
    return typed if [fold(t) for t in typed] == tokens_of(text) else tokens_of(text)


_TYPED = re.compile(r"\d+(?:[.,/]\d+)*|[^\W\d_]+")
#: The tokens of `syllables`, cut where letters and digits meet; digits behind a letter end there.
_APART = re.compile(r"[a-z]+|(?<![a-z])[0-9]+(?:[.,/][0-9]+)*|[0-9]+")


#: Between the parts of what a department or ministry is for.
_PARTS = re.compile(r" va |, | - ")


class Names:
    """Finds the longest known names in folded tokens; glued and slightly mistyped ones too."""

    def __init__(self, names: Iterable[tuple[str, Iterable[str]]]) -> None:
        self._spellings: dict[tuple[str, ...], str] = {}
        self._glued: dict[str, str] = {}
        #: Other names of one spelling, that only accents tell apart: "Long Thành", "Long Thạnh".
        self._twins: dict[tuple[str, ...], list[str]] = {}
        for name, aliases in names:
            for alias in (name, *aliases):
                key = tuple(tokens_of(alias))
                if not key:
                    continue
                first = self._spellings.setdefault(key, name)
                if first != name:
                    self._twins.setdefault(key, []).append(name)
                glued = "".join(key)
                if len(glued) >= 6:
                    self._glued.setdefault(glued, name)
        #: Glued names that a slip may stand for, by first letter and length.
        self._alike: dict[tuple[str, int], list[tuple[str, str]]] = {}
        for glued, name in self._glued.items():
            if len(glued) >= _FUZZY_LENGTH:
                self._alike.setdefault((glued[0], len(glued)), []).append((glued, name))
        #: Tokens that a name may begin with, whole or in part: all others are passed over.
        self._begins = {key[0] for key in self._spellings}
        self._begins |= {g[:size] for g in self._glued for size in range(1, len(g) + 1)}
        #: First token → how many the longest name that begins with it has.
        self._longest: dict[str, int] = {}
        for key in self._spellings:
            self._longest[key[0]] = max(len(key), self._longest.get(key[0], 0))

    def find(
        self, tokens: Sequence[str], *, fuzzy: bool = False, typed: Sequence[str] = ()
    ) -> list[Found]:
        """Names from left to right, longest first, never overlapping."""
        found: list[Found] = []
        at = 0
        while at < len(tokens):
            begins = tokens[at] in self._begins
            hit = self.at(tokens, at, typed=typed) if begins else None
            if not hit and fuzzy:
                hit = self.near(tokens, at, typed=typed)
            if hit:
                found.append(hit)
                at = hit.end
            else:
                at += 1
        return found

    def at(self, tokens: Sequence[str], at: int, *, typed: Sequence[str] = ()) -> Found | None:
        """The longest name that begins at position `at`.

        `typed`: the tokens with their accents; one that was typed must be the name's own, so
        that "đánh giá lại" does not name Gia Lai.
        """
        hit = self._exact(tokens, at)
        if hit is None or _typed_so(typed, hit):
            return hit
        others = self._twins.get(tuple(tokens[hit.start : hit.end]), ())
        found = (Found(name, hit.start, hit.end) for name in others)
        return next((other for other in found if _typed_so(typed, other)), None)

    def near(self, tokens: Sequence[str], at: int, *, typed: Sequence[str] = ()) -> Found | None:
        """A name one slip away that begins at position `at`."""
        hit = self._near(tokens, at)
        return hit if hit and _typed_so(typed, hit) else None

    def _exact(self, tokens: Sequence[str], at: int) -> Found | None:
        longest = max(self._longest.get(tokens[at], 0), _MOST_GLUED)
        for size in range(min(longest, len(tokens) - at), 0, -1):
            window = tuple(tokens[at : at + size])
            name = self._spellings.get(window) or (
                self._glued.get("".join(window)) if size <= _MOST_GLUED else None
            )
            if name:
                return Found(name, at, at + size)
        return None

    def _near(self, tokens: Sequence[str], at: int) -> Found | None:
        """A name one slip away ("hai phonh"), if no other name is as near."""
        for size in (2, 3):
            window = "".join(tokens[at : at + size])
            if len(tokens) - at < size or len(window) < _FUZZY_LENGTH:
                continue
            # "quản trị" is one letter from "Quảng Trị": only a misspelling may be a slip.
            if all(is_syllable(t) for t in tokens[at : at + size]):
                continue
            near = {
                name
                for length in (len(window) - 1, len(window), len(window) + 1)
                for glued, name in self._alike.get((window[0], length), ())
                if OSA.distance(window, glued, score_cutoff=1) <= 1
            }
            if len(near) == 1:
                return Found(near.pop(), at, at + size, fuzzy=True)
        return None


def _sector_names(body: Body) -> list[str]:
    """ "Sở Giáo dục và Đào tạo" is also "ngành giáo dục", "bên gd"."""
    if not body.name.startswith("Sở ") or body.name.startswith("Sở Tư"):
        return []
    sector = fold(body.name.removeprefix("Sở "))
    plain = sector.replace(" va ", " ")
    sectors = {sector, plain, sector.split(" va ")[0]}
    sectors |= {a.removeprefix("so ") for a in body.aliases if a.startswith("so ")}
    return [f"{said} {s}" for said in ("nganh", "ben", "phia") for s in sectors] + [f"so {plain}"]


def _initials(body: Body) -> list[str]:
    """ "Sở Tài nguyên và Môi trường" is also "sở TN&MT", "STNMT"; one of a single part is not."""
    head, _, rest = fold(body.name).partition(" ")
    if head not in ("so", "bo"):
        return []
    parts = ["".join(w[0] for w in part.split()) for part in _PARTS.split(rest)]
    return [f"{head} {' '.join(parts)}", f"{head[0]}{''.join(parts)}"] if len(parts) > 1 else []


def _typed_so(typed: Sequence[str], hit: Found) -> bool:
    return hit.fuzzy or not typed or _same_accents(typed[hit.start : hit.end], hit.name)


def _same_accents(typed: Sequence[str], name: str) -> bool:
    own: dict[str, list[str]] = {}
    for token in typed_tokens(name):
        own.setdefault(fold(token), []).append(token)
    initials = "".join(t[0] for t in tokens_of(name))
    # A token of an alias that the name itself lacks has no known accents, but the name's initials
    # have none: "CA tỉnh" is its police, "cả tỉnh" is all of it.
    return all(
        _bare(token)
        or (
            (fold(token) not in initials or fold(token) in own)
            and any(_typed_from(token, o) for o in own.get(fold(token), [token]))
        )
        for token in typed
    )


def _bare(token: str) -> bool:
    """Without accents; "đ" is a letter, not an accent."""
    return token.replace("đ", "d") == fold(token)


def _typed_from(typed: str, own: str) -> bool:
    """Whether `typed` has no mark that `own` lacks: "hoá" of "hóa", "đăk" of "đắk"."""
    marks = Counter(unicodedata.normalize("NFD", typed))
    return marks <= Counter(unicodedata.normalize("NFD", own))


@dataclass(frozen=True)
class Organisations:
    """The tables of names; `bodies` and `places` hold what became of them."""

    bodies: tuple[Body, ...]
    places: tuple[Place, ...]
    abbreviations: Mapping[str, tuple[str, ...]]  #: folded short form → full forms, likeliest first

    @cached_property
    def body_names(self) -> Names:
        return Names((b.name, (*b.aliases, *_sector_names(b), *_initials(b))) for b in self.bodies)

    @cached_property
    def place_names(self) -> Names:
        return Names((p.name, p.aliases) for p in self.places)

    @cached_property
    def districts(self) -> Mapping[str, str]:
        """District → its province; of several of one name the first."""
        pairs = [(district, place.name) for place in self.places for district in place.districts]
        return dict(reversed(pairs))

    @cached_property
    def area_syllables(self) -> frozenset[str]:
        """Every folded syllable of the names of provinces and districts."""
        names = [*(place.name for place in self.places), *self.districts]
        return frozenset(token for name in names for token in tokens_of(name))

    @cached_property
    def plain_districts(self) -> Names:
        """The districts by their names alone: "Sa Pa"."""
        return Names((district, ()) for district in self.districts)

    @cached_property
    def district_names(self) -> Names:
        """Parts of the provinces: districts that stand for them, and the towns of their name."""
        return Names((part, (part,)) for place in self.places for part in _parts_of(place))

    def body(self, name: str) -> Body | None:
        """The body called `name`, if it is in the table."""
        return next((b for b in self.bodies if b.name == name), None)

    def entry(self, name: str) -> Body | Place | None:
        """The body or place called `name`."""
        return self.body(name) or next((p for p in self.places if p.name == name), None)

    def called_now(self, status: Status, today: date) -> str:
        """The successor that a status asserts, or what became of that one since; "" for none."""
        name, seen = status.successor, set[str]()
        while name and name not in seen:
            seen.add(name)
            entry = self.entry(name)
            told = entry.status if entry else ()
            gone = (s.successor for s in told if s.ended is None or s.ended <= today)
            name = next((successor for successor in gone if successor), "") or name
        return name


def _parts_of(place: Place) -> list[str]:
    """ "huyen van giang" of Hưng Yên; "tp hung yen" too, for the whole is a "tỉnh"."""
    own = fold(place.name)
    whole = {"".join(tokens_of(name)) for name in (own, *place.aliases)}
    # "huyen ia hdrai" is the place "ia hdrai" itself.
    parts = [
        alias
        for alias in place.aliases
        for area in _DISTRICTS
        if alias.startswith(area) and "".join(tokens_of(alias.removeprefix(area))) not in whole
    ]
    if f"tinh {own}" in place.aliases:
        parts += [f"thanh pho {own}", f"tp {own}"]
    return parts


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(v) for v in value) if isinstance(value, list) else ()


def _status(rows: object) -> tuple[Status, ...]:
    if isinstance(rows, dict):
        rows = [rows]
    if not isinstance(rows, list):
        return ()
    return tuple(
        Status(
            note=str(row.get("note", "")),
            basis=str(row.get("basis", "")),
            ended=_day(row.get("ended")),
            recorded=_day(row.get("recorded")),
            issued=_day(row.get("issued")),
            successor=str(row.get("successor", "")),
        )
        for row in rows
    )


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def load_organisations(path: Path = ORGANISATIONS) -> Organisations:
    """The tables of `path` (TOML: [[body]], [[place]], [[abbreviation]])."""
    return read_organisations(path.read_text("utf-8"))


def read_organisations(text: str) -> Organisations:
    """The tables of such a file; raises ValueError (KeyError for a row without its name)."""
    data = tomllib.loads(text)
    return Organisations(
        bodies=tuple(
            Body(
                name=row["name"],
                aliases=tuple(fold(a) for a in _strings(row.get("aliases", []))),
                kind=str(row.get("kind", "")),
                status=_status(row.get("status", [])),
            )
            for row in data.get("body", [])
        ),
        places=tuple(
            Place(
                name=row["name"],
                aliases=tuple(fold(a) for a in _strings(row.get("aliases", []))),
                status=_status(row.get("status", [])),
                districts=_strings(row.get("districts", [])),
            )
            for row in data.get("place", [])
        ),
        abbreviations={
            fold(row["short"]): _strings(row["full"]) for row in data.get("abbreviation", [])
        },
    )


def with_own(shipped: Organisations, own: Organisations) -> Organisations:
    """The tables with an office's own entries: in the place of those of the same name, or new."""
    return Organisations(
        bodies=_laid_over(shipped.bodies, own.bodies),
        places=_laid_over(shipped.places, own.places),
        abbreviations={**shipped.abbreviations, **own.abbreviations},
    )


_Entry = TypeVar("_Entry", Body, Place)


def _kept(own: _Entry, shipped: _Entry) -> _Entry:
    """An office's own entry; the districts of a province are not its to write."""
    if isinstance(own, Place) and isinstance(shipped, Place):
        return replace(own, districts=shipped.districts)
    return own


def _laid_over(shipped: tuple[_Entry, ...], own: tuple[_Entry, ...]) -> tuple[_Entry, ...]:
    mine: dict[str, _Entry] = {entry.name: entry for entry in own}
    kept: list[_Entry] = [_kept(mine.pop(entry.name, entry), entry) for entry in shipped]
    return tuple(kept + list(mine.values()))
