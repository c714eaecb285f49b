"""*Cơ quan, địa phương*: their names, what became of them, and how to reach them now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, cast
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from bot.texts import say
from knowledge.organisations import Body, Organisations, Place, Status
from knowledge.vietnamese import collapse
from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import back, draw
from service.admin.unit_views import has_words
from service.errors import OrganisationRefused, UnitRefused
from service.organisation_checks import LONGEST, MOST_ALIASES
from service.organisations import (
    TABLES,
    Table,
    organisations_of,
    own_of,
    recorded_on,
    reset_entry,
    set_entry,
    shipped,
)
from service.routes.desk import RowId, desk_of
from service.routes.pages import not_found
from service.shapes import clean, read_day
from service.storage.audit import record
from service.storage.contacts import contact_for, contacts, drop_contact, set_contact
from service.storage.engine import transaction

_HERE = "/admin/organisations"
_ONE = f"{_HERE}/entry"
_PER_PAGE = 50
_LONGEST_WORDS = 100
_FEW = 6  #: other names that a list shows
_FIELDS = ("name", "aliases", "ended", "basis", "issued", "note", "successor")
_SUBJECT = "organisations"  #: of the audit trail, which holds ids and no names

Typed = Annotated[str, Form(max_length=20_000)]

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Row:
    """One entry, ready to list."""

    table: str
    name: str
    href: str
    aliases: str
    note: str
    now: str
    own: bool


@router.get(_HERE)
def listed(
    request: Request,
    q: str = "",
    own: str = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Every entry, or those with some words in their names; the contacts of bodies."""
    return _list(request, wanted=clean(q)[:_LONGEST_WORDS], own=own == "1", page=page)


@router.get(_ONE)
def one(request: Request, table: str = "body", name: str = "") -> Response:
    """One entry; a new one without a name."""
    if table not in TABLES:
        return not_found(request)
    entry = _find(organisations_of(desk_of(request).settings), table, name) if name else None
    if name and entry is None:
        return not_found(request)
    return _entry(request, table, entry, _typed_of(entry))


@router.post(_ONE)
def save(
    request: Request,
    table: Typed = "",
    was: Typed = "",
    name: Typed = "",
    aliases: Typed = "",
    ended: Typed = "",
    basis: Typed = "",
    issued: Typed = "",
    note: Typed = "",
    successor: Typed = "",
) -> Response:
    """From now on questions and answers go by it."""
    desk, actor = desk_of(request), visitor_of(request).actor
    today, at = clock.today(desk.settings), clock.now(desk.settings)
    told = (name, aliases, ended, basis, issued, note, successor)
    typed = dict(zip(_FIELDS, told, strict=True))
    if table not in TABLES:
        return not_found(request)
    every = organisations_of(desk.settings)
    before = _find(every, table, was) if was else None
    try:
        if was and before is None:
            return not_found(request)
        if not was and _find(every, table, collapse(clean(name))):
            raise OrganisationRefused(say("organisations.there", name=collapse(clean(name))))
        entry = _read(table, before, typed, today)
        version = set_entry(desk.settings, entry, today)
    except OrganisationRefused as refusal:
        return _entry(request, table, before, typed, str(refusal))
    with transaction(desk.engine) as session:
        detail = {"table": words_of(table), "version": version}
        record(session, actor, "organisation_set", _SUBJECT, at, detail)
    return back(_HERE, "organisation_set")


@router.post(f"{_HERE}/reset")
def reset(request: Request, table: Typed = "", name: Typed = "") -> Response:
    """What ships counts again; what only the office had is gone."""
    desk, actor = desk_of(request), visitor_of(request).actor
    if table not in TABLES:
        return not_found(request)
    today, at = clock.today(desk.settings), clock.now(desk.settings)
    try:
        gone = reset_entry(desk.settings, cast(Table, table), name, today)
    except OrganisationRefused as refusal:
        entry = _find(organisations_of(desk.settings), table, name)
        return _entry(request, table, entry, _typed_of(entry), str(refusal))
    if gone:
        with transaction(desk.engine) as session:
            version = own_of(desk.settings).version
            detail = {"table": words_of(table), "version": version}
            record(session, actor, "organisation_reset", _SUBJECT, at, detail)
    return back(_HERE, "organisation_reset" if gone else "already")


@router.post("/admin/contacts")
def keep_contact(
    request: Request, body: Typed = "", now: Typed = "", reach: Typed = ""
) -> Response:
    """Whom to turn to for a body that a paper names."""
    desk, actor = desk_of(request), visitor_of(request).actor
    at = clock.now(desk.settings)
    try:
        with transaction(desk.engine) as session:
            contact = set_contact(session, body, now, reach)
            record(session, actor, "contact_set", f"contact:{contact.id}", at)
    except UnitRefused as refusal:
        typed = {"body": body, "now": now, "reach": reach}
        return _list(request, error=str(refusal), typed=typed)
    return back(_HERE, "contact_set")


@router.post("/admin/contacts/{contact_id}/drop")
def drop(request: Request, contact_id: RowId) -> Response:
    """It is not told any more."""
    desk, actor = desk_of(request), visitor_of(request).actor
    with transaction(desk.engine) as session:
        gone = drop_contact(session, contact_id)
        if gone:
            at = clock.now(desk.settings)
            record(session, actor, "contact_dropped", f"contact:{contact_id}", at)
    return back(_HERE, "contact_dropped" if gone else "already")


