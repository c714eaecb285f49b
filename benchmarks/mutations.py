"""Answers come from the papers: change a date, a number or a body there, and the answer follows.

Right answers to development questions are taken; what they had to contain is changed in the paper,
the paper is read and indexed again, and the same question is asked.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.answers import as_row
from bot.dialogue import Assistant
from bot.evaluation import Question, ask_all
from index.encoder import SHIPPED as MODEL
from index.encoder import Encoder
from index.search import entries_of, search_over
from knowledge.library import SHIPPED, load_library
from knowledge.vietnamese import collapse, fold

#: A body → another one that no paper names.
BODIES = {
    "Thanh tra Sở": "Phòng Kiểm định",
    "Văn phòng Sở": "Phòng Kiểm định",
    "Phòng Tư pháp": "Phòng Kiểm định",
    "Phòng Tài chính - Kế hoạch": "Phòng Kiểm định",
    "Sở Tài chính": "Sở Kiểm định",
    "Sở Tư pháp": "Sở Kiểm định",
    "Sở Thông tin và Truyền thông": "Sở Kiểm định",
    "Bộ Tư pháp": "Bộ Kiểm định",
    "Trung tâm Thông tin": "Trung tâm Kiểm định",
    "Hội Luật gia": "Hội Kiểm định",
    "Trung tâm Văn hóa": "Trung tâm Kiểm định",
}
_DIGITS = str.maketrans("123456789", "234567891")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_YEAR = re.compile(r"(?:năm )?20\d\d")
_FIGURE = re.compile(r"\d")
_SHORTEST = 4  #: characters of a figure that is changed: "56" stands everywhere


@dataclass(frozen=True, slots=True)
class Mutation:
    """In `document`, `old` becomes `new`; the answer to `question` must follow."""

    question: Question
    document: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Followed:
    """Whether the answer followed its paper, and what was said instead where it did not."""

    mutation: Mutation
    good: bool
    said: str


def mutations(
    assistant: Assistant, questions: Sequence[Question], today: date, count: int
) -> list[Mutation]:
    """`count` of them, each from a question that is answered right, no two alike."""
    found: dict[tuple[str, str], Mutation] = {}
    for question in questions:
        if question.expected != "answer" or not question.document or question.history:
            continue
        if question.kind == "comparison":
            continue  # another paper may rightly print the old words
        made = _mutation(assistant, question)
        if made is None or (made.document, made.old) in found:
            continue
        if ask_all(assistant, [question], today, ("written",))[0].wrong:
            continue
        found[made.document, made.old] = made
        if len(found) == count:
            break
    return list(found.values())


def followed(mutation: Mutation, today: date, encoder: Encoder | None) -> Followed:
    """Change the paper in a copy of the library, read it again and ask again."""
    with tempfile.TemporaryDirectory() as home:
        library = load_library(_changed(Path(home), mutation))
    assistant = Assistant(library, search_over(entries_of(library.documents), encoder))
    question = mutation.question
    outcome = assistant.ask(question.text, today=question.today or today, unit=question.unit)
    row = as_row(outcome)
    said = collapse(fold(str(row["text"])))
    good = collapse(fold(mutation.new)) in said and collapse(fold(mutation.old)) not in said
    return Followed(mutation, good, str(row["text"])[:200])


def run(count: int, questions: Sequence[Question], today: date) -> Iterator[Followed]:
    """`count` mutations over the shipped library, one after the other."""
    from benchmarks.questions import shipped_assistant

    encoder = Encoder(MODEL) if (MODEL / "modules.json").is_file() else None
    for mutation in mutations(shipped_assistant(), questions, today, count):
        yield followed(mutation, today, encoder)


def _mutation(assistant: Assistant, question: Question) -> Mutation | None:
    """The first thing the answer must contain that can be changed to something else."""
    document = question.document or ""
    text = assistant.library.get(document).text
    for part in question.must_contain:
        name = next((b for b in BODIES if fold(b) == fold(part)), None)
        figure = _FIGURE.search(part) and len(part) >= _SHORTEST and not _YEAR.fullmatch(part)
        old = name or (part if figure else None)
        asked = fold(question.text)
        if old is None or old not in text or fold(old) in asked or "407" in old or "07/CT" in old:
            continue
        return Mutation(question, document, old, BODIES.get(old) or _other_figure(old))
    return None


def _other_figure(text: str) -> str:
    """Another day of another month for a date, other digits for a number."""
    dated = _DATE.search(text)
    if not dated:
        return text.translate(_DIGITS)
    day, month, year = (int(part) for part in dated.groups())
    return text.replace(dated.group(), f"{day % 28 + 1}/{month % 12 + 1}/{year}")


def _changed(home: Path, mutation: Mutation) -> Path:
    folder = home / "library"
    shutil.copytree(SHIPPED, folder)
    for name in ("text.txt", "document.toml"):
        path = folder / mutation.document / name
        text = path.read_text("utf-8").replace(mutation.old, mutation.new)
        # The table of a paper has its date in ISO form.
        path.write_text(text.replace(_iso(mutation.old), _iso(mutation.new)), "utf-8")
    return folder


def _iso(text: str) -> str:
    dated = _DATE.fullmatch(text)
    if not dated:
        return text
    day, month, year = (int(part) for part in dated.groups())
    return date(year, month, day).isoformat()
