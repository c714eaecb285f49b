"""Printed labels: "Phần I", "Điều 5.", "II.", "2.1.", "a)", and which one follows which."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: How deep a family usually sits; equal tiers nest in the order in which they first appear.
TIERS = {
    "part": 0,
    "chapter": 1,
    "upper": 2,
    "roman": 2,
    "section": 2,
    "article": 3,
    "task": 3,
    "number": 4,
    "compound": 4,
    "letter": 5,
    "small-roman": 6,
    # rows of a table, which never hold anything but rows
    "row-upper": 9,
    "row-roman": 9,
    "row-number": 9,
    "row-compound": 9,
    "row-letter": 9,
}
_LETTERS = "abcdđefghijklmnopqrstuvwxyz"
_SKIPPED = frozenset("đfjwz")  # letters that a list may leave out
_ORDINALS = {
    "nhất": "I",
    "hai": "II",
    "ba": "III",
    "tư": "IV",
    "bốn": "IV",
    "năm": "V",
    "sáu": "VI",
    "bảy": "VII",
    "tám": "VIII",
    "chín": "IX",
    "mười": "X",
}
_WORDS = {
    "phần": "part",
    "chương": "chapter",
    "mục": "section",
    "tiểu mục": "section",
    "điều": "article",
}
#: The capitals of Vietnamese, for a character class; no range of Unicode holds only capitals.
CAPITALS = "".join(
    chr(c)
    for c in (*range(0x41, 0x5B), *range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA))
    if chr(c).isupper()
)
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}

# "Phần I", "PHẦN THỨ NHẤT", "Chương II", "Mục 1.", "Điều 5." Not "Điều 5 của
# Luật này", "Mục 2, phần III".
_WORD = re.compile(
    r"(phần|chương|tiểu mục|mục|điều)\s*"
    r"(?:thứ\s+(nhất|hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười)\b|(?<!\w)([ivxl]+|\d{1,3}[a-zđ]?|"
    r"[a-z])\b)"
    r"(?:\s*([.:/)]|[-–—](?=\s))\s*|\s*$|\s+)",
    re.IGNORECASE,
)
# "Nhiệm vụ 1: Rà soát …"; not "Nhiệm vụ 1 và nhiệm vụ 2", "Nội dung 3: -".
_TASK = re.compile(
    r"(?:[-*+•]\s*)?(nhiệm vụ|hoạt động|công việc|nội dung|giải pháp)\s+"
    r"(\d{1,2}|[IVX]{1,5})\s*[.:]\s*"
    rf"(?=(?-i:[{CAPITALS}\"“]))",
    re.IGNORECASE,
)
_ROMAN = re.compile(r"([IVX]{1,6})(?:\s*([.)/:])|\s*([-–—])(?=\s))\s*")
# "2.1.", "2.1)", "2.1 Xây dựng", "II.1." Not "1.309 văn bản", "2.5 triệu", "20.9.2023".
_COMPOUND = re.compile(
    r"((?:\d{1,2}|[IVX]{1,5})(?:\.\d{1,2}){1,4})(?:\s*[.)/:]\s*(?=\D)|\s+(?=["
    + CAPITALS
    + r"“\"]))"
)
# "1.", "1)", "1/", "(1)", "1 - Xây". Not "20/9/2023", "1.5", "2 - 3".
_NUMBER = re.compile(
    r"(?:(\d{1,2}[a-zđ]?)\s*(?:([.)/:])\s*(?!\d+[/.]\d|\d{3})|([-–—])\s*(?=["
    + CAPITALS
    + r"]))|\((\d{1,2})\)\s*)"
)
_LETTER = re.compile(r"(?:([a-zđ])\s*([.)/])\s*(?=\S)|\(([a-zđ])\)\s*)")
_UPPER = re.compile(r"([A-HK-UĐ])(?:\s*([.)/])|\s+([-–—])(?=\s))\s+(?=\S)")
_SMALL_ROMAN = re.compile(
    r"(?:(i{1,3}|iv|vi{0,3}|ix|x)\s*([.)])\s*(?=\S)|\((i{1,3}|iv|vi{0,3}|ix|x)\)\s*)"
)


@dataclass(frozen=True, slots=True)
class Label:
    """One reading of the start of a line; `length` is counted in the projected line."""

    family: str
    mark: str  #: the punctuation that tells "1." from "1)"
    parts: tuple[str, ...]  #: as they stand in an address: ("III",), ("2", "1")
    value: int  #: its place among its siblings, from 1
    length: int

    @property
    def style(self) -> tuple[str, str]:
        """Labels of one list share it."""
        return (self.family, self.mark)


def read_labels(text: str) -> list[Label]:
    """Every way in which the start of a line can be read as a label, likeliest first."""
    found = [_word(text), _task(text), _compound(text), _roman(text), _number(text)]
    found += [_letter(text), _small_roman(text), _upper(text)]
    return [label for label in found if label]


def follows(last: Label, label: Label) -> bool:
    """Whether `label` is what a list would print after `last` (punctuation apart)."""
    if last.family != label.family:
        return False
    if label.family in ("letter", "upper"):
        between = _LETTERS[last.value : label.value - 1]
        return label.value > last.value and set(between) <= _SKIPPED
    return label.value == last.value + 1 or _is_variant(last, label)


def roman_value(text: str) -> int:
    """The value of a roman numeral; 0 if it is not one as people write them."""
    total = 0
    for i, letter in enumerate(text):
        value = _VALUES[letter]
        after = _VALUES[text[i + 1]] if i + 1 < len(text) else 0
        total += -value if value < after else value
    return total if total < 90 and to_roman(total) == text else 0


def to_roman(number: int) -> str:
    """1 → "I", for 1 to 89."""
    out = ""
    for value, sign in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while number >= value:
            out += sign
            number -= value
    return out


def _is_variant(last: Label, label: Label) -> bool:
    # "5a" stands after "5", and "6" after "5a": amended decrees number so.
    return (
        last.value == label.value
        and last.parts[-1] < label.parts[-1]
        and label.parts[-1][-1].isalpha()
    )


def _word(text: str) -> Label | None:
    match = _WORD.match(text)
    if not match:
        return None
    word, ordinal, number, mark = match.groups()
    family = _WORDS[word.lower()]
    if family == "article" and (ordinal or not number[0].isdigit()):
        return None
    printed = _ORDINALS[ordinal.lower()] if ordinal else number.upper()
    if number and number[0].isdigit():
        printed = number.lower().lstrip("0")
    if not mark and match.end() < len(text) and not _is_heading(text[match.end() :]):
        return None
    value = _value_of(printed)
    return Label(family, "", (printed,), value, match.end()) if value else None


def _task(text: str) -> Label | None:
    match = _TASK.match(text)
    if not match:
        return None
    printed = match[2].upper().lstrip("0")
    value = _value_of(printed) if printed else 0
    return Label("task", match[1].lower(), (printed,), value, match.end()) if value else None


def _is_heading(rest: str) -> bool:
    return all(not c.islower() for c in rest)


def _value_of(printed: str) -> int:
    if printed and printed[0].isdigit():
        return int(re.sub(r"\D", "", printed))
    if set(printed) <= set(_VALUES) and printed:
        return roman_value(printed)
    return ord(printed) - ord("A") + 1 if len(printed) == 1 else 0


def _compound(text: str) -> Label | None:
    match = _COMPOUND.match(text)
    if not match:
        return None
    parts = tuple(p.lstrip("0") or "0" for p in match[1].split("."))
    value = int(parts[-1])
    return Label("compound", str(len(parts)), parts, value, match.end()) if value else None


def _roman(text: str) -> Label | None:
    match = _ROMAN.match(text)
    value = roman_value(match[1]) if match else 0
    if not match or not value or match.end() >= len(text):
        return None
    return Label("roman", match[2] or "-", (match[1],), value, match.end())


def _number(text: str) -> Label | None:
    match = _NUMBER.match(text)
    if not match or match.end() >= len(text):
        return None
    printed = (match[1] or match[4]).lstrip("0")
    mark = "()" if match[4] else match[2] or "-"
    value = _value_of(printed) if printed else 0
    return Label("number", mark, (printed,), value, match.end()) if value else None


def _letter(text: str) -> Label | None:
    match = _LETTER.match(text)
    if not match:
        return None
    letter = match[1] or match[3]
    mark = "()" if match[3] else match[2]
    return Label("letter", mark, (letter,), _LETTERS.index(letter) + 1, match.end())


def _upper(text: str) -> Label | None:
    match = _UPPER.match(text)
    if not match:
        return None
    value = _LETTERS.index(match[1].lower()) + 1
    return Label("upper", match[2] or "-", (match[1],), value, match.end())


def _small_roman(text: str) -> Label | None:
    match = _SMALL_ROMAN.match(text)
    if not match:
        return None
    printed = match[1] or match[3]
    mark = "()" if match[3] else match[2]
    value = roman_value(printed.upper())
    return Label("small-roman", mark, (printed,), value, match.end())
