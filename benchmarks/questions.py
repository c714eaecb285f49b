"""The questions that the product is measured by, and the assistant that is asked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.dialogue import Assistant
from bot.evaluation import Question, part_of, read_questions

TODAY = date(2026, 11, 21)  #: the day the questions were written for
FOLDER = Path(__file__).parents[1] / "tests" / "questions"
SEEN = FOLDER / "seen"  #: earlier files: their failures have been read, all of them
DRILLS = FOLDER / "drills"  #: each of one hard kind: replies, two sides, near misses


def exam(part: str = "all") -> list[Question]:
    """The questions of `part`: all, development, or the third that is set aside by its hash."""
    return part_of(_every(FOLDER), part)


def seen() -> list[Question]:
    """The questions of the earlier files."""
    return _every(SEEN)


def drills() -> list[Question]:
    """The questions of one hard kind each, to work on; not what the product is measured by."""
    return _every(DRILLS)


def _every(folder: Path) -> list[Question]:
    return [q for file in sorted(folder.glob("*.jsonl")) for q in read_questions(file)]


def shipped_assistant() -> Assistant:
    """The assistant over the shipped library alone."""
    from index.encoder import SHIPPED as MODEL
    from index.encoder import Encoder
    from index.search import entries_of, search_over
    from knowledge.library import SHIPPED, load_library

    library = load_library(SHIPPED)
    encoder = Encoder(MODEL) if (MODEL / "modules.json").is_file() else None
    return Assistant(library, search_over(entries_of(library.documents), encoder))
