"""*Thông báo*: written once for many people, looked at, sent now or later, stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, UploadFile
from fastapi.responses import Response
from pydantic import JsonValue
from sqlmodel import Session

from service import clock
from service.admin.access import visitor_of
from service.admin.broadcast_views import (
    audience_in_words,
    choices_of,
    cost_in_words,
    file_link,
    lines,
    looks,
    missed_in_words,
    named,
    progress,
)
from service.admin.broadcasting import (
    LONGEST,
    BroadcastFault,
    Choices,
    Typed,
    as_typed,
    fault,
    read_time,
    read_written,
)
from service.admin.drawing import back, draw
from service.asking import Desk, contact_of
from service.broadcasts.preview import Preview, preview
from service.broadcasts.sending import stop, written_of
from service.delivery.files import Received
from service.delivery.judging import judge_all
from service.routes.desk import RowId, desk_of, settings_of
from service.routes.pages import not_found
from service.settings import Settings
from service.storage.audit import record
from service.storage.broadcast_sends import count_sends, missed
from service.storage.broadcasts import (
    add_broadcast,
    broadcasts,
    change_broadcast,
    drop_broadcast,
    get_broadcast,
    go_on_with,
    schedule_broadcast,
    unschedule_broadcast,
)
from service.storage.engine import transaction
from service.storage.units import all_units, is_open

PATH = "/admin/broadcasts"
_PER_PAGE = 20
_MISSED = 100  #: people listed who were not reached

Text = Annotated[str, Form()]

router = APIRouter()


def typed(
    text: Text = "",
    link: Text = "",
    who: Text = "officers",
    kinds: Annotated[tuple[str, ...], Form()] = (),
    obligation: Text = "",
    draft: Text = "",
) -> Typed:
    """The fields of the form."""
    return Typed(text, link, who, kinds, obligation, draft)


Fields = Annotated[Typed, Depends(typed)]


@router.get(PATH)
def page(request: Request, page: Annotated[int, Query(ge=1, le=100_000)] = 1) -> Response:
    """All of them, the newest first, and the form to write one."""
    return _list(request, page)


@router.post(PATH)
def write(request: Request, fields: Fields, file: UploadFile | None = None) -> Response:
    """A new one: a draft, which is looked at before it is sent."""
    desk, settings = desk_of(request), settings_of(request)
    who, at = visitor_of(request).actor, clock.now(settings)
    try:
        carried = _taken(settings, file)
        with transaction(desk.engine) as session:
            written = read_written(settings, fields, carried, _choices(session, desk))
            id_ = add_broadcast(session, written, who, at).id
            record(session, who, "broadcast_added", f"broadcast:{id_}", at)
    except BroadcastFault as wrong:
        return _list(request, 1, fields, str(wrong))
    return back(f"{PATH}/{id_}", "broadcast_added")


@router.get(PATH + "/{broadcast_id}")
def one(request: Request, broadcast_id: RowId) -> Response:
    """One of them: before it is sent how it will look, then how far it has got."""
    return _one(request, broadcast_id)


@router.post(PATH + "/{broadcast_id}")
def change(
    request: Request,
    broadcast_id: RowId,
    fields: Fields,
    file: UploadFile | None = None,
    no_file: Text = "",
) -> Response:
    """Say something else, as long as it is a draft."""
    desk, settings = desk_of(request), settings_of(request)
    who, at = visitor_of(request).actor, clock.now(settings)
    try:
        carried = _taken(settings, file)
        with transaction(desk.engine) as session:
            broadcast = get_broadcast(session, broadcast_id)
            if broadcast is None:
                return not_found(request)
            kept = carried or ({} if no_file else broadcast.file)
            written = read_written(settings, fields, kept, _choices(session, desk))
            changed = change_broadcast(session, broadcast_id, written)
            if changed:
                record(session, who, "broadcast_changed", f"broadcast:{broadcast_id}", at)
    except BroadcastFault as wrong:
        return _one(request, broadcast_id, fields, str(wrong))
    return back(f"{PATH}/{broadcast_id}", "turned" if changed else "already")


@router.post(PATH + "/{broadcast_id}/send")
def send(
    request: Request, broadcast_id: RowId, day: Text = "", hour: Text = "", urgent: Text = ""
) -> Response:
    """It goes out, now or at a time; refused where it would reach nobody."""
    desk, settings = desk_of(request), settings_of(request)
    who, at = visitor_of(request).actor, clock.now(settings)
    try:
        when = read_time(day, hour, at, urgent=bool(urgent))
        with transaction(desk.engine) as session:
            broadcast = get_broadcast(session, broadcast_id)
            if broadcast is None:
                return not_found(request)
            seen = preview(session, settings, written_of(broadcast), at)
            if not seen.people:
                raise fault("nobody")
            sent = schedule_broadcast(session, broadcast_id, when, urgent=bool(urgent))
            if sent:
                about: dict[str, JsonValue] = {"people": seen.people, "dong": seen.dong}
                what = f"broadcast:{broadcast_id}"
                record(session, who, "broadcast_scheduled", what, at, about)
    except BroadcastFault as wrong:
        return _one(request, broadcast_id, None, str(wrong), (day, hour, urgent))
    done = "broadcast_scheduled" if when > at else "broadcast_sent"
    return back(f"{PATH}/{broadcast_id}", done if sent else "already")


@router.post(PATH + "/{broadcast_id}/stop")
def stop_it(request: Request, broadcast_id: RowId) -> Response:
    """What has not left does not leave."""
    return _turn(request, broadcast_id, "broadcast_stopped", stop)


@router.post(PATH + "/{broadcast_id}/unschedule")
def unschedule(request: Request, broadcast_id: RowId) -> Response:
    """It is a draft again."""
    turn = _without_time(unschedule_broadcast)
    return _turn(request, broadcast_id, "broadcast_unscheduled", turn)


@router.post(PATH + "/{broadcast_id}/go-on")
def go_on(request: Request, broadcast_id: RowId) -> Response:
    """To those who have not had it."""
    return _turn(request, broadcast_id, "broadcast_continued", _without_time(go_on_with))


@router.post(PATH + "/{broadcast_id}/drop")
def drop(request: Request, broadcast_id: RowId) -> Response:
    """Let a draft go."""
    turn = _without_time(drop_broadcast)
    return _turn(request, broadcast_id, "broadcast_dropped", turn, PATH)


Turn = Callable[[Session, int, datetime], bool]


def _without_time(turn: Callable[[Session, int], bool]) -> Turn:
    return lambda session, id_, _at: turn(session, id_)


def _turn(request: Request, id_: int, done: str, turn: Turn, path: str = "") -> Response:
    desk = desk_of(request)
    who, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        if get_broadcast(session, id_) is None:
            return not_found(request)
        turned = turn(session, id_, at)
        if turned:
            record(session, who, done, f"broadcast:{id_}", at)
    here = f"{PATH}/{id_}"
    return back(path or here, done) if turned else back(here, "already")


def _taken(settings: Settings, file: UploadFile | None) -> Mapping[str, JsonValue]:
    """The file that was chosen, checked and kept; {} for none; raises BroadcastFault."""
    if file is None or not file.filename:
        return {}
    content = file.file.read((settings.upload_limit_mb << 20) + 1)
    received = Received(file.filename, file.content_type or "", content)
    [told] = judge_all([received], settings, contact_of(settings)).told
    if told.refusal:
        raise BroadcastFault(told.refusal)
    return {
        "name": told.name, "media_type": told.media_type, "sha256": told.sha256, "size": told.size,
    }  # fmt: skip


def _choices(session: Session, desk: Desk) -> Choices:
    today = clock.today(desk.settings)
    return choices_of(session, [one for one in all_units(session) if is_open(one, today)])


def _list(request: Request, number: int, fields: Typed | None = None, error: str = "") -> Response:
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        choices = _choices(session, desk)
        found = broadcasts(session, (number - 1) * _PER_PAGE, _PER_PAGE + 1)
        shown = lines(session, found[:_PER_PAGE], choices)
    return draw(
        request,
        "admin_broadcasts.html",
        "broadcasts",
        status=422 if error else 200,
        lines=shown,
        choices=choices,
        fields=fields or Typed(),
        file="",
        longest=LONGEST,
        largest=desk.settings.upload_limit_mb,
        error=error,
        newer=f"{PATH}?page={number - 1}" if number > 1 else "",
        older=f"{PATH}?page={number + 1}" if len(found) > _PER_PAGE else "",
    )


def _one(
    request: Request,
    id_: int,
    fields: Typed | None = None,
    error: str = "",
    when: tuple[str, str, str] = ("", "", ""),
) -> Response:
    desk, settings = desk_of(request), settings_of(request)
    at, may = clock.now(settings), visitor_of(request).may(f"POST {PATH}")
    seen: Preview | None = None
    with transaction(desk.engine) as session:
        broadcast = get_broadcast(session, id_)
        if broadcast is None:
            return not_found(request)
        choices = _choices(session, desk)
        if broadcast.state in ("draft", "scheduled"):
            seen = preview(session, settings, written_of(broadcast), at)
        counted = progress(count_sends(session, id_))
        unreached = missed(session, id_, _MISSED) if may else []
    return draw(
        request,
        "admin_broadcast.html",
        "broadcasts",
        status=422 if error else 200,
        broadcast=broadcast,
        audience=audience_in_words(broadcast, choices),
        link=file_link(settings, broadcast),
        seen=seen,
        looks=looks(seen) if seen else [],
        cost=cost_in_words(seen.dong) if seen else "",
        unmet=missed_in_words(seen) if seen else [],
        counted=counted,
        unreached=[named(each) for each in unreached],
        choices=choices,
        fields=fields or as_typed(broadcast),
        file=str(broadcast.file.get("name", "")),
        longest=LONGEST,
        largest=settings.upload_limit_mb,
        day=when[0],
        hour=when[1],
        urgent=when[2],
        error=error,
    )
