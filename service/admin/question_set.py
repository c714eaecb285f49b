"""*Bộ câu hỏi*: the office's own questions with the answers that are right, to measure by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, UploadFile
from fastapi.responses import Response

from service import clock
from service.admin.access import visitor_of
from service.admin.begun import begin_export, begin_import
from service.admin.clause_choice import Choice, drawn, merged, nearest
from service.admin.drawing import back, draw
from service.admin.set_file import LARGEST, LONGEST, SetFault
from service.admin.set_forms import Entered, entered, read_set_question, typed
from service.admin.words import words
from service.asking import Desk
from service.routes.desk import RowId, desk_of
from service.routes.pages import not_found
from service.storage.asked_tables import SetQuestion
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.question_set import (
    add_to_set,
    change_in_set,
    count_set,
    drop_from_set,
    get_in_set,
    newest_in_set,
    question_of,
)
from service.storage.questions import get_question

_HERE = "/admin/question-set"
IMPORT = f"{_HERE}/import"
_PER_PAGE = 20

router = APIRouter()

Fields = Annotated[Entered, Depends(typed)]
Action = Annotated[str, Form(max_length=10)]


@dataclass(frozen=True, slots=True)
class Shown:
    """One question of the list."""

    id: int
    name: str
    question: str
    expected: str
    kind: str
    place: str
    gone: bool


@router.get(_HERE)
def page(request: Request, page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response:
    """The last entered first, a file to hand in, and the whole set to fetch."""
    return _list(request, page)


@router.get(f"{_HERE}/new")
def new(request: Request, question: int = 0) -> Response:
    """The form, filled in from a question that was asked."""
    desk = desk_of(request)
    fields = Entered()
    if question:
        with transaction(desk.engine) as session:
            row = get_question(session, question)
        if row is not None:
            fields = Entered(question=row.question, find=row.question, asked=str(question))
    found = nearest(desk, fields.find) if fields.find else ()
    return _form(request, replace(fields, clauses=found))


@router.post(_HERE)
def add(request: Request, fields: Fields, action: Action = "") -> Response:
    """One more; or clauses are looked for, and nothing is kept."""
    desk = desk_of(request)
    if action == "find":
        return _form(request, _found(desk, fields))
    try:
        asked = read_set_question(fields, desk.assistant.library)
    except SetFault as fault:
        return _form(request, fields, error=str(fault))
    actor, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        id_ = add_to_set(session, asked, "asked" if fields.asked else "desk", at).id
        record(session, actor, "set_question_added", f"set_question:{id_}", at)
    return back(f"{_HERE}/{id_}", "set_question_added")


@router.post(f"{_HERE}/export")
def export(request: Request) -> Response:
    """The whole set as `troly evaluate` reads it; written in the background."""
    return begin_export(request, "question_set")


@router.post(IMPORT)
def import_(request: Request, file: UploadFile) -> Response:
    """Add what is new and change what has an id that is there; read in the background."""
    content, said = file.file.read(LARGEST + 1), words()["question_set"]["faults"]
    if not content:
        return _list(request, 1, said["no_lines"])
    if len(content) > LARGEST:
        return _list(request, 1, said["large"].format(most=LARGEST >> 20))
    return begin_import(request, "question_set", content, file.filename or "")


@router.get(f"{_HERE}/{{set_id}}")
def one(request: Request, set_id: RowId) -> Response:
    """One of them, and the form to change it."""
    return _one(request, set_id)


@router.post(f"{_HERE}/{{set_id}}")
def change(request: Request, set_id: RowId, fields: Fields, action: Action = "") -> Response:
    """It asks for something else."""
    desk = desk_of(request)
    if action == "find":
        return _one(request, set_id, _found(desk, fields))
    actor, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        row = get_in_set(session, set_id)
        if row is None:
            return not_found(request)
        try:
            asked = read_set_question(fields, desk.assistant.library, question_of(row))
        except SetFault as fault:
            return _one(request, set_id, fields, str(fault))
        changed = change_in_set(session, row, asked, at)
        if changed:
            record(session, actor, "set_question_changed", f"set_question:{set_id}", at)
    return back(f"{_HERE}/{set_id}", "turned" if changed else "already")


@router.post(f"{_HERE}/{{set_id}}/drop")
def drop(request: Request, set_id: RowId) -> Response:
    """It is asked no more."""
    desk = desk_of(request)
    actor, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        row = get_in_set(session, set_id)
        if row is None:
            return not_found(request)
        drop_from_set(session, row)
        record(session, actor, "set_question_dropped", f"set_question:{set_id}", at)
    return back(_HERE, "set_question_dropped")


def _found(desk: Desk, fields: Entered) -> Entered:
    return replace(fields, clauses=merged(fields.clauses, nearest(desk, fields.find)))


def _list(request: Request, page: int, error: str = "") -> Response:
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        rows = newest_in_set(session, (page - 1) * _PER_PAGE, _PER_PAGE + 1)
        count = count_set(session)
    return draw(
        request,
        "admin_question_set.html",
        "question-set",
        status=422 if error else 200,
        rows=[_shown(desk, row) for row in rows[:_PER_PAGE]],
        count=count,
        counted=words()["question_set"]["count"].format(count=count),
        error=error,
        newer=f"{_HERE}?page={page - 1}" if page > 1 else "",
        older=f"{_HERE}?page={page + 1}" if len(rows) > _PER_PAGE else "",
    )


def _form(request: Request, fields: Entered, error: str = "") -> Response:
    return _draw_form(request, None, fields, error)


def _one(request: Request, set_id: int, fields: Entered | None = None, error: str = "") -> Response:
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        row = get_in_set(session, set_id)
    if row is None:
        return not_found(request)
    return _draw_form(request, row, fields or entered(row), error)


def _draw_form(request: Request, row: SetQuestion | None, fields: Entered, error: str) -> Response:
    library = desk_of(request).assistant.library
    named = replace(fields, clauses=tuple(_named(drawn(c, library)) for c in fields.clauses))
    return draw(
        request,
        "admin_set_question.html",
        "question-set",
        status=422 if error else 200,
        row=row,
        fields=named,
        history=_told(row.history) if row else [],
        longest=LONGEST,
        error=error,
    )


def _named(choice: Choice) -> Choice:
    """Quotes bear nothing here: only a clause that is gone is a fault."""
    return choice if choice.fault == "gone" else replace(choice, fault=None)


def _told(history: Iterable[object]) -> list[str]:
    said = words()["question_set"]["turns"]
    turns = [turn for turn in history if isinstance(turn, dict)]
    return [f"{said[turn['role']]}: {turn['content']}" for turn in turns]


def _shown(desk: Desk, row: SetQuestion) -> Shown:
    choice = drawn(Choice(row.document, row.address, "", True), desk.assistant.library)
    place = f"{choice.place}, {choice.title}" if row.document else ""
    gone = bool(row.document and row.address) and choice.fault == "gone"
    expected = words()["question_set"]["expects"][row.expected]
    return Shown(row.id or 0, row.name, row.question, expected, row.kind, place, gone)
