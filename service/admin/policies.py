"""*Cách nhắc hạn*: what the office does for all, and duties that are reminded of in another way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from bot.answers import shorten
from bot.owed import day_in_words
from service import clock
from service.admin.drawing import draw
from service.admin.policy_forms import in_words
from service.duties.policies import default_policy, policy_of
from service.routes.desk import desk_of
from service.storage.engine import transaction
from service.storage.obligations import obligations_owed

_PER_PAGE = 50
_TITLE = 200  #: characters of a duty in the list

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Row:
    """One duty that units owe, ready to draw."""

    id: int
    title: str
    source: str
    day: str
    units: int
    policy: tuple[str, ...]  #: () where it is the office's own


@router.get("/admin/policies")
def page(request: Request, page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response:
    """The office's own policy, and every duty that is owed; those with another policy first."""
    desk = desk_of(request)
    settings, default = desk.settings, default_policy(desk.settings)
    with transaction(desk.engine) as session:
        found = obligations_owed(
            session, clock.today(settings), (page - 1) * _PER_PAGE, _PER_PAGE + 1
        )
        rows = [
            Row(
                id=of.id or 0,
                title=shorten(of.title, _TITLE),
                source=of.source,
                day=day_in_words(day),
                units=units,
                policy=tuple(in_words(policy_of(of.policy, default), settings))
                if of.policy
                else (),
            )
            for of, day, units in found[:_PER_PAGE]
        ]
    return draw(
        request,
        "admin_policies.html",
        "policies",
        default=list(in_words(default, settings)),
        remind_at=settings.remind_at,
        rows=rows,
        newer=f"/admin/policies?page={page - 1}" if page > 1 else "",
        older=f"/admin/policies?page={page + 1}" if len(found) > _PER_PAGE else "",
    )
