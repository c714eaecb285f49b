"""Which papers are the office's own: those that it issued, and its superior."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.home import Home
from knowledge.documents import Document
from knowledge.organisations import Names, Organisations, tokens_of

#: What stands before the name of an area and says no more of a body.
_RANKS = frozenset(
    (
        *(("thanh", "pho"), ("thi", "xa"), ("thi", "tran")),
        *(("tinh",), ("tp",), ("huyen",), ("quan",), ("xa",), ("phuong",)),
    )
)


@dataclass(frozen=True, slots=True)
class Owner:
    """A body, whatever way its name is written."""

    words: tuple[str, ...]  #: its name without areas; a body of the table by that name
    place: str | None  #: the first area that its name has, or where it is
    bodies: frozenset[str]  #: those of the table in its name


@dataclass(frozen=True, slots=True)
class Ours:
    """What counts for an office where the question names nobody."""

    name: str
    papers: frozenset[str]  #: ids of its own papers and its superior's
    bodies: frozenset[str]  #: of the table, in its own name


def owner_of(name: str, place: str, organisations: Organisations, places: Names) -> Owner:
    """The body called `name` at `place`, as a paper prints them or as somebody types them."""
    tokens = tokens_of(name)
    areas = places.find(tokens)
    found = [*organisations.body_names.find(tokens), *areas]
    at = {hit.start: hit for hit in found}
    words: list[str] = []
    position = 0
    while position < len(tokens):
        hit = at.get(position)
        if hit is None:
            words.append(tokens[position])
            position += 1
            continue
        if hit in areas:
            words = _without_rank(words)
        else:
            words.extend(tokens_of(hit.name))
        position = hit.end
    area = areas or places.find(tokens_of(place))
    bodies = frozenset(hit.name for hit in found if hit not in areas)
    return Owner(tuple(words), area[0].name if area else None, bodies)


def _without_rank(words: list[str]) -> list[str]:
    for size in (2, 1):
        # "Ủy ban nhân dân huyện": there the rank is what tells the body from others.
        if tuple(words[-size:]) in _RANKS and "uy" not in words[:2]:
            return words[:-size]
    return words


def ours(
    home: Home, documents: Iterable[Document], organisations: Organisations, places: Names
) -> Ours | None:
    """What counts for the office; None where none is known."""
    if not home.name:
        return None
    own = owner_of(home.name, home.place, organisations, places)
    owners = {(own.words, own.place)}
    if home.superior:
        above = owner_of(home.superior, "", organisations, places)
        owners.add((above.words, above.place or own.place))
    papers = frozenset(
        document.id for document in documents if _key(document, organisations, places) in owners
    )
    return Ours(home.name, papers, own.bodies)


def _key(
    document: Document, organisations: Organisations, places: Names
) -> tuple[tuple[str, ...], str | None]:
    identity = document.identity
    issuer = owner_of(identity.issuer or "", identity.place or "", organisations, places)
    return issuer.words, issuer.place
