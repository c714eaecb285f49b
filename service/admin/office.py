"""*Đơn vị của mình*: who the office is; what the assistant says of it comes from here."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import JsonValue

from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import back, draw
from service.admin.office_forms import LONGEST, OfficeFault, read_office
from service.admin.words import words
from service.library.editions import current_edition
from service.library.papers import shipped
from service.routes.desk import desk_of
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.jobs import put_job
from service.storage.office import Office, is_put_off, office_of, put_off, set_office

_PAGE = "/admin/office"

Typed = Annotated[str, Form()]

router = APIRouter()


@router.get(_PAGE)
def page(request: Request) -> Response:
    """What the office says of itself, and the form to say it."""
    return _page(request)


@router.post(_PAGE)
def save(
    request: Request,
    name: Typed = "",
    place: Typed = "",
    superior: Typed = "",
    contact: Typed = "",
    phone: Typed = "",
    hours: Typed = "",
    public_url: Typed = "",
    letterhead: Typed = "",
) -> Response:
    """Keep it; the next answer says it, whichever process gives it."""
    desk = desk_of(request)
    typed = Office(name, place, superior, contact, phone, hours, public_url, letterhead)
    try:
        office = read_office(typed)
    except OfficeFault as wrong:
        return _page(request, typed, str(wrong))
    who, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        changed = set_office(session, office, at)
        if changed:
            # The contact is a person: what it was is not written down.
            record(session, who, "office_set", "office", at, dict.fromkeys(changed, "changed"))
    return back(_PAGE, "turned" if changed else "already")


@router.post(_PAGE + "/later")
def later(request: Request) -> Response:
    """Not now: it stands first among what waits, and nobody is asked at the next sign-in."""
    desk = desk_of(request)
    who, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        if put_off(session, at):
            record(session, who, "office_put_off", "office", at)
    return back("/admin", "office_later")


@router.post(_PAGE + "/samples")
def samples(request: Request, used: Typed = "") -> Response:
    """Use the sample papers of other offices no more, or again; done in the background."""
    desk, wanted = desk_of(request), used == "true"
    who, at = visitor_of(request).actor, clock.now(desk.settings)
    left_out = frozenset(current_edition(desk.settings).left_out)
    ids = _samples()
    out = left_out - ids if wanted else left_out | ids
    if out == left_out:
        return back(_PAGE, "already")
    named: list[JsonValue] = [*sorted(out)]
    with transaction(desk.engine) as session:
        job = put_job(session, "leave_out", "library", who, at, {"papers": named})
        record(session, who, "samples_asked", "library", at, {"on": wanted})
        address = f"/admin/jobs/{job.id}"
    request.app.state.start_jobs()
    return back(address, "begun")


def _samples() -> frozenset[str]:
    return frozenset(paper.id for paper in shipped().documents if paper.sample)


def _page(request: Request, typed: Office | None = None, error: str = "") -> Response:
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        office, asked = office_of(session), is_put_off(session)
    said, url = words()["office"], desk.settings.public_url
    return draw(
        request,
        "admin_office.html",
        "office",
        status=422 if error else 200,
        fields=asdict(typed or office or Office("")),
        longest=LONGEST,
        known=office is not None,
        samples_used=not _samples() <= frozenset(current_edition(desk.settings).left_out),
        asked=asked,
        hours_hint=said["hours_hint"].format(hours=desk.settings.work_hours),
        url_hint=said["url_now"].format(url=url) if url else said["url_hint"],
        error=error,
    )
