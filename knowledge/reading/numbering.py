"""The labels that Word prints before paragraphs but does not store: "I.", "1.2.", "a)", "-"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

_PLACE = re.compile(r"%([1-9])")
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LEVELS = 9
_LABEL = 60  # characters of a pattern such as "Điều %1."; longer is an attack
_DASHES = {"-", "–", "—", "+", "*"}  # bullets that are printed as they are; others become "-"


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered."""

    start: int = 1
    format: str = "decimal"
    text: str = ""
    restart: int | None = None  #: begins again after this level (1-based); 0 never; None any
    legal: bool = False  #: higher levels are shown as decimals
    style: str | None = None  #: the paragraph style tied to this level


def local(element: Element) -> str:
    """The name of an element without its namespace (transitional and strict files differ)."""
    return element.tag.rpartition("}")[2]


def child(element: Element | None, *path: str) -> Element | None:
    """The element at a path of local names below `element`; None where it breaks off."""
    for name in path:
        if element is None:
            return None
        element = next((each for each in element if local(each) == name), None)
    return element


def value(element: Element | None, name: str = "val") -> str | None:
    """An attribute by its local name; None when element or attribute is missing."""
    if element is None:
        return None
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == name), None)


def on(element: Element | None) -> bool:
    """Whether a toggle such as `<w:vanish/>` is set."""
    return element is not None and value(element) not in ("0", "false", "off")


class Labels:
    """Counts the numbered paragraphs of one document, in the order in which they are asked."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._styles = {value(e, "styleId"): e for e in _named(styles, "style")}
        self._abstract = {value(e, "abstractNumId"): e for e in _named(numbering, "abstractNum")}
        self._numbers = {value(e, "numId"): e for e in _named(numbering, "num")}
        self._levels: dict[str, tuple[str | None, dict[int, Level]]] = {}
        self._counters: dict[str | None, list[int | None]] = {}
        self._begun: set[str] = set()

    def label(self, properties: Element | None) -> str:
        """The label of the paragraph with these `w:pPr`, counted; "" when it has none."""
        number, depth = self._place(properties)
        if number is None or number not in self._numbers:
            return ""
        list_id, levels = self._of_number(number)
        counters = self._counters.setdefault(list_id, [None] * _LEVELS)
        if number not in self._begun:
            self._begun.add(number)
            self._restart(number, counters)
        level = levels.get(depth, Level(format="none"))
        self._advance(counters, levels, depth)
        if level.format == "none":
            return level.text if "%" not in level.text else ""
        if level.format == "bullet":
            return level.text if level.text in _DASHES else "-"
        return _PLACE.sub(_shower(counters, levels, level), level.text).strip()

    def _advance(self, counters: list[int | None], levels: dict[int, Level], depth: int) -> None:
        for above in range(depth):
            if counters[above] is None:
                counters[above] = levels.get(above, Level()).start
        now = counters[depth]
        counters[depth] = levels.get(depth, Level()).start if now is None else now + 1
        for below in range(depth + 1, _LEVELS):
            restart = levels.get(below, Level()).restart
            if restart is None or depth < restart:
                counters[below] = None

    def _restart(self, number: str, counters: list[int | None]) -> None:
        """A list that says "start at n" begins again though it shares its counters."""
        for override in _named(self._numbers[number], "lvlOverride"):
            depth = _whole(value(override, "ilvl"), -1)
            if child(override, "startOverride") is not None and 0 <= depth < _LEVELS:
                counters[depth:] = [None] * (_LEVELS - depth)

    def _place(self, properties: Element | None) -> tuple[str | None, int]:
        """(list number, level from 0) from the paragraph itself or from its style."""
        own = child(properties, "numPr")
        number = value(child(own, "numId"))
        depth = value(child(own, "ilvl"))
        style = value(child(properties, "pStyle"))
        if number is None and (found := self._from_style(style)):
            number, owner, inherited = found
            depth = depth or inherited
            if depth is None and number in self._numbers:
                _, levels = self._of_number(number)
                depth = next((str(n) for n, level in levels.items() if level.style == owner), None)
        if number == "0":
            number = None
        return number, min(max(_whole(depth, 0), 0), _LEVELS - 1)

    def _from_style(self, style: str | None) -> tuple[str, str, str | None] | None:
        """(list number, the style that sets it, its level) along the chain of styles."""
        seen: set[str] = set()
        while style is not None and style not in seen:
            seen.add(style)
            element = self._styles.get(style)
            own = child(element, "pPr", "numPr")
            if (number := value(child(own, "numId"))) is not None:
                return number, style, value(child(own, "ilvl"))
            style = value(child(element, "basedOn"))
        return None

    def _of_number(self, number: str) -> tuple[str | None, dict[int, Level]]:
        if number not in self._levels:
            element = self._numbers[number]
            list_id = value(child(element, "abstractNumId"))
            abstract = self._abstract.get(list_id)
            link = self._from_style(value(child(abstract, "numStyleLink")))
            if link and link[0] in self._numbers and link[0] != number:
                list_id = value(child(self._numbers[link[0]], "abstractNumId"))
                abstract = self._abstract.get(list_id)
            levels = dict(_levels(abstract))
            for override in _named(element, "lvlOverride"):
                depth = _whole(value(override, "ilvl"), -1)
                levels.update(_levels(override))
                start = value(child(override, "startOverride"))
                if start is not None and depth in levels:
                    levels[depth] = _starting(levels[depth], _whole(start, 1))
            self._levels[number] = (list_id, levels)
        return self._levels[number]


def _named(element: Element | None, name: str) -> Iterator[Element]:
    return (each for each in (element if element is not None else ()) if local(each) == name)


def _levels(parent: Element | None) -> Iterator[tuple[int, Level]]:
    for element in _named(parent, "lvl"):
        restart = value(child(element, "lvlRestart"))
        yield (
            _whole(value(element, "ilvl"), 0),
            Level(
                start=_whole(value(child(element, "start")), 1),
                format=value(child(element, "numFmt")) or "decimal",
                text=(value(child(element, "lvlText")) or "").strip()[:_LABEL],
                restart=None if restart is None else _whole(restart, 0),
                legal=on(child(element, "isLgl")),
                style=value(child(element, "pStyle")),
            ),
        )


def _starting(level: Level, start: int) -> Level:
    return Level(start, level.format, level.text, level.restart, level.legal, level.style)


def _shower(
    counters: list[int | None], levels: dict[int, Level], shown: Level
) -> Callable[[re.Match[str]], str]:
    def show(match: re.Match[str]) -> str:
        depth = int(match.group(1)) - 1
        level = levels.get(depth, Level())
        count = counters[depth] if counters[depth] is not None else level.start
        return in_format(count or 0, "decimal" if shown.legal else level.format)

    return show


def in_format(number: int, name: str) -> str:
    """A count as Word shows it: 3 → "3", "03", "III", "iii", "C", "c"."""
    if name == "none":
        return ""
    if name == "decimalZero":
        return f"{number:02d}"
    if name.endswith("Letter") and 0 < number <= 780:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters.upper() if name.startswith("upper") else letters
    if name.endswith("Roman") and 0 < number < 4000:
        roman = ""
        for size, sign in _ROMAN:
            roman += sign * (number // size)
            number %= size
        return roman.upper() if name.startswith("upper") else roman
    return str(number)


def _whole(text: str | None, default: int) -> int:
    """A whole number of at most six digits; anything else is `default`."""
    return int(text) if text is not None and re.fullmatch(r"-?[0-9]{1,6}", text) else default
