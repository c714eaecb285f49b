"""A form that was sent, kept; and taken back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlmodel import Session

from bot.forms.engine import SentFile
from bot.registry import FilledForm
from service.delivery.owing import settled_by
from service.delivery.writer import Writer
from service.errors import Overtaken, SubmissionRefused
from service.storage import bindings, submissions
from service.storage.codes import ALPHABET
from service.storage.form_tables import Submission
from service.storage.submissions import LABEL, OPEN
from service.storage.units import with_merged


def new_code() -> str:
    """ "HS-7K2M9": what a person quotes to an officer; it opens nothing by itself."""
    return "HS-" + "".join(secrets.choice(ALPHABET) for _ in range(5))


def keep_filled(
    session: Session, writer: Writer, filled: FilledForm, code: str, files: Sequence[SentFile]
) -> None:
    """Keep it under `code`; raises Overtaken where something it hangs on is so no more.

    Who may act for the unit is looked at once more: it may have ended a moment ago.
    """
    office = None
    if filled.form.audience == "officer":
        now = bindings.bindings_of(session, writer.person_id, writer.today)
        office = next((o for o in now if str(o.unit_id) == filled.answers.get("unit")), None)
        if office is None:
            raise Overtaken
    before = submissions.find_sent(session, filled.previous) if filled.previous else None
    if before and not writer.sent(session, before):
        before = None
    if before and office and before.unit_id not in with_merged(session, office.unit_id):
        before = None  # what was sent for another unit stays as it is
    try:
        _write(session, writer, filled, code, files, office, before)
    except SubmissionRefused as refused:  # decided a moment ago
        raise Overtaken from refused


def _write(
    session: Session,
    writer: Writer,
    filled: FilledForm,
    code: str,
    files: Sequence[SentFile],
    office: bindings.Office | None,
    before: Submission | None,
) -> None:
    draft = filled.answers.get("draft", "")
    assignment, settles = None, False
    if office and office.confirmed:
        assignment, settles = settled_by(session, writer, office.unit_id, filled)
    submissions.keep_submission(
        session,
        code=code,
        form=filled.form.id,
        form_version=filled.form.version,
        person_id=writer.person_id,
        unit_id=office.unit_id if office else None,
        policy_id=int(draft) if draft.isdecimal() else None,
        answers={**filled.answers, **_in_words(filled)},
        files=[
            submissions.SentFile(one.sha256, one.name, one.media_type, one.size) for one in files
        ],
        pending=office is not None and not office.confirmed,
        at=writer.at,
        previous=before.id if before else None,
        assignment=assignment,
        settles=settles,
    )


def _in_words(filled: FilledForm) -> dict[str, str]:
    """What was chosen from what was offered then, which may not be offered later."""
    return {
        f"{field.id}{LABEL}": choice.label
        for field in filled.form.fields
        if field.source and field.source != "units"
        for choice in field.choices
        if choice.value == filled.answers.get(field.id)
    }


def may_take_back(session: Session, writer: Writer, code: str) -> bool:
    """Whether the person sent it and the office has not decided yet."""
    row = submissions.find_sent(session, code)
    return row is not None and writer.sent(session, row) and row.state in OPEN


def take_back(session: Session, writer: Writer, code: str) -> None:
    """It does not count any more; raises Overtaken where that may not be done by now."""
    row = submissions.find_sent(session, code)
    try:
        if row is None or not writer.sent(session, row):
            raise Overtaken
        submissions.withdraw(session, row, writer.at)
    except SubmissionRefused as refused:
        raise Overtaken from refused
