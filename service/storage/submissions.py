"""Keep what people send by form, and what the office says to it.

The only SQL about both, with submission_lists.py, which finds what the desk looks for, and
submissions_left.py, for those whose sender is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import JsonValue
from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from bot.owed import PLAN_FORM, REPORT_FORM
from service.clock import VIETNAM
from service.errors import SubmissionRefused
from service.storage.duty_tables import Assignment
from service.storage.form_tables import Submission, SubmissionFile
from service.storage.unit_tables import Binding

State = Literal["pending", "received", "accepted", "returned", "answered", "withdrawn", "replaced"]
Decision = Literal["accepted", "returned", "answered"]

#: Where a submission stands that still counts: neither taken back nor replaced by a newer one.
LIVE: tuple[State, ...] = ("pending", "received", "accepted", "returned", "answered")
#: What its sender may still take back.
OPEN: tuple[State, ...] = ("pending", "received", "returned")
#: From which states the office may come to a decision: what was accepted may be answered later.
DECIDED_FROM: Mapping[Decision, tuple[State, ...]] = {
    "accepted": ("received",),
    "returned": ("received",),
    "answered": ("received", "accepted"),
}
#: Records of an office: they are not answered, and stay when their sender is forgotten …
OFFICIAL = frozenset({PLAN_FORM, REPORT_FORM})
#: … in these states.
RECORDS: tuple[State, ...] = ("received", "accepted", "replaced")

#: Behind the name of a question: what its answer was called when it was chosen.
LABEL = ":label"


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that was sent with a form; its bytes lie under their hash."""

    sha256: str
    name: str
    media_type: str
    size: int  #: bytes


# --- by whoever sends ---------------------------------------------------------------------------


