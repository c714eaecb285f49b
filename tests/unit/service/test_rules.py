"""Rules of the service that a reader of the code would otherwise have to remember."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SERVICE = Path(__file__).parents[3] / "service"
FILES = sorted(SERVICE.rglob("*.py"))


def calls(file: Path) -> set[str]:
    """The names of the methods that a file calls."""
    tree = ast.parse(file.read_text("utf-8"))
    found = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {function.attr for function in found if isinstance(function, ast.Attribute)}


def imports(file: Path) -> set[str]:
    """The modules that a file names in its imports."""
    tree = ast.parse(file.read_text("utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {str(node.module) for node in nodes}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SERVICE)))
def test_only_the_edge_commits_and_only_storage_speaks_sql(file: Path) -> None:
    if file != SERVICE / "storage" / "engine.py":
        assert "commit" not in calls(file), "open a transaction(engine) instead"
    if SERVICE / "storage" not in file.parents:
        assert not {"exec", "execute", "exec_driver_sql"} & calls(file), "SQL lives in storage/"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SERVICE)))
def test_only_the_settings_read_the_environment(file: Path) -> None:
    text = file.read_text("utf-8")
    if file.name != "settings.py":
        assert "os.environ" not in text
        assert "getenv" not in text


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SERVICE)))
def test_the_assistant_is_put_together_in_one_file(file: Path) -> None:
    if file.name not in ("wiring.py", "answering.py"):  # which holds what is put together
        assert "bot.dialogue" not in imports(file)
