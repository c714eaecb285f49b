"""What was sent by form, read out of storage for whoever may see it."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from bot.forms.engine import SentFile
from bot.registry import Record
from service import clock
from service.delivery.writer import Writer
from service.forms import form_of
from service.settings import Settings
from service.storage import submissions, units
from service.storage.form_tables import Submission
from service.storage.submissions import OFFICIAL


def sent_records(session: Session, settings: Settings, writer: Writer) -> tuple[Record, ...]:
    """What the person has sent, newest first; without answers and files."""
    mine = writer.units(session)
    return tuple(
        _record(session, settings, row)
        for row in submissions.sent_by(session, writer.person_id)
        if row.unit_id is None or row.unit_id in mine
    )


def unit_records(session: Session, settings: Settings, writer: Writer) -> tuple[Record, ...]:
    """What was sent for the units that the person heads; the same of it."""
    return tuple(
        _record(session, settings, row, own=row.person_id == writer.person_id)
        for unit_id in writer.headed
        for row in submissions.sent_for(session, unit_id)
        if row.state != "pending"
    )


def record_under(session: Session, settings: Settings, writer: Writer, code: str) -> Record | None:
    """What the person has sent under this code, whole."""
    row = submissions.find_sent(session, code)
    if row is None or not writer.sent(session, row):
        return None
    assert row.id is not None, "rows that were read have an id"
    form = form_of(settings, row.form)
    files = tuple(
        SentFile(one.sha256, one.name, one.size, one.media_type)
        for one in submissions.files_of(session, row.id)
    )
    answers = {f.id: str(row.answers[f.id]) for f in form.fields if f.id in row.answers}
    answers |= {
        f.id: " ".join(one.sha256 for one in files)
        for f in form.fields
        if f.kind == "files" and f.id in answers and files
    }
    return replace(_record(session, settings, row), answers=answers, files=files)


def _record(session: Session, settings: Settings, row: Submission, *, own: bool = True) -> Record:
    unit = units.get_unit(session, row.unit_id) if row.unit_id else None
    return Record(
        row.code,
        row.form,
        form_of(settings, row.form).title,
        row.state,
        row.created_at.astimezone(clock.VIETNAM),
        unit.name if unit else "",
        row.reply,
        own=own,
        stays=row.form in OFFICIAL and row.state in submissions.RECORDS,
    )