def words_of(table: str) -> str:
    """As the audit trail says it: a key of its details."""
    return f"table_{table}"


def _list(
    request: Request,
    *,
    wanted: str = "",
    own: bool = False,
    page: int = 1,
    error: str = "",
    typed: Mapping[str, str] | None = None,
) -> Response:
    desk = desk_of(request)
    today = clock.today(desk.settings)
    rows = [row for row in _rows(request, today) if not own or row.own]
    rows = [row for row in rows if has_words(wanted, row.name, row.aliases)]
    with transaction(desk.engine) as session:
        known = contacts(session)
    start = (page - 1) * _PER_PAGE
    return draw(
        request,
        "admin_organisations.html",
        "organisations",
        status=422 if error else 200,
        rows=rows[start : start + _PER_PAGE],
        total=len(rows),
        wanted=wanted,
        own=own,
        fault=own_of(desk.settings).fault,
        newer=_address(wanted, own, page - 1) if page > 1 else "",
        older=_address(wanted, own, page + 1) if len(rows) > start + _PER_PAGE else "",
        contacts=known,
        error=error,
        typed={"body": "", "now": "", "reach": "", **(typed or {})},
    )


def _rows(request: Request, today: date) -> list[Row]:
    settings = desk_of(request).settings
    every, own = organisations_of(settings), own_of(settings).entries
    mine = {("body", b.name) for b in own.bodies} | {("place", p.name) for p in own.places}
    tables: tuple[tuple[Table, tuple[Body | Place, ...]], ...] = (
        ("body", every.bodies),
        ("place", every.places),
    )
    return [
        Row(
            table=table,
            name=entry.name,
            href=f"{_ONE}?" + urlencode({"table": table, "name": entry.name}),
            aliases=", ".join(entry.aliases[:_FEW]),
            note=entry.status[0].note if entry.status else "",
            now=every.called_now(entry.status[0], today) if entry.status else "",
            own=(table, entry.name) in mine,
        )
        for table, entries in tables
        for entry in entries
    ]


def _entry(
    request: Request,
    table: str,
    entry: Body | Place | None,
    typed: Mapping[str, str],
    error: str = "",
) -> Response:
    desk = desk_of(request)
    own = own_of(desk.settings).entries
    name = entry.name if entry else ""
    with transaction(desk.engine) as session:
        contact = contact_for(session, name) if table == "body" and name else None
    every = organisations_of(desk.settings)
    return draw(
        request,
        "admin_organisation.html",
        "organisations",
        status=422 if error else 200,
        table=table,
        name=name,
        own=bool(name) and _find(own, table, name) is not None,
        ships=bool(name) and _find(shipped(), table, name) is not None,
        recorded=next((s.recorded for s in entry.status), None) if entry else None,
        typed=typed,
        contact=contact,
        known=sorted(e.name for e in (every.bodies if table == "body" else every.places)),
        longest=LONGEST,
        most=MOST_ALIASES,
        error=error,
    )


def _find(entries: Organisations, table: str, name: str) -> Body | Place | None:
    among = entries.bodies if table == "body" else entries.places
    return next((entry for entry in among if entry.name == name), None)


def _typed_of(entry: Body | Place | None) -> dict[str, str]:
    """The form as it is first shown."""
    status = entry.status[0] if entry and entry.status else Status("", "")
    return {
        "name": entry.name if entry else "",
        "aliases": "\n".join(entry.aliases) if entry else "",
        "ended": _told(status.ended),
        "basis": status.basis,
        "issued": _told(status.issued),
        "note": status.note,
        "successor": status.successor,
    }


def _told(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _read(
    table: str, before: Body | Place | None, typed: Mapping[str, str], today: date
) -> Body | Place:
    """What was typed; raises OrganisationRefused for a day that is none."""
    name = before.name if before else collapse(clean(typed["name"]))
    lines = (collapse(clean(line)) for line in typed["aliases"].splitlines())
    aliases = tuple(dict.fromkeys(line for line in lines if line))
    status = _status(name, typed)
    told = (recorded_on(status, before.status if before else (), today),) if status else ()
    if table == "place":
        return Place(name, aliases, told)
    return Body(name, aliases, before.kind if isinstance(before, Body) else "other", told)


def _status(name: str, typed: Mapping[str, str]) -> Status | None:
    """What became of it; None where nothing was said of that."""
    told = {field: collapse(clean(typed[field])) for field in _FIELDS[2:]}
    if not any(told.values()):
        return None
    ended, issued = _day(told["ended"]), _day(told["issued"])
    default = (
        say("organisations.ended", name=name, day=f"{ended:%d/%m/%Y}")
        if ended
        else say("organisations.gone", name=name)
    )
    return Status(
        note=(told["note"] or default).rstrip("."),
        basis=told["basis"],
        ended=ended,
        issued=issued,
        successor=told["successor"],
    )


def _day(typed: str) -> date | None:
    day = read_day(typed)
    if typed and day is None:
        raise OrganisationRefused(say("organisations.no_day", day=typed))
    return day


def _address(wanted: str, own: bool, page: int) -> str:
    asked = {**({"q": wanted} if wanted else {}), **({"own": "1"} if own else {}), "page": page}
    return f"{_HERE}?" + urlencode(asked)
