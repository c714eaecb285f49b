"""Every hostile file through the reader: refused in words, read, or crashed; what it cost.

    python -m benchmarks.hostile [part of a title …]

Non-zero when a file did anything else than what it may, left something behind, or cost too much.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from knowledge.errors import UnreadableDocument
from knowledge.reading.files import Limits, extract
from tests.hostile import Case, cases

AT_LEAST = 200
MOST_SECONDS = 35.0  # one file: the limit of 30 s and what it takes to start, stop and be busy
MOST_MEMORY = 768  # MiB, the child's resident memory
SLOW = 5.0


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one file: "read", the name of the refusal, or "CRASHED …"; in seconds."""

    case: Case
    outcome: str
    sentence: str
    seconds: float

    @property
    def good(self) -> bool:
        """Whether the outcome is one that the case allows, in words."""
        if self.outcome.startswith("CRASHED"):
            return False
        if self.outcome != "read" and not _in_words(self.sentence):
            return False
        return "any" in self.case.allowed or self.outcome in self.case.allowed


def try_one(case: Case) -> Result:
    """Read one hostile file within the ordinary limits."""
    begun = time.monotonic()
    outcome, sentence = "read", ""
    try:
        extract(case.data, case.name, Limits())
    except UnreadableDocument as refusal:
        outcome, sentence = type(refusal).__name__, str(refusal)
    except Exception as error:
        outcome = f"CRASHED {error!r:.80}"
    return Result(case, outcome, sentence, time.monotonic() - begun)


def _in_words(sentence: str) -> bool:
    """One sentence that tells the person what to do."""
    return "Anh/chị vui lòng" in sentence and sentence.endswith(".") and "\n" not in sentence


@contextlib.contextmanager
def own_place() -> Iterator[Path]:
    """A folder that is both the working and the temporary folder: whatever is in it was left."""
    before, temporary = Path.cwd(), tempfile.tempdir
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        tempfile.tempdir = place
        try:
            yield Path(place)
        finally:
            os.chdir(before)
            tempfile.tempdir = temporary


def left_behind(place: Path) -> set[Path]:
    """What lies in our own folder, in the child's working folder, or empty in common ones.

    A child cannot write content, so in folders shared with other programs only empty files count.
    """
    found = {*place.iterdir(), *Path("/").iterdir()}
    for common in (Path("/tmp"), Path("/dev/shm"), Path("/var/tmp")):
        for file in common.iterdir() if common.is_dir() else ():
            with contextlib.suppress(OSError):
                if file.is_file() and not file.stat().st_size:
                    found.add(file)
    return found


def children() -> list[int]:
    """Processes started from this thread that are still there."""
    tasks = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return [int(number) for number in tasks.read_text("ascii").split()] if tasks.exists() else []


class MemoryWatch(threading.Thread):
    """Looks every few milliseconds at the most memory that any reading child has held.

    Not getrusage: there a child starts with the size of its parent, and all children are one.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0  #: KiB
        self.done = threading.Event()

    def run(self) -> None:
        """Look until `done` is set."""
        while not self.done.wait(0.01):
            for number in children():
                with contextlib.suppress(OSError):
                    status = Path(f"/proc/{number}/status").read_text("utf-8")
                    # Before it is our program it is still a copy of this one.
                    if b"knowledge.reading.sandbox" in Path(f"/proc/{number}/cmdline").read_bytes():
                        peak = re.search(r"VmHWM:\s+(\d+)", status)
                        self.peak = max(self.peak, int(peak.group(1)) if peak else 0)


def main() -> int:
    """Run all (or those whose title holds a word given); 0 when every line holds."""
    console = Console()
    wanted = sys.argv[1:] if __name__ == "__main__" else []
    chosen = [c for c in cases() if not wanted or any(word in c.title for word in wanted)]
    begun, watch, others = time.monotonic(), MemoryWatch(), set(children())
    watch.start()
    with own_place() as place:
        before = left_behind(place)
        progress = track(chosen, "Đang thử các tệp độc hại", console=console)
        results = [try_one(case) for case in progress]
        left = left_behind(place) - before
    seconds = time.monotonic() - begun
    watch.done.set()
    watch.join()
    memory = watch.peak // 1024
    _show_exceptions(console, results)
    alive = set(children()) - others
    _show(console, results, left, len(alive), seconds, memory)
    return int(
        any(not result.good for result in results)
        or bool(left)
        or bool(alive)
        or max(result.seconds for result in results) > MOST_SECONDS
        or memory > MOST_MEMORY
        or (not wanted and len(results) < AT_LEAST)
    )


def _show_exceptions(console: Console, results: list[Result]) -> None:
    for result in results:
        if not result.good or result.seconds > SLOW:
            mark = "slow" if result.good else "WRONG"
            console.print(
                f"{mark}: {result.case.title} → {result.outcome} in {result.seconds:.1f} s; "
                f"allowed {sorted(result.case.allowed)} {result.sentence}",
                markup=False,
            )


def _show(
    console: Console,
    results: list[Result],
    left: set[Path],
    alive: int,
    seconds: float,
    memory: int,
) -> None:
    counts = Counter(result.outcome.split()[0] for result in results)
    crashed = counts.pop("CRASHED", 0)
    read = counts.pop("read", 0)
    slowest = max(results, key=lambda result: result.seconds)
    table = Table("hostile files", "measured", "required")
    rows = (
        ("files", str(len(results)), f"≥ {AT_LEAST}"),
        ("refused in words", str(sum(counts.values())), "–"),
        *((f"  {name}", str(count), "–") for name, count in counts.most_common()),
        ("read", str(read), "–"),
        ("crashed", str(crashed), "0"),
        ("other than allowed", str(sum(not result.good for result in results)), "0"),
        ("files left", ", ".join(sorted(map(str, left))) or "0", "0"),
        ("processes left", str(alive), "0"),
        (
            "longest, seconds",
            f"{slowest.seconds:.1f} ({slowest.case.title})",
            f"≤ {MOST_SECONDS:g}",
        ),
        ("largest child, MiB resident", str(memory), f"≤ {MOST_MEMORY}"),
        ("all, seconds", f"{seconds:.0f}", "–"),
    )
    for row in rows:
        table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    raise SystemExit(main())
