"""*Gặp cán bộ*: who wants an officer, taking a talk, answering, ending it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from bot.sensitive import bears_secrecy_mark
from service import clock
from service.admin.access import Visitor, visitor_of
from service.admin.drawing import back, draw
from service.admin.hand_off_views import asked_before, hand_off_view, lines_of, standing_of
from service.admin.words import words
from service.delivery.handing_over import dismiss, silent_minutes, speak, take_over
from service.routes.desk import RowId, desk_of
from service.routes.pages import not_found
from service.settings import Settings
from service.shapes import clean
from service.storage.admins import names_of_admins
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.form_tables import HandOff
from service.storage.hand_offs import (
    ended_hand_offs,
    find_hand_off,
    messages_of,
    open_hand_offs,
)

LONGEST_REPLY = 1_500  #: characters: one message on every channel
_ENDED = 20  #: shown below those that are open
_HERE = "/admin/inbox"

router = APIRouter()


@router.get("/admin/inbox")
def inbox_page(request: Request) -> Response:
    """Who waits, who is talked with, what has ended lately."""
    me = visitor_of(request).admin_id
    with transaction(desk_of(request).engine) as session:
        names = names_of_admins(session)
        found = [*open_hand_offs(session), *ended_hand_offs(session, _ENDED)]
        views = [hand_off_view(session, each, me, names) for each in found]
    parts = {name: [v for v in views if v.standing == name] for name in words()["inbox"]["none"]}
    return draw(request, "admin_inbox.html", "inbox", parts=parts)


@router.get("/admin/inbox/{hand_off_id}")
def hand_off_page(request: Request, hand_off_id: RowId) -> Response:
    """One talk."""
    return _page(request, hand_off_id)


@router.post("/admin/inbox/{hand_off_id}/take")
def take(request: Request, hand_off_id: RowId) -> Response:
    """The officer's from now on, if nobody was faster."""
    desk, visitor = desk_of(request), visitor_of(request)
    at = clock.now(desk.settings)
    with transaction(desk.engine) as session:
        taken = take_over(session, desk.settings, hand_off_id, visitor.admin_id, at)
        if taken:
            record(session, visitor.actor, "hand_off_taken", f"hand_off:{hand_off_id}", at)
        elif find_hand_off(session, hand_off_id) is None:
            return not_found(request)
    return back(f"{_HERE}/{hand_off_id}", "taken" if taken else "taken_by_other")


@router.post("/admin/inbox/{hand_off_id}/reply")
def reply(
    request: Request,
    hand_off_id: RowId,
    text: Annotated[str, Form()] = "",
    known: Annotated[int, Form()] = 0,
) -> Response:
    """The officer's words to the person; what cannot be sent is shown again with the reason.

    `known`: how many lines the page showed, so that a button pressed twice sends once.
    """
    desk, visitor = desk_of(request), visitor_of(request)
    at = clock.now(desk.settings)
    said = clean(text.replace("\r\n", "\n"))
    refusal = _unfit(said)
    with transaction(desk.engine) as session:
        if not refusal and not _is_said(session, hand_off_id, visitor.admin_id, said, known):
            if speak(session, desk.settings, hand_off_id, visitor.admin_id, said, at):
                record(session, visitor.actor, "hand_off_answered", f"hand_off:{hand_off_id}", at)
            else:
                refusal = _closed(find_hand_off(session, hand_off_id))
    if refusal:
        return _page(request, hand_off_id, refusal=refusal, typed=text)
    return back(f"{_HERE}/{hand_off_id}", "replied")


@router.post("/admin/inbox/{hand_off_id}/end")
def end(request: Request, hand_off_id: RowId) -> Response:
    """The assistant is back."""
    desk, visitor = desk_of(request), visitor_of(request)
    at, here = clock.now(desk.settings), f"{_HERE}/{hand_off_id}"
    with transaction(desk.engine) as session:
        found = find_hand_off(session, hand_off_id)
        if found is None:
            return not_found(request)
        if standing_of(found) == "talking" and found.taken_by not in (None, visitor.admin_id):
            return back(here, "not_yours")
        ended = dismiss(session, desk.settings, hand_off_id, at)
        if ended:
            record(session, visitor.actor, "hand_off_ended", f"hand_off:{hand_off_id}", at)
    return back(here, "hand_off_ended" if ended else "already")


def _unfit(said: str) -> str:
    """Why these words go to nobody; "" when they may."""
    if not said:
        return "empty"
    if len(said) > LONGEST_REPLY:
        return "long"
    return "secret" if bears_secrecy_mark(said) else ""


def _closed(hand_off: HandOff | None) -> str:
    """Why this talk takes no words of whoever tried."""
    if hand_off is None:
        return "ended"
    standing = standing_of(hand_off)
    return "other" if standing == "talking" else standing


def _is_said(session: Session, hand_off_id: int, admin_id: int, said: str, known: int) -> bool:
    """Whether the officer has said just that since the page was drawn."""
    hand_off = find_hand_off(session, hand_off_id)
    new = messages_of(session, hand_off_id)[known:]
    mine = hand_off is not None and hand_off.taken_by == admin_id
    return mine and any(m.by == "officer" and m.text == said for m in new)


def _page(request: Request, hand_off_id: int, *, refusal: str = "", typed: str = "") -> Response:
    desk, visitor = desk_of(request), visitor_of(request)
    with transaction(desk.engine) as session:
        found = find_hand_off(session, hand_off_id)
        if found is None and not refusal:
            return not_found(request)
        shown = _drawn(session, visitor, desk.settings, found) if found else {"view": None}
    longest = f"{LONGEST_REPLY:,}".replace(",", ".")
    why = words()["inbox"]["refused"][refusal].format(longest=longest) if refusal else ""
    return draw(
        request,
        "admin_hand_off.html",
        "inbox",
        status=409 if refusal else 200,
        error=why,
        typed=typed,
        most=LONGEST_REPLY,
        longest=longest,
        days=desk.settings.keep_hand_offs_days,
        **shown,
    )


def _drawn(
    session: Session, visitor: Visitor, settings: Settings, hand_off: HandOff
) -> dict[str, object]:
    view = hand_off_view(session, hand_off, visitor.admin_id, names_of_admins(session))
    return {
        "view": view,
        "before": asked_before(session, hand_off),
        "lines": lines_of(session, view.id),
        "minutes": silent_minutes(settings, hand_off.taken_by),
    }
