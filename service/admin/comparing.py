"""*Những gì thay đổi* of a paper that waits: answers, duties, what citizens may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import JsonValue
from sqlmodel import Session

from knowledge.documents import Document
from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import back, draw
from service.library.candidates import open_paper, subject_of
from service.library.comparing import argument_of
from service.library.editions import current_edition
from service.routes.desk import RowId, desk_of
from service.routes.pages import not_found
from service.storage.audit import record
from service.storage.candidates import get_candidate
from service.storage.comparisons import changes_of
from service.storage.engine import transaction
from service.storage.jobs import newest_job, put_job
from service.storage.library_tables import Candidate, Job

_PER_PAGE = 20
_PARTS = 30  #: of a paper that are named
_SORTS = ("gained", "lost", "changed")
_VERDICTS = ("right", "wrong")
_OPEN = ("waiting", "running")

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a comparison is."""

    job: Job | None
    running: bool
    again: bool  #: an earlier one counted for another paper or library


@router.get("/admin/candidates/{candidate_id}/changes")
def page(
    request: Request,
    candidate_id: RowId,
    show: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """What was found; it is begun by opening the page."""
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        candidate = get_candidate(session, candidate_id)
        if candidate is None:
            return not_found(request)
        if not candidate.revision:  # it was not read yet
            return RedirectResponse(f"/admin/candidates/{candidate_id}", status_code=303)
        standing = _standing(session, request, candidate)
        job = standing.job
        rows = []
        if job is not None and job.id is not None and not standing.running:
            chosen = {"sort": show if show in _SORTS else ""}
            chosen["verdict"] = show if show in _VERDICTS else ""
            start = (page - 1) * _PER_PAGE
            rows = changes_of(session, job.id, **chosen, offset=start, limit=_PER_PAGE + 1)
    if standing.running:
        request.app.state.start_jobs()  # whoever did it may have been killed
    here = f"/admin/candidates/{candidate_id}/changes"
    result = job.result if job else {}
    return draw(
        request,
        "admin_comparison.html",
        "papers",
        candidate=candidate,
        job=job,
        running=standing.running,
        again=standing.again,
        waits=candidate.state == "review",
        whole=job is not None and job.state == "done" and "total" in result,
        result=result,
        counts=_counts(result),
        sorts=_SORTS,
        verdicts=_VERDICTS,
        duties=result.get("duties") or {},
        parts=_parts(open_paper(desk.settings, candidate)),
        rows=rows[:_PER_PAGE],
        show=show,
        address=here,
        newer=_address(here, show, page - 1) if page > 1 else "",
        older=_address(here, show, page + 1) if len(rows) > _PER_PAGE else "",
    )


@router.post("/admin/candidates/{candidate_id}/compare")
def compare(request: Request, candidate_id: RowId) -> Response:
    """Ask everything once more."""
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        candidate = get_candidate(session, candidate_id)
        if candidate is None:
            return not_found(request)
        waits = candidate.state == "review" and candidate.revision > 0
        if waits:
            _put(session, request, candidate)
            who, at = visitor_of(request).actor, clock.now(desk.settings)
            record(session, who, "comparing_begun", subject_of(candidate), at)
    if waits:
        request.app.state.start_jobs()
    return back(f"/admin/candidates/{candidate_id}/changes", "compared" if waits else "already")


def _standing(session: Session, request: Request, candidate: Candidate) -> Standing:
    """The comparison that counts, begun where there is none of the paper as it stands now."""
    job = newest_job(session, subject_of(candidate), "compare")
    if candidate.state != "review":
        return Standing(job, running=False, again=False)
    if job is not None and job.state in _OPEN:
        return Standing(job, running=True, again=False)
    about = argument_of(candidate, current_edition(desk_of(request).settings).number)
    if job is not None and (job.state == "failed" or about.items() <= job.result.items()):
        return Standing(job, running=False, again=False)
    return Standing(_put(session, request, candidate), running=True, again=job is not None)


def _put(session: Session, request: Request, candidate: Candidate) -> Job:
    at = clock.now(desk_of(request).settings)
    return put_job(session, "compare", subject_of(candidate), visitor_of(request).actor, at)


def _counts(result: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    counts = result.get("counts")
    return counts if isinstance(counts, dict) else {}


def _parts(paper: Document) -> list[str]:
    """What the paper consists of, in words."""
    named = (
        f"{clause.label} {clause.heading}".strip() for clause in paper.clauses if not clause.parent
    )
    return [name for name in named if name][:_PARTS]


def _address(here: str, show: str, page: int) -> str:
    return f"{here}?" + urlencode({**({"show": show} if show else {}), "page": page})
