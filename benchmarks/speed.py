"""Speed and memory of answering: 10,000 questions in one process on one core."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil
from rich.progress import track

from benchmarks.questions import TODAY, exam, seen, shipped_assistant

COUNT = 10_000
FIRST = 1_000


@dataclass(frozen=True, slots=True)
class Speed:
    """Milliseconds per question, and MiB of resident memory."""

    p50: float
    p95: float
    worst: float
    first: float  #: after the first FIRST questions
    last: float  #: after all of them


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure(count: int = COUNT) -> Speed:
    """Ask `count` questions, all different in letters, of the shipped library."""
    stay_on_one_core()
    assistant = shipped_assistant()
    texts = [q.text for q in (*seen(), *exam())]
    spent: list[float] = []
    first = 0.0
    for i in track(range(count), description="Hỏi"):
        # A running number makes every question a new one: nothing may be answered from a cache.
        text = f"{texts[i % len(texts)]} ({i})"
        began = time.perf_counter()
        assistant.ask(text, today=TODAY)
        spent.append((time.perf_counter() - began) * 1000)
        if i + 1 == min(FIRST, count):
            first = resident()
    return Speed(percentile(spent, 0.5), percentile(spent, 0.95), max(spent), first, resident())


def stay_on_one_core() -> None:
    """From here on this process has one core, where the system lets it choose."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def resident() -> float:
    """MiB of this process in memory."""
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 2**20
