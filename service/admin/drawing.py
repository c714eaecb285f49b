"""Draw a page of the desk: what is on all of them, and what was said after the last button."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from service.admin.access import Visitor, visitor_of
from service.admin.words import moment, words
from service.asking import Desk
from service.office import letterhead_of
from service.routes.desk import desk_of
from service.routes.pages import page
from service.storage import bindings, hand_offs
from service.storage.alerts import count_alerts
from service.storage.candidates import count_candidates
from service.storage.engine import transaction
from service.storage.office import office_of
from service.storage.submission_lists import count_received
from service.storage.switches import is_on

#: The pages as they are found: by what they are for.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "to_do": ("today", "alerts", "inbox", "submissions"),
    "duties": ("assignments", "reminders", "changes", "policies", "calendar"),
    "knowledge": ("papers", "organisations", "missing-papers", "editions"),
    "citizens": ("questions", "unanswered", "curated", "question-set", "drafts", "figures"),
    "offices": ("units", "people", "broadcasts"),
    "system": ("office", "channels", "tokens", "audit", "accounts"),
}


def draw(
    request: Request, template: str, here: str, *, status: int = 200, **values: object
) -> HTMLResponse:
    """A page for whoever is signed in."""
    visitor = visitor_of(request)
    return _page(
        request,
        template,
        status=status,
        here=here,
        visitor=visitor,
        groups=_groups(visitor),
        address_of=address_of,
        **_on_every_page(desk_of(request)),
        **values,
    )


def _groups(visitor: Visitor) -> dict[str, list[str]]:
    """The pages that the role may open, by group; no group without any."""
    open_ = {
        group: [name for name in names if visitor.may(f"GET {address_of(name)}")]
        for group, names in GROUPS.items()
    }
    return {group: names for group, names in open_.items() if names}


def address_of(name: str) -> str:
    """Where a page of GROUPS is: the first one is the desk itself."""
    return "/admin" if name == "today" else f"/admin/{name}"


def draw_outside(
    request: Request, template: str, *, status: int = 200, **values: object
) -> HTMLResponse:
    """A page before signing in."""
    return _page(request, template, status=status, here="", visitor=None, **values)


def refused(why: str) -> HTMLResponse:
    """403 in words."""
    outside = {"a": words(), "here": "", "visitor": None, "done": ""}
    return page("admin_refused.html", status=403, why=why, **outside)


def back(path: str, done: str) -> Response:
    """To a page after a button was pressed; it says `done`, a key of `done:`."""
    return RedirectResponse(f"{path}?done={done}", status_code=303)


def _page(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    done = words()["done"].get(request.query_params.get("done", ""), "")
    return page(template, status=status, a=words(), moment=moment, done=done, **values)


def _on_every_page(desk: Desk) -> dict[str, object]:
    with transaction(desk.engine) as session:
        return {
            "open_counts": {
                "alerts": count_alerts(session),
                "inbox": hand_offs.count_waiting(session),
                "people": bindings.count_waiting(session),
                "submissions": count_received(session),
                "papers": count_candidates(session),
            },
            "paused": is_on(session, "paused"),
            "trial": is_on(session, "trial"),
            "letterhead": letterhead_of(office_of(session)),
        }
