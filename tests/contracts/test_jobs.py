"""Jobs in the background, and papers that wait, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

from sqlalchemy import Engine

from service.storage import candidates, jobs
from service.storage.engine import transaction
from service.storage.library_tables import Candidate
from tests.builders import NOON

REAL = datetime(2026, 11, 22, 8, tzinfo=UTC)
LATER = REAL + jobs.LEASE + timedelta(seconds=1)


def put(engine: Engine, subject: str = "candidate:1", kind: jobs.JobKind = "read") -> int:
    with transaction(engine) as session:
        return jobs.put_job(session, kind, subject, "admin:1", NOON).id or 0


def take(engine: Engine, worker: str, real: datetime = REAL) -> tuple[int, int] | None:
    with transaction(engine) as session:
        job = jobs.take_job(session, worker, real, get_args(jobs.JobKind))
        return (job.id or 0, job.attempts) if job else None


def test_a_job_is_put_down_once_while_it_is_open(engine: Engine) -> None:
    first = put(engine)
    assert put(engine) == first
    assert put(engine, kind="publish") != first
    with transaction(engine) as session:
        jobs.finish_job(session, first, NOON)
    assert put(engine) != first


def test_the_oldest_is_taken_by_one_worker(engine: Engine) -> None:
    first, second = put(engine), put(engine, "candidate:2")
    assert take(engine, "a") == (first, 1)
    assert take(engine, "b") == (second, 1)
    assert take(engine, "c") is None


def test_a_job_whose_worker_is_silent_is_taken_again(engine: Engine) -> None:
    job = put(engine)
    take(engine, "a")
    with transaction(engine) as session:
        assert jobs.hold_job(session, job, "a", REAL + timedelta(seconds=10))
    assert take(engine, "b", LATER) is None
    assert take(engine, "b", LATER + jobs.LEASE) == (job, 2)
    with transaction(engine) as session:
        assert not jobs.hold_job(session, job, "a", LATER)


def test_a_job_of_a_dead_worker_is_free_at_once(engine: Engine) -> None:
    job = put(engine)
    take(engine, "a")
    with transaction(engine) as session:
        assert not jobs.waits(session, REAL)
        assert jobs.holders_of_jobs(session, REAL) == {"a"}
        jobs.free_jobs(session, frozenset("a"))
        assert jobs.waits(session, REAL)
    assert take(engine, "b") == (job, 2)


def test_what_it_has_done_is_there_for_the_next_worker(engine: Engine) -> None:
    job = put(engine)
    take(engine, "a")
    with transaction(engine) as session:
        jobs.keep_result(session, job, {"versions": {"12-kh": 3}})
        jobs.tell_progress(session, job, "index", 2, 7)
    with transaction(engine) as session:
        found = jobs.get_job(session, job)
        assert found is not None
        assert found.result == {"versions": {"12-kh": 3}}
        assert (found.step, found.done, found.total) == ("index", 2, 7)


def test_a_finished_job_is_taken_by_nobody_and_says_what_went_wrong(engine: Engine) -> None:
    job = put(engine)
    take(engine, "a")
    with transaction(engine) as session:
        jobs.finish_job(session, job, NOON, "Tệp hỏng.")
    assert take(engine, "b", LATER) is None
    with transaction(engine) as session:
        found = jobs.newest_job(session, "candidate:1", "read")
        assert found is not None
        assert (found.state, found.problem, found.finished_at) == ("failed", "Tệp hỏng.", NOON)


def a_candidate(engine: Engine, state: str = "review", sha256: str = "a" * 64) -> int:
    with transaction(engine) as session:
        row = Candidate(
            state=state,
            file_name="ke-hoach.txt",
            files=[{"name": "ke-hoach.txt", "sha256": sha256}],
            warnings=[],
            origin="desk",
            audience=["officers"],
            by="admin:1",
            created_at=NOON,
            changed_at=NOON,
        )
        return candidates.add_candidate(session, row)


def test_of_two_who_change_a_paper_at_once_one_is_told(engine: Engine) -> None:
    id_ = a_candidate(engine)
    with transaction(engine) as session:
        kept = {"document_id": "12-kh", "title": "Kế hoạch"}
        assert candidates.keep_revision(session, id_, 0, NOON, **kept)
        assert not candidates.keep_revision(session, id_, 0, NOON, **kept)
        assert candidates.keep_revision(session, id_, 1, NOON, **kept)


def test_a_paper_moves_only_from_where_it_is(engine: Engine) -> None:
    id_ = a_candidate(engine)
    with transaction(engine) as session:
        assert candidates.move_candidate(session, id_, ("review",), "publishing", NOON)
        assert not candidates.move_candidate(session, id_, ("review",), "dropped", NOON)
        assert candidates.count_candidates(session) == 1
        candidates.published(session, id_, 4, NOON)
        assert candidates.count_candidates(session) == 0


def test_the_same_file_waits_once(engine: Engine) -> None:
    first, _dropped = a_candidate(engine), a_candidate(engine, "dropped", "b" * 64)
    with transaction(engine) as session:
        found = candidates.find_open(session, "a" * 64)
        assert found is not None
        assert found.id == first
        assert candidates.find_open(session, "b" * 64) is None
