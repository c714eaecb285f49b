"""The same paper, broken into lines as a PDF or an e-mail breaks it, is the same tree."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from random import Random

import pytest

from knowledge.documents import Clause
from knowledge.duties import read_duties
from knowledge.library import SHIPPED
from knowledge.reading.outline import read_clauses

PAPERS = Path(__file__).parent / "papers"
FILES = [f for f in sorted(SHIPPED.glob("*/text.txt")) if "ttg" not in f.parent.name]
FILES += [PAPERS / "ke-hoach-xa.txt", PAPERS / "cong-van.txt"]


def break_up(paragraph: str, width: int, uneven: bool) -> list[str]:
    """Lines of at most `width` letters; `uneven` as letters of unlike widths make them."""
    chance = Random(len(paragraph))
    lines: list[str] = []
    line, room = "", width
    for word in paragraph.split():
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line, room = word, int(width * chance.uniform(0.9, 1.05)) if uneven else width
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def printed(text: str, width: int, *, spaced: bool, uneven: bool, page: str) -> str:
    """The text on pages of 38 lines; `page` is what the numbered break looks like."""
    bare = re.sub(r"\[bookmark[^]]*\]", "", text)
    lines: list[str] = []
    for paragraph in filter(None, (line.strip() for line in bare.splitlines())):
        lines += break_up(paragraph, width, uneven) + [""] * spaced
    out: list[str] = []
    for i, line in enumerate(lines):
        out.append(line)
        if page and i % 38 == 37:
            out.append(page.format(number=i // 38 + 2))
    return "\n".join(out)


def seen(text: str) -> tuple[list[tuple[str, str, str]], list[object]]:
    """The tree of a text, and its duties."""
    clauses = read_clauses(text)
    return (
        [(clause.address, clause.heading, clause.text) for clause in clauses],
        [(d.address, d.leads, d.when) for d in read_duties(text, clauses)],
    )


@cache
def unbroken(file: Path) -> tuple[str, tuple[list[tuple[str, str, str]], list[object]]]:
    """A paper whose paragraphs are lines, and what is seen of it."""
    text = file.read_bytes().decode("utf-8")
    if file.stem == "cong-van":  # printed already: join its lines first
        text = "\n".join(p for c in read_clauses(text) for p in whole(c))
    return text, seen(text)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
@pytest.mark.parametrize("width", [62, 78, 95])
@pytest.mark.parametrize("page", ["", "\n{number}\n", "\f{number}", "\n- {number} -\n"])
@pytest.mark.parametrize(("spaced", "uneven"), [(False, True), (True, False)])
def test_breaking_lines_changes_nothing(
    file: Path, width: int, page: str, spaced: bool, uneven: bool
) -> None:
    text, expected = unbroken(file)
    assert seen(printed(text, width, spaced=spaced, uneven=uneven, page=page)) == expected


def whole(clause: Clause) -> list[str]:
    head = " ".join(part for part in (clause.label, clause.heading) if part)
    pieces = [piece.text for piece in clause.pieces]
    if clause.label and not clause.heading:
        return [f"{head} {pieces[0]}", *pieces[1:]]
    return [f"{head}:" if clause.heading in ("Kính gửi", "Nơi nhận") else head, *pieces]
