"""*Mã truy cập*: which programs read and write with a token; made, shown once, revoked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, cast

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import back, draw
from service.admin.naming import actor
from service.admin.words import moment, words
from service.routes.desk import RowId, desk_of
from service.shapes import clean
from service.storage.admins import names_of_admins
from service.storage.api_tables import ApiToken
from service.storage.api_tokens import (
    READERS,
    SCOPES,
    Reader,
    Scope,
    all_tokens,
    is_open,
    make_token,
    revoke_token,
)
from service.storage.audit import record
from service.storage.engine import transaction

PATH = "/admin/tokens"
_LONGEST_NAME = 60
#: How long a token is good for: names in the form, days.
_LIVES: Mapping[str, int | None] = {"month": 30, "quarter": 90, "year": 365, "open": None}

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Listed:
    """One token, ready to draw; never the token itself."""

    id: int
    name: str
    scopes: str
    readers: str
    made: str
    used: str
    state: str
    open: bool


@dataclass(frozen=True, slots=True)
class Entered:
    """What was typed."""

    name: str = ""
    scopes: Sequence[str] = ()
    readers: str = "public"
    life: str = "year"


@dataclass(frozen=True, slots=True)
class Made:
    """A token just made: it is shown on this page and never again."""

    name: str
    token: str


@router.get(PATH)
def tokens_page(request: Request) -> Response:
    """Every token, and the form to make one."""
    return _page(request)


@router.post(PATH)
def make(
    request: Request,
    name: Annotated[str, Form()] = "",
    scopes: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI hands in a new list each time
    readers: Annotated[str, Form()] = "public",
    life: Annotated[str, Form()] = "year",
) -> Response:
    """A new token, shown this once."""
    desk = desk_of(request)
    entered = Entered(
        clean(name)[:_LONGEST_NAME], [s for s in scopes if s in SCOPES], readers, life
    )
    fault = _fault(entered)
    if fault:
        return _page(request, error=words()["tokens"]["faults"][fault], entered=entered)
    days, today = _LIVES[entered.life], clock.today(desk.settings)
    expires_on = None if days is None else today + timedelta(days=days)
    who, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        row, token = make_token(
            session,
            entered.name,
            cast(Sequence[Scope], entered.scopes),
            cast(Reader, entered.readers),
            expires_on,
            who,
            at,
        )
        detail = {"scopes": ", ".join(row.scopes), "readers": row.readers}
        record(session, who, "token_made", f"token:{row.id}", at, detail)
    return _page(request, made=Made(entered.name, token))


@router.post(PATH + "/{token_id}/revoke")
def revoke(request: Request, token_id: RowId) -> Response:
    """Whoever has it is let in no more, from the next request on."""
    desk = desk_of(request)
    who, at = visitor_of(request).actor, clock.now(desk.settings)
    with transaction(desk.engine) as session:
        revoked = revoke_token(session, token_id, at)
        if revoked:
            record(session, who, "token_revoked", f"token:{token_id}", at)
    return back(PATH, "token_revoked" if revoked else "already")


def _fault(entered: Entered) -> str:
    """What is wrong with it; "" when nothing is."""
    if not entered.name:
        return "name"
    if not entered.scopes:
        return "scopes"
    return "" if entered.readers in READERS and entered.life in _LIVES else "choice"


def _page(
    request: Request, *, made: Made | None = None, error: str = "", entered: Entered | None = None
) -> Response:
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        rows, names = all_tokens(session), names_of_admins(session)
    today = clock.today(desk.settings)
    return draw(
        request,
        "admin_tokens.html",
        "tokens",
        status=422 if error else 200,
        tokens=[_listed(row, today, actor(row.made_by, names)) for row in rows],
        made=made,
        error=error,
        entered=entered or Entered(),
        all_scopes=SCOPES,
        all_readers=READERS,
        lives=tuple(_LIVES),
        longest=_LONGEST_NAME,
    )


def _listed(row: ApiToken, today: date, by: str) -> Listed:
    said = words()["tokens"]
    if row.revoked_at is not None:
        state = f"{said['states']['revoked']} {moment(row.revoked_at)}"
    elif row.expires_on is None:
        state = said["states"]["open"]
    else:
        over = today >= row.expires_on
        state = f"{said['states']['expired' if over else 'until']} {_day(row.expires_on)}"
    return Listed(
        id=row.id or 0,
        name=row.name,
        scopes=", ".join(row.scopes),
        readers=said["readers_short"][row.readers],
        made=f"{moment(row.made_at)}, {by}",
        used=_day(row.last_used_on) if row.last_used_on else words()["never"],
        state=state,
        open=is_open(row, today),
    )


def _day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"
