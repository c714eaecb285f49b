"""Lines joined into paragraphs, bullets, rows and labelled headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.bodies import STARTS_BODY
from knowledge.reading.labels import Label, read_labels
from knowledge.reading.lines import (
    BULLET,
    LEADS_IN,
    Layout,
    Line,
    awaits_number,
    continues,
    is_bullet,
    is_capitals,
    is_full,
    is_terminal,
)
from knowledge.reading.parts import COPIES, begins_paper
from knowledge.reading.placing import Look, place
from knowledge.reading.tables import Table, cells, header_at, row_depth, row_label
from knowledge.vietnamese import fold

_TALLEST = 8  #: lines of a row or header with broken cells
_LOOK_AHEAD = 1500  #: lines; a list that starts again at 1 is settled long before


@dataclass(slots=True)
class Paragraph:
    """One or more lines of the source that are one sentence, bullet, row or labelled header."""

    lines: list[Line]
    label: Label | None = None
    depth: int = 0  #: how many labels are open above
    bullet: bool = False
    row: bool = False
    skip: int = 0  #: characters of the first line that are not part of it

    @property
    def start(self) -> int:
        """Where it begins in the source."""
        first = self.lines[0]
        return first.offsets[self.skip] if self.skip else first.start

    @property
    def body_start(self) -> int:
        """Where what follows the label begins; the end when nothing does."""
        text = self.lines[0].text
        at = self.label.length if self.label else 0
        at += len(text[at:]) - len(text[at:].lstrip())
        if at < len(text):
            return self.lines[0].offsets[at]
        return self.lines[1].start if len(self.lines) > 1 else self.end

    @property
    def end(self) -> int:
        """Where it ends in the source."""
        return self.lines[-1].end

    @property
    def text(self) -> str:
        """Its projected text, label included."""
        return " ".join(line.text for line in self.lines)[self.skip :]

    def places(self) -> list[int]:
        """The source offset of each character of `text`."""
        out: list[int] = []
        for line in self.lines:
            out.extend(line.offsets)
            out.append(line.end)
        return out[self.skip : -1]

    def cut(self, at: int) -> Paragraph | None:
        """What follows character `at` of `text`, as a paragraph of its own."""
        at += self.skip
        for i, line in enumerate(self.lines):
            rest = line.text[at:]
            if rest.strip():
                skip = at + len(rest) - len(rest.lstrip())
                return Paragraph(self.lines[i:], skip=skip, bullet=False, row=self.row)
            at = max(0, at - len(line.text) - 1)
        return None

    def after_colon(self) -> Paragraph | None:
        """What follows the first colon."""
        at = self.text.find(":")
        return self.cut(at + 1) if at >= 0 else None


@dataclass(slots=True)
class Body:
    """Every line that opens a clause, and the paragraphs between them."""

    lines: Sequence[Line]
    layout: Layout
    placed: dict[int, tuple[Label, int]] = field(default_factory=dict)
    rows: set[int] = field(default_factory=set)
    wrapped: set[int] = field(default_factory=set)  #: lines that go on with the row above
    article: Label | None = None  #: the last one, for articles are numbered throughout

    def starts_clause(self, i: int) -> bool:
        """Line `i` carries a label that was believed."""
        return i in self.placed

    def paragraphs(self, first: int, last: int) -> list[Paragraph]:
        """The paragraphs of lines `first` to `last`."""
        out: list[Paragraph] = []
        for i in range(first, last):
            line = self.lines[i]
            above = self.lines[i - 1] if i > first else None
            if i in self.wrapped and out:
                out[-1].lines.append(line)
            elif i in self.placed:
                label, depth = self.placed[i]
                out.append(Paragraph([line], label, depth, row=i in self.rows))
            elif i in self.rows:
                out.append(Paragraph([line], row=True))
            elif is_bullet(
                line, above, self.layout, is_header=bool(out) and _may_be_heading(out[-1])
            ):
                out.append(Paragraph([line], bullet=True))
            elif out and above and _joins(out[-1], above, line, self.layout):
                out[-1].lines.append(line)
            else:
                out.append(Paragraph([line]))
        return out


def _may_be_heading(paragraph: Paragraph) -> bool:
    """A heading is short and has no colon within; what goes beyond that is text."""
    return paragraph.label is not None and len(paragraph.text) < 160 and ": " not in paragraph.text


def _joins(paragraph: Paragraph, above: Line, line: Line, layout: Layout) -> bool:
    if paragraph.row:
        return False
    label = paragraph.label
    so_far = paragraph.text[label.length :].strip() if label else paragraph.text
    if label and not so_far:  # "Phần I" and its title on the next line
        return is_capitals(line.text) or (len(line.text) <= 150 and not is_terminal(line.text))
    capitals = is_capitals(line.text) and is_capitals(so_far)
    if label and capitals and line.gap == 0 and not is_terminal(above.text):
        return True
    return continues(so_far, above, line, layout, is_header=_may_be_heading(paragraph))


def fixed_paragraphs(body: Body, first: int, last: int, name: str) -> list[Paragraph]:
    """The paragraphs of a part without labels; a signature keeps its lines apart."""
    if name == "signature":
        return [Paragraph([line]) for line in body.lines[first:last]]
    several = {i for i in range(first, last) if len(cells(body.lines[i].tabbed)) >= 3}
    plain = Body(body.lines, body.layout, {}, body.rows | several, body.wrapped)
    return plain.paragraphs(first, last)


def assemble(lines: Sequence[Line], layout: Layout) -> Body:
    """Decide for every line of the text whether it opens a clause."""
    body = Body(lines, layout)
    candidates = [read_labels(line.text) for line in lines]
    opened: list[Label] = []
    table: Table | None = None
    copies = False
    for i, line in enumerate(lines):
        copies = copies or bool(COPIES.match(line.text))
        if begins_paper(lines, i, after_tail=copies, in_body=bool(body.placed)):
            opened, body.article, table, copies = [], None, None, False
        if i in body.wrapped:  # the second line of a header
            continue
        ahead = [below.tabbed for below in lines[i : i + _TALLEST]]
        if found := header_at(ahead):
            header, height = found
            body.rows.add(i)
            body.wrapped.update(range(i + 1, i + height))
            if table is None or header != table.header:  # not the same one on a new page
                del opened[table.depth if table else len(opened) :]
                table = Table(header, len(opened))
            continue
        if table is not None:
            part = table.take(line.tabbed, ahead[1:], gap=line.gap > 0)
            part = "outside" if COPIES.match(line.text) else part
            if part != "outside":
                (body.wrapped if part == "wrapped" else body.rows).add(i)
                label = row_label(line.tabbed) if part == "row" else None
                if label:
                    del opened[row_depth(opened, table.depth, label) :]
                    body.placed[i] = (label, len(opened))
                    opened.append(label)
                continue
            del opened[table.depth :]
            table = None
        _number_line(body, candidates, opened, i)
    return body


def _number_line(body: Body, candidates: list[list[Label]], opened: list[Label], i: int) -> None:
    if not candidates[i]:
        return
    line, above = body.lines[i], body.lines[i - 1] if i else None
    later = candidates[i + 1 : i + _LOOK_AHEAD]
    look = _look(body, i, line, above)
    found = place(opened, candidates[i], look, later, body.article)
    if found:
        if found.label.family == "article":
            body.article = found.label
        del opened[found.depth :]
        body.placed[i] = (found.label, found.depth)
        opened.append(found.label)


def _look(body: Body, i: int, line: Line, above: Line | None) -> Look:
    label = read_labels(line.text)[0]
    rest = line.text[label.length :].lstrip("“\"(‘'")
    capital = not rest or rest[0].isupper() or rest[0].isdigit()
    if above is None:
        return Look(True, capital, False)
    fresh = line.gap > 0 or is_terminal(above.text) or i - 1 in body.placed
    fresh = fresh or not is_full(above, line, body.layout, loosely=True)
    awaited = awaits_number(above.text, line.text.lstrip("*•+- ")) and not is_capitals(above.text)
    # "Phòng Tư pháp:", "Chế độ báo cáo:" head a list of their own, beside the one above and not
    # below its last item.
    titled = len(above.text) <= 80 and not LEADS_IN.search(fold(above.text))
    heads = i - 1 not in body.placed and (titled or bool(STARTS_BODY.match(above.text)))
    heads = heads and len(above.text) < 120 and (i < 2 or is_terminal(body.lines[i - 2].text))
    return Look(fresh, capital, awaited, above.text.endswith(":") and not heads)


__all__ = ["BULLET", "Body", "Paragraph", "assemble", "fixed_paragraphs"]
