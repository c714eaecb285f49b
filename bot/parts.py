"""What is asked of each side of a question over several papers, with the other sides left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.lexicon import load_lexicon
from bot.understanding import Understood
from bot.words import Word
from knowledge.organisations import tokens_of
from knowledge.vietnamese import fold

#: What tells sides apart: a place, the number of a paper, a year.
Side = tuple[str, str]
#: Marks and words between two parts of a question; the weak ones stand within names, too.
_STRONG = re.compile(r"[,;?.!:]\s+|[?.!]$|\s+còn\s+|\s+con\s+(?=ở|o|kế|ke|bên|ben|sở|so)\b", re.I)
_WEAK = re.compile(r"\s+(?:và|va|với|voi|so với|so voi|hay)\s+", re.I)
#: What is asked of the sides together: "…, bên nào dài hơn?", "… có khác nhau không?"
_JUDGED = re.compile(
    r"^(?:thi )?(?:ben|noi|cho|dang|cai|van ban) nao\b|\b(?:giong|khac)\b|canh nhau"
)
_ASKED = re.compile(r"\b(?:gi|ai|nao|sao|dau|may|bao nhieu)\b")
_LEAST = 2  #: words of its own that a later part needs to be asked by itself
#: What only says that sides are told apart, and what joined a name that is left out.
_TOLD_APART = re.compile(r"^(?:so sanh|doi chieu|so (?:giup|ho)(?: toi| em)?)\b")
_JOINING = ("va", "voi", "hay", "giua")


@dataclass(frozen=True, slots=True)
class Part:
    """One side and a question about it alone."""

    side: Side
    understood: Understood


def parts_of(asked: Understood, read: Callable[[str], Understood]) -> Iterator[Part]:
    """For each side its own part of the question, or all of it without the other sides' names."""
    sides = _sides_of(asked)
    if len(sides) < 2:
        return
    own = dict(_by_itself(_halves(asked.text, sides, read)))
    for side in sides:
        yield Part(side, own.get(side) or _without(asked, [s for s in sides if s != side]))


def _by_itself(halves: Sequence[tuple[Side, Understood]]) -> Iterator[tuple[Side, Understood]]:
    """The halves that can be asked without the others, where each of them asks something.

    "Lạng Sơn giao phòng nào?" after another half leaves out what is given.
    """
    if not all(_asks(half) for _, half in halves):
        return
    trade = load_lexicon().trade
    for i, (side, half) in enumerate(halves):
        if i == 0 or sum(word not in trade for word in half.content) >= _LEAST:
            yield side, half


def _asks(half: Understood) -> bool:
    """Whether a half asks for something: in a word that asks or by the kind of fact it names."""
    asks = _ASKED.search(half.folded) and not half.compares
    return bool(asks) or half.facets[:1] not in ((), ("percent",))


def _sides_of(asked: Understood) -> tuple[Side, ...]:
    """The sides that a question names: places, with papers beside them; else papers; else years."""
    places = [("place", p) for p in asked.places]
    papers = [("paper", p.number) for p in asked.papers if p.number]
    if len(places) > 1:
        return (*places, *(papers if asked.sides else ()))
    if places and papers and asked.sides:
        return (*places, *papers)
    if len(papers) > 1 and not places:
        return tuple(papers)
    return tuple(("year", str(y)) for y in asked.years)


def _halves(
    text: str, sides: Sequence[Side], read: Callable[[str], Understood]
) -> list[tuple[Side, Understood]]:
    """The parts of a question that name one side each; [] when some part names several."""
    pieces = [p for strong in _STRONG.split(text) for p in _split_weak(strong, sides, read)]
    groups: list[tuple[str, set[Side]]] = []
    for piece in pieces:
        named = set(sides) & set(_named(read(piece)))
        joins = groups and (not named or not groups[-1][1] or named == groups[-1][1])
        if joins and not named and _JUDGED.search(fold(piece)):
            continue
        if joins:
            before, already = groups.pop()
            groups.append((f"{before}, {piece}", already | named))
        else:
            groups.append((piece, named))
    if len(groups) < 2 or any(len(named) != 1 for _, named in groups):
        return []
    return [(next(iter(named)), read(part)) for part, named in groups]


def _split_weak(
    text: str, sides: Sequence[Side], read: Callable[[str], Understood]
) -> Iterator[str]:
    """Pieces of `text` around "và" and its like, where both pieces name a side."""
    start = 0
    for found in _WEAK.finditer(text):
        before, after = text[start : found.start()], text[found.end() :]
        if all(set(sides) & set(_named(read(t))) for t in (before, after)):
            yield before
            start = found.end()
    if text[start:].strip():
        yield text[start:].strip()


def _named(asked: Understood) -> Iterator[Side]:
    """Everything in a piece of a question that may be a side."""
    yield from (("place", p) for p in asked.places)
    yield from (("paper", p.number) for p in asked.papers if p.number)
    yield from (("year", str(y)) for y in asked.years)


def _without(asked: Understood, others: Sequence[Side]) -> Understood:
    """The whole question without the names of these sides and of the offices before them."""
    names = [tuple(tokens_of(name)) for _, name in others]
    kept: list[Word] = []
    at, words = 0, asked.words
    while at < len(words):
        found = next((n for n in names if _stands_at(n, words, at)), ())
        if not found:
            kept.append(words[at])
            at += 1
            continue
        at += len(found)
        if at < len(words) and words[at].text in _JOINING:
            at += 1
        while kept and (kept[-1].role in ("owner", "paper") or kept[-1].text in _JOINING):
            kept.pop()
    apart = _TOLD_APART.match(" ".join(w.text for w in kept))
    kept = kept[len(apart.group().split()) :] if apart else kept
    return replace(asked, words=tuple(kept), folded=" ".join(w.text for w in kept))


def _stands_at(name: Sequence[str], words: Sequence[Word], at: int) -> bool:
    here = words[at : at + len(name)]
    return [w.text for w in here] == list(name) and all(w.role for w in here)
