"""What was sent by form, read out of storage for whoever may see it."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from bot.forms.engine import SentFile
from bot.messages import Enclosure
from bot.registry import Record
from service import clock
from service.answers_told import told
from service.delivery.writer import Writer
from service.forms import form_of
from service.personal_files import LARGEST
from service.settings import Settings
from service.storage import submissions, units
from service.storage.audit import record as note
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
        if _heads(writer, row)
    )


def record_under(session: Session, settings: Settings, writer: Writer, code: str) -> Record | None:
    """What was sent under this code, whole; None for whom it is not: as for no such code."""
    row = submissions.find_sent(session, code)
    if row is None:
        return None
    own = writer.sent(session, row)
    if not own and not _heads(writer, row):
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
    of_files = {f.id for f in form.fields if f.kind == "files"}  # told by their names
    sender = submissions.sender_of(session, row)
    return replace(
        _record(session, settings, row, own=own),
        by=", ".join(filter(None, (sender.name, sender.post))) if sender else "",
        decided_at=row.decided_at.astimezone(clock.VIETNAM) if row.decided_at else None,
        answers=answers,
        told=tuple(
            (one.name, one.value)
            for one in told(settings, row)
            if one.value and one.field not in of_files
        ),
        files=files,
    )


def record_files(settings: Settings, record: Record) -> tuple[Enclosure, ...]:
    """Those whose bytes are kept, the first ones as far as memory holds them at once."""
    room, enclosures = LARGEST, list[Enclosure]()
    for one in record.files:
        kept = settings.received_dir / one.sha256
        if one.size <= room and kept.is_file():
            room -= one.size
            enclosures.append(Enclosure(one.name, one.media_type, kept.read_bytes()))
    return tuple(enclosures)


def note_fetched(session: Session, writer: Writer, record: Record) -> None:
    """Another than who sent them has got its files: written down, as at the desk."""
    row = submissions.find_sent(session, record.code)
    if row is not None:
        who, subject = f"person:{writer.person_id}", f"submission:{row.id}"
        note(session, who, "submission_file_fetched", subject, writer.at)


def _heads(writer: Writer, row: Submission) -> bool:
    """Whether it counts as sent for a unit that the person heads."""
    return row.unit_id in writer.headed and row.state != "pending"


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
