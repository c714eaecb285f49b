"""What is published says nothing of the machine or the place where it was made."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BINARY = {".png", ".safetensors", ".ico", ".woff2", ".docx", ".pdf"}
#: Name → pattern. Only this file may hold what it forbids: its examples.
FORBIDDEN = {
    "a path of somebody's machine": r"(?<![\w.])/(?:wo" r"rk|ro" r"ot|ho" r"me|Us" r"ers)/\w",
    "a folder outside the tree": r"\.\./sha" r"red\b|\bsha" r"red/(?:design|seeds)",
    "a number of a task": r"\biss" r"ue #?\d+\b",
    "a tool that writes": r"(?i)\b(?:cla" r"ude|anth" r"ropic|chat" r"gpt|copi" r"lot)\b",
    "the making of": r"(?i)\b(?:sub" r"agent|the br" r"ief says|land it, th" r"en widen)\b",
    "a secret": r"-----BEGIN [A-Z ]*PRIVATE KEY|\b\d{8,10}:[A-Za-z0-9_-]{35}\b|\bgh[ps]_\w{30,}",
    "a merge left undone": r"^(?:<{7}|>{7}) ",
}
INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069]")


@cache
def tracked() -> tuple[Path, ...]:
    """Every text file under version control."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout: nothing says which files are published")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(p for p in paths if p.suffix not in BINARY and p.is_file() and p != Path(__file__))


@cache
def lines() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        name = path.relative_to(ROOT)
        found += [(f"{name}:{i}", line) for i, line in enumerate(text.splitlines(), 1)]
    assert len(found) > 1_000
    return found


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_shows(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    assert [place for place, line in lines() if pattern.search(line)] == []


def test_no_sign_turns_the_text_around() -> None:
    """Signs that reorder a line hide what the code does."""
    assert [place for place, line in lines() if INVISIBLE.search(line)] == []


def test_code_and_words_are_composed() -> None:
    """NFC throughout: a pattern in NFD would match nothing. The papers stay as they were given."""
    wrong = [
        place
        for place, line in lines()
        if not unicodedata.is_normalized("NFC", line)
        and not place.startswith(("knowledge/library/", "tests/"))
    ]
    assert wrong == []


def test_nothing_generated_is_published() -> None:
    wrong = [p for p in tracked() if p.suffix in (".pyc", ".log", ".sqlite3", ".bak", ".orig")]
    assert wrong == []


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a path of somebody's machine", "see /home/an/troly"),
        ("a path of somebody's machine", "open('" + "/".join(("", "work", "main", "x")) + "')"),
        ("a folder outside the tree", "/".join(("..", "shared", "seeds"))),
        ("a number of a task", "as issue 2 asks"),
        ("a secret", "-----BEGIN RSA " + "PRIVATE KEY-----"),
    ],
)
def test_what_is_forbidden_is_found(what: str, line: str) -> None:
    assert re.search(FORBIDDEN[what], line)


@pytest.mark.parametrize(
    "line", ["the framework/setup", "https://example.vn/home/tin", "an issue of dates", "workflow"]
)
def test_what_is_allowed_is_not(line: str) -> None:
    assert not any(re.search(pattern, line) for pattern in FORBIDDEN.values())
