"""Questions over several papers: an answer per document, each with its clause."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from bot.answers import Finding, Outcome
from bot.deciding import TOLD, Best, best_of, by_document, money_section, twin_of
from bot.direct import Direct
from bot.matching import Match
from bot.outcomes import Asked, answer, finding, has_room
from bot.parts import Side
from bot.profiles import Profile
from bot.scope import Scope
from bot.texts import say
from bot.understanding import Understood
from bot.views import fixed_part

_MOST_DOCUMENTS = 5
_NEAR = 0.75  #: share of the best score that counts as saying it too
_NAMED = 0.45  #: the same for documents that were named one by one
_SURER = 0.2  #: more meaning than this makes a clause the better one for a side
#: Nothing in a paper means as much: it does not state what another one does, which means more.
_UNTOLD, _TOLD_BESIDE = 0.4, 0.6
_TOPIC = 0.2  #: what a part of the question means less than this is about nothing in its paper
_CLEARER = 0.3  #: a clause that is so far ahead when a side is asked by itself is that side's
#: Characters quoted of a side; the most that lets all sides fit is taken, a short one leaves more.
_ROOMS = (*range(100, 300, 20), *range(300, 1_450, 50))
_NEAREST = 300  #: characters of a clause that does not answer
_FEW = 3  #: documents that were named one by one


@dataclass(frozen=True, slots=True)
class _Shown:
    """How much is shown of a side."""

    twin: bool = True  #: a second clause that fits as well
    lines: bool = True  #: its lines that state who or when
    tight: bool = False  #: no lines but those that state the fact


#: From most to least: the first that does not cut the last side off is taken.
_SHOWN = (_Shown(), _Shown(tight=True), _Shown(lines=False), _Shown(twin=False, tight=True))


@dataclass(frozen=True, slots=True)
class AskedSide:
    """What is asked of one side."""

    side: Side
    shared: Asked  #: all of the question without the other sides' names
    alone: Asked | None = None  #: its own part of the question
    full: bool = False  #: that part leaves nothing out


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to ask a paper by itself, with its clauses for that, best first."""

    asked: Asked
    matches: Sequence[Match]
    alone: bool = False  #: in a part of the question that is its own
    full: bool = False  #: which leaves nothing out
    fact: Finding | None = None  #: about the paper itself: who signed


@dataclass(frozen=True, slots=True)
class _Read:
    """The clause of a paper that answers one reading, and that reading."""

    best: Best
    asked: Asked
    matches: Sequence[Match]
    full: bool = False
    fact: Finding | None = None
    stated: float = 1.0  #: how surely anything in the paper answers, by the surest reading


Sided = Mapping[str, Sequence[Reading]]
"""Document → the ways to ask it by itself."""


def is_of(side: Side, profile: Profile) -> bool:
    """Whether a paper belongs to a side."""
    kind, name = side
    if kind == "place":
        return name in profile.places
    if kind == "year":
        return int(name) in profile.years
    if kind == "level":
        return profile.national
    return profile.own_number == name


def compare(
    matches: Sequence[Match],
    scope: Scope,
    asked: Asked,
    sided: Sided | None = None,
    sides: Sequence[Side] = (),
) -> Outcome | None:
    """The best clause of each document meant; None when fewer than two have one."""
    # "Hưng Yên và Hải Phòng năm 2023": the year tells papers of one place apart, no more.
    # A body or unit may be spoken of in one of the papers only.
    bodies = set(asked.understood.bodies)
    asked = replace(asked, understood=_timeless(asked))
    top = matches[0].score if matches else 0.0
    named = len(scope.profiles) <= _FEW and scope.named
    enough = (_NAMED if named else _NEAR) * top
    groups = by_document(matches)
    read = {g[0].view.document.id: _read(best_of(g, asked), asked, matches) for g in groups}
    for paper, readings in (sided or {}).items():
        for one in (r for r in readings if r.matches):
            own = _of_side(one)
            before = read.get(paper)
            stated = max(own.stated, before.stated if before else 0.0)
            taken = own if not before or _better(own, before, one, bodies) else before
            read[paper] = replace(taken, stated=stated)
    named_in = {p.document.id: p.bodies for p in scope.profiles}
    read = {i: _told(r, read, bodies, named_in.get(i, bodies)) for i, r in read.items()}
    bests = {i: r.best for i, r in read.items()}
    best = {i: r.best for i, r in read.items() if _says(r, enough)}
    wanted = [p.document.id for p in scope.profiles]
    chosen = [read[i] for i in wanted if i in best][:_MOST_DOCUMENTS]
    sides = sides or [("place", place) for place in asked.understood.places]
    lacking = _lacking(scope, sides, bests, set(best))
    if not chosen or len(chosen) + len(lacking) < 2:
        return None
    silences = [_silence_of(b, asked) for b in lacking]

    def made(room: int, shown: _Shown) -> list[Finding]:
        return [*(_whole_finding(r, room, shown) for r in chosen), *silences]

    return answer(_that_fit(made, asked), asked)


def _that_fit(made: Callable[[int, _Shown], list[Finding]], asked: Asked) -> list[Finding]:
    """The findings with the most room that lets all of them stand in one answer."""
    best, most = made(_ROOMS[0], _SHOWN[-1]), _ROOMS[0]
    for shown in _SHOWN:

        def cut_off(room: int, shown: _Shown = shown) -> bool:
            return not has_room(made(room, shown), asked)

        if not cut_off(_ROOMS[-1]):
            return made(_ROOMS[-1], shown)
        room = _ROOMS[max(0, bisect_left(_ROOMS, True, key=cut_off) - 1)]
        if room > most:
            best, most = made(room, shown), room
    return best


