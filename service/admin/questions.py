"""*Câu hỏi*: what was asked, what was answered, where it was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from knowledge import citations
from knowledge.errors import CitationNotFound
from knowledge.library import Library
from service.admin.drawing import draw
from service.admin.turning import RowNumber, turned
from service.admin.words import moment, words
from service.routes.desk import desk_of
from service.routes.page_views import Link
from service.shapes import clean
from service.storage.engine import transaction
from service.storage.questions import newest_questions
from service.storage.tables import AskedQuestion

_PER_PAGE = 20
_LINES, _LETTERS = 3, 320  #: of an answer
_LONGEST_WORDS = 100

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Shown:
    """One question, ready to draw."""

    question: str
    kind: str
    channel: str
    at: str
    milliseconds: int
    answer: str
    cited: tuple[Link, ...]


@router.get("/admin/questions")
def questions_page(
    request: Request,
    kind: str = "",
    q: str = "",
    before: RowNumber = None,
    after: RowNumber = None,
) -> Response:
    """The newest questions, of one kind and with some words where these are given.

    Pages are turned from question to question: however far back, a page costs the same.
    """
    kind = kind if kind in words()["questions"]["kinds"] else ""
    wanted = clean(q)[:_LONGEST_WORDS]
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        rows, newer, older = turned(
            lambda before, after: newest_questions(
                session, kind or None, wanted, _PER_PAGE + 1, before=before, after=after
            ),
            _PER_PAGE,
            before,
            after,
        )
    asked = {name: value for name, value in (("kind", kind), ("q", wanted)) if value}
    return draw(
        request,
        "admin_questions.html",
        "questions",
        questions=[_shown(row, desk.assistant.library) for row in rows],
        kind=kind,
        wanted=wanted,
        newer=_address(asked, "after", newer),
        older=_address(asked, "before", older),
    )


def _address(asked: Mapping[str, str], way: str, number: int | None) -> str:
    return "/admin/questions?" + urlencode({**asked, way: number}) if number else ""


def _shown(row: AskedQuestion, library: Library) -> Shown:
    return Shown(
        question=row.question,
        kind=row.kind,
        channel=words()["channel_names"].get(row.channel, row.channel),
        at=moment(row.asked_at),
        milliseconds=round(row.milliseconds),
        answer=first_lines(str(row.outcome.get("text", ""))),
        cited=tuple(
            clause_link(cited, library) for cited in row.citations if isinstance(cited, dict)
        ),
    )


def first_lines(text: str) -> str:
    """The beginning of an answer, cut between words."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    shown = "\n".join(lines[:_LINES])
    if len(shown) > _LETTERS:
        return shown[:_LETTERS].rsplit(" ", 1)[0] + " …"
    return f"{shown}\n…" if len(lines) > _LINES else shown


def clause_link(cited: Mapping[str, object], library: Library) -> Link:
    """Where it was found, with a link while the clause is there and public."""
    id_, address = str(cited.get("document", "")), str(cited.get("address", ""))
    try:
        document = library.get(id_)
        title = f"{citations.in_words(document, address)}, {document.short_title}"
    except CitationNotFound:
        return Link(f"{address}, {cited.get('title') or id_}", None)
    public = "public" in document.audience
    return Link(title, f"/documents/{id_}#{citations.anchor(address)}" if public else None)
