"""A paper that waits: how far its reading is, its review, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import back, draw
from service.admin.review_page import Shown, review_page, shown
from service.library import candidates as on_their_way
from service.library.editions import current_edition
from service.routes.desk import RowId, desk_of
from service.routes.pages import not_found
from service.storage.audit import record
from service.storage.candidates import get_candidate, move_candidate
from service.storage.engine import transaction
from service.storage.jobs import newest_job, put_job
from service.storage.library_tables import Candidate

PATH = "/admin/candidates"

router = APIRouter()


def address_of(candidate_id: int | None) -> str:
    """The page of one of them."""
    return f"{PATH}/{candidate_id}"


@router.get(PATH + "/{candidate_id}")
def candidate_page(
    request: Request, candidate_id: RowId, look: Annotated[Shown, Depends(shown)]
) -> Response:
    """How far it is: read, reviewed, published."""
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        candidate = get_candidate(session, candidate_id)
        job = newest_job(session, f"candidate:{candidate_id}") if candidate else None
    if candidate is None:
        return not_found(request)
    if candidate.state == "review":
        request.app.state.start_jobs()  # what comes next is quicker where the process is ready
        return review_page(request, candidate, look)
    running = candidate.state in ("reading", "publishing")
    if running:
        request.app.state.start_jobs()  # whoever did it may have been killed
    return draw(
        request,
        "admin_candidate.html",
        "papers",
        candidate=candidate,
        job=job,
        running=running,
        edition=current_edition(desk.settings),
    )


@router.post(PATH + "/{candidate_id}/publish")
def publish(request: Request, candidate_id: RowId) -> Response:
    """Have it answer from now on; the work is done in the background."""
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        who, at = visitor_of(request).actor, clock.now(desk.settings)
        if get_candidate(session, candidate_id) is None:
            return not_found(request)
        begun = move_candidate(session, candidate_id, ("review",), "publishing", at)
        if begun:
            put_job(session, "publish", f"candidate:{candidate_id}", who, at)
            record(session, who, "publishing_begun", f"candidate:{candidate_id}", at)
    if begun:
        request.app.state.start_jobs()
    return back(address_of(candidate_id), "begun" if begun else "already")


@router.post(PATH + "/{candidate_id}/drop")
def drop(request: Request, candidate_id: RowId) -> Response:
    """It is not wanted; nothing that answers changes."""

    def dropped(session: Session, candidate: Candidate) -> bool:
        desk = desk_of(request)
        who, at = visitor_of(request).actor, clock.now(desk.settings)
        return on_their_way.drop(session, candidate, who, at)

    return _turn(request, candidate_id, dropped, "paper_dropped", "/admin/papers")


@router.post(PATH + "/{candidate_id}/again")
def read_again(request: Request, candidate_id: RowId) -> Response:
    """Another try at reading one that failed."""

    def again(session: Session, candidate: Candidate) -> bool:
        desk = desk_of(request)
        who, at = visitor_of(request).actor, clock.now(desk.settings)
        begun = on_their_way.read_again(session, candidate, who, at)
        if begun:
            record(session, who, "reading_begun", on_their_way.subject_of(candidate), at)
        return begun

    turned = _turn(request, candidate_id, again, "begun", address_of(candidate_id))
    request.app.state.start_jobs()
    return turned


def _turn(
    request: Request,
    candidate_id: int,
    turn: Callable[[Session, Candidate], bool],
    done: str,
    after: str,
) -> Response:
    with transaction(desk_of(request).engine) as session:
        candidate = get_candidate(session, candidate_id)
        if candidate is None:
            return not_found(request)
        turned = turn(session, candidate)
    return back(after, done) if turned else back(address_of(candidate_id), "already")
