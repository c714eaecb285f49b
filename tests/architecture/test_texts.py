"""Every sentence a person reads is in texts.vi.yaml: all are used, and none is missing."""

from __future__ import annotations

import ast
import re
import string
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.texts import load_texts, say

ROOT = Path(__file__).parents[2]
VIETNAMESE = re.compile(r"[À-ỹĂăĐđƠơƯư]")
FILES = sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "service").rglob("*.py")])
BOT = [path for path in FILES if path.is_relative_to(ROOT / "bot")]
TREES = {path: ast.parse(path.read_text("utf-8")) for path in FILES}


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"  # type: ignore[attr-defined]


def as_pattern(node: ast.expr) -> str | None:
    """A string or f-string as a pattern: f"lines.valid_{status}" → "lines\\.valid_.+"."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = [
            re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".+" for v in node.values
        ]
        return "".join(parts)
    return None


def strings(node: ast.AST) -> Iterator[str]:
    """Patterns of all strings in a piece of code; parts of an f-string are not strings."""
    parts = {id(v) for n in ast.walk(node) if isinstance(n, ast.JoinedStr) for v in n.values}
    for child in ast.walk(node):
        if id(child) not in parts and isinstance(child, (ast.Constant, ast.JoinedStr)):
            pattern = as_pattern(child)
            if pattern and re.search(r"[a-z]", pattern):
                yield pattern


def said() -> Iterator[tuple[Path, ast.Call]]:
    """Calls of `say` and `choices` with a key."""
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
            if named and node.func.id in ("say", "choices"):
                yield path, node


def matching(pattern: str) -> list[str]:
    return [key for key in load_texts() if re.fullmatch(pattern, key)]


def test_every_key_that_is_asked_for_exists() -> None:
    calls = list(said())
    assert len(calls) > 30
    groups = {key.split(".")[0] for key in load_texts()}
    for path, call in calls:
        for pattern in strings(call.args[0]):
            assert matching(pattern), f"{place(path, call)}: {pattern}"
    # A key may be chosen before it is said: key = "lines.leads" if stated else "lines.tasked".
    for path in BOT:
        for pattern in strings(TREES[path]):
            is_key = re.fullmatch(rf"(?:{'|'.join(groups)})\\\.\w+", pattern)
            if is_key and not pattern.endswith((".toml", ".yaml")):
                assert matching(pattern), f"{path.name}: {pattern}"


def test_every_sentence_is_used() -> None:
    used = {
        key
        for tree in TREES.values()
        for pattern in strings(tree)
        if pattern.strip(".+")
        for key in matching(pattern)
    }
    assert sorted(load_texts().keys() - used) == []


def test_a_sentence_gets_the_values_it_has_room_for() -> None:
    for path, call in said():
        key = call.args[0]
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            continue
        text = load_texts().get(key.value)
        if isinstance(text, str) and not any(k.arg is None for k in call.keywords):
            wanted = {name for _, name, _, _ in string.Formatter().parse(text) if name}
            assert {k.arg for k in call.keywords} == wanted, place(path, call)


@pytest.mark.parametrize("key", sorted(load_texts()))
def test_a_sentence_is_tidy(key: str) -> None:
    text = load_texts()[key]
    for sentence in (text,) if isinstance(text, str) else text:
        assert sentence == "\n".join(" ".join(line.split()) for line in sentence.split("\n"))
        assert unicodedata.is_normalized("NFC", sentence)
        assert sentence.count("“") == sentence.count("”")
        assert not re.search(r"\b[Bb]ạn\b", sentence), "people are addressed as Anh/chị"
        assert not re.search(r" [.,:;?!]", sentence)


def test_a_missing_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("no.such.sentence")


# --- and nowhere else ---------------------------------------------------------------------------


def plain_strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Strings that are neither docstrings nor patterns given to `re`."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            skipped.update(id(child) for child in ast.walk(node))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in skipped:
            continue
        if isinstance(node.value, str) and VIETNAMESE.search(node.value):
            yield node


@pytest.mark.parametrize("path", BOT, ids=lambda p: p.name)
def test_no_sentence_stands_in_the_code(path: Path) -> None:
    """An f-string holds no Vietnamese; a string with capital and verb belongs in the YAML."""
    tree = TREES[path]
    wrong = [
        place(path, node)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        and any(isinstance(v, ast.Constant) and VIETNAMESE.search(v.value) for v in node.values)
    ]
    wrong += [
        place(path, node)
        for node in plain_strings(tree)
        if node.value[:1].isupper() and len(node.value.split()) >= 4
    ]
    assert wrong == []


def test_what_fills_a_sentence_is_not_written_in_the_code() -> None:
    """say("silent.fact", name="cơ quan ban hành") would be half a sentence outside the YAML."""
    wrong = [
        place(path, call)
        for path, call in said()
        for keyword in call.keywords
        if any(
            isinstance(n, ast.Constant) and VIETNAMESE.search(str(n.value))
            for n in ast.walk(keyword.value)
        )
    ]
    assert wrong == []
