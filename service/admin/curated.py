"""*Câu trả lời đã duyệt*: what the office answers in its own words, with the clauses behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response
from pydantic import JsonValue

from bot.answers import LONGEST_TEXT, to_reply
from bot.approved import Approved, outcome_of
from knowledge.errors import CitationNotFound
from service import clock
from service.admin.access import visitor_of
from service.admin.clause_choice import Choice, drawn, merged, nearest
from service.admin.curated_forms import (
    CuratedFault,
    Entered,
    entered,
    in_words,
    read_curated,
    typed,
)
from service.admin.drawing import back, draw
from service.admin.words import words
from service.asking import Desk
from service.organisations import organisations_of
from service.routes.desk import RowId, desk_of
from service.routes.page_views import spoken
from service.routes.pages import not_found, texts
from service.shapes import reply_json
from service.storage.asked_tables import CuratedAnswer
from service.storage.audit import record
from service.storage.curated import (
    STATES,
    Written,
    add_curated,
    approve_curated,
    change_curated,
    get_curated,
    list_curated,
    questions_by_answer,
    retire_curated,
    written_of,
)
from service.storage.engine import transaction
from service.storage.grouping import deal_with_same, questions_of_group
from service.storage.question_set import get_in_set
from service.storage.questions import get_question

_HERE = "/admin/curated"
_PER_PAGE = 20
_REVIEWED = timedelta(days=180)  #: until an answer is looked over again, where nobody says
_WAYS = 10  #: to ask it that are taken over from a group

router = APIRouter()

Fields = Annotated[Entered, Depends(typed)]
Action = Annotated[str, Form(max_length=10)]


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer of the list."""

    id: int
    question: str
    others: str  #: how many other ways to ask it there are, in words; "" for none
    text: str
    state: str
    review_on: str
    late: bool
    fallen: bool


