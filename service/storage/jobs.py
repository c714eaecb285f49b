"""Jobs in the background: put down, taken by one process at a time, gone on with after a crash.

The only SQL about jobs. Leases run by the real clock: a test's clock must not end them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import JsonValue
from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from service.storage.library_tables import Job

JobKind = Literal[
    "read", "compare", "publish", "remove", "restore", "leave_out", "export", "import"
]

#: What changes what people are answered from: a comparison gives way to it.
_URGENT = ("publish", "remove", "restore", "leave_out")
#: Tables that are taken along from the desk or handed in there.
TABLES = ("export", "import")
LEASE = timedelta(seconds=20)  #: renewed while it is worked on
ATTEMPTS = 3  #: a job that takes its process down with it so often is given up
_OPEN = ("waiting", "running")


def put_job(
    session: Session,
    kind: JobKind,
    subject: str,
    by: str,
    at: datetime,
    argument: Mapping[str, JsonValue] | None = None,
) -> Job:
    """A new job; the open one of that kind and subject where there is one."""
    same = _open_jobs(session, kind, subject)
    return next(same, None) or add_job(session, kind, subject, by, at, argument)


def add_job(
    session: Session,
    kind: JobKind,
    subject: str,
    by: str,
    at: datetime,
    argument: Mapping[str, JsonValue] | None = None,
) -> Job:
    """A new job, whatever else is open."""
    job = Job(
        kind=kind,
        subject=subject,
        argument=dict(argument or {}),
        state="waiting",
        result={},
        by=by,
        created_at=at,
    )
    session.add(job)
    session.flush()
    return job


def open_job(
    session: Session, kind: JobKind, subject: str, by: str, argument: Mapping[str, JsonValue]
) -> Job | None:
    """The open job by which the same person wants just the same."""
    same = _open_jobs(session, kind, subject)
    return next((job for job in same if (job.by, job.argument) == (by, argument)), None)


def _open_jobs(session: Session, kind: JobKind, subject: str) -> Iterator[Job]:
    of = (col(Job.kind) == kind, col(Job.subject) == subject)
    yield from session.exec(select(Job).where(*of, col(Job.state).in_(_OPEN)))


def take_job(session: Session, worker: str, real: datetime, kinds: Collection[str]) -> Job | None:
    """The oldest job of these kinds that nobody works on, held by `worker` from now on."""
    free = or_(col(Job.held_until).is_(None), col(Job.held_until) < real)
    waiting = select(Job).where(col(Job.state).in_(_OPEN), col(Job.kind).in_(kinds), free)
    for job in session.exec(waiting.order_by(col(Job.id)).limit(5)):
        values = {
            "state": "running",
            "worker": worker,
            "held_until": real + LEASE,
            "attempts": job.attempts + 1,
        }
        # Two processes may have seen the same row: the one that changes it has it.
        mine = update(Job).where(col(Job.id) == job.id, col(Job.attempts) == job.attempts, free)
        if session.execute(mine.values(values)).rowcount:  # type: ignore[attr-defined]
            session.expire(job)
            session.refresh(job)
            return job
    return None


def hold_job(session: Session, job_id: int, worker: str, real: datetime) -> bool:
    """Hold it longer; False when it is not `worker`'s any more."""
    mine = update(Job).where(
        col(Job.id) == job_id, col(Job.worker) == worker, col(Job.state) == "running"
    )
    held = session.execute(mine.values(held_until=real + LEASE))
    return bool(held.rowcount)  # type: ignore[attr-defined]


def tell_progress(session: Session, job_id: int, step: str, done: int, total: int) -> None:
    """How far it is."""
    where = update(Job).where(col(Job.id) == job_id)
    session.execute(where.values(step=step, done=done, total=total))


def keep_result(session: Session, job_id: int, result: Mapping[str, JsonValue]) -> None:
    """What it has done so far."""
    session.execute(update(Job).where(col(Job.id) == job_id).values(result=dict(result)))


def finish_job(session: Session, job_id: int, at: datetime, problem: str = "") -> None:
    """It is done, or failed for `problem`."""
    values = {
        "state": "failed" if problem else "done",
        "problem": problem,
        "finished_at": at,
        "held_until": None,
    }
    session.execute(update(Job).where(col(Job.id) == job_id).values(values))


def holders_of_jobs(session: Session, real: datetime) -> frozenset[str]:
    """The processes that hold one."""
    held = select(Job.worker).where(col(Job.state) == "running", col(Job.held_until) > real)
    return frozenset(name for name in session.exec(held) if name)


def free_jobs(session: Session, workers: frozenset[str]) -> None:
    """Jobs of processes that are dead may be taken at once."""
    freed = update(Job).where(col(Job.worker).in_(workers), col(Job.state) == "running")
    session.execute(freed.values(held_until=None))


def waits(session: Session, real: datetime | None = None) -> bool:
    """Whether there is a job that nobody works on."""
    real = real or datetime.now(UTC)
    free = or_(col(Job.held_until).is_(None), col(Job.held_until) < real)
    return session.exec(select(Job.id).where(col(Job.state).in_(_OPEN), free)).first() is not None


def urgent(session: Session, job_id: int) -> bool:
    """Whether another job waits that changes what people are answered from."""
    others = select(Job.id).where(col(Job.state) == "waiting", col(Job.id) != job_id)
    return session.exec(others.where(col(Job.kind).in_(_URGENT))).first() is not None


def files_handed_in(session: Session) -> frozenset[str]:
    """What the files are called that jobs have still to read."""
    waiting = select(Job.argument).where(col(Job.kind) == "import", col(Job.state).in_(_OPEN))
    return frozenset(str(argument.get("file", "")) for argument in session.exec(waiting))


def forget_tables(session: Session, before: datetime) -> None:
    """Delete what was wanted of tables, and what was wrong with them, when it is so long over."""
    over = (col(Job.kind).in_(TABLES), col(Job.finished_at) < before)
    session.execute(delete(Job).where(*over))


def get_job(session: Session, job_id: int) -> Job | None:
    """One job."""
    return session.get(Job, job_id)


def newest_job(session: Session, subject: str, kind: JobKind | None = None) -> Job | None:
    """The last one about `subject`."""
    about = select(Job).where(col(Job.subject) == subject)
    if kind:
        about = about.where(col(Job.kind) == kind)
    return session.exec(about.order_by(col(Job.id).desc())).first()
