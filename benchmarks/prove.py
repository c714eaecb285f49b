"""`make prove ISSUE=word`: what an issue must show, at full size, beside what is required."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ISSUES = ("ask", "understand", "channels", "forms", "reminders", "knowledge")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a proof."""

    what: str
    measured: str
    required: str
    holds: bool


Check = Callable[[], Iterable[Figure]]


def main(arguments: list[str]) -> int:
    """Run the checks of one issue; 1 when a figure falls short, 2 for an unknown word."""
    console = Console()
    if len(arguments) != 1 or arguments[0] not in ISSUES:
        console.print(f"Dùng: make prove ISSUE={'|'.join(ISSUES)}")
        return 2
    checks: tuple[Check, ...] = importlib.import_module(f"benchmarks.prove_{arguments[0]}").CHECKS
    figures: list[Figure] = []
    for check in checks:
        console.print(f"· {(check.__doc__ or check.__name__).splitlines()[0]}")
        try:
            figures.extend(check())
        except Exception as error:  # a check that breaks is a figure that falls short
            figures.append(Figure(check.__name__, f"{type(error).__name__}: {error}", "", False))
    console.print(_table(figures))
    short = [f for f in figures if not f.holds]
    console.print("Đạt." if not short else f"Chưa đạt: {len(short)} mục.")
    return 1 if short else 0


def run_troly(
    troly: Path, folder: Path, *arguments: str, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """One command of the installed product in `folder`, its data in `folder`/data."""
    return subprocess.run(
        [str(troly), *arguments],
        cwd=folder,
        env={**os.environ, "TROLY_DATA_DIR": str(folder / "data")},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def _table(figures: Iterable[Figure]) -> Table:
    table = Table("", "Nội dung", "Đo được", "Yêu cầu")
    for figure in figures:
        table.add_row("✓" if figure.holds else "✗", figure.what, figure.measured, figure.required)
    return table


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
