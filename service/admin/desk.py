"""The desk as a whole: its routes behind one check, its refusals as pages, its guard."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from service.admin import (
    alerts,
    assignments,
    audit,
    broadcasts,
    candidates,
    changes,
    channels,
    comparing,
    curated,
    deciding,
    door,
    drafts,
    editions,
    figures,
    inbox,
    jobs,
    missing_papers,
    obligations,
    office,
    office_days,
    organisations,
    papers,
    people,
    policies,
    putting_on,
    question_set,
    questions,
    reminders,
    reviewing,
    second_step,
    staff,
    submissions,
    today,
    tokens,
    unanswered,
    unit,
    units,
)
from service.admin.access import SignInNeeded, admit
from service.admin.drawing import refused
from service.errors import Forbidden
from service.guards import PerMinute

#: Tries of a password per minute and address; an account has its own limit.
_TRIES = 20

router = APIRouter(dependencies=[Depends(admit)], include_in_schema=False)
_PARTS = (
    *(door, alerts, inbox, submissions, deciding, assignments, drafts, broadcasts),
    *(putting_on, obligations, changes, reminders, policies),
    *(papers, candidates, editions),
    *(comparing, reviewing, jobs),
    *(questions, office_days, channels, units, unit, people, audit, staff),
    second_step,
    tokens,
    *(figures,),
    *(office, today, missing_papers),
    *(unanswered, curated, question_set),
    organisations,
)
for part in _PARTS:
    router.include_router(part.router)


def install(app: FastAPI) -> None:
    """What the desk's routes need of the application."""
    app.state.password_tries = PerMinute(_TRIES)
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(Forbidden, _forbidden)


def _sign_in(_request: Request, error: Exception) -> Response:
    ended = "?done=expired" if isinstance(error, SignInNeeded) and error.ended else ""
    return RedirectResponse(f"/admin/sign-in{ended}", status_code=303)


def _forbidden(_request: Request, error: Exception) -> Response:
    return refused(str(error))
