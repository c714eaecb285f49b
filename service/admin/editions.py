"""*Lịch sử kho*: every edition of the library, what it changed, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import back, draw
from service.admin.naming import actor
from service.admin.words import moment, words
from service.errors import EditionMissing
from service.library.differences import differences
from service.library.editions import Edition, current_edition, get_edition, history
from service.library.papers import library_of
from service.routes.desk import desk_of
from service.routes.pages import not_found
from service.storage.admins import names_of_admins
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.jobs import put_job

PATH = "/admin/editions"
_PER_PAGE = 20
_SHOWN = 20  #: papers whose differences are drawn

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Listed:
    """One edition, ready to list."""

    number: int
    at: str
    by: str
    what: str


@router.get(PATH)
def history_page(request: Request, page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response:
    """The edition in use, then those before it."""
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        names = names_of_admins(session)
    first = (page - 1) * _PER_PAGE
    found = list(islice(history(desk.settings), first, first + _PER_PAGE + 1))
    return draw(
        request,
        "admin_editions.html",
        "editions",
        editions=[_listed(each, names) for each in found[:_PER_PAGE]],
        current=current_edition(desk.settings).number,
        newer=f"{PATH}?page={page - 1}" if page > 1 else "",
        older=f"{PATH}?page={page + 1}" if len(found) > _PER_PAGE else "",
    )


@router.get(PATH + "/{number}")
def edition_page(
    request: Request, number: Annotated[int, Path(ge=0, lt=2**31)], against: str = "before"
) -> Response:
    """What one edition changed, or how it differs from the one in use (`against=now`)."""
    settings = desk_of(request).settings
    try:
        edition, current = get_edition(settings, number), current_edition(settings)
        of_now = against == "now" and number != current.number
        other = current if of_now else get_edition(settings, edition.before or 0)
    except EditionMissing:
        return not_found(request)
    one, two = (edition, other) if of_now else (other, edition)
    found = differences(library_of(settings, one), library_of(settings, two))
    shown = list(islice(found, _SHOWN + 1))
    with transaction(desk_of(request).engine) as session:
        names = names_of_admins(session)
    return draw(
        request,
        "admin_edition.html",
        "editions",
        edition=_listed(edition, names),
        current=current.number,
        of_now=of_now,
        papers=shown[:_SHOWN],
        more=len(shown) > _SHOWN,
    )


@router.post(PATH + "/{number}/restore")
def go_back(request: Request, number: Annotated[int, Path(ge=0, lt=2**31)]) -> Response:
    """The library as it was in that edition; the work is done in the background."""
    desk = desk_of(request)
    try:
        wanted = get_edition(desk.settings, number)
    except EditionMissing:
        return not_found(request)
    if wanted.same_papers == current_edition(desk.settings).same_papers:
        return back(PATH, "already")
    with transaction(desk.engine) as session:
        who, at = visitor_of(request).actor, clock.now(desk.settings)
        job = put_job(session, "restore", f"edition:{number}", who, at)
        record(session, who, "restoring_begun", f"edition:{number}", at)
        address = f"/admin/jobs/{job.id}"
    request.app.state.start_jobs()
    return back(address, "begun")


def _listed(edition: Edition, names: dict[str, str]) -> Listed:
    said = words()["editions"]
    what = said["whats"][edition.what].format(subject=edition.subject or said["several"])
    return Listed(
        number=edition.number,
        at=moment(edition.at) if edition.number else "",
        by=actor(edition.by, names) if edition.by else "",
        what=what,
    )
