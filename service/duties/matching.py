"""Which duty of a new version stands for which one of the version before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeVar

from bot.owed import day_in_words
from knowledge.documents import Duty
from knowledge.vietnamese import fold

Old = TypeVar("Old")
New = TypeVar("New")

ALIKE = 0.6  #: of the words of two tasks, by which one is the other in new words
_SAME_PLACE = 0.2  #: what the same address adds


@dataclass(frozen=True, slots=True)
class Compared:
    """The duties of two versions, side by side, in the order of the papers."""

    added: tuple[Duty, ...]
    removed: tuple[Duty, ...]
    changed: tuple[tuple[Duty, Duty], ...]  #: before, now


def words_alike(before: str, now: str) -> float:
    """Share of the words that two tasks have in common, in their order, 0 to 1."""
    old, new = (fold(text).split() for text in (before, now))
    return SequenceMatcher(None, old, new, autojunk=False).ratio()


def likeness(before: str, now: str, *, same_place: bool) -> float:
    """0 to 1.2: how likely one task is the other, from the same clause where `same_place`."""
    alike = words_alike(before, now)
    return alike + (_SAME_PLACE if same_place and alike >= ALIKE else 0)


def best_pairs(scores: Iterable[tuple[float, Old, New]]) -> dict[Old, New]:
    """Each with at most one of the others, the likeliest first; none below ALIKE."""
    found: dict[Old, New] = {}
    taken: set[New] = set()
    for score, old, new in sorted(scores, key=lambda each: each[0], reverse=True):
        if score >= ALIKE and old not in found and new not in taken:
            found[old] = new
            taken.add(new)
    return found


def compare_duties(before: Sequence[Duty], now: Sequence[Duty]) -> Compared:
    """What a new version asks besides, no more, or otherwise."""
    left, free = list(range(len(before))), list(range(len(now)))
    for number in tuple(left):
        same = next((n for n in free if _told(now[n]) == _told(before[number])), None)
        if same is not None:
            left.remove(number)
            free.remove(same)
    pairs = best_pairs((_likeness(before[old], now[new]), old, new) for old in left for new in free)
    taken = set(pairs.values())
    return Compared(
        added=tuple(now[new] for new in free if new not in taken),
        removed=tuple(before[old] for old in left if old not in pairs),
        changed=tuple((before[old], now[new]) for old, new in sorted(pairs.items())),
    )


def told_time(duty: Duty) -> str:
    """By when, as printed; the day where a person has given one that is not."""
    when = duty.when
    day = day_in_words(when.end) if when.end else ""
    return when.text or day


def _likeness(before: Duty, now: Duty) -> float:
    return likeness(before.duty, now.duty, same_place=before.address == now.address)


def _told(duty: Duty) -> tuple[object, ...]:
    """All that a person reads of it."""
    bodies = (duty.leads, duty.coordinates, duty.recipient, duty.via)
    return (duty.address, duty.duty, duty.when, bodies)