def keep_submission(
    session: Session,
    *,
    code: str,
    form: str,
    form_version: int,
    person_id: int | None,
    unit_id: int | None,
    policy_id: int | None,
    answers: Mapping[str, JsonValue],
    files: Sequence[SentFile],
    pending: bool,
    at: datetime,
    previous: int | None,
    assignment: int | None = None,
    settles: bool = False,
) -> Submission:
    """Keep a form that was sent; `pending`: its sender waits to be confirmed.

    `assignment`: what the unit owed and this is about; `settles`: whether it is done by this.

    `previous`: the version that it takes the place of. Where that one has been replaced already,
    it takes the place of the newest; one that was taken back stays so. Raises SubmissionRefused
    where that one is decided by now.
    """
    row = Submission(
        code=code,
        form=form,
        form_version=form_version,
        person_id=person_id,
        unit_id=unit_id,
        policy_id=policy_id,
        answers=dict(answers),
        state="pending" if pending else "received",
        previous_id=None if previous is None else _replace(session, previous, at),
        assignment_id=assignment,
        settles=settles,
        created_at=at,
        updated_at=at,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    for position, file in enumerate(files, 1):
        session.add(
            SubmissionFile(
                submission_id=row.id,
                position=position,
                sha256=file.sha256,
                name=file.name,
                media_type=file.media_type,
                size=file.size,
            )
        )
    session.flush()
    return row


def withdraw(session: Session, submission: Submission, at: datetime) -> Submission:
    """Its sender takes it back; returns it as it is now.

    Raises SubmissionRefused once it is accepted, answered, replaced or taken back.
    """
    assert submission.id is not None
    if not _move(session, submission.id, OPEN, at, {"state": "withdrawn"}):
        raise SubmissionRefused(_state_of(session, submission.id))
    _owed_again(session, submission, at)
    return session.get_one(Submission, submission.id, populate_existing=True)


def give_back(
    session: Session, person_id: int, unit_id: int, reply: str, by: str, at: datetime
) -> int:
    """What waited for a person to be confirmed is returned, since they were refused; how many."""
    given = session.execute(
        update(Submission)
        .where(
            col(Submission.person_id) == person_id,
            col(Submission.unit_id) == unit_id,
            col(Submission.state) == "pending",
        )
        .values(state="returned", reply=reply, decided_by=by, decided_at=at, updated_at=at)
        .returning(col(Submission.id))
    )
    return len(given.all())


def release(
    session: Session, person_id: int, unit_ids: Collection[int], at: datetime
) -> list[Submission]:
    """What waited for this person to be confirmed is received now; returns it.

    `unit_ids`: the unit that they act for, and those that became part of it.
    """
    waiting = (
        col(Submission.person_id) == person_id,
        col(Submission.unit_id).in_(unit_ids),
        col(Submission.state) == "pending",
    )
    released = session.execute(
        update(Submission)
        .where(*waiting)
        .values(state="received", updated_at=at)
        .returning(col(Submission.id))
        .execution_options(synchronize_session=False)
    )
    ids = [row[0] for row in released]
    found = select(Submission).where(col(Submission.id).in_(ids)).order_by(col(Submission.id))
    return list(session.exec(found.execution_options(populate_existing=True)))


# --- looked up ----------------------------------------------------------------------------------


def sent_by(session: Session, person_id: int) -> list[Submission]:
    """All that a person has sent, in every state and version, newest first."""
    return _newest_of(session, col(Submission.person_id) == person_id)


def sent_for(session: Session, unit_id: int) -> list[Submission]:
    """All that was sent in the name of a unit, in every state and version, newest first."""
    return _newest_of(session, col(Submission.unit_id) == unit_id)


def find_sent(session: Session, code: str) -> Submission | None:
    """By its code, in small letters too."""
    typed = code.strip().upper()
    return session.exec(select(Submission).where(col(Submission.code) == typed)).first()


def get_sent(session: Session, submission_id: int) -> Submission | None:
    """By id."""
    return session.get(Submission, submission_id)


def files_of(session: Session, submission_id: int) -> list[SubmissionFile]:
    """Its files in the order in which they were sent; positions begin at 1."""
    mine = select(SubmissionFile).where(col(SubmissionFile.submission_id) == submission_id)
    return list(session.exec(mine.order_by(col(SubmissionFile.position))))


def files_sent(session: Session) -> frozenset[str]:
    """The SHA-256 of every file of a submission."""
    return frozenset(session.exec(select(SubmissionFile.sha256)))


def history(session: Session, submission: Submission) -> list[Submission]:
    """All versions of it, this one among them, newest first."""
    assert submission.id is not None
    newest = submission.id
    while (later := _successor(session, newest)) is not None:
        newest = later
    versions = [session.get_one(Submission, newest)]
    while (before := versions[-1].previous_id) is not None:
        versions.append(session.get_one(Submission, before))
    return versions


def sender_of(session: Session, submission: Submission) -> Binding | None:
    """Who acted for the unit, as they named themselves; None of a citizen and of the forgotten."""
    bound = select(Binding).where(
        col(Binding.person_id) == submission.person_id, col(Binding.unit_id) == submission.unit_id
    )
    return session.exec(bound).first()


# --- by the office ------------------------------------------------------------------------------


def decide(
    session: Session, submission_id: int, state: Decision, reply: str, by: str, at: datetime
) -> Submission:
    """What the office says to it: accepted, returned with a reason, answered; `by`: "admin:3".

    Raises SubmissionRefused: of two officers at once the second learns what the first decided; a
    return without a reason, an answer without words ("empty"); an official record is not answered.
    """
    if state != "accepted" and not reply.strip():
        raise SubmissionRefused("empty")
    values = {"state": state, "reply": reply.strip(), "decided_by": by, "decided_at": at}
    suits = col(Submission.form).not_in(OFFICIAL if state == "answered" else ())
    if not _move(session, submission_id, DECIDED_FROM[state], at, values, suits):
        raise SubmissionRefused(_state_of(session, submission_id))
    decided = session.get_one(Submission, submission_id, populate_existing=True)
    if state == "returned":
        _owed_again(session, decided, at)
    return decided


# --- beneath ------------------------------------------------------------------------------------


def _move(
    session: Session,
    submission_id: int,
    from_: Sequence[State],
    at: datetime,
    values: Mapping[str, object],
    *also: ColumnElement[bool],
) -> bool:
    """Into another state, if it is still in one of these: of two at once one succeeds."""
    moved = session.exec(
        update(Submission)
        .where(col(Submission.id) == submission_id, col(Submission.state).in_(from_), *also)
        .values({**values, "updated_at": at})
        .execution_options(synchronize_session=False)
    )
    return moved.rowcount == 1


def _owed_again(session: Session, submission: Submission, at: datetime) -> None:
    """What it was about is looked at, also when all reminders of it were over."""
    if submission.assignment_id is not None:
        owed = update(Assignment).where(
            col(Assignment.id) == submission.assignment_id, col(Assignment.ended_at).is_(None)
        )
        session.execute(owed.values(next_on=at.astimezone(VIETNAM).date()))


def _state_of(session: Session, submission_id: int) -> str:
    found = select(Submission.state).where(col(Submission.id) == submission_id)
    return session.exec(found).first() or "gone"


def _replace(session: Session, submission_id: int, at: datetime) -> int | None:
    """Mark the newest version as replaced; returns its id, None when there is none any more.

    What the office has decided stays as it decided: raises SubmissionRefused.
    """
    newest = submission_id
    while not _move(session, newest, OPEN, at, {"state": "replaced"}):
        later = _successor(session, newest)
        if later is None:
            break
        newest = later
    row = session.get(Submission, newest, populate_existing=True)
    if row is not None and row.state in ("accepted", "answered"):
        raise SubmissionRefused(row.state)
    return None if row is None else row.id


def _successor(session: Session, submission_id: int) -> int | None:
    later = select(Submission.id).where(col(Submission.previous_id) == submission_id)
    return session.exec(later.order_by(col(Submission.id).desc())).first()


def _newest_of(session: Session, whose: ColumnElement[bool]) -> list[Submission]:
    return list(session.exec(select(Submission).where(whose).order_by(col(Submission.id).desc())))
