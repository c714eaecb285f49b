"""Every hostile file through the reader: refused in words, read, or crashed; what it cost.

    python -m benchmarks.hostile [part of a title …]

Non-zero when a file did anything else than what it may, left something behind, or cost too much.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections import Counter
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
ROOT = Path(__file__).resolve().parents[1]


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


def left_behind() -> set[Path]:
    """Files in the places where a reader could leave one."""
    places = {Path(tempfile.gettempdir()), Path("/dev/shm"), Path.cwd(), ROOT}
    return {file for place in places if place.is_dir() for file in place.iterdir()}


def children() -> int:
    """Processes started from here that are still there."""
    tasks = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return len(tasks.read_text("ascii").split()) if tasks.exists() else 0


def main() -> int:
    """Run all (or those whose title holds a word given); 0 when every line holds."""
    console = Console()
    wanted = sys.argv[1:] if __name__ == "__main__" else []
    chosen = [c for c in cases() if not wanted or any(word in c.title for word in wanted)]
    before, results = left_behind(), []
    begun = time.monotonic()
    for case in track(chosen, "Đang thử các tệp độc hại", console=console):
        results.append(try_one(case))
    seconds = time.monotonic() - begun
    left = left_behind() - before
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    for result in results:
        if not result.good or result.seconds > SLOW:
            mark = "slow" if result.good else "WRONG"
            console.print(
                f"{mark}: {result.case.title} → {result.outcome} in {result.seconds:.1f} s; "
                f"allowed {sorted(result.case.allowed)} {result.sentence}",
                markup=False,
            )
    _show(console, results, left, seconds, memory)
    return int(
        any(not result.good for result in results)
        or bool(left)
        or children() > 0
        or max(result.seconds for result in results) > MOST_SECONDS
        or memory > MOST_MEMORY
        or (not wanted and len(results) < AT_LEAST)
    )


def _show(
    console: Console, results: list[Result], left: set[Path], seconds: float, memory: int
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
        ("processes left", str(children()), "0"),
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
