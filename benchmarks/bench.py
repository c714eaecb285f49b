"""`make bench`: speed, memory and quality of the shipped product, printed."""

from __future__ import annotations

from rich.console import Console

from benchmarks.questions import TODAY, exam, seen, shipped_assistant
from benchmarks.speed import measure
from bot.evaluation import ask_all, tally


def main() -> int:
    """Print every figure; nothing here fails."""
    console = Console()
    assistant = shipped_assistant()
    for name, questions in (
        ("câu để phát triển", exam("development")),
        ("câu để riêng", exam("set-aside")),
        ("câu cũ", seen()),
    ):
        counts = tally(ask_all(assistant, questions, TODAY))
        low, high = counts.interval
        console.print(
            f"[bold]{name}[/bold] {len(questions)} câu × 3 cách gõ: đúng {counts.share:.1%} "
            f"({low:.1%} – {high:.1%}), sai mà chắc {counts.confident / counts.asked:.1%}, "
            f"từ chối oan {counts.refused / counts.asked:.1%}"
        )
    speed = measure()
    console.print(
        f"[bold]10.000 câu[/bold] p50 {speed.p50:.1f} ms, p95 {speed.p95:.1f} ms, "
        f"lâu nhất {speed.worst:.0f} ms; bộ nhớ {speed.first:.0f} → {speed.last:.0f} MiB"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
