"""Nothing about people is kept longer than it is needed; the only SQL that lets rows go by age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, select

from service.storage.audit import record
from service.storage.broadcasts import files_of_broadcasts, forget_broadcasts
from service.storage.delivery_tables import InboundEvent, OutboundMessage, PeriodicTurn
from service.storage.duty_tables import Assignment, Notice
from service.storage.form_tables import HandOff, Submission, SubmissionFile
from service.storage.jobs import forget_tables
from service.storage.people import files_of_drafts
from service.storage.people_tables import ConversationRow, OneTimeCode, StoredFile
from service.storage.submissions import OFFICIAL, files_sent

#: Turns that stay: their slots say by which rules reminders were last reckoned, and for which day.
RECKONED, LOOKED = "reckoned", "looked"
#: An event that comes again is known for so long; channels send again for a day at most.
EVENTS = timedelta(days=30)
#: What became of a table that was taken along or handed in can be looked up for so long.
TABLES = timedelta(days=30)
#: Comments and difficulties with which nobody has anything to do any more.
_OVER = ("answered", "withdrawn", "replaced")


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long the office keeps what people have said and sent."""

    messages: timedelta  #: that were said, so that a web page can show them again
    conversations: timedelta  #: since anybody went on with them, forms begun in them too
    files: timedelta  #: that belong neither to what was sent by form nor to a form begun
    comments: timedelta  #: and difficulties, since they were answered
    records_years: int  #: of anything sent by form, since it last changed


def files_named(session: Session) -> frozenset[str]:
    """The SHA-256 of every file that a person sent, alone or by form, or that goes out."""
    sent = session.exec(select(StoredFile.sha256))
    enclosed = session.exec(select(OutboundMessage.enclosure))
    carried = {str(e["sha256"]) for e in enclosed if e.get("sha256")}
    named = frozenset(sent) | files_sent(session) | carried
    return named | files_of_broadcasts(session)


def forget_old(session: Session, keeping: Keeping, at: datetime) -> frozenset[str]:
    """Delete what is older than its time.

    Returns the hashes of files that people had sent: where no row names them any more, their
    bytes are to go once this is committed.
    """
    # What has waited so long, on a channel that is no longer in use, is not answered any more.
    session.execute(delete(InboundEvent).where(col(InboundEvent.received_at) < at - EVENTS))
    session.execute(
        delete(OutboundMessage).where(
            col(OutboundMessage.state).not_in(("waiting", "sending")),
            col(OutboundMessage.created_at) < at - keeping.messages,
        )
    )
    forget_broadcasts(session, at - keeping.messages)
    untouched = col(ConversationRow.updated_at) < at - keeping.conversations
    session.execute(delete(ConversationRow).where(untouched))
    session.execute(delete(OneTimeCode).where(col(OneTimeCode.expires_at) < at))
    over = (
        col(PeriodicTurn.taken_at) < at - EVENTS,
        col(PeriodicTurn.name).not_in((RECKONED, LOOKED)),
    )
    session.execute(delete(PeriodicTurn).where(*over))
    forget_tables(session, at - TABLES)
    _forget_assignments(session, _years_before(at, keeping.records_years))
    sent = _forget_submissions(session, keeping, at)
    return sent | _forget_files(session, at - keeping.files)


def forget_hand_offs(session: Session, before: datetime) -> None:
    """Delete talks with an officer in which nobody has written since, with their words."""
    session.execute(delete(HandOff).where(col(HandOff.last_at) < before))


def _forget_assignments(session: Session, before: datetime) -> None:
    """Delete what was owed and told so long ago: what settled it goes, too, or has gone."""
    session.execute(delete(Assignment).where(col(Assignment.last_day) < before.date()))
    session.execute(delete(Notice).where(col(Notice.written_at) < before))


def _forget_submissions(session: Session, keeping: Keeping, at: datetime) -> frozenset[str]:
    """Delete what was sent by form when its time is over, and write down how much went."""
    changed = col(Submission.updated_at)
    comment = col(Submission.form).not_in(OFFICIAL) & col(Submission.state).in_(_OVER)
    old = changed < _years_before(at, keeping.records_years)
    return _forget(session, "comments_expired", comment & (changed < at - keeping.comments), at) | (
        _forget(session, "records_expired", old, at)
    )


def _forget(
    session: Session, action: str, which: ColumnElement[bool], at: datetime
) -> frozenset[str]:
    going = select(Submission.id).where(which)
    theirs = col(SubmissionFile.submission_id).in_(going)
    hashes = frozenset(session.exec(select(SubmissionFile.sha256).where(theirs)))
    session.execute(delete(SubmissionFile).where(theirs))
    gone = session.execute(delete(Submission).where(which).returning(col(Submission.id))).all()
    if gone:
        record(session, "housekeeping", action, "submissions", at, {"count": len(gone)})
    return hashes


def _forget_files(session: Session, before: datetime) -> frozenset[str]:
    old = col(StoredFile.received_at) < before
    hashes = set(session.exec(select(StoredFile.sha256).where(old)))
    hashes -= files_sent(session)
    if not hashes:
        return frozenset()
    going = sorted(hashes - files_of_drafts(session))
    for start in range(0, len(going), _AT_ONCE):
        some = col(StoredFile.sha256).in_(going[start : start + _AT_ONCE])
        session.execute(delete(StoredFile).where(old, some))
    return frozenset(going)


_AT_ONCE = 500  #: hashes in one statement


def _years_before(at: datetime, years: int) -> datetime:
    """The same day of an earlier year; 1 March for a 29 February that it has not."""
    try:
        return at.replace(year=at.year - years)
    except ValueError:
        return at.replace(year=at.year - years, month=3, day=1)
