"""service → bot → index → knowledge: a package imports only from below, and stays what it is."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Package → what it may import of the house.
MAY_IMPORT = {
    "knowledge": set(),
    "index": {"knowledge"},
    "bot": {"knowledge", "index"},
    "service": {"knowledge", "index", "bot"},
}
#: Package → what it must not need: knowledge and talk have no web, database, model or channel.
FOREIGN = {
    "knowledge": {"fastapi", "sqlmodel", "sqlalchemy", "torch", "faiss", "sentence_transformers",
                  "httpx", "requests", "socket", "telegram", "typer", "pydantic"},
    "index": {"fastapi", "sqlmodel", "sqlalchemy", "httpx", "requests", "telegram"},
    "bot": {"fastapi", "sqlmodel", "sqlalchemy", "torch", "faiss", "sentence_transformers",
            "httpx", "requests", "socket", "typer"},
}  # fmt: skip
#: Where a package meets the world: a channel speaks HTTP to its platform.
EDGES = {"bot": ("channels", {"httpx", "telegram"})}


def modules(package: str) -> list[Path]:
    found = sorted((ROOT / package).rglob("*.py"))
    assert found, package
    return found


def imported(source: str) -> Iterator[tuple[str, int]]:
    """Top-level packages that a module imports, wherever it does, and the line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name.split(".")[0], node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0], node.lineno


def called(source: str) -> Iterator[tuple[str, int]]:
    """Calls by dotted name: "date.today", "os.getenv"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Call, ast.Attribute)):
            name = ast.unparse(node.func if isinstance(node, ast.Call) else node)
            yield name, node.lineno


def broken(package: str, forbidden: set[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(package)
        for name, line in imported(path.read_text("utf-8"))
        if name in forbidden
    ]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_from_below(package: str) -> None:
    above = MAY_IMPORT.keys() - MAY_IMPORT[package] - {package}
    assert broken(package, set(above)) == []


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_no_package_imports_tests_or_measurements(package: str) -> None:
    assert broken(package, {"tests", "benchmarks", "pytest", "hypothesis"}) == []


@pytest.mark.parametrize("package", FOREIGN)
def test_a_package_needs_nothing_foreign(package: str) -> None:
    folder, allowed = EDGES.get(package, ("", set()))
    found = [
        line
        for line in broken(package, FOREIGN[package])
        if not (line.startswith(f"{package}/{folder}/") and line.split()[-1] in allowed)
    ]
    assert found == []


@pytest.mark.parametrize("package", ["knowledge", "bot"])
def test_the_core_has_no_clock_and_no_environment(package: str) -> None:
    """`today` is an argument; settings are values passed in."""
    forbidden = {"date.today", "datetime.now", "datetime.today", "time.time", "os.environ",
                 "os.getenv", "datetime.utcnow"}  # fmt: skip
    sandbox = ROOT / "knowledge" / "reading" / "sandbox.py"  # the child process needs both
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in modules(package)
        if path != sandbox
        for name, line in called(path.read_text("utf-8"))
        if name in forbidden
    ]
    assert found == []


def test_there_is_no_fifth_package() -> None:
    top = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert top == {*MAY_IMPORT, "benchmarks"}


def test_what_is_installed_is_what_there_is() -> None:
    """A package that is listed but not there stops the installation; one left out is missing."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    there = {path.parent for package in MAY_IMPORT for path in modules(package)}
    assert sorted(listed["packages"]) == sorted(
        ".".join(folder.relative_to(ROOT).parts) for folder in there
    )


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import service.app", ["service"]),
        ("from bot.texts import say", ["bot"]),
        ("def f():\n    from index import search\n", ["index"]),
        ("from . import errors", []),
        ("text = 'import service'", []),
    ],
)
def test_every_form_of_import_is_seen(source: str, names: list[str]) -> None:
    assert [name for name, _ in imported(source)] == names
