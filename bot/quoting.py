"""Which words of a clause to quote: contiguous, within the room there is."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.terms import Term, coverage_by
from bot.views import View
from knowledge.citations import find_numbers
from knowledge.documents import Clause

WHOLE_CLAUSE = 1_100  #: characters of a clause that is quoted whole
LONGEST_QUOTE = 1_200
_SHORTEST_ROOM = 300  #: a clause is not cut below this unless there is less room in all
_MOST_CHILDREN = 6
_MOST_STATED = 4  #: the subject of a clause and the lines that state the fact
_SOURCE_LINE = 90  #: characters that say where a quote stands
_LIST_ITEMS = 3  #: bullets that make a list
_LIST_FIRST = 0.2  #: share of the question that being a list is worth, among children
_NUMBER_FIRST = 0.5  #: the same for a piece that names papers by number, when they are asked for
_INNER_WEIGHT = 0.6  #: within one clause the words of the trade count this much at least
#: Facet → the line of a clause that states it ("- Cơ quan chủ trì: …", "b) Đơn vị chủ trì").
_ROLE_LINES = {
    "lead": re.compile(r"^\W*(?:[Đđ]ơn vị|[Cc]ơ quan)?\s*[Cc]hủ trì[^,;.]*(?::|$)"),
    "coordinate": re.compile(r"^\W*(?:[Đđ]ơn vị|[Cc]ơ quan)?\s*[Pp]hối hợp[^,;.]*(?::|$)"),
    "when": re.compile(r"^\W*[Tt]hời (?:gian|hạn|điểm)[^,;.]*(?::|$)"),
}
_SHARE = re.compile(r"\d ?%")

#: Between the phrases of a text; the second where one of the first is too long.
_PHRASE_ENDS = (re.compile(r"[;.:] "), re.compile(r"[;.:,] "))

Quote = tuple[Clause, str]


def quotes(
    view: View,
    terms: Sequence[Term],
    *,
    whole: bool,
    facets: Sequence[str] = (),
    room: int = LONGEST_QUOTE,
    lines: bool = True,
) -> list[Quote]:
    """What to quote of a clause: its own text, or its children's when it has none or all count.

    `facets`: what the first line of the answer states; the lines that print it are quoted.
    `lines`: whether other lines of the task (who, with whom, when) are, as room allows.
    """
    clause = view.clause
    below = [
        c for c in view.document.clauses if c.address.startswith(f"{clause.address}.") and c.text
    ]
    stated = _stated(clause, below, facets)
    if stated:
        return [*stated, *(_lines_left(view, below, stated, room) if lines else ())]
    chosen: list[Quote] = []
    least = min(_SHORTEST_ROOM, room)
    if clause.text:
        limit = room if whole else min(room, WHOLE_CLAUSE)
        chosen.append((clause, _piece(clause, terms, limit, numbers="basis" in facets)))
    if not clause.text or (whole and below):
        left = room - sum(len(q) for _, q in chosen)
        chosen.extend(_of_children(below, terms, left, least))
    chosen = chosen or [(clause, clause.heading)]
    return [*chosen, *(_lines_left(view, below, chosen, room) if lines else ())]


def _stated(clause: Clause, below: Sequence[Clause], facets: Sequence[str]) -> list[Quote]:
    """The subject of a clause and its lines that name the lead, the partner or the time."""
    if "percent" in facets and len(clause.pieces) > 1:
        shares = [(clause, p.text) for p in clause.pieces if _SHARE.search(p.text)]
        return shares[:_MOST_STATED]
    stated = _role_lines(clause, below, facets)
    if not stated:
        return []
    subject = [(clause, clause.pieces[0].text)] if clause.pieces else []
    return list(dict.fromkeys([*subject, *stated]))[:_MOST_STATED]


def _lines_left(
    view: View, below: Sequence[Clause], chosen: Sequence[Quote], room: int
) -> list[Quote]:
    """The lines of the task that are not quoted yet: who leads, with whom, when; as room allows.

    A part of a task ("1. Tập huấn …") has them in the clause above it.
    """
    lines = _role_lines(view.clause, below, tuple(_ROLE_LINES))
    if not lines and view.clause.text:
        above = next((c for c in view.document.clauses if c.address == view.clause.parent), None)
        lines = _role_lines(above, (), tuple(_ROLE_LINES)) if above else []
    left: list[Quote] = []
    room -= sum(len(q) + _SOURCE_LINE for _, q in chosen)
    for clause, text in lines:
        if any(c == clause and text in q for c, q in chosen):
            continue
        if len(text) > room:
            break  # a partner without the lead before it would be read as the lead
        left.append((clause, text))
        room -= len(text) + _SOURCE_LINE
    return left


def _role_lines(clause: Clause, below: Sequence[Clause], facets: Sequence[str]) -> list[Quote]:
    """The lines of a clause and the clauses below it that state these facets."""
    found: list[Quote] = []
    for line in (_ROLE_LINES[f] for f in facets if f in _ROLE_LINES):
        found += [(clause, p.text) for p in clause.pieces if line.search(p.text)]
        found += [(c, c.text) for c in below if line.search(c.heading)]
    return found


def _of_children(
    below: Sequence[Clause], terms: Sequence[Term], room: int, least: int
) -> list[Quote]:
    """Quotes of the children that say most about the question, in the order of the paper."""

    def worth(child: Clause) -> float:
        is_list = sum(p.bullet for p in child.pieces) >= _LIST_ITEMS
        return coverage_by(f"{child.heading} {child.text}", terms) + _LIST_FIRST * is_list

    chosen: dict[str, str] = {}
    for child in sorted(below, key=worth, reverse=True)[:_MOST_CHILDREN]:
        quote = _piece(child, terms, max(room, least))
        if chosen and len(quote) > room:
            continue
        chosen[child.address] = quote
        room -= len(quote)
    return [(c, chosen[c.address]) for c in below if c.address in chosen]


def _piece(clause: Clause, terms: Sequence[Term], limit: int, *, numbers: bool = False) -> str:
    """The clause's text, or the run of its pieces that meets the question best; contiguous.

    `numbers`: papers are asked for, so a piece that names some by number goes first.
    """
    if len(clause.text) <= limit:
        return clause.text
    if len(clause.pieces) < 2:
        return _window(clause.text, terms, limit)
    texts = [p.text for p in clause.pieces]
    inner = _inner(terms)
    best = _best(
        texts,
        lambda text: (
            coverage_by(text, inner) + (_NUMBER_FIRST if numbers and find_numbers(text) else 0.0)
        ),
    )
    if best + 1 < len(texts) and texts[best].endswith(":"):
        best += 1  # "… như sau:" says nothing without what follows
    quote = " ".join(_run_around(best, texts, limit))
    return quote if len(quote) <= limit else _window(quote, terms, limit)


def _run_around(best: int, texts: Sequence[str], limit: int) -> Sequence[str]:
    """Texts around `best` within `limit` characters; the shorter neighbour is taken first."""
    first = last = best
    while True:
        before = len(texts[first - 1]) if first else limit + 1
        after = len(texts[last + 1]) if last + 1 < len(texts) else limit + 1
        size = sum(len(t) + 1 for t in texts[first : last + 1])
        if size + min(before, after) > limit:
            return texts[first : last + 1]
        if after <= before or before > limit:
            last += 1
        else:
            first -= 1


def _window(text: str, terms: Sequence[Term], limit: int) -> str:
    """The run of phrases within `limit` that meets the question best; contiguous, no ellipsis."""
    inner = _inner(terms)

    def worth(phrase: str) -> float:
        return coverage_by(phrase, inner)

    for marks in _PHRASE_ENDS:
        starts = [0, *(m.end() for m in marks.finditer(text))]
        ends = [*starts[1:], len(text)]
        phrases = [text[a:b] for a, b in zip(starts, ends, strict=True)]
        first = last = _best(phrases, worth)
        if worth(phrases[first][:limit]) >= worth(phrases[first]):
            break  # else it would be cut before what is asked about
    while True:
        if first and ends[last] - starts[first - 1] <= limit:
            first -= 1
        elif last + 1 < len(ends) and ends[last + 1] - starts[first] <= limit:
            last += 1
        else:
            break
    window = text[starts[first] : ends[last]].strip(" ,")
    return window if len(window) <= limit else window[:limit].rsplit(" ", 1)[0]


def _best(texts: Sequence[str], worth: Callable[[str], float]) -> int:
    """Position of the text worth most, the first of equals."""
    values = [worth(text) for text in texts]
    return values.index(max(values))


def _inner(terms: Sequence[Term]) -> list[Term]:
    """Terms to tell the pieces of one clause apart: there the words of the trade count too."""
    return [replace(t, weight=max(t.weight, _INNER_WEIGHT)) for t in terms]