@router.get(_HERE)
def page(
    request: Request, state: str = "", page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    """All of them, those that need somebody first."""
    desk = desk_of(request)
    today, offset = clock.today(desk.settings), (page - 1) * _PER_PAGE
    fallen = desk.approved.fallen(desk.engine, desk.assistant.library)
    only = next((one for one in STATES if one == state), None)
    with transaction(desk.engine) as session:
        rows = list_curated(session, only, today, fallen, offset, _PER_PAGE + 1)
        asked = questions_by_answer(session, [row.id or 0 for row in rows])
    kept = {"state": state} if only else {}
    return draw(
        request,
        "admin_curated_list.html",
        "curated",
        rows=[_shown(row, asked, today, fallen) for row in rows[:_PER_PAGE]],
        state=state if only else "",
        newer=f"{_HERE}?{urlencode({**kept, 'page': page - 1})}" if page > 1 else "",
        older=f"{_HERE}?{urlencode({**kept, 'page': page + 1})}" if len(rows) > _PER_PAGE else "",
    )


@router.get(f"{_HERE}/new")
def new(request: Request, group: int = 0, question: int = 0, known: int = 0) -> Response:
    """The form, filled in from a group, a question that was asked, or one of the set."""
    desk = desk_of(request)
    fields = _begun(desk, group, question, known)
    found = nearest(desk, fields.find) if fields.find else ()
    return _form(request, replace(fields, clauses=merged(fields.clauses, found)))


@router.post(_HERE)
def add(request: Request, fields: Fields, action: Action = "") -> Response:
    """A draft; or clauses are looked for, and nothing is kept."""
    desk = desk_of(request)
    if action == "find":
        return _form(request, _found(desk, fields))
    try:
        written = _read(desk, fields)
    except CuratedFault as fault:
        return _form(request, fields, error=str(fault))
    actor, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        id_ = add_curated(session, written, at).id
        record(session, actor, "curated_added", f"curated:{id_}", at)
    return back(f"{_HERE}/{id_}", "curated_added")


@router.get(f"{_HERE}/{{answer_id}}")
def one(request: Request, answer_id: RowId) -> Response:
    """One of them as the chat shows it, and the form to change it."""
    return _one(request, answer_id)


@router.post(f"{_HERE}/{{answer_id}}")
def change(request: Request, answer_id: RowId, fields: Fields, action: Action = "") -> Response:
    """It says something else, and waits for approval again."""
    desk = desk_of(request)
    if action == "find":
        return _one(request, answer_id, _found(desk, fields))
    try:
        written = _read(desk, fields)
    except CuratedFault as fault:
        return _one(request, answer_id, fields, str(fault))
    actor, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        row = get_curated(session, answer_id, lock=True)
        if row is None:
            return not_found(request)
        changed = change_curated(session, row, written, at)
        if changed:
            detail = {"version": row.version}
            record(session, actor, "curated_changed", f"curated:{answer_id}", at, detail)
    return back(f"{_HERE}/{answer_id}", "curated_changed" if changed else "already")


@router.post(f"{_HERE}/{{answer_id}}/approve")
def approve(request: Request, answer_id: RowId) -> Response:
    """From now on it is said, if it still stands; whoever waited for it is dealt with."""
    desk = desk_of(request)
    actor, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        row = get_curated(session, answer_id, lock=True)
        if row is None:
            return not_found(request)
        written = written_of(session, row)
        try:
            _read(desk, entered(written))
        except CuratedFault as fault:
            return _one(request, answer_id, error=str(fault))
        approved = approve_curated(session, row, clock.today(desk.settings), at)
        if approved:
            groups: list[JsonValue] = [*deal_with_same(session, written.questions, "answered")]
            detail: dict[str, JsonValue] = {"version": row.version, "groups": groups}
            record(session, actor, "curated_approved", f"curated:{answer_id}", at, detail)
    return back(f"{_HERE}/{answer_id}", "curated_approved" if approved else "already")


@router.post(f"{_HERE}/{{answer_id}}/retire")
def retire(request: Request, answer_id: RowId) -> Response:
    """It is said no more."""
    desk = desk_of(request)
    actor, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        row = get_curated(session, answer_id, lock=True)
        if row is None:
            return not_found(request)
        retired = retire_curated(session, row, at)
        if retired:
            record(session, actor, "curated_retired", f"curated:{answer_id}", at)
    return back(f"{_HERE}/{answer_id}", "curated_retired" if retired else "already")


def _begun(desk: Desk, group: int, question: int, known: int) -> Entered:
    review = in_words(clock.today(desk.settings) + _REVIEWED)
    with transaction(desk.engine) as session:
        if known and (row := get_in_set(session, known)):
            clause = Choice(row.document, row.address, "", True) if row.address else None
            asked, clauses = [row.question], (clause,) if clause else ()
        elif question and (kept := get_question(session, question)):
            asked, clauses = [kept.question], ()
        else:
            members = questions_of_group(session, group, 0, 5 * _WAYS) if group else []
            first = (one.question.question for one in reversed(members))
            asked = list(dict.fromkeys(first))[:_WAYS]
            clauses = ()
    find = asked[0] if asked else ""
    filled = tuple(_filled(desk, one) for one in clauses)
    return Entered("\n".join(asked), clauses=filled, review_on=review, find=find)


def _filled(desk: Desk, choice: Choice) -> Choice:
    """With the words that may be quoted of it."""
    found = nearest(desk, f"{choice.document} {choice.address}")
    return replace(found[0], chosen=True) if found else choice


def _found(desk: Desk, fields: Entered) -> Entered:
    return replace(fields, clauses=merged(fields.clauses, nearest(desk, fields.find)))


def _read(desk: Desk, fields: Entered) -> Written:
    today, url = clock.today(desk.settings), desk.settings.public_url
    # The link that an answer ends with is as long as its paper's name and address.
    longest = f"{url}/documents/{'x' * 120}#{'x' * 20}" if url else ""
    names = organisations_of(desk.settings)
    return read_curated(fields, desk.assistant.library, today, names, longest)


def _form(request: Request, fields: Entered, error: str = "") -> Response:
    return draw(
        request,
        "admin_curated.html",
        "curated",
        status=422 if error else 200,
        row=None,
        heading=words()["curated"]["new"],
        exchange=None,
        state="",
        fields=_with_names(desk_of(request), fields),
        longest=LONGEST_TEXT,
        error=error,
    )


def _one(
    request: Request, answer_id: int, fields: Entered | None = None, error: str = ""
) -> Response:
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        row = get_curated(session, answer_id)
        if row is None:
            return not_found(request)
        written = written_of(session, row)
    fields = fields or entered(written)
    return draw(
        request,
        "admin_curated.html",
        "curated",
        status=422 if error else 200,
        row=row,
        heading=words()["curated"]["one"].format(number=row.id),
        exchange=_preview(desk, written),
        state=words()["curated"]["states"][row.state],
        fields=_with_names(desk, fields),
        longest=LONGEST_TEXT,
        error=error,
    )


def _with_names(desk: Desk, fields: Entered) -> Entered:
    units = {f"units:{one.strip()}" for one in fields.units.split(",")}
    audience = frozenset(units if fields.audience == "units" else {fields.audience})
    library = desk.assistant.library
    return replace(fields, clauses=tuple(drawn(one, library, audience) for one in fields.clauses))


def _preview(desk: Desk, written: Written) -> dict[str, Any] | None:
    """As the chat shows it; None where a clause is gone."""
    today = clock.today(desk.settings)
    said = Approved(
        0, written.questions, written.text, written.quoted, frozenset(written.audience), today,
        written.review_on,
    )  # fmt: skip
    try:
        names = organisations_of(desk.settings)
        reply = reply_json(to_reply(outcome_of(said, desk.assistant.library, today, names)))
    except CitationNotFound:
        return None
    spoke = spoken(reply, texts()["reply"]["nearest"])
    return {"text": written.questions[0], "reply": reply, "said": spoke}


def _shown(
    row: CuratedAnswer,
    asked: Mapping[int, tuple[str, ...]],
    today: date,
    fallen: Sequence[int],
) -> Shown:
    number, live = row.id or 0, row.state == "approved"
    first, *others = asked.get(number, ("",))
    return Shown(
        id=number,
        question=first,
        others=words()["curated"]["other_ways"].format(count=len(others)) if others else "",
        text=row.text,
        state=row.state,
        review_on=in_words(row.review_on),
        late=live and row.review_on < today,
        fallen=live and number in fallen,
    )
