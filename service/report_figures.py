"""The figures of an evaluation in words: for the terminal and for the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from bot.evaluation import Judged, Tally, groups, tally
from service.routes.page_views import sentences

_KINDS = 24  #: kinds of question with a row of their own

Result = Literal["right", "confident", "refused", "other"]
RESULTS: tuple[Result, ...] = ("right", "confident", "refused", "other")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar, in hundredths of its length."""

    result: Result
    start: float
    width: float
    count: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of one group in words; `spoken` is its bar for who cannot see it."""

    name: str
    asked: str
    right: str
    interval: str
    confident: str
    refused: str
    unanswerable: str
    clause: str
    segments: tuple[Segment, ...]
    spoken: str


@cache
def texts() -> Mapping[str, Any]:
    """The sentences about an evaluation (`evaluation:` of texts.vi.yaml)."""
    return sentences("evaluation")


def sentence(key: str, **values: object) -> str:
    """The sentence under `key`, filled in."""
    return str(texts()[key]).format(**values)


def figures(name: str, counts: Tally) -> Figures:
    """A group's counts; shares are of all its turns, but the clause of those answered."""
    low, high = counts.interval
    segments = tuple(_segments(counts))
    names = texts()["results"]
    return Figures(
        name=name,
        asked=thousands(counts.asked),
        right=percent(counts.right, counts.asked),
        interval=f"{percent(low)} – {percent(high)}",
        confident=percent(counts.confident, counts.asked),
        refused=percent(counts.refused, counts.asked),
        unanswerable=percent(counts.unanswerable, counts.asked),
        clause=percent(counts.clause_right, counts.answered),
        segments=segments,
        spoken=", ".join(f"{names[segment.result]}: {segment.count}" for segment in segments),
    )


def _by_result(counts: Tally) -> dict[Result, int]:
    other = counts.asked - counts.right - counts.confident - counts.refused
    return dict(zip(RESULTS, (counts.right, counts.confident, counts.refused, other), strict=True))


def _segments(counts: Tally) -> Iterator[Segment]:
    start = 0.0
    for result, count in _by_result(counts).items():
        width = 100 * count / counts.asked if counts.asked else 0.0
        yield Segment(result, round(start, 3), round(width, 3), thousands(count))
        start += width


def per_hundred(counts: Tally) -> str:
    """What would become of a hundred questions, in one sentence."""
    of = max(counts.asked, 1)
    shares = {result: round(100 * count / of) for result, count in _by_result(counts).items()}
    return sentence("per_hundred", **shares)


def tables(judged: Sequence[Judged]) -> list[tuple[str, list[Figures]]]:
    """Title and rows of each table."""
    words = texts()
    spellings = dict(groups(judged, lambda j: j.spelling))
    outcomes = dict(groups(judged, lambda j: j.question.expected))
    return [
        (words["table_spelling"], _named(words["spellings"], spellings)),
        (words["table_outcome"], _named(words["outcomes"], outcomes)),
        (words["table_kind"], _kinds(judged)),
    ]


def _named(names: Mapping[str, str], found: Mapping[str, Tally]) -> list[Figures]:
    return [figures(name, found[key]) for key, name in names.items() if key in found]


def _kinds(judged: Sequence[Judged]) -> list[Figures]:
    """Most failures first; what makes the table too long is one row at its end."""
    found = list(groups(judged, lambda j: j.question.kind))
    found.sort(key=lambda kind: (kind[1].right - kind[1].asked, -kind[1].asked))
    rows = [figures(kind_in_words(name), counts) for name, counts in found[:_KINDS]]
    rest = {name for name, _ in found[_KINDS:]}
    if rest:
        counts = tally(j for j in judged if j.question.kind in rest)
        rows.append(figures(sentence("other_kinds", count=len(rest)), counts))
    return rows


def kind_in_words(name: str) -> str:
    """A question without a kind has that of its outcome."""
    return str(texts()["outcomes"].get(name, name))


def times(judged: Sequence[Judged]) -> str:
    """How long answers took."""
    spent = sorted(j.milliseconds for j in judged) or [0.0]
    half, most = spent[len(spent) // 2], spent[int(len(spent) * 0.95)]
    return sentence("times", half=_decimal(half), most=_decimal(most))


def percent(part: float, whole: float = 1) -> str:
    """ "92,3%" as Vietnamese writes it; "–" of nothing."""
    return f"{_decimal(100 * part / whole)}%" if whole else "–"


def _decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def thousands(value: int) -> str:
    """ "1.110"."""
    return f"{value:,}".replace(",", ".")
