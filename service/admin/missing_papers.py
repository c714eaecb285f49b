"""*Văn bản còn thiếu*: what the papers of the library cite and the library does not hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from service import clock
from service.admin.access import may_open, visitor_of
from service.admin.drawing import draw
from service.cited_papers import missing_papers
from service.routes.desk import desk_of
from service.storage.engine import transaction
from service.storage.questions import unanswered

_PER_PAGE = 30
_ASKED = timedelta(days=30)
_READ = 5_000  #: questions without an answer, the latest, that are looked through
_NAMED = 3  #: citing papers that are named

router = APIRouter()


@router.get("/admin/missing-papers")
def page(request: Request, page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response:
    """Those that people asked for most first."""
    desk, visitor = desk_of(request), visitor_of(request)
    since = clock.now(desk.settings) - _ASKED
    with transaction(desk.engine) as session:
        questions = unanswered(session, since, _READ)
    listed = missing_papers(desk.assistant.library, questions)
    begin = (page - 1) * _PER_PAGE
    return draw(
        request,
        "admin_missing_papers.html",
        "missing-papers",
        papers=listed[begin : begin + _PER_PAGE],
        named=_NAMED,
        may_add=may_open(visitor, "GET /admin/papers/new"),
        newer=f"/admin/missing-papers?page={page - 1}" if page > 1 else "",
        older=f"/admin/missing-papers?page={page + 1}" if len(listed) > begin + _PER_PAGE else "",
    )
