"""*Hôm nay*: the first page after signing in; whatever waits, each a click from being done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from knowledge.library import Library
from service import clock
from service.admin.access import Visitor, may_open, visitor_of
from service.admin.drawing import draw
from service.admin.naming import thing
from service.routes.desk import desk_of
from service.storage import bindings, hand_offs
from service.storage.admins import names_of_admins
from service.storage.alerts import count_alerts, open_alerts
from service.storage.candidates import count_candidates
from service.storage.engine import transaction
from service.storage.figures import week_of
from service.storage.office import office_of
from service.storage.questions import unanswered
from service.storage.submission_lists import count_received

_WEEK = timedelta(days=7)
_LISTED = 5  #: alerts and questions named here; the rest stands on their own pages
_ADD = "/admin/papers/new"

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for a person, and where it is dealt with."""

    name: str  #: key of `today.waiting`
    address: str
    count: int


@dataclass(frozen=True, slots=True)
class First:
    """Something to be done once, before the assistant is the office's own."""

    name: str  #: key of `today.first`
    address: str  #: "" where the role may not do it


@router.get("/admin")
def page(request: Request) -> Response:
    """For every role what it may do."""
    desk, visitor = desk_of(request), visitor_of(request)
    since = clock.now(desk.settings) - _WEEK
    with transaction(desk.engine) as session:
        alerts = open_alerts(session, _LISTED)
        names = names_of_admins(session)
        week = week_of(session, clock.today(desk.settings))
        figures = {
            "asked": week.asked,
            "answer": week.answered,
            "clarify": week.asked_back,
            "silent": week.silent,
        }
        first = _first(session, desk.assistant.library, visitor)
        waiting = _waiting(session, visitor, figures)
        questions = unanswered(session, since, _LISTED)
    return draw(
        request,
        "admin_today.html",
        "today",
        first=first,
        waiting=waiting,
        alerts=[(alert, thing(alert.source, names)) for alert in alerts],
        unanswered=questions,
        figures=figures,
    )


def _first(session: Session, library: Library, visitor: Visitor) -> list[First]:
    found = []
    replaced = {old for paper in library.documents for old in paper.supersedes}
    if any(paper.digest and paper.id not in replaced for paper in library.documents):
        found.append(First("originals", _ADD if may_open(visitor, f"GET {_ADD}") else ""))
    if office_of(session) is None:
        may = visitor.may("POST /admin/office")
        found.append(First("office", "/admin/office" if may else ""))
    return found


def _waiting(session: Session, visitor: Visitor, figures: Mapping[str, int]) -> list[Waiting]:
    listed = (
        Waiting("alerts", "/admin/alerts", count_alerts(session)),
        Waiting("papers", "/admin/papers", count_candidates(session)),
        Waiting("inbox", "/admin/inbox", hand_offs.count_waiting(session)),
        Waiting("submissions", "/admin/submissions", count_received(session)),
        Waiting("people", "/admin/people", bindings.count_waiting(session)),
        Waiting("questions", "/admin/questions?kind=silent", figures["silent"]),
    )
    return [one for one in listed if may_open(visitor, f"GET {one.address.split('?')[0]}")]
