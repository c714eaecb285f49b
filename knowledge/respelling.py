"""A word that was read wrongly off a picture, put right in the text and in what follows from it.

Only words that a program has read off pictures are changed: what was handed in as text stays as it
is. Every span after the word moves; the clause's heading and paragraphs and the duties that hold
the word say it as the paper prints it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from knowledge import structure
from knowledge.correcting import locate
from knowledge.documents import Clause, Document, Duty, Piece, When
from knowledge.duties import read_duties
from knowledge.duty_correcting import mark_time, when_said
from knowledge.errors import CorrectionRefused
from knowledge.reading.clean import clean
from knowledge.vietnamese import collapse, compose

#: As accents are written: in one sign with their letter, or after it.
_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
_NO_ACCENT = r"(?![\u0300-\u036f])"


@dataclass(frozen=True, slots=True)
class _Edit:
    """One stretch of the text, never an empty one, and what stands there from now on."""

    start: int
    end: int
    words: str

    def moved(self, at: int) -> int:
        """Where a place of the text is afterwards; raises CorrectionRefused for one in between."""
        if at <= self.start:
            return at
        if at < self.end:
            raise CorrectionRefused("misread_across")
        return at + len(self.words) - (self.end - self.start)

    def within(self, start: int, end: int) -> bool:
        """Whether all of it lies there."""
        return start <= self.start and self.end <= end

    def made(self, text: str) -> str:
        """The text afterwards."""
        return text[: self.start] + self.words + text[self.end :]


def respell(paper: Document, address: str, wrong: str, right: str) -> Document:
    """The paper with `right` for `wrong`, which stands once in the clause at `address`.

    Raises CorrectionRefused.
    """
    before, after = (compose(wrong).split(), compose(right).split())
    _check(before, right)
    clause = next((each for each in paper.clauses if each.address == address), None)
    if clause is None:
        raise CorrectionRefused("no_clause")
    edit = _edit(paper, _found(paper, clause, before), before, after)
    text = edit.made(paper.text)
    spans = [(edit.moved(start), edit.moved(end)) for start, end in paper.scanned]
    clauses = tuple(_clause(paper, each, edit, text) for each in paper.clauses)
    said = _Said(paper, edit, text, clauses, before, after)
    duties = tuple(map(said.duty, paper.duties))
    if structure.loads(structure.dumps(clauses, duties, text).encode(), text) != (clauses, duties):
        raise CorrectionRefused("damaged")  # whatever happens, nothing unreadable is kept
    notes = tuple(note for note in paper.notes if note[0] in text or note[0] in clean(text))
    return replace(
        paper, text=text, clauses=clauses, duties=duties, scanned=tuple(spans), notes=notes
    )


def _check(before: Sequence[str], right: str) -> None:
    if not before:
        raise CorrectionRefused("misread_none")
    if len(right.strip().splitlines()) > 1:
        raise CorrectionRefused("misread_lines")
    if _says(" ".join(before)) and not _says(right):
        raise CorrectionRefused("misread_empty")


def _says(words: str) -> bool:
    return any(map(str.isalnum, words))


def _found(paper: Document, clause: Clause, words: Sequence[str]) -> tuple[int, int]:
    """Where the words stand, the only time that they do."""
    found: set[tuple[int, int]] = set()
    for form in _FORMS:
        signs = r"\s+".join(re.escape(unicodedata.normalize(form, word)) for word in words)
        pattern = re.compile(rf"(?=({signs}){_NO_ACCENT})")
        for match in pattern.finditer(paper.text, clause.start, clause.end):
            found.add(match.span(1))
    scanned = [
        span for span in found if any(s <= span[0] and span[1] <= e for s, e in paper.scanned)
    ]
    if len(scanned) > 1:
        raise CorrectionRefused("misread_often")
    if not scanned:
        raise CorrectionRefused("misread_printed" if found else "misread_gone")
    return scanned[0]


def _edit(
    paper: Document, where: tuple[int, int], before: Sequence[str], after: Sequence[str]
) -> _Edit:
    """Only what differs; how the rest is spaced and broken into lines stays."""
    text = paper.text
    first, last = _shared(before, after)
    tokens = list(re.compile(r"\S+").finditer(text, *where))[first : len(before) - last]
    new = [_as_there(text[slice(*where)], word) for word in after[first : len(after) - last]]
    start, end = tokens[0].start(), tokens[-1].end()
    if not new:
        return _Edit(*_with_space(text, start, end, _borders(paper)), "")
    gaps = [text[one.end() : other.start()] for one, other in pairwise(tokens)]
    if len(new) != len(tokens):
        gaps = [" "] * (len(new) - 1)
    words = new[0] + "".join(gap + word for gap, word in zip(gaps, new[1:], strict=True))
    return _narrowed(text, start, end, words)


def _shared(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """How many words are the same at the beginning and at the end; one of `before` is left."""
    first = _alike(before[:-1], after)
    return first, _alike(before[first + 1 :][::-1], after[first:][::-1])


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _as_there(source: str, word: str) -> str:
    """Its accents written as those of the source."""
    return word if source == compose(source) else unicodedata.normalize("NFD", word)


def _narrowed(text: str, start: int, end: int, words: str) -> _Edit:
    """Without the letters that stay; a letter beside it is taken in where one is only added."""
    first = _alike(text[start:end], words)
    last = _alike(text[start + first : end][::-1], words[first:][::-1])
    if first + last == end - start:
        if last:
            last -= 1
        else:
            first -= 1
    return _Edit(start + first, end - last, words[first : len(words) - last])


def _borders(paper: Document) -> Iterator[int]:
    for clause in paper.clauses:
        yield from (clause.start, clause.end)
        for piece in clause.pieces:
            yield from (piece.start, piece.end)
    for span in paper.scanned:
        yield from span


def _with_space(text: str, start: int, end: int, borders: Iterator[int]) -> tuple[int, int]:
    """With the space on one side of what goes, as far as it is in the same paragraph."""
    places = list(borders)
    least = max((at for at in places if at <= start), default=0)
    most = min((at for at in places if at >= end), default=len(text))
    left = start - len(text[least:start]) + len(text[least:start].rstrip())
    right = most - len(text[end:most].lstrip())
    if left < start and (end == most or "\n" in text[end:right]):
        return left, end
    if right > end and (start == least or left < start):
        return start, right
    return start, end


def _clause(paper: Document, clause: Clause, edit: _Edit, text: str) -> Clause:
    start, end = edit.moved(clause.start), edit.moved(clause.end)
    pieces = tuple(_pieces(clause.pieces, edit, text))
    own = clause.text
    if [piece.text for piece in pieces] != [piece.text for piece in clause.pieces]:
        own = " ".join(piece.text for piece in pieces)
    heading = _heading(paper, clause, edit, text)
    return replace(clause, heading=heading, text=own, start=start, end=end, pieces=pieces)


def _pieces(pieces: Sequence[Piece], edit: _Edit, text: str) -> Iterator[Piece]:
    for piece in pieces:
        start, end = edit.moved(piece.start), edit.moved(piece.end)
        if not edit.within(piece.start, piece.end):
            yield replace(piece, start=start, end=end)
        elif words := clean(text[start:end]):
            yield replace(piece, text=words, start=start, end=end)


def _heading(paper: Document, clause: Clause, edit: _Edit, text: str) -> str:
    below = [each.start for each in paper.clauses if each.parent == clause.address]
    head = min([clause.end, *below, *(piece.start for piece in clause.pieces)])
    if not clause.heading or not edit.within(clause.start, head):
        return clause.heading
    found = locate(paper.text, clause.start, head, clause.heading)
    if found is None or edit.end <= found[0]:
        return clause.heading
    # What ends a heading belongs to it while it is read.
    end = found[1] if _says(paper.text[found[1] : head]) else head
    return clean(text[edit.moved(found[0]) : edit.moved(end)]).rstrip(":. ")


@dataclass(frozen=True, slots=True)
class _Said:
    """What duties say after the word was put right."""

    paper: Document
    edit: _Edit
    text: str
    clauses: Sequence[Clause]
    before: Sequence[str]
    after: Sequence[str]

    def duty(self, duty: Duty) -> Duty:
        """The duty, another one where it holds the word."""
        mine = self.paper.clause(duty.address)
        around = self._around(mine, duty.quote)
        if around is None:
            return duty
        quote = self._followed(duty.quote, mine)

        def follow(words: str) -> str:
            if quote == duty.quote and words in duty.quote:
                return words  # it stands there, not where the word was put right
            return self._followed(words, around)

        new = replace(
            duty,
            quote=quote,
            duty=self._retold(duty.duty, follow(duty.duty), duty.quote, quote),
            leads=tuple(map(follow, duty.leads)),
            coordinates=tuple(map(follow, duty.coordinates)),
            recipient=duty.recipient and follow(duty.recipient),
            via=duty.via and follow(duty.via),
        )
        said = duty.when.text or ""
        return self._timed(duty, new, self._retold(said, follow(said), duty.quote, quote))

    def _timed(self, before: Duty, after: Duty, said: str) -> Duty:
        """Its time read anew where that is another one; nobody has then said that it is right."""
        when, held = before.when, said != (before.when.text or "")
        clause = next(each for each in self.clauses if each.address == after.address)
        if held or after != before:
            anew = self._read_anew(before, after)
            if anew is None and held:
                anew = self._as_said(said, when)
            if anew not in (None, when):
                return mark_time(replace(after, when=anew, reviewed=False), clause)
        # A person may have put there before what the clause prints only now.
        return mark_time(after, clause) if when.by_hand else after

    def _read_anew(self, before: Duty, after: Duty) -> When | None:
        """Where nobody has changed its time: what the reader makes of the paper now."""
        year = self._year
        was = _stated(read_duties(self.paper.text, self.paper.clauses, year=year), before)
        now = _stated(read_duties(self.text, self.clauses, year=year), before)
        for one, other in zip(was, now, strict=False):
            if (one.quote, one.when, other.quote) == (before.quote, before.when, after.quote):
                return other.when
        return None

    def _as_said(self, said: str, before: When) -> When:
        try:
            return when_said(said, before, self._year)
        except CorrectionRefused:  # the paper prints a day that is not in the calendar
            return When(text=collapse(said))

    @property
    def _year(self) -> int | None:
        date = self.paper.identity.date
        return int(date[:4]) if date else None

    def _around(self, mine: Clause, quote: str) -> Clause | None:
        """The clause whose words the duty has: its own, or the one above that was put right."""
        edit = self.edit
        inside = [each for each in self.paper.clauses if edit.within(each.start, each.end)]
        own = inside[-1]  # parents stand before their children
        if own.address == mine.address or self._covering(quote, mine):
            return mine
        below = own.start <= mine.start and mine.end <= own.end
        return own if below and mine not in inside else None

    def _followed(self, words: str, clause: Clause) -> str:
        if found := self._covering(words, clause):
            return clean(self.text[found[0] : self.edit.moved(found[1])])
        return words

    def _retold(self, words: str, followed: str, quote: str, quote_now: str) -> str:
        """What a person has said in other words than the paper may hold the word, too."""
        if followed != words or quote == quote_now or words in quote:
            return followed
        first, last = _shared(self.before, self.after)
        old = " ".join(self.before[first : len(self.before) - last])
        new = " ".join(self.after[first : len(self.after) - last])
        alone = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
        if len(alone.findall(quote)) != 1 or len(alone.findall(words)) != 1:
            return words
        return collapse(alone.sub(lambda _: new, words))

    def _covering(self, words: str, clause: Clause) -> tuple[int, int] | None:
        """Where the words stand around the one that was put right."""
        at = clause.start
        while words and (found := locate(self.paper.text, at, clause.end, words)):
            if self.edit.within(*found):
                return found
            if found[0] > self.edit.start:
                return None
            at = found[0] + 1
        return None


def _stated(duties: Sequence[Duty], like: Duty) -> list[Duty]:
    return [duty for duty in duties if duty.address == like.address]
