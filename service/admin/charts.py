"""Where the bars of a small chart stand; the templates draw them (admin_charts.html)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_STEP, _BREADTH = 10.0, 8.0  #: from bar to bar, and of a bar
_HEIGHT = 100.0
_ROUND = (1, 2, 3, 4, 5, 6, 8, 10)  #: what an axis ends at, times a power of ten


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar: how it is coloured, its upper edge and its height."""

    name: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of pieces that stand on each other, with what is told of it."""

    x: float
    parts: tuple[Part, ...]
    told: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars side by side in a box `width` wide and 100 high, whose upper edge stands for `top`."""

    width: float
    breadth: float
    top: int
    bars: tuple[Bar, ...]


def stacked(columns: Sequence[tuple[str, Sequence[tuple[str, float]]]]) -> Chart:
    """A chart of columns: what is told of each, and its pieces from below as (name, value)."""
    top = rounded_up(max((sum(v for _, v in parts) for _, parts in columns), default=0))
    bars = (
        Bar(round(place * _STEP + (_STEP - _BREADTH) / 2, 2), _parts(parts, top), told)
        for place, (told, parts) in enumerate(columns)
    )
    return Chart(max(len(columns), 1) * _STEP, _BREADTH, top, tuple(bars))


def _parts(parts: Sequence[tuple[str, float]], top: int) -> tuple[Part, ...]:
    found, below = [], 0.0
    for name, value in parts:
        if value > 0:
            below += value
            height = value / top * _HEIGHT
            y = _HEIGHT - below / top * _HEIGHT
            found.append(Part(name, round(y, 2), round(height, 2)))
    return tuple(found)


def rounded_up(value: float) -> int:
    """A round number that is no less, 1 at least: 137 → 200."""
    zeros = 1
    while True:
        for step in _ROUND:
            if step * zeros >= value:
                return step * zeros
        zeros *= 10
