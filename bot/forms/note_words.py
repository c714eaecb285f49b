"""The note of reference in words: short for a chat, whole for a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from bot.answers import LONGEST_TEXT, shorten
from bot.forms.criteria import CriteriaNote, Section, Told
from bot.forms.passages import Passage, told
from bot.texts import say

#: What a chat says; a file has everything.
_IN_CHAT = ("outside", "content", "when", "lead", "forms")
_MOST_FORMS = 2  #: of a list of forms; the content has four groups, and none may be missing
_LONGEST_DRAFT, _LONGEST_BY = 80, 60
#: Whether criteria have their whole names, and the characters of an item: what fits is taken.
_SHAPES = (
    *((True, items) for items in (400, 160, 110, 95, 80, 70, 60)),
    *((False, items) for items in (80, 70, 60, 50, 40, 30, 22)),
)
_ALONE = 90  #: more characters for a paragraph that stands alone


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of a file."""

    text: str
    style: Literal["plain", "quote", "place"] = "plain"


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one heading of a file; "" for no heading."""

    heading: str
    lines: tuple[Line, ...]


def in_chat(note: CriteriaNote, *, enclosed: bool) -> str:
    """The note within `LONGEST_TEXT` characters; `enclosed`: files with all of it go along."""
    head = [
        say("criteria.head", title=say("criteria.title"), subject=say("criteria.subject")),
        *_facts(note, _LONGEST_DRAFT),
    ]
    after = [say("criteria.law"), *note.status]
    after += [say("criteria.enclosed")] if enclosed else []
    after.append(_made(note, _LONGEST_BY))
    for named, items in _SHAPES:
        told_ = (*_answered(note, named=named), *_result(note), *_briefly(note, items))
        text = "\n".join(filter(None, (*head, *told_, *after)))
        if len(text) <= LONGEST_TEXT:
            return text
    # Only papers with far longer names than ours come here: the files have it all.
    return shorten("\n".join((*head, *_result(note), *after)), LONGEST_TEXT)


def on_paper(note: CriteriaNote) -> tuple[Part, ...]:
    """The whole note, part by part; title and mark are `criteria.title`, `criteria.mark`."""
    answers = [
        line
        for told_, text in zip(note.answers, _answers(note.answers), strict=True)
        for line in (Line(text), Line(told_.place, "place"))
    ]
    parts = [
        Part("", tuple(map(Line, _facts(note, len(note.draft))))),
        _part("answers", answers),
        _part("result", map(Line, _result(note))),
        *(_part(one.name, _lines(one)) for one in note.sections),
        _part("status", map(Line, (say("criteria.law"), *note.status))),
        Part("", (Line(_made(note, len(note.by))),)),
    ]
    return tuple(parts)


def _part(name: str, lines: Iterable[Line]) -> Part:
    return Part(say(f"criteria.sections.{name}"), tuple(one for one in lines if one.text))


def _facts(note: CriteriaNote, longest: int) -> Iterator[str]:
    draft = shorten(note.draft, longest) or say("criteria.no_name")
    yield say("criteria.draft", draft=draft)
    plan = say("criteria.plan", plan=note.plan)
    yield f"{plan} {say('lines.is_over')}" if note.over else plan


def _answers(told_: Iterable[Told]) -> list[str]:
    return [say("criteria.answer", name=one.name, answer=one.answer) for one in told_]


def _result(note: CriteriaNote) -> Iterator[str]:
    yield say("criteria.result", verdict=say(f"criteria.{note.verdict}"))
    if note.verdict != "met":
        yield say(f"criteria.advice_{note.verdict}")


def _made(note: CriteriaNote, longest: int) -> str:
    at = {"time": f"{note.now:%H:%M}", "day": f"{note.now:%d/%m/%Y}"}
    by = shorten(note.by, longest)
    return say("criteria.made_by", by=by, **at) if by else say("criteria.made", **at)


def _answered(note: CriteriaNote, *, named: bool) -> Iterator[str]:
    """The answers of a chat: a line each, or one for all with the criteria by their numbers."""
    if named:
        yield from (f"• {answer}" for answer in _answers(note.answers))
    else:
        short = (replace(one, name=one.name.partition(",")[0]) for one in note.answers)
        yield "; ".join(_answers(short))


def _briefly(note: CriteriaNote, items: int) -> Iterator[str]:
    """The sections of a chat; a run of passages names its paper once, and a digest as such."""
    titled, begun, introduced = "", False, False
    for name, one in _chosen(note):
        if name != "outside":  # it has been said in so many words, and needs only its place
            if not begun:
                yield say(f"criteria.then_{note.verdict}")
            begun = True
            if one.digest and not introduced:
                yield say("criteria.digest")
            introduced = one.digest
            lines = one.gist[:_MOST_FORMS] if name == "forms" else one.gist
            longest = items + _ALONE if len(lines) == 1 else items
            words = told(lines, digest=one.digest, longest=longest)
            yield say("criteria.section", name=say(f"criteria.sections.{name}"), words=words)
        yield one.nearby if titled == one.title else one.place
        titled = one.title


def _chosen(note: CriteriaNote) -> Iterator[tuple[str, Passage]]:
    """What a chat says: of each paper the first passage to a subject."""
    for name in _IN_CHAT:
        section = note.section(name)
        first: dict[str, Passage] = {}
        for one in section.passages if section else ():
            first.setdefault(one.title, one)
        yield from ((name, one) for one in first.values())


def _lines(section: Section) -> Iterator[Line]:
    """A section whole: quotations word for word, a digest introduced as one."""
    for one in section.passages:
        yield from _whole(one)
        yield Line(one.place, "place")
        yield from (Line(say("note", note=slip)) for slip in one.notes)


def _whole(one: Passage) -> Iterator[Line]:
    if one.digest:
        yield Line(say("digest", text=one.whole[0]))
        yield from map(Line, one.whole[1:])
    else:
        yield from (Line(say("quote", quote=line), "quote") for line in one.whole)
