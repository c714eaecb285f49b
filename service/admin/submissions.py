"""*Hồ sơ đã nhận*: what people sent by form, to look through and to take along as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from service.admin.begun import begin_export
from service.admin.drawing import draw
from service.admin.submission_views import asked_of, form_title, id_of, row, wanted_of
from service.admin.words import words
from service.routes.desk import desk_of
from service.settings import Settings
from service.storage.engine import transaction
from service.storage.submission_lists import count_sent, newest_sent, sending_units
from service.storage.submissions import LIVE

_PER_PAGE = 20
_LAST_PAGE = 100_000

Typed = Annotated[str, Form()]

router = APIRouter()


@router.get("/admin/submissions")
def submissions_page(request: Request) -> Response:
    """The newest; of one form, state, unit or draft and with some words where these are given."""
    wanted, page = wanted_of(request.query_params), _page_of(request)
    with transaction(desk_of(request).engine) as session:
        offset = (page - 1) * _PER_PAGE
        rows = newest_sent(session, wanted, offset, _PER_PAGE + 1)
        units, counts = sending_units(session), count_sent(session)
    asked, settings = asked_of(wanted), desk_of(request).settings
    return draw(
        request,
        "admin_submissions.html",
        "submissions",
        submissions=[row(settings, one, units) for one in rows[:_PER_PAGE]],
        wanted=wanted,
        forms=_forms(settings, counts),
        states=_states(counts),
        units=units,
        asked=asked,
        newer=_address(asked, page - 1) if page > 1 else "",
        older=_address(asked, page + 1) if len(rows) > _PER_PAGE else "",
    )


@router.post("/admin/submissions/export")
def export(
    request: Request, form: Typed = "", state: Typed = "", unit: Typed = "",
    draft: Typed = "", q: Typed = "",
) -> Response:  # fmt: skip
    """All that are wanted as a table for a spreadsheet; made in the background."""
    sent = {"form": form, "state": state, "unit": unit, "draft": draft, "q": q}
    return begin_export(request, "submissions", asked_of(wanted_of(sent)))


def _page_of(request: Request) -> int:
    return min(id_of(request.query_params.get("page", "")) or 1, _LAST_PAGE)


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
