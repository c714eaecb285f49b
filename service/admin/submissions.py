"""*Hồ sơ đã nhận*: what people sent by form, to look through and to take along as a table."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import draw
from service.admin.submission_views import form_title, row, table
from service.admin.words import words
from service.routes.desk import desk_of
from service.settings import Settings
from service.shapes import clean
from service.spreadsheets import as_csv
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.submission_lists import Wanted, count_sent, newest_sent, sending_units
from service.storage.submissions import LIVE

_PER_PAGE = 20
_LONGEST_WORDS = 100
_LAST_PAGE = 100_000
_LARGEST_ID = 2**31  #: no database counts further

router = APIRouter()


@router.get("/admin/submissions")
def submissions_page(request: Request) -> Response:
    """The newest; of one form, state, unit or draft and with some words where these are given."""
    wanted, page = _wanted(request), _page_of(request)
    with transaction(desk_of(request).engine) as session:
        offset = (page - 1) * _PER_PAGE
        rows = newest_sent(session, wanted, offset, _PER_PAGE + 1)
        units, counts = sending_units(session), count_sent(session)
    asked, settings = _asked(wanted), desk_of(request).settings
    return draw(
        request,
        "admin_submissions.html",
        "submissions",
        submissions=[row(settings, one, units) for one in rows[:_PER_PAGE]],
        wanted=wanted,
        forms=_forms(settings, counts),
        states=_states(counts),
        units=units,
        export="/admin/submissions.csv?" + urlencode(asked),
        newer=_address(asked, page - 1) if page > 1 else "",
        older=_address(asked, page + 1) if len(rows) > _PER_PAGE else "",
    )


@router.get("/admin/submissions.csv")
def export(request: Request) -> Response:
    """All that are wanted as a table for a spreadsheet."""
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        rows, units = newest_sent(session, _wanted(request)), sending_units(session)
        actor, at = visitor_of(request).actor, clock.now(desk.settings)
        record(session, actor, "submissions_exported", "submissions", at, {"rows": len(rows)})
    headers = {"Content-Disposition": 'attachment; filename="ho-so-da-nhan.csv"'}
    return Response(
        as_csv(table(desk.settings, rows, units)), media_type="text/csv", headers=headers
    )


def _wanted(request: Request) -> Wanted:
    """What the address asks for; what makes no sense there is not asked."""
    asked = {name: clean(value) for name, value in request.query_params.items()}
    state = asked.get("state", "")
    return Wanted(
        form=asked.get("form", ""),
        state=state if state in words()["submissions"]["states"] else "",
        unit_id=_id(asked.get("unit", "")),
        policy_id=_id(asked.get("draft", "")),
        words=asked.get("q", "")[:_LONGEST_WORDS],
    )


def _asked(wanted: Wanted) -> dict[str, str]:
    """The same as parts of an address."""
    parts = {
        "form": wanted.form,
        "state": wanted.state,
        "unit": str(wanted.unit_id or ""),
        "draft": str(wanted.policy_id or ""),
        "q": wanted.words,
    }
    return {name: value for name, value in parts.items() if value}


def _page_of(request: Request) -> int:
    return min(_id(request.query_params.get("page", "")) or 1, _LAST_PAGE)


def _id(text: str) -> int | None:
    digits = text.isascii() and text.isdecimal() and len(text) < 11
    return int(text) if digits and 0 < int(text) < _LARGEST_ID else None


def _address(asked: Mapping[str, str], page: int) -> str:
    return "/admin/submissions?" + urlencode({**asked, "page": page})


def _forms(settings: Settings, counts: Mapping[tuple[str, str], int]) -> dict[str, str]:
    """Forms that were ever sent, with how many of each still count: "Góp ý (3)"."""
    live = dict.fromkeys(sorted({form for form, _ in counts}), 0)
    for (form, state), count in counts.items():
        live[form] += count if state in LIVE else 0
    return {form: f"{form_title(settings, form)} ({count})" for form, count in live.items()}


def _states(counts: Mapping[tuple[str, str], int]) -> dict[str, str]:
    """All states with how many are in each."""
    return {
        state: f"{name} ({sum(n for (_, where), n in counts.items() if where == state)})"
        for state, name in words()["submissions"]["states"].items()
    }
