"""Where a label belongs: next of an open list, first of a new one, or no label at all.

A line of prose may begin with "20." or "I." by accident of wrapping. What a list would print next
is believed at once; anything else needs the look of a clause, and most of it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.reading.labels import TIERS, Label, follows

_FAR = 5  #: how many numbers a list may skip


@dataclass(frozen=True, slots=True)
class Look:
    """How a candidate stands on the page."""

    fresh: bool  #: the text above is finished, or there is a blank line
    capital: bool  #: what follows the label starts like a sentence
    awaited: bool  #: the line above ends in "khoản", "ngày", …
    leads_in: bool = False  #: the line above ends in a colon


@dataclass(frozen=True, slots=True)
class Place:
    """How many open clauses stay open above the new one, and how sure we are (1 to 3)."""

    label: Label
    depth: int
    score: int


def place(
    opened: Sequence[Label],
    labels: Sequence[Label],
    look: Look,
    later: Sequence[Sequence[Label]],
    article: Label | None = None,
) -> Place | None:
    """The best reading of a line among `labels`, or None when it is not a label.

    `later` holds the candidate labels of the lines that follow, for lists that start again at 1;
    `article` is the last article, open or not, for articles are numbered through the whole paper.
    """
    best: Place | None = None
    if look.awaited:
        return None
    for label in labels:
        found: Place | None
        if label.family == "article" and article and follows(article, label):
            # "Điều 1. Phê duyệt Đề án: I. … 1. …", then Điều 2: beside Điều 1, not below I.
            beside = [at for at, above in enumerate(opened) if above.family == "article"]
            depth = beside[-1] if beside else _depth_for(opened, label, later)
            found = Place(label, depth, 3)
        elif label.family == "compound":
            found = _compound(opened, label, look)
        else:
            found = _plain(opened, label, look, later)
        if found and (best is None or found.score > best.score):
            best = found
    return best


def _plain(
    opened: Sequence[Label], label: Label, look: Look, later: Sequence[Sequence[Label]]
) -> Place | None:
    same = _same_style(opened, label)
    alike = [at for at in reversed(range(len(opened))) if opened[at].family == label.family]
    if look.fresh or look.capital:
        for at in same + alike:
            if follows(opened[at], label):
                return Place(label, at, 3)
    if not same:
        return _new_list(opened, label, look, later)
    at, last = same[0], opened[same[0]]
    deeper = at < len(opened) - 1 and _is_nested(last, label, later)
    if label.value == 1 and (deeper or look.leads_in):
        return Place(label, len(opened), 2)
    close = label.value in (1, last.value) or 0 < label.value - last.value <= _FAR
    return Place(label, at, 1) if close and look.fresh and look.capital else None


def _new_list(
    opened: Sequence[Label], label: Label, look: Look, later: Sequence[Sequence[Label]]
) -> Place | None:
    first = label.value == 1
    if not (look.fresh or look.capital):
        return None
    if not first:
        # An excerpt may begin at "Điều 5."; a lone "7." is rather a stray number.
        named = label.family in ("part", "chapter", "article")
        known = named or (label.family in ("roman", "number") and label.value <= 3)
        if not (look.fresh and look.capital and known):
            return None
    return Place(label, _depth_for(opened, label, later), 2 if first else 1)


def _depth_for(opened: Sequence[Label], label: Label, later: Sequence[Sequence[Label]]) -> int:
    """How many labels stay open above the first label of a list."""
    depth = len(opened)
    while depth and TIERS[opened[depth - 1].family] >= TIERS[label.family]:
        above = opened[depth - 1]
        if TIERS[above.family] == TIERS[label.family] and above.family != label.family:
            break  # equals nest in the order in which they first appear
        if above.family == "article" and label.family != "article" and _goes_on(above, later):
            break  # "Điều 1. Phê duyệt Đề án: I. …" and Điều 2 still to come
        if above.family == label.family and label.family != "article":
            break  # "1)" below "1."
        depth -= 1
    return depth


def _compound(opened: Sequence[Label], label: Label, look: Look) -> Place | None:
    if not (look.fresh or look.capital):
        return None
    for at in reversed(range(len(opened))):
        if opened[at].parts != label.parts[:-1]:
            continue
        below = opened[at + 1] if at + 1 < len(opened) else None
        last = below.value if below and below.style == label.style else 0
        if label.value == last + 1:
            return Place(label, at + 1, 3)
        close = 0 <= label.value - last <= _FAR and label.value > 0
        return Place(label, at + 1, 1) if close and look.fresh and look.capital else None
    for at in _same_style(opened, label):
        if label.value in (1, opened[at].value + 1):
            return Place(label, at, 2)
    if label.value != 1:
        return None
    return Place(label, _depth_for(opened, label, ()), 2)


def _same_style(opened: Sequence[Label], label: Label) -> list[int]:
    return [at for at in reversed(range(len(opened))) if opened[at].style == label.style]


def _goes_on(last: Label, later: Sequence[Sequence[Label]]) -> bool:
    return any(follows(last, label) for labels in later for label in labels)


def _is_nested(outer: Label, inner: Label, later: Sequence[Sequence[Label]]) -> bool:
    """A list that starts at 1 inside `outer`: the outer list goes on after it."""
    expected = inner.value + 1
    for labels in later:
        for label in labels:
            if TIERS[label.family] < TIERS[outer.family]:
                return False
            if label.style != outer.style:
                continue
            if label.value == expected:
                expected += 1
            elif label.value == outer.value + 1:
                return True
            elif label.value == 1:
                return False
    return False