def _timeless(asked: Asked) -> Understood:
    return replace(asked.understood, years=(), bodies=())


def _of_side(one: Reading) -> _Read:
    """The best clause of one paper for what is asked of its side."""
    if one.alone:
        best = best_of(one.matches, one.asked, named=True)
        return replace(_read(best, one.asked, one.matches), full=one.full, fact=one.fact)
    asked = replace(one.asked, understood=_timeless(one.asked))
    return _read(best_of(one.matches, asked), asked, one.matches)


def _read(best: Best, asked: Asked, matches: Sequence[Match]) -> _Read:
    return _Read(best, asked, matches, stated=best.match.stated)


def _told(read: _Read, every: Mapping[str, _Read], bodies: Set[str], named_in: Set[str]) -> _Read:
    """The same, lacking what is asked where other papers state it and nothing in this one does.

    `bodies`: those asked about; `named_in`: those that this paper names.
    """
    if read.fact or read.best.lacks or read.full:
        return read
    lacks = ""
    if read.stated < _UNTOLD and max(r.stated for r in every.values()) >= _TOLD_BESIDE:
        lacks = say("silent.unmet")
    elif len(bodies) == 1 and not bodies & named_in and _named_or_untold(read.best.match):
        lacks = say("silent.body", name=next(iter(bodies)))
    return replace(read, best=replace(read.best, lacks=lacks)) if lacks else read


def _named_or_untold(match: Match) -> bool:
    """Whether a clause does not surely answer by its meaning, or is a list of names."""
    return match.meaning < TOLD or fixed_part(match.view.clause) == "recipients"


def _better(own: _Read, before: _Read, one: Reading, bodies: Set[str]) -> bool:
    """Whether a paper is answered by this reading rather than by the one before."""
    if own.fact:
        return True
    if one.full and own.best.match.meaning >= _TOPIC:
        return True
    if one.alone:
        return own.best.match.meaning > before.best.match.meaning + _SURER
    return _surer(own.best, before.best, bodies) or (
        not own.best.lacks and _behind(before.best, own) > _CLEARER
    )


def _behind(other: Best, own: _Read) -> float:
    """How far the clause of another reading is behind in this one, which names one side only."""
    here = (m.score for m in own.matches if m.view is other.match.view)
    return own.best.match.score - max(here, default=0.0)


def _surer(own: Best, whole: Best, bodies: Set[str]) -> bool:
    """Whether a clause found for its own side answers, and more surely than for all sides.

    `bodies`: those asked about; the encoder tells them apart less well than a clause's own words.
    """
    before, now = whole.match.view, own.match.view
    headed = bodies & (before.heads | before.leads) > bodies & (now.heads | now.leads)
    headed = headed or bodies & before.heads > bodies & now.heads
    if own.lacks or headed or bodies & before.bodies > bodies & now.bodies:
        return False
    return bool(whole.lacks) or own.match.meaning > whole.match.meaning + _SURER


def _says(read: _Read, enough: float) -> bool:
    """Whether a paper answers: nearly as well as the best of all, or surely by its meaning."""
    best = read.best
    if read.fact:
        return True
    near = read.full or best.match.score > enough or best.match.meaning >= TOLD
    return not best.lacks and near


def _whole_finding(read: _Read, room: int, shown: _Shown) -> Finding:
    """What one paper says; a clause that stands beside the best one and fits as well is added."""
    if read.fact:
        return read.fact
    best, asked, matches = read.best, read.asked, read.matches
    section = money_section(best, matches, asked)
    if section:
        each = [finding(m, asked, Direct(), room=room // len(section)) for m in section]
        return replace(each[0], sources=tuple(s for f in each for s in f.sources))
    twin = twin_of(best, matches, asked, beside_only=True) if shown.twin else None
    less = twin or (shown.tight and best.direct.states)
    room = room // 2 if less else room
    found = finding(best.match, asked, best.direct, room=room, compared=True, tight=shown.tight)
    if twin is None:
        return found
    beside = finding(twin, asked, best.direct, room=room // 2).sources
    beside = beside if shown.lines and best.direct.states else beside[:1]
    return replace(found, sources=tuple(dict.fromkeys([*found.sources, *beside])))


def _lacking(
    scope: Scope, sides: Sequence[Side], bests: Mapping[str, Best], answering: Set[str]
) -> list[Best]:
    """For each side whose papers do not answer, the nearest clause and what it lacks."""
    lacking = []
    for side in sides:
        ids = {p.document.id for p in scope.profiles if is_of(side, p)}
        nearest = next((b for i, b in bests.items() if i in ids), None)
        if nearest and not ids & answering:
            lacking.append(replace(nearest, lacks=nearest.lacks or say("silent.unmet")))
    return lacking


def _silence_of(best: Best, asked: Asked) -> Finding:
    """A paper that was compared and does not say, with the clause nearest to it."""
    found = finding(best.match, asked, Direct(), room=_NEAREST)
    of_all = best.lacks == say("silent.unmet")
    lacks = say("silent.unmet_side") if of_all else best.lacks
    direct = f"{lacks} {say('silent.nearest_side')}"
    return replace(found, direct=direct, sources=found.sources[:1])
