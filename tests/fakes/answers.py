"""Stand-ins for what is slow or remote, with the interface of the real one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

from pydantic import JsonValue

from bot.answers import Answered, Clarify, Outcome, Silent, as_row, kind_of, to_reply
from bot.messages import Button, Source
from knowledge.documents import Clause, Document
from knowledge.library import Library
from knowledge.readers import PUBLIC, Readers, seen_by
from service.live import Told
from service.shapes import Question
from tests.builders import a_document

SOURCE = Source(
    document="hai-phong-gddt-2023",
    title="Kế hoạch năm 2023 của Sở GDĐT Hải Phòng",
    address="III#2.6",
    place="Mục III.6 (Tổ chức thực hiện)",
    quote="năm 2023 trước ngày 20/9/2023.",
    digest=False,
)
STATUS = "Hết kỳ kế hoạch từ 01/01/2024; tra cứu ngày 21/11/2026"
LEAD = "Năm 2023 (đã hết hạn): trước ngày 20/9/2023"
ANSWERED = Answered(LEAD, f"{LEAD}\n“…”", STATUS, (SOURCE,))
CLARIFY = Clarify("Anh/chị hỏi văn bản nào?", (Button("Hải Phòng", "hạn nộp Hải Phòng"),))
SILENT = Silent("Các văn bản tôi có không nêu điều này.", STATUS)


def outcome_for(question: Question) -> Outcome:
    """Deadlines are answered, "nào?" alone is asked back, everything else is refused."""
    if "hạn" in question.text.lower():
        return ANSWERED
    return CLARIFY if question.text == "nào?" else SILENT


def _paper() -> Document:
    """The paper that SOURCE stands in."""
    paper = a_document(SOURCE.document)
    clause = Clause(SOURCE.address, "6.", "", SOURCE.quote, 0, 1)
    return replace(paper, clauses=(*paper.clauses, clause))


@dataclass
class FakeAnswers:
    """Answers at once and remembers what it was asked."""

    decide: Callable[[Question], Outcome] = outcome_for
    library: Library = field(default_factory=lambda: Library((_paper(),)))
    version: str = "000001-fake"
    asked: list[tuple[Question, date]] = field(default_factory=list)
    readers: list[Readers] = field(default_factory=list)  #: of each who asked

    def library_for(self, readers: Readers) -> Library:
        """What these may read."""
        return seen_by(self.library, readers)

    def tell(self, question: Question, today: date, readers: Readers = PUBLIC) -> Told:
        """What `decide` says."""
        self.readers.append(readers)
        self.asked.append((question, question.today or today))
        outcome = self.decide(question)
        reply = to_reply(outcome)
        return Told(kind_of(outcome), cast(dict[str, JsonValue], as_row(outcome)), reply)
