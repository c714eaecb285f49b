"""What becomes of what somebody sent by form when they go: another's, kept without them, deleted.

With submissions.py and submission_lists.py the only SQL about submissions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from service.storage.form_tables import Submission, SubmissionFile
from service.storage.submissions import OFFICIAL, OPEN, RECORDS

#: What answers are called that say who sent a form and how they are reached, in every form.
PERSONAL = frozenset({"acting", "phone", "email", "person"})

#: Form and version → what such answers are called in it, besides.
Personal = Callable[[str, int], frozenset[str]]


def pass_on(
    session: Session, person_id: int, to: int, unit_id: int, at: datetime, personal: Personal
) -> int:
    """Another person goes on with what is undecided, without the first one's name and contact."""
    theirs = select(Submission).where(
        col(Submission.person_id) == person_id,
        col(Submission.unit_id) == unit_id,
        col(Submission.state).in_(OPEN),
    )
    rows = list(session.exec(theirs))
    for row in rows:
        _leave(session, row, personal)
        row.person_id, row.updated_at = to, at
    session.flush()
    return len(rows)


def forget_submissions(session: Session, person_id: int, personal: Personal) -> set[str]:
    """Delete what the person has sent; an official record stays, without them.

    Returns the hashes of the files that went with it; others may still name them.
    """
    mine = col(Submission.person_id) == person_id
    record = col(Submission.form).in_(OFFICIAL) & col(Submission.state).in_(RECORDS)
    for row in session.exec(select(Submission).where(mine, record)):
        _leave(session, row, personal)
    session.flush()
    going = select(Submission.id).where(mine)  # what is a record is no longer theirs
    theirs = col(SubmissionFile.submission_id).in_(going)
    hashes = set(session.exec(select(SubmissionFile.sha256).where(theirs)))
    session.execute(delete(SubmissionFile).where(theirs))
    session.execute(delete(Submission).where(mine))
    return hashes


def _leave(session: Session, row: Submission, personal: Personal) -> None:
    """Nothing of it says any more who sent it."""
    going = PERSONAL | personal(row.form, row.form_version)
    row.person_id = None
    row.answers = {name: said for name, said in row.answers.items() if name not in going}
    session.add(row)
