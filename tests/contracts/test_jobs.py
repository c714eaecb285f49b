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


def test_jobs_are_taken_by_whoever_does_their_kind(engine: Engine) -> None:
    put(engine)
    table = put(engine, "units", "export")
    with transaction(engine) as session:
        found = jobs.take_job(session, "a", REAL, jobs.TABLES)
        assert found is not None
        assert found.id == table
        assert jobs.take_job(session, "a", REAL, jobs.TABLES) is None


def test_only_what_changes_answers_is_urgent(engine: Engine) -> None:
    comparison = put(engine, kind="compare")

    def is_urgent() -> bool:
        with transaction(engine) as session:
            return jobs.urgent(session, comparison)

    for kind in ("read", "export", "import"):
        put(engine, "x", kind)
    assert not is_urgent()
    put(engine, kind="publish")
    assert is_urgent()


def test_the_same_person_s_wish_for_the_same_is_one(engine: Engine) -> None:
    with transaction(engine) as session:
        wanted = {"q": "a"}
        job = jobs.add_job(session, "export", "submissions", "admin:1", NOON, wanted)
        other = jobs.add_job(session, "export", "submissions", "admin:1", NOON, {"q": "b"})
        assert jobs.open_job(session, "export", "submissions", "admin:1", wanted) is job
        assert jobs.open_job(session, "export", "submissions", "admin:2", wanted) is None
        assert jobs.open_job(session, "export", "units", "admin:1", wanted) is None
        jobs.finish_job(session, job.id or 0, NOON)
        session.expire_all()
        assert jobs.open_job(session, "export", "submissions", "admin:1", wanted) is None
        assert jobs.open_job(session, "export", "submissions", "admin:1", {"q": "b"}) is other


def test_files_are_wanted_as_long_as_a_job_has_to_read_them(engine: Engine) -> None:
    with transaction(engine) as session:
        job = jobs.add_job(session, "import", "units", "admin:1", NOON, {"file": "a"})
        jobs.add_job(session, "export", "units", "admin:1", NOON, {"file": "b"})
        assert jobs.files_handed_in(session) == {"a"}
        jobs.finish_job(session, job.id or 0, NOON)
        assert jobs.files_handed_in(session) == frozenset()


def test_tables_are_forgotten_when_they_are_long_over(engine: Engine) -> None:
    done, waiting, read = put(engine, "u", "export"), put(engine, "v", "import"), put(engine)
    with transaction(engine) as session:
        for job in (done, read):
            jobs.finish_job(session, job, NOON)
        jobs.forget_tables(session, NOON)
        assert jobs.get_job(session, done) is not None
        jobs.forget_tables(session, NOON + timedelta(seconds=1))
    with transaction(engine) as session:
        assert jobs.get_job(session, done) is None
        assert jobs.get_job(session, waiting) is not None
        assert jobs.get_job(session, read) is not None


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
