"""*Văn bản thay đổi*: what changed papers propose for what was put on units; nothing by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from bot.answers import shorten
from bot.owed import day_in_words
from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import back, draw
from service.admin.words import words
from service.duties.accepting import accept, put_aside
from service.duties.changes import Change, changes
from service.errors import AssignmentRefused
from service.routes.desk import RowId, desk_of
from service.storage.engine import transaction

_HERE = "/admin/changes"
_TITLE = 300  #: characters of a duty
_DAYS = 4  #: that are named

router = APIRouter()

Fingerprint = Annotated[str, Form(max_length=64)]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change, ready to draw."""

    obligation_id: int
    title: str
    source: str
    what: str
    differences: tuple[tuple[str, str, str], ...]  #: of what, before, now
    owed: int
    days: str  #: by which units owe it
    new_days: str
    refused: str
    means: str  #: what happens when it is followed
    fingerprint: str


@router.get(_HERE)
def page(request: Request) -> Response:
    """All that is proposed now."""
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        found = changes(session, desk.assistant.library, clock.today(desk.settings))
    return draw(request, "admin_changes.html", "changes", proposals=[_drawn(one) for one in found])


@router.post(f"{_HERE}/{{obligation_id}}/accept")
def follow(request: Request, obligation_id: RowId, fingerprint: Fingerprint = "") -> Response:
    """What was put on units goes by what the paper says now."""
    today = clock.today(desk_of(request).settings)
    return _decide(
        request,
        obligation_id,
        fingerprint,
        lambda session, change, by, at: accept(session, change, by, at, today),
    )


@router.post(f"{_HERE}/{{obligation_id}}/dismiss")
def dismiss(request: Request, obligation_id: RowId, fingerprint: Fingerprint = "") -> Response:
    """It stays as it is."""
    return _decide(request, obligation_id, fingerprint, put_aside)


def _decide(
    request: Request,
    obligation_id: int,
    fingerprint: str,
    decide: Callable[[Session, Change, str, datetime], None],
) -> Response:
    """Only what was shown is decided: what has changed since is shown anew."""
    desk = desk_of(request)
    by, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        found = changes(session, desk.assistant.library, clock.today(desk.settings))
        meant = next((one for one in found if one.obligation.id == obligation_id), None)
        if meant is None or meant.fingerprint != fingerprint:
            return back(_HERE, "stale")
        try:
            decide(session, meant, by, at)
        except AssignmentRefused:
            return back(_HERE, "stale")
    return back(_HERE, "turned")


def _drawn(change: Change) -> Proposal:
    said, of = words()["changes"], change.obligation
    what = str(said["kinds"][change.kind])
    if change.paper is not None:
        what = what.format(paper=change.paper.short_title, reason=change.paper.validity.reason)
    days = change.standing.days
    new = change.days.last_days if change.days else ()
    return Proposal(
        obligation_id=of.id or 0,
        title=shorten(of.title, _TITLE),
        source=of.source,
        what=what,
        differences=tuple(
            (said["parts"][one.part], one.before or said["nothing"], one.now or said["nothing"])
            for one in change.differences
        ),
        owed=change.standing.open + change.standing.late,
        days="; ".join(day_in_words(day) for day in days[:_DAYS]),
        new_days="; ".join(day_in_words(day) for day in new[:_DAYS]),
        refused=change.refused,
        means=said["follows" if change.kind == "changed" else "ends"],
        fingerprint=change.fingerprint,
    )
