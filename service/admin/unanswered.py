"""*Chưa trả lời được*: what was asked and not answered, put together by what it asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import back, draw
from service.admin.words import moment, words
from service.routes.desk import RowId, desk_of
from service.routes.pages import not_found
from service.storage.asked_tables import QuestionGroup
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.feedback import votes_on
from service.storage.grouping import (
    DEALT,
    Grouped,
    deal,
    dealt_groups,
    get_group,
    open_groups,
    questions_of_group,
)

_HERE = "/admin/unanswered"
_PER_PAGE = 20
#: What is shown: asked within so many days, or dealt with.
_DAYS = {"week": 7, "month": 30, "quarter": 90, "ever": 36_500}
_DEALT = "dealt"

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Group:
    """One group, ready to draw."""

    id: int
    label: str
    asked: int
    last_at: str
    state: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a group, ready to draw."""

    id: int
    question: str
    at: str
    channel: str
    reason: str
    comment: str


@router.get(_HERE)
def page(
    request: Request, shown: str = "month", page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    """The groups that wait, the most asked first; or those that were dealt with."""
    desk = desk_of(request)
    shown = shown if shown in _DAYS or shown == _DEALT else "month"
    offset = (page - 1) * _PER_PAGE
    with transaction(desk.engine) as session:
        if shown == _DEALT:
            found = dealt_groups(session, offset, _PER_PAGE + 1)
        else:
            since = clock.now(desk.settings) - timedelta(days=_DAYS[shown])
            found = open_groups(session, since, offset, _PER_PAGE + 1)
    return draw(
        request,
        "admin_unanswered.html",
        "unanswered",
        rows=[_group(one) for one in found[:_PER_PAGE]],
        shown=shown,
        ways=[*_DAYS, _DEALT],
        newer=f"{_HERE}?shown={shown}&page={page - 1}" if page > 1 else "",
        older=f"{_HERE}?shown={shown}&page={page + 1}" if len(found) > _PER_PAGE else "",
    )


@router.get(f"{_HERE}/{{group_id}}")
def one(
    request: Request, group_id: RowId, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    """The questions of a group, and what can be done about it."""
    desk, here = desk_of(request), f"{_HERE}/{group_id}"
    with transaction(desk.engine) as session:
        group = get_group(session, group_id)
        if group is None:
            return not_found(request)
        found = questions_of_group(session, group_id, (page - 1) * _PER_PAGE, _PER_PAGE + 1)
        votes = votes_on(session, [asked.question.id or 0 for asked in found])
        comments = {number: vote.comment for number, vote in votes.items()}
    return draw(
        request,
        "admin_group.html",
        "unanswered",
        group=_group(group),
        questions=[_asked(asked, comments) for asked in found[:_PER_PAGE]],
        dealt=DEALT,
        newer=f"{here}?page={page - 1}" if page > 1 else "",
        older=f"{here}?page={page + 1}" if len(found) > _PER_PAGE else "",
    )


@router.post(f"{_HERE}/{{group_id}}")
def turn(
    request: Request, group_id: RowId, state: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """Somebody has dealt with it: it is gone from the list until it is asked again."""
    desk = desk_of(request)
    actor, at = visitor_of(request).actor, clock.now(desk.settings)
    meant = next((one for one in DEALT if one == state), None)
    with transaction(desk.engine) as session:
        group = get_group(session, group_id)
        if group is None or meant is None:
            return not_found(request)
        turned = deal(session, group, meant)
        if turned:
            record(session, actor, f"group_{meant}", f"group:{group_id}", at)
    return back(_HERE, "turned" if turned else "already")


def _group(group: QuestionGroup) -> Group:
    state = words()["unanswered"]["states"][group.state]
    return Group(group.id or 0, group.label, group.asked, moment(group.last_at), state)


def _asked(asked: Grouped, comments: dict[int, str]) -> Asked:
    row = asked.question
    return Asked(
        id=row.id or 0,
        question=row.question,
        at=moment(row.asked_at),
        channel=words()["channel_names"].get(row.channel, row.channel),
        reason=words()["unanswered"]["reasons"][asked.reason],
        comment=comments.get(row.id or 0, ""),
    )
