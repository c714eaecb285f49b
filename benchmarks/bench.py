"""`make bench`: speed, memory and quality of the shipped product, printed."""

from __future__ import annotations

from rich.console import Console

from benchmarks.questions import ask_all, read_questions, shipped_assistant, summary
from benchmarks.speed import QUESTIONS, measure


def main() -> int:
    """Print every figure; nothing here fails."""
    console = Console()
    assistant = shipped_assistant()
    for file in sorted(QUESTIONS.glob("*.jsonl")):
        console.print(
            f"[bold]{file.name}[/bold] {summary(ask_all(assistant, read_questions(file)))}"
        )
    speed = measure()
    console.print(
        f"[bold]10.000 câu[/bold] p50 {speed.p50:.1f} ms, p95 {speed.p95:.1f} ms, "
        f"lâu nhất {speed.worst:.0f} ms; bộ nhớ {speed.first:.0f} → {speed.last:.0f} MiB"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
