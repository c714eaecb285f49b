"""What a clause says, taken for a note: a plan word for word, a digest in its own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answers import shorten
from bot.forms.definition import Clause, Where
from bot.status import notes_for
from bot.texts import say
from knowledge.documents import Clause as Printed
from knowledge.documents import Document, Piece
from knowledge.errors import CitationNotFound
from knowledge.vietnamese import fold

#: The paper with this id; None when there is none that this person may read.
Papers = Callable[[str], Document | None]

#: A line that says who leads; a bare "Chủ trì …" says what is led by whom its heading names.
_LED = re.compile(r"(?P<named>(?:co quan|don vi) )?chu tri\b")
_MARKS = re.compile(r"[,;.:](?=\s)")
_WORTH = 0.6  #: share of the room from which a cut after a mark is better than after a word


@dataclass(frozen=True, slots=True)
class Passage:
    """What one clause says."""

    clause: Clause
    place: str  #: where it stands, in words
    title: str  #: how people call the paper
    digest: bool  #: told, and never quoted
    whole: tuple[str, ...]  #: paragraphs as they stand in the paper
    gist: tuple[str, ...]  #: of these, what a chat needs
    notes: tuple[str, ...] = ()  #: on slips of the source

    @property
    def nearby(self) -> str:
        """Where it stands, under another passage of the same paper."""
        return self.place.removesuffix(f", {self.title}")


def passage(
    clause: Clause, about: str, papers: Papers, where: Where, *, narrow: bool = False
) -> Passage | None:
    """What `clause` says; None when it is gone, or says nothing of `about` (folded words).

    `narrow`: only its paragraphs that have these words.

    An office may put another paper in the place of one that ships: its clause of the same number
    need not be about the same.
    """
    paper = papers(clause.document)
    try:
        printed = paper.clause(clause.address) if paper else None
    except CitationNotFound:
        printed = None
    if paper is None or printed is None:
        return None
    below = [c for c in paper.clauses if c.address.startswith(f"{printed.address}.")]
    gist = _gist(printed, below)
    whole = gist if _leading(printed) else _whole(printed, below, headed=not paper.digest)
    if about not in fold(" ".join((printed.heading, *whole))):
        return None
    if narrow:
        whole = tuple(line for line in whole if about in fold(line)) or whole
    notes = tuple(notes_for(paper, " ".join(whole)))
    return Passage(clause, where(clause), paper.short_title, paper.digest, whole, gist, notes)


def told(lines: Sequence[str], *, digest: bool, longest: int) -> str:
    """Paragraphs of a passage in one line, each within `longest` characters.

    A quotation stays one contiguous piece of the paper: what tells that it goes on stands outside.
    """
    if digest:
        return " ".join(shorten(line, longest) for line in lines)
    return "; ".join(_quoted(line.rstrip(" ;."), longest) for line in lines)


def _quoted(line: str, longest: int) -> str:
    kept = _first_of(line, longest)
    quote = say("quote", quote=kept)
    return quote if kept == line else f"{quote}…"


def _first_of(line: str, longest: int) -> str:
    """The first words of a line, if they can be up to a comma or the like."""
    if len(line) <= longest:
        return line
    ends = [m.start() for m in _MARKS.finditer(line, 0, longest + 1)]
    if ends and ends[-1] >= _WORTH * longest:
        return line[: ends[-1]]
    return line[: longest + 1].rsplit(" ", 1)[0][:longest].rstrip(" ,;:.")


def _whole(printed: Printed, below: Sequence[Printed], *, headed: bool) -> tuple[str, ...]:
    """Every paragraph of the clause and of what stands below it."""
    lines: list[str] = []
    for one in (printed, *below):
        lines += [one.heading] if headed and one.heading else []
        lines += map(_bare, one.pieces)
    return tuple(filter(None, lines))


def _gist(printed: Printed, below: Sequence[Printed]) -> tuple[str, ...]:
    """Who leads, the items of a list, the first paragraph, or the heads of what stands below."""
    leading = _leading(printed)
    if leading:
        return leading
    lines = tuple(map(_bare, printed.pieces))
    if len(lines) > 1 and lines[0].endswith(":"):
        return lines[1:]
    return lines[:1] or tuple(one.heading or _bare(one.pieces[0]) for one in below if one.text)


def _leading(printed: Printed) -> tuple[str, ...]:
    """The line that says who leads, under the heading that it needs; () when there is none."""
    for line in map(_bare, printed.pieces):
        found = _LED.match(fold(line))
        if found:
            return (line,) if found["named"] else (printed.heading, line)
    return ()


def _bare(piece: Piece) -> str:
    return piece.text.removeprefix("- ")
