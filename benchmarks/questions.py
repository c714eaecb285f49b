"""Ask a question file and judge each answer as the contract's "Right" says."""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console

from bot.dialogue import Assistant, as_row
from bot.messages import Turn
from knowledge.vietnamese import collapse, fold

TODAY = date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class Judged:
    """One question, its row and what is wrong with it ("" when right)."""

    line: dict[str, object]
    row: dict[str, object]
    wrong: str
    milliseconds: float


def read_questions(path: Path) -> list[dict[str, object]]:
    """The lines of a question file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def judge(line: dict[str, object], row: dict[str, object]) -> str:
    """Why the row is not right; "" when it is."""
    if row["kind"] != line["expected"]:
        return f"{row['kind']} instead of {line['expected']}"
    if line["expected"] != "answer":
        return ""
    text = collapse(fold(str(row["text"])))
    for part in line.get("must_contain") or []:  # type: ignore[attr-defined]
        if collapse(fold(str(part))) not in text:
            return f"lacks {part!r}"
    return _wrong_clause(line, row)


def _wrong_clause(line: dict[str, object], row: dict[str, object]) -> str:
    cited = [(c["document"], c["address"]) for c in row["citations"]]  # type: ignore[attr-defined]
    document, address = line.get("document"), line.get("address")
    if document and not any(d == document for d, _ in cited):
        return f"cites {cited} instead of {document}"
    if address and not any(
        d == document and (a == address or re.match(rf"{re.escape(str(address))}\.", a))
        for d, a in cited
    ):
        return f"cites {cited} instead of {address}"
    return ""


def ask_all(assistant: Assistant, lines: Sequence[dict[str, object]]) -> list[Judged]:
    """Every line asked and judged."""
    judged = []
    for line in lines:
        history = tuple(Turn(t["role"], t["content"]) for t in line.get("history") or [])  # type: ignore[attr-defined]
        today = date.fromisoformat(str(line["today"])) if line.get("today") else TODAY
        unit = line.get("unit")
        began = time.perf_counter()
        outcome = assistant.ask(
            str(line["question"]), today=today, history=history, unit=str(unit) if unit else None
        )
        spent = (time.perf_counter() - began) * 1000
        row = as_row(outcome)
        judged.append(Judged(line, row, judge(line, row), spent))
    return judged


def summary(judged: Sequence[Judged]) -> str:
    """Figures: right in all, by what was expected, by style; the costly errors."""
    right = sum(not j.wrong for j in judged)
    lines = [f"right {right}/{len(judged)} = {right / len(judged):.1%}"]
    for key in ("expected", "style"):
        total, good = Counter[str](), Counter[str]()
        for j in judged:
            total[str(j.line.get(key))] += 1
            good[str(j.line.get(key))] += not j.wrong
        lines.append(
            f"  by {key}: " + ", ".join(f"{k} {good[k]}/{total[k]}" for k in sorted(total))
        )
    confident = sum(
        j.row["kind"] == "answer" and (j.line["expected"] != "answer" or bool(j.wrong))
        for j in judged
    )
    refused = sum(j.row["kind"] == "silent" and j.line["expected"] == "answer" for j in judged)
    lines.append(f"  wrong though answered {confident}, refused though answerable {refused}")
    return "\n".join(lines)


def main() -> int:
    """Print the figures of one file; --failures lists what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--failures", action="store_true")
    arguments = parser.parse_args()
    console = Console(highlight=False, markup=False)
    judged = ask_all(shipped_assistant(), read_questions(arguments.file))
    if arguments.failures:
        for j in judged:
            if j.wrong:
                console.print(
                    f"{j.line['id']} [{j.line['kind']}] {j.line['question']}\n    {j.wrong}"
                )
    console.print(summary(judged))
    return 0


def shipped_assistant() -> Assistant:
    """The assistant over the shipped library alone."""
    from index.encoder import SHIPPED as MODEL
    from index.encoder import Encoder
    from index.search import entries_of, search_over
    from knowledge.library import SHIPPED, load_library

    library = load_library(SHIPPED)
    encoder = Encoder(MODEL) if (MODEL / "modules.json").is_file() else None
    return Assistant(library, search_over(entries_of(library.documents), encoder))


if __name__ == "__main__":
    raise SystemExit(main())
