"""What the terminal shows: results on standard output, progress and errors beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

#: Told the name of each step as it begins.
Steps = Callable[[str], None]

#: Exit codes, also in `--help`.
SOME_FAILED, WRONG_INPUT = 1, 2

#: Columns of an output that nobody looks at: no id or name is cut.
_WIDE = 400

#: The steps that building an index goes through, in words.
_STEPS = {
    "index": "Lập chỉ mục các điều khoản",
    "check": "Kiểm tra chỉ mục mới",
    "write": "Ghi chỉ mục",
}


def out() -> Console:
    """Standard output of now (tests replace it); a file or pipe gets long lines whole."""
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = _WIDE
    return console


def err() -> Console:
    """Standard error of now."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def complain(sentence: str) -> None:
    """One sentence on standard error."""
    err().print(sentence, style="red", markup=False)


@contextmanager
def working(task: str) -> Iterator[Steps]:
    """A progress bar that knows the steps of an index; silent where nobody watches."""
    console = err()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        running = bar.add_task(task, total=len(_STEPS) + 1)

        def step(name: str) -> None:
            bar.update(running, advance=1, description=_STEPS.get(name, task))

        yield step


@contextmanager
def counting(task: str, total: int | None) -> Iterator[Steps]:
    """A bar that moves by one at every call; silent where nobody watches."""
    with _bar(*Progress.get_default_columns()) as bar:
        running = bar.add_task(task, total=total)
        yield lambda _name: bar.advance(running)


def _bar(*columns: str | ProgressColumn) -> Progress:
    console = err()
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
