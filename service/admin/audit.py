"""*Nhật ký*: who did what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from service.admin.drawing import draw
from service.admin.naming import Names, actor, details, thing
from service.admin.words import moment, words
from service.routes.desk import desk_of
from service.storage.admins import names_of_admins
from service.storage.audit import audit_entries
from service.storage.engine import transaction
from service.storage.people_tables import AuditEntry

_PER_PAGE = 50

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done, ready to draw."""

    at: str
    who: str
    what: str
    subject: str
    detail: str


@router.get("/admin/audit")
def audit_page(request: Request, page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response:
    """The latest first; nothing here can be changed."""
    with transaction(desk_of(request).engine) as session:
        names = names_of_admins(session)
        rows = audit_entries(session, (page - 1) * _PER_PAGE, _PER_PAGE + 1)
    return draw(
        request,
        "admin_audit.html",
        "audit",
        entries=[_done(row, names) for row in rows[:_PER_PAGE]],
        newer=f"/admin/audit?page={page - 1}" if page > 1 else "",
        older=f"/admin/audit?page={page + 1}" if len(rows) > _PER_PAGE else "",
    )


def _done(row: AuditEntry, names: Names) -> Done:
    return Done(
        at=moment(row.at),
        who=actor(row.actor, names),
        what=words()["actions"].get(row.action, row.action),
        subject=thing(row.subject, names),
        detail=details(row.detail),
    )
