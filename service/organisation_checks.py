"""What is wrong with an entry of the bodies and places, in words for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from bot.status import note_fits
from bot.texts import say
from knowledge.citations import find_numbers
from knowledge.organisations import (
    Body,
    Names,
    Organisations,
    Place,
    Status,
    tokens_of,
    typed_tokens,
)
from knowledge.vietnamese import is_syllable

LONGEST = {"name": 200, "alias": 100, "note": 100, "basis": 200}
MOST_ALIASES = 60


def faults_of(entry: Body | Place, every: Organisations, today: date) -> tuple[str, ...]:
    """All that is wrong with it among the others of `every`, which may hold it already."""
    return (*_of_names(entry, every), *_of_status(entry, every, today))


def _of_names(entry: Body | Place, every: Organisations) -> Iterator[str]:
    if not entry.name:
        yield say("organisations.no_name")
        return
    if len(entry.aliases) > MOST_ALIASES:
        yield say("organisations.many", most=MOST_ALIASES)
    others = [b for b in every.bodies if not isinstance(entry, Body) or b.name != entry.name]
    sites = [p for p in every.places if not isinstance(entry, Place) or p.name != entry.name]
    taken = [_names_of(others), _names_of(sites)]
    now: Sequence[Body | Place] = every.bodies if isinstance(entry, Body) else every.places
    known = {alias for each in now if each.name == entry.name for alias in each.aliases}
    for name in (entry.name, *entry.aliases):
        if name not in known:
            yield from _of_name(name, entry, taken)


def _of_name(name: str, entry: Body | Place, taken: Sequence[Names]) -> Iterator[str]:
    tokens, own = tokens_of(name), name == entry.name
    most = LONGEST["name" if own else "alias"]
    if len(name) > most:
        yield say("organisations.long", name=name[:40], most=most)
    elif not any(map(str.isalpha, tokens)):
        yield say("organisations.no_letters", name=name)
    elif len(tokens) == 1 and is_syllable(tokens[0]) and not (own and isinstance(entry, Place)):
        yield say("organisations.common", name=name)
    else:
        for names in taken:
            # An alias has no accents to tell it apart; two names may differ by these alone.
            found = names.at(tokens, 0, typed=typed_tokens(name) if own else ())
            if found and found.end == len(tokens):
                yield say("organisations.taken", name=name, other=found.name)


def _names_of(entries: Sequence[Body | Place]) -> Names:
    return Names((each.name, each.aliases) for each in entries)


def _of_status(entry: Body | Place, every: Organisations, today: date) -> Iterator[str]:
    if len(entry.status) > 1:
        yield say("organisations.several")
    for status in entry.status[:1]:
        if status.issued and status.issued > today:
            yield say("organisations.coming", day=f"{status.issued:%d/%m/%Y}")
        if not any(n.sign or n.number for n in find_numbers(status.basis)):
            yield say("organisations.no_basis")
        for name, text in (("note", status.note), ("basis", status.basis)):
            if len(text) > LONGEST[name]:
                yield say("organisations.long", name=text[:40], most=LONGEST[name])
        if not note_fits(status.note, status.basis, min(today, date(2100, 1, 1))):
            yield say("organisations.note_long")
        if status.successor:
            yield from _of_successor(entry, status, every)


def _of_successor(entry: Body | Place, status: Status, every: Organisations) -> Iterator[str]:
    if status.successor == entry.name:
        yield say("organisations.itself")
    elif every.entry(status.successor) is None:
        yield say("organisations.no_successor", name=status.successor)
    else:
        chain = [entry.name, status.successor]
        while chain[-1] != entry.name:
            following = every.entry(chain[-1])
            told = following.status if following else ()
            after = next((s.successor for s in told if s.successor), "")
            if not after or after in chain[1:]:
                return
            chain.append(after)
        yield say("organisations.circle", names=" → ".join(chain))
