"""Jobs of the library and tables of the desk, done by a process: answers must not wait for them.

Whoever puts a job down has the process started (`start_process`); only one runs on a data folder at
a time. It stays a while after the last job, with the library at hand. Killed, its job is taken up
again by the next one, from what it had noted down.
"""

from __future__ import annotations

import fcntl
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue
from sqlalchemy import Engine

from index.errors import SearchError
from knowledge.errors import KnowledgeError
from service import clock
from service.delivery.processes import is_dead, new_name
from service.errors import ServiceError
from service.live import set_apart
from service.settings import Settings
from service.storage import jobs
from service.storage.engine import transaction

log = logging.getLogger(__name__)

_LINGER = 600.0  #: seconds without a job after which the process ends
_LOOK = 0.1  #: seconds between two looks for a job
_TOLD = 0.4  #: seconds between two notes of how far a job is
_COMMAND, _LOCK = "work-off", "jobs.lock"
_LOST = (
    "Việc này đã dừng giữa chừng nhiều lần nên được bỏ; Anh/chị vui lòng thử lại với tệp nhỏ hơn "
    "hoặc báo người vận hành."
)
_UNEXPECTED = (
    "Có lỗi ngoài dự kiến nên việc này chưa xong; Anh/chị vui lòng thử lại hoặc báo người vận hành."
)


@dataclass
class Task:
    """One job at work: what is asked, what was noted, and how to note more."""

    id: int
    kind: str
    subject: str
    argument: Mapping[str, JsonValue]
    result: dict[str, JsonValue]
    by: str
    engine: Engine
    settings: Settings
    _told: float = 0.0

    def progress(self, step: str, done: int = 0, total: int = 0) -> None:
        """How far it is, for whoever watches: a step of `jobs.steps` of the texts."""
        now = time.monotonic()
        if now - self._told < _TOLD and done not in (0, total):
            return
        self._told = now
        with transaction(self.engine) as session:
            jobs.tell_progress(session, self.id, step, done, total)

    def note(self, **found: JsonValue) -> None:
        """What the next process must know if this one is killed now."""
        self.result.update(found)
        with transaction(self.engine) as session:
            jobs.keep_result(session, self.id, self.result)

    @property
    def number(self) -> int:
        """The id in a subject like "candidate:12"."""
        return int(self.subject.partition(":")[2])


#: Does a job; a refusal of ours is told to people, anything else is an unexpected failure.
Handler = Callable[[Task], None]
#: What is done after a job was given up or has failed: its subject must not wait for ever.
Failed = Callable[[Task, str], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job."""

    work: Handler
    failed: Failed


Kinds = Mapping[str, Kind]


def work_off(engine: Engine, settings: Settings, kinds: Kinds) -> int:
    """Do every job of these kinds that waits; how many were done."""
    name, done = new_name(), 0
    while True:
        with transaction(engine) as session:
            dead = frozenset(
                each for each in jobs.holders_of_jobs(session, datetime.now(UTC)) if is_dead(each)
            )
            if dead:
                jobs.free_jobs(session, dead)
            job = jobs.take_job(session, name, datetime.now(UTC), tuple(kinds))
            if job is None:
                return done
            assert job.id is not None
            attempts = job.attempts
            task = Task(
                job.id,
                job.kind,
                job.subject,
                dict(job.argument),
                dict(job.result),
                job.by,
                engine,
                settings,
            )
        _do(task, kinds[task.kind], name, attempts)
        done += 1


def _do(task: Task, kind: Kind, worker: str, attempts: int) -> None:
    problem = ""
    if attempts > jobs.ATTEMPTS:
        problem = _LOST
    else:
        try:
            with _held(task, worker):
                kind.work(task)
        except (ServiceError, KnowledgeError, SearchError) as error:
            problem = str(error)
        except Exception:
            log.exception("job %s %s failed", task.kind, task.id)
            problem = _UNEXPECTED
    if problem:
        kind.failed(task, problem)
    with transaction(task.engine) as session:
        jobs.finish_job(session, task.id, clock.now(task.settings), problem)


def _held(task: Task, worker: str) -> AbstractContextManager[None]:
    """The lease is renewed by a thread: a long step must not lose it."""

    def renew() -> None:
        with transaction(task.engine) as session:
            jobs.hold_job(session, task.id, worker, datetime.now(UTC))

    return _meanwhile(renew, jobs.LEASE.total_seconds() / 4, f"job {task.id} held")


@contextmanager
def _meanwhile(work: Callable[[], object], seconds: float, name: str) -> Iterator[None]:
    """A thread does this again and again, so many seconds apart; at the end it is waited for."""
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(seconds):
            _try(work, name)

    thread = threading.Thread(target=run, daemon=True, name=name)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def serve_jobs(
    engine: Engine,
    settings: Settings,
    kinds: Kinds,
    linger: float = _LINGER,
    warm: Callable[[], None] = lambda: None,
) -> None:
    """What the process of the jobs does: all that wait, then a while nothing but be ready.

    At once over where another process does it. `warm` makes the next job quick, once there is time
    for it.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    tables = {name: kind for name, kind in kinds.items() if name in jobs.TABLES}
    library = {name: kind for name, kind in kinds.items() if name not in jobs.TABLES}
    while jobs_wait(engine) or linger:
        with (settings.data_dir / _LOCK).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            idle, ready = time.monotonic(), not linger
            # Tables take seconds, and a comparison or an index minutes.
            with _meanwhile(lambda: work_off(engine, settings, tables), _LOOK, "tables"):
                while time.monotonic() - idle < linger or jobs_wait(engine):
                    if work_off(engine, settings, library):
                        idle = time.monotonic()
                    elif not ready:
                        ready = True
                        _try(warm, "made ready")
                        set_apart()
                    else:
                        time.sleep(_LOOK)
        linger = 0.0  # what was put down while we let go of the lock is ours, too


def _try(work: Callable[[], object], name: str) -> None:
    try:
        work()
    except Exception as error:  # the job itself, or the next time, will say what is wrong
        log.warning("not done: %s: %s", name, type(error).__name__)


def jobs_wait(engine: Engine) -> bool:
    """Whether there is a job that nobody works on, or whose process is dead."""
    real = datetime.now(UTC)
    with transaction(engine) as session:
        return jobs.waits(session, real) or any(map(is_dead, jobs.holders_of_jobs(session, real)))


def _is_held(file: Path) -> bool:
    """Whether a process does the jobs of this data folder now."""
    with file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


class Starter:
    """Has the jobs done by a process of their own: call it whenever one was put down."""

    def __init__(self, settings: Settings) -> None:
        self._lock = settings.data_dir / _LOCK
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()

    def __call__(self) -> None:
        """Without effect where such a process runs, also one of a server that has died.

        It is told what it needs by the environment, as this one was.
        """
        with self._starting:
            ended = self._process is None or self._process.poll() is not None
            if ended and not _is_held(self._lock):
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "service.cli", _COMMAND, "--child"],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                )

    def stop(self) -> None:
        """End the process; what it was at is gone on with by the next one."""
        with self._starting:
            if self._process is not None and self._process.poll() is None:
                self._process.terminate()
                self._process.wait()
