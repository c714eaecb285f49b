"""*Câu hỏi*: what was asked and answered, where it was found, what was said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from knowledge import citations
from knowledge.errors import CitationNotFound
from knowledge.library import Library
from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import draw
from service.admin.turning import RowNumber, turned
from service.admin.words import moment, words
from service.routes.desk import RowId, desk_of
from service.routes.page_views import Link
from service.routes.pages import not_found
from service.shapes import clean
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.feedback import (
    mark_wrong,
    marked_wrong,
    voted_questions,
    votes_on,
    wrong_questions,
)
from service.storage.questions import get_question, newest_questions
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
    id: int = 0
    helpful: bool | None = None  #: what whoever asked said of the answer; None: nothing
    comment: str = ""
    wrong: bool = False  #: the office has said that the clause is wrong


@router.get("/admin/questions")
def questions_page(
    request: Request,
    kind: str = "",
    q: str = "",
    said: str = "",
    before: RowNumber = None,
    after: RowNumber = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """The newest questions, of one kind and with some words where these are given.

    Pages are turned from question to question: however far back, a page costs the same. `said`:
    those of which something was said instead, by `page`: helpful, unhelpful, wrong.
    """
    said = said if said in words()["questions"]["said_"] else ""
    kind = kind if kind in words()["questions"]["kinds"] else ""
    wanted = clean(q)[:_LONGEST_WORDS]
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        if said:
            kind, wanted = "", ""
            listed = _of_which(session, said, (page - 1) * _PER_PAGE)
            rows: Sequence[AskedQuestion] = listed[:_PER_PAGE]
            newer = _page(said, page - 1) if page > 1 else ""
            older = _page(said, page + 1) if len(listed) > _PER_PAGE else ""
        else:
            rows, next_newer, next_older = turned(
                lambda before, after: newest_questions(
                    session, kind or None, wanted, _PER_PAGE + 1, before=before, after=after
                ),
                _PER_PAGE,
                before,
                after,
            )
            asked = {name: value for name, value in (("kind", kind), ("q", wanted)) if value}
            newer, older = (
                _address(asked, "after", next_newer),
                _address(asked, "before", next_older),
            )
        ids = [row.id or 0 for row in rows]
        votes, wrong = votes_on(session, ids), marked_wrong(session, ids)
    return draw(
        request,
        "admin_questions.html",
        "questions",
        questions=[
            replace(
                _shown(row, desk.assistant.library),
                helpful=votes[id_].helpful if id_ in votes else None,
                comment=votes[id_].comment if id_ in votes else "",
                wrong=id_ in wrong,
            )
            for id_, row in zip(ids, rows, strict=True)
        ],
        said=said,
        kind=kind,
        wanted=wanted,
        newer=newer,
        older=older,
    )


@router.post("/admin/questions/{question_id}/wrong")
def wrong_clause(request: Request, question_id: RowId) -> Response:
    """The answer cites the wrong clause: the next page asks for the right one."""
    desk = desk_of(request)
    actor, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        if get_question(session, question_id) is None:
            return not_found(request)
        if mark_wrong(session, question_id, at):
            record(session, actor, "clause_wrong", f"question:{question_id}", at)
    address = f"/admin/question-set/new?question={question_id}&done=clause_wrong"
    return RedirectResponse(address, status_code=303)


def _of_which(session: Session, said: str, offset: int) -> list[AskedQuestion]:
    if said == "wrong":
        return wrong_questions(session, offset, _PER_PAGE + 1)
    helpful = said == "helpful"
    return voted_questions(session, helpful=helpful, offset=offset, limit=_PER_PAGE + 1)


def _page(said: str, page: int) -> str:
    return "/admin/questions?" + urlencode({"said": said, "page": page})


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
        id=row.id or 0,
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
