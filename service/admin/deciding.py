"""One submission: what was sent with which files, its versions, and what the office says to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, Response
from sqlmodel import Session

from bot.owed import day_in_words
from bot.texts import say
from service import clock
from service.admin.access import visitor_of
from service.admin.drawing import back, draw
from service.admin.naming import actor, thing
from service.admin.submission_views import form_title
from service.admin.words import words
from service.answers_told import told
from service.delivery.files import plain_name
from service.delivery.telling import tell_person
from service.duties.granting import grant
from service.errors import SubmissionRefused
from service.routes.desk import RowId, desk_of
from service.routes.pages import not_found
from service.shapes import clean
from service.storage.admins import names_of_admins
from service.storage.audit import record
from service.storage.engine import transaction
from service.storage.form_tables import Submission
from service.storage.policy_drafts import get_draft
from service.storage.submission_lists import sending_units
from service.storage.submissions import (
    DECIDED_FROM,
    OFFICIAL,
    Decision,
    decide,
    files_of,
    get_sent,
    history,
    sender_of,
)

Typed = Annotated[str, Form()]

_LONGEST_REPLY = 3_000  #: characters
#: A browser saves the file and runs nothing of it, whatever it is.
_SAVED = {"Content-Security-Policy": "default-src 'none'; sandbox"}

router = APIRouter()


@router.get("/admin/submissions/{submission_id}")
def submission_page(request: Request, submission_id: RowId) -> Response:
    """All of it, and the buttons for what may be decided."""
    return _page(request, submission_id)


@router.post("/admin/submissions/{submission_id}/decide")
def decide_it(
    request: Request, submission_id: RowId, state: Typed = "", reply: Typed = ""
) -> Response:
    """Accept, return or answer it, and tell its sender; nothing happens to what is decided."""
    desk = desk_of(request)
    said, decision = clean(reply.replace("\r\n", "\n")), cast(Decision, state)
    if state not in DECIDED_FROM:
        return not_found(request)
    if len(said) > _LONGEST_REPLY:
        return _page(request, submission_id, "long", said, state)
    who, at = visitor_of(request).actor, clock.now(desk.settings)
    try:
        with transaction(desk.engine) as session:
            sent = decide(session, submission_id, decision, said, who, at)
            record(session, who, f"submission_{state}", f"submission:{submission_id}", at)
            text = say(f"submissions.{state}", code=sent.code, reply=sent.reply)
            granted = (
                grant(session, sent, clock.today(desk.settings)) if state == "accepted" else None
            )
            if granted:
                text += "\n" + say("submissions.granted", day=day_in_words(granted))
            heard = sent.person_id is not None and tell_person(session, sent.person_id, text, at)
    except SubmissionRefused as refused:
        return _page(request, submission_id, refused.why, said, state)
    return back(f"/admin/submissions/{submission_id}", "decided" if heard else "decided_untold")


@router.get("/admin/submissions/{submission_id}/files/{position}")
def file(request: Request, submission_id: RowId, position: RowId) -> Response:
    """A file of it, to be saved; 404 when its bytes are gone."""
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        files = files_of(session, submission_id)
        found = next((one for one in files if one.position == position), None)
        kept = desk.settings.received_dir / found.sha256 if found else None
        if found is None or kept is None or not kept.is_file():
            return not_found(request)
        who, at = visitor_of(request).actor, clock.now(desk.settings)
        subject = f"submission:{submission_id}"
        record(session, who, "submission_file_fetched", subject, at, {"file": position})
    return FileResponse(
        kept, media_type="application/octet-stream", filename=plain_name(found.name), headers=_SAVED
    )


def _page(
    request: Request, submission_id: int, why: str = "", typed: str = "", chosen: str = ""
) -> Response:
    """The page; `why`, `typed`, `chosen`: a decision that was refused."""
    desk = desk_of(request)
    with transaction(desk.engine) as session:
        sent = get_sent(session, submission_id)
        if sent is None:
            return not_found(request)
        values = _found(session, sent, desk.settings.received_dir)
    return draw(
        request,
        "admin_submission.html",
        "submissions",
        status=_status(why),
        sent=sent,
        form=form_title(desk.settings, sent.form),
        answers=told(desk.settings, sent),
        decisions=_decisions(sent),
        error=_in_words(why),
        typed=typed,
        chosen=chosen,
        **values,
    )


def _found(session: Session, sent: Submission, kept: Path) -> dict[str, object]:
    names, files = names_of_admins(session), files_of(session, sent.id or 0)
    return {
        "sender": sender_of(session, sent),
        "person": thing(f"person:{sent.person_id}", names) if sent.person_id else "",
        "unit": sending_units(session).get(sent.unit_id or 0, ""),
        "draft": get_draft(session, sent.policy_id) if sent.policy_id else None,
        "files": [(one, (kept / one.sha256).is_file()) for one in files],
        "versions": history(session, sent),
        "decider": lambda version: actor(version.decided_by, names),
    }


def _decisions(sent: Submission) -> list[Decision]:
    """What may be decided now; an official record is not answered."""
    return [
        decision
        for decision, states in DECIDED_FROM.items()
        if sent.state in states and not (decision == "answered" and sent.form in OFFICIAL)
    ]


def _status(why: str) -> int:
    return {"": 200, "empty": 422, "long": 422}.get(why, SubmissionRefused.status)


def _in_words(why: str) -> str:
    """What a refusal says: whatever somebody has decided meanwhile, it is decided."""
    known = words()["submissions"]["refused"]
    return str(known["decided" if why in DECIDED_FROM else why]) if why else ""
