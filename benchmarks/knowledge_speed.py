"""What a library of thousands of papers costs: each step from the folders to an answer.

`python -m benchmarks.knowledge_speed FOLDER`, a folder that `benchmarks.knowledge_library` wrote.
Seconds are of the processor, so that what else the machine does counts little.
"""

from __future__ import annotations

import gc
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from benchmarks.questions import TODAY, exam
from benchmarks.speed import percentile, resident
from bot.dialogue import Assistant
from index.build import build_search, fingerprint
from index.encoder import SHIPPED as MODEL
from index.encoder import Encoder
from index.search import entries_of
from knowledge.documents import Document
from knowledge.library import SHIPPED, Library, load_library

CONSOLE = Console(highlight=False, width=120)
EVERY = 20  #: every so many of the exam's questions is asked
_NAMING = (
    "{body} {place} phải báo cáo trước ngày nào?",
    "ai chủ trì truyền thông về rừng phòng hộ ở {place}",
    "{issuer} giao {body} làm gì",
    "kế hoạch {number} do ai ban hành",
    "{place} năm {year} nộp báo cáo khi nào",
)
_BODIES = ("Văn phòng Sở", "Thanh tra Sở", "Sở Tư pháp", "Công an xã")


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print what a step cost."""
    began = time.process_time()
    yield
    CONSOLE.print(f"{name:<46} {time.process_time() - began:7.2f} s {resident():8.0f} MiB")


def measure(folder: Path, home: Path) -> None:
    """Every step, in the order in which an office meets them."""
    with step("read the papers"):
        library = load_library(SHIPPED, folder)
    with step("clauses to be indexed"):
        entries = entries_of(library.documents)
    encoder = Encoder(MODEL)
    with step(f"fingerprint of {len(entries)}"):
        fingerprint(entries, encoder)
    fewer, last = Library(library.documents[:-1]), library.documents[-1]
    with step("index of all but one, built anew"):
        first, search = build_search(entries_of(fewer.documents), home, encoder)
    with step("assistant over it"):
        before = Assistant(fewer, search)
    with step("one paper more: index"):
        _, more = build_search(entries, home, encoder, before=(first.name, search))
    with step("one paper more: assistant"):
        assistant = Assistant(library, more, before=before)
    with step("the same index from a fresh process"):
        build_search(entries_of(fewer.documents), home, encoder)  # gone back to
        next_one = (*fewer.documents, _renamed(last))
        build_search(entries_of(next_one), home, encoder)
    with step("gone back"):
        build_search(entries_of(fewer.documents), home, encoder)
    del before, search, more
    gc.collect()
    gc.freeze()
    for name, texts in _questions(library).items():
        spent = [_asked(assistant, text) for text in texts]
        p50, p95 = percentile(spent, 0.5), percentile(spent, 0.95)
        worst = f"p50 {p50:4.0f}, p95 {p95:4.0f}, worst {max(spent):4.0f} ms"
        CONSOLE.print(f"{name} ({len(spent)}): {worst}, {resident():.0f} MiB")


def _renamed(document: Document) -> Document:
    return replace(document, id=f"{document.id}-khac")


def _asked(assistant: Assistant, text: str) -> float:
    began = time.process_time()
    assistant.ask(text, today=TODAY)
    return (time.process_time() - began) * 1000


def _questions(library: Library) -> dict[str, Sequence[str]]:
    texts = [question.text for question in exam()][::EVERY]
    chance = random.Random(1)
    papers = [paper for paper in library.documents if paper.years and paper.identity.number]
    naming = []
    for _ in texts:
        paper = chance.choice(papers)
        identity, years = paper.identity, paper.years or (0, 0)
        naming.append(
            chance.choice(_NAMING).format(
                body=chance.choice(_BODIES),
                place=identity.place,
                issuer=identity.issuer,
                number=identity.number,
                year=years[0],
            )
        )
    return {
        "questions to the shipped papers": texts,
        "the same once more, in other words": [f"{text} ạ" for text in texts],
        "questions that name a paper's place": naming,
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        measure(Path(sys.argv[1]), Path(scratch))
