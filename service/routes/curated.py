"""`/api/curated`: the answers that the office writes itself, for other programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Request
from sqlmodel import Session

from bot.approved import Approved, Quoted, fault_of, too_long
from service import clock
from service.api_shapes import CuratedIn, CuratedListOut, CuratedOut, QuotedIn, is_seen
from service.asking import Desk
from service.errors import CuratedRefused, NotAllowed, NotThere
from service.organisations import organisations_of
from service.routes.bearer import REFUSALS, needs
from service.routes.desk import RowId, desk_of
from service.routes.page_views import sentences
from service.storage.api_tokens import Holder
from service.storage.asked_tables import CuratedAnswer
from service.storage.audit import record
from service.storage.curated import (
    State,
    Written,
    add_curated,
    approve_curated,
    change_curated,
    get_curated,
    list_curated,
    questions_by_answer,
    quoted_of,
    retire_curated,
    written_of,
)
from service.storage.engine import transaction

_PER_PAGE, _MOST = 50, 10_000

router = APIRouter(prefix="/api", tags=["Câu trả lời soạn sẵn"], responses=REFUSALS)
Reading = Annotated[Holder, Depends(needs("curated:read"))]
Writing = Annotated[Holder, Depends(needs("curated:write"))]
Approving = Annotated[Holder, Depends(needs("curated:approve"))]


@router.get("/curated", response_model=CuratedListOut, summary="Danh sách câu trả lời soạn sẵn")
def list_answers(
    request: Request,
    holder: Reading,
    state: Annotated[State | None, Query(description="draft, approved hoặc retired.")] = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> CuratedListOut:
    """Những câu mã truy cập được xem, câu cần xử lý đứng trước. Cần quyền `curated:read`."""
    desk = desk_of(request)
    today, first = clock.today(desk.settings), (page - 1) * _PER_PAGE
    fallen = desk.approved.fallen(desk.engine, desk.assistant.library)
    with transaction(desk.engine) as session:
        rows = [
            row
            for row in list_curated(session, state, today, fallen, 0, _MOST)
            if is_seen(row.audience, holder.readers)
        ]
        shown = rows[first : first + _PER_PAGE]
        asked = questions_by_answer(session, [row.id for row in shown if row.id is not None])
        answers = [_out(row, asked.get(row.id or 0, ())) for row in shown]
    return CuratedListOut(answers=answers, page=page, more=len(rows) > first + _PER_PAGE)


@router.get("/curated/{answer_id}", response_model=CuratedOut, summary="Một câu trả lời soạn sẵn")
def one_answer(request: Request, answer_id: RowId, holder: Reading) -> CuratedOut:
    """Câu mã truy cập không được xem thì cũng như không có. Cần quyền `curated:read`."""
    with transaction(desk_of(request).engine) as session:
        row = _find(session, answer_id, holder)
        return _out(row, written_of(session, row).questions)


@router.post("/curated", response_model=CuratedOut, status_code=201, summary="Soạn một câu trả lời")
def add(request: Request, sent: CuratedIn, holder: Writing) -> CuratedOut:
    """Câu mới là bản nháp; được duyệt rồi trợ lý mới dùng. Cần quyền `curated:write`."""
    desk = desk_of(request)
    at, written = clock.now(desk.settings), _written(desk, sent, holder)
    with transaction(desk.engine) as session:
        row = add_curated(session, written, at)
        record(session, holder.actor, "curated_added", _subject(row), at)
        return _out(row, written.questions)


@router.put("/curated/{answer_id}", response_model=CuratedOut, summary="Sửa một câu trả lời")
def change(request: Request, answer_id: RowId, sent: CuratedIn, holder: Writing) -> CuratedOut:
    """Câu đã sửa lại là bản nháp cho đến khi được duyệt. Cần quyền `curated:write`."""
    desk = desk_of(request)
    at, written = clock.now(desk.settings), _written(desk, sent, holder)
    with transaction(desk.engine) as session:
        row = _find(session, answer_id, holder, lock=True)
        if change_curated(session, row, written, at):
            record(session, holder.actor, "curated_changed", _subject(row), at)
        return _out(row, written.questions)


@router.post(
    "/curated/{answer_id}/approve", response_model=CuratedOut, summary="Duyệt một câu trả lời"
)
def approve(request: Request, answer_id: RowId, holder: Approving) -> CuratedOut:
    """Từ nay trợ lý trả lời bằng câu này. Cần quyền `curated:approve`."""
    desk = desk_of(request)
    at, today = clock.now(desk.settings), clock.today(desk.settings)
    with transaction(desk.engine) as session:
        row = _find(session, answer_id, holder, lock=True)
        written = written_of(session, row)
        _check(desk, written)
        if approve_curated(session, row, today, at):
            record(session, holder.actor, "curated_approved", _subject(row), at)
        return _out(row, written.questions)


@router.delete("/curated/{answer_id}", response_model=CuratedOut, summary="Thôi dùng một câu")
def retire(request: Request, answer_id: RowId, holder: Writing) -> CuratedOut:
    """Trợ lý thôi dùng câu này; câu vẫn được lưu lại. Cần quyền `curated:write`."""
    desk = desk_of(request)
    at = clock.now(desk.settings)
    with transaction(desk.engine) as session:
        row = _find(session, answer_id, holder, lock=True)
        if retire_curated(session, row, at):
            record(session, holder.actor, "curated_retired", _subject(row), at)
        return _out(row, written_of(session, row).questions)


def _find(session: Session, answer_id: int, holder: Holder, *, lock: bool = False) -> CuratedAnswer:
    row = get_curated(session, answer_id, lock=lock)
    if row is None or not is_seen(row.audience, holder.readers):
        raise NotThere
    return row


def _written(desk: Desk, sent: CuratedIn, holder: Holder) -> Written:
    """What was sent, fit to be said; raises NotAllowed or CuratedRefused."""
    written = Written(
        questions=tuple(dict.fromkeys(sent.questions)),
        text=sent.text,
        quoted=tuple(Quoted(one.document, one.address, one.quote) for one in sent.citations),
        audience=tuple(dict.fromkeys(sent.audience)),
        review_on=sent.review_on,
    )
    # Nobody writes for readers whose answers and papers they may not see.
    if "officers" not in holder.readers and set(written.audience) != {"public"}:
        raise NotAllowed
    _check(desk, written)
    return written


def _check(desk: Desk, written: Written) -> None:
    """Raises CuratedRefused for what could not be said as it is."""
    library, today = desk.assistant.library, clock.today(desk.settings)
    if written.review_on < today:
        raise CuratedRefused(sentences("api")["review_over"])
    audience = frozenset(written.audience)
    for quoted in written.quoted:
        fault = fault_of(quoted, library, audience)
        if fault:
            said = sentences("api")["faults"][fault]
            raise CuratedRefused(said.format(address=quoted.address, document=quoted.document))
    approved = Approved(
        0, written.questions, written.text, written.quoted, audience, today, written.review_on
    )
    names, url = organisations_of(desk.settings), desk.settings.public_url or ""
    over = too_long(approved, library, today, names, url)
    if over:
        raise CuratedRefused(sentences("api")["too_long"].format(over=over))


def _subject(row: CuratedAnswer) -> str:
    return f"curated:{row.id}"


def _out(row: CuratedAnswer, questions: Iterable[str]) -> CuratedOut:
    return CuratedOut(
        id=row.id or 0,
        state=cast(State, row.state),
        version=row.version,
        questions=list(questions),
        text=row.text,
        citations=[
            QuotedIn(document=q.document, address=q.address, quote=q.quote) for q in quoted_of(row)
        ],
        audience=row.audience,
        review_on=row.review_on,
        approved_on=row.approved_on,
    )
