"""Words on pictures, by `tesseract`, where it is installed with its Vietnamese data."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

_LANGUAGE = "vie"
_ASKING = 10.0  #: seconds
_SURE = 60.0  #: of 100: a word of which the program says less is doubtful
_COLUMNS = 12  #: of its table of words: level, page, block, paragraph, line, …, confidence, text
#: One thread each: several people send pictures at once, and it is faster so. Nothing else of our
#: environment is its business.
_ENVIRONMENT = {"OMP_THREAD_LIMIT": "1"}


def is_installed() -> bool:
    """Whether the program is there, with its Vietnamese data or without."""
    return shutil.which("tesseract") is not None


def can_read() -> bool:
    """Whether words on pictures can be read on this machine."""
    program = shutil.which("tesseract")
    return program is not None and _speaks_vietnamese(program)


def words_on(pages: Sequence[bytes], seconds: float) -> str:
    """The words on pictures that we made ourselves, as far as the time goes; "" for none."""
    program = shutil.which("tesseract")
    if program is None:
        return ""
    deadline = time.monotonic() + seconds
    found = []
    for page in pages:
        left = deadline - time.monotonic()
        words = (
            _run([program, "stdin", "stdout", "-l", _LANGUAGE], page, left) if left > 0 else None
        )
        if words is None:
            break
        found.append(words)
    return "\n".join(found)


@dataclass(frozen=True, slots=True)
class Seen:
    """The words on one picture, and those that the program is not sure of, in their order."""

    text: str = ""
    doubtful: tuple[str, ...] = ()


def words_and_doubts(page: bytes, seconds: float) -> Seen:
    """The words on a picture that we made ourselves; none where it takes longer."""
    program = shutil.which("tesseract")
    if program is None:
        return Seen()
    told = _run([program, "stdin", "stdout", "-l", _LANGUAGE, "tsv"], page, seconds)
    return _of_table(told) if told else Seen()


def _of_table(told: str) -> Seen:
    """Lines and paragraphs as the program itself would print them; a page ends with a form feed."""
    text, doubtful = "", []
    before: tuple[str, ...] = ()
    for row in told.split("\n"):
        cells = row.split("\t", _COLUMNS - 1)
        if len(cells) < _COLUMNS or cells[0] != "5" or not cells[-1].strip():
            continue
        place, word = tuple(cells[1:5]), cells[-1].strip()
        if before:
            text += " " if place == before else "\n" if place[:3] == before[:3] else "\n\n"
        text += word
        before = place
        if any(map(str.isalnum, word)) and _confidence(cells[10]) < _SURE:
            doubtful.append(word)
    return Seen(f"{text}\n\f" if text else "", tuple(doubtful))


def _confidence(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return 0.0


@cache
def _speaks_vietnamese(program: str) -> bool:
    return _LANGUAGE in (_run([program, "--list-langs"], b"", _ASKING) or "").split()


def _run(command: Sequence[str], given: bytes, seconds: float) -> str | None:
    """What the program writes; None when it fails or takes too long."""
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, timeout=seconds, env=_ENVIRONMENT
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
