"""What a piece of the source says once markup, furniture and odd spaces are gone.

Offsets always point into the source as stored, so nothing here changes a text as a whole: a slice
is cleaned when it is shown, and a line is projected (with the offset of each letter) to be parsed.
"""

from __future__ import annotations

import re
import unicodedata

from knowledge.vietnamese import collapse

#: Line breaks as word processors, PDF readers and old Macs write them.
BREAK = re.compile(r"\r\n|[\n\r\f\v\x85\u2028\u2029]")

# Must go: "[bookmark: muc_1]", "**", the marks of "^{…}", invisible characters, "## " and "> "
# before a line. Must stay: "* " as a bullet, "(*)" as a footnote mark, "2*3".
_MARKUP = re.compile(
    r"\[bookmark:[^\]]*\]"
    r"|^\s*(?:#{1,6}|>)(?=\s)"
    r"|\*{2,}"
    r"|(?<![\d(])\*(?=\S)|(?<=[^\s\d(])\*(?=\s|$)|(?<=[^\s\d(])\*(?=[^\s\w])"
    r"|\^\{(?=[^{}]*\})"
    r"|[\u200b-\u200d\u2060\ufeff\u00ad]"
)
_SPACE = re.compile(r"\s")
_RAISED_END = re.compile(r"\^\{[^{}]*(\})")
_PAGE = re.compile(r"(?:trang\s+)?[-–—]?\s*\d{1,3}\s*(?:/\s*\d{1,3}\s*)?[-–—]?", re.IGNORECASE)
_RULE = re.compile(r"[|\s:+]*[-–—_=~*─━.]{3,}[-–—_=~*─━.|\s:+]*")


def project(line: str) -> tuple[str, list[int]]:
    """One source line in NFC without markup, and the source offset of each of its characters."""
    if unicodedata.is_normalized("NFC", line) and not _MARKUP.search(line):
        return _SPACE.sub(" ", line), list(range(len(line)))
    gone = {i for match in _MARKUP.finditer(line) for i in range(*match.span())}
    gone.update(match.start(1) for match in _RAISED_END.finditer(line))
    kept = [i for i in range(len(line)) if i not in gone]
    letters: list[str] = []
    offsets: list[int] = []
    at = 0
    while at < len(kept):
        end = at + 1
        while end < len(kept) and unicodedata.combining(line[kept[end]]):
            end += 1
        whole = unicodedata.normalize("NFC", "".join(line[kept[i]] for i in range(at, end)))
        letters.extend(" " if letter.isspace() else letter for letter in whole)
        offsets.extend([kept[at]] * len(whole))
        at = end
    return "".join(letters), offsets


def furniture(lines: list[str], breaks: list[str]) -> list[bool]:
    """Which lines are page numbers or rules; `breaks[i]` is the break that ends `lines[i]`."""
    blank = [not line.strip() for line in lines]
    flags = [False] * len(lines)
    for i, line in enumerate(lines):
        bare = line.strip(" \t\xa0*")
        if not bare:
            continue
        # A number alone on its line is a page number only beside a blank line or a page break.
        alone = (
            i == 0
            or i == len(lines) - 1
            or blank[i - 1]
            or blank[i + 1]
            or breaks[i - 1] == "\f"
            or breaks[i] == "\f"
        )
        marked = not bare.isdigit()
        flags[i] = bool(_RULE.fullmatch(bare) or (_PAGE.fullmatch(bare) and (alone or marked)))
    return flags


def split_lines(text: str) -> tuple[list[str], list[str], list[int]]:
    """Lines without their breaks, the break after each ("" at the end), and where each starts."""
    lines: list[str] = []
    breaks: list[str] = []
    starts: list[int] = []
    at = 0
    for match in BREAK.finditer(text):
        lines.append(text[at : match.start()])
        breaks.append(match.group())
        starts.append(at)
        at = match.end()
    lines.append(text[at:])
    breaks.append("")
    starts.append(at)
    return lines, breaks, starts


def clean(source: str) -> str:
    """A slice of the source as shown: NFC, no markup, no page numbers inside, single spaces."""
    lines, breaks, _ = split_lines(source)
    flags = furniture(lines, breaks)
    # The edges of a slice were chosen by whoever cut it; only what lies between can be furniture.
    flags[0] = flags[-1] = False
    kept = (project(line)[0] for line, flag in zip(lines, flags, strict=True) if not flag)
    return collapse(" ".join(kept))


def is_empty(source: str) -> bool:
    """True if the slice holds nothing but space, markup, page numbers and rules."""
    lines, breaks, _ = split_lines(source)
    flags = furniture(lines, breaks)
    return all(
        flag or not project(line)[0].strip() for line, flag in zip(lines, flags, strict=True)
    )
