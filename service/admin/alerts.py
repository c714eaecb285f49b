"""*Cảnh báo*: what waits for a person, and what was dealt with."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import back, draw
from service.admin.naming import thing
from service.admin.waiting import waiting_behind
from service.routes.desk import RowId, desk_of
from service.storage.admins import names_of_admins
from service.storage.alerts import open_alerts, resolve_alert, resolved_alerts
from service.storage.audit import record
from service.storage.engine import transaction

_RESOLVED = 20  #: shown below those that are open

router = APIRouter()


@router.get("/admin/alerts")
def alerts_page(request: Request) -> Response:
    """The open ones, newest first, and the last that were resolved."""
    with transaction(desk_of(request).engine) as session:
        waiting, resolved = open_alerts(session), resolved_alerts(session, _RESOLVED)
        names = names_of_admins(session)
        found = ((alert.id, waiting_behind(session, alert.source)) for alert in waiting)
        people = {id_: person for id_, person in found if person}
    return draw(
        request,
        "admin_alerts.html",
        "alerts",
        waiting=waiting,
        resolved=resolved,
        people=people,
        source=lambda alert: thing(alert.source, names),
    )


@router.post("/admin/alerts/{alert_id}/resolve")
def resolve(request: Request, alert_id: RowId) -> Response:
    """A person has dealt with it."""
    desk = desk_of(request)
    at = clock.now(desk.settings)
    with transaction(desk.engine) as session:
        changed = resolve_alert(session, alert_id, at)
        if changed:
            record(session, visitor_of(request).actor, "alert_resolved", f"alert:{alert_id}", at)
    return back("/admin/alerts", "resolved" if changed else "already")
