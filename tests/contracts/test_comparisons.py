"""What was asked of late and which answers change, on both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from service.storage import jobs
from service.storage.comparisons import (
    Month,
    Often,
    changes_of,
    forget_changes,
    keep_changes,
    last_question,
    said,
)
from service.storage.engine import transaction
from service.storage.library_tables import AnswerChange
from service.storage.questions import keep_question
from tests.builders import NOON, an_asked_question

DAY = timedelta(days=1)


def asked(session: Session, *texts: str, days: int = 0) -> None:
    for text in texts:
        keep_question(session, an_asked_question(text, at=NOON - days * DAY))


def a_change(job: int, sort: str, question: str, **values: object) -> AnswerChange:
    told: dict[str, object] = {"kind": "answer", "text": "", "cited": ""}
    fields = {"verdict": "", "own": False, "times": 1, "before": told, "now": told, **values}
    return AnswerChange(job_id=job, sort=sort, question=question, **fields)


def a_job(session: Session, subject: str = "candidate:1") -> int:
    return jobs.put_job(session, "compare", subject, "admin:1", NOON).id or 0


def test_a_question_counts_once_however_it_is_spelled(engine: Engine) -> None:
    with transaction(engine) as session:
        asked(session, "Hạn nộp?", "hạn nộp", "han  nop", "han  nop", "Ai chủ trì?", "?")
        asked(session, "Từ lâu?", days=31)
        month = Month(NOON - 30 * DAY, last_question(session))
        asked(session, "Sau đó?")
    with transaction(engine) as session:
        assert month.questions(session, 10) == (Often("han  nop", 4), Often("Ai chủ trì?", 1))
        assert month.questions(session, 1) == (Often("han  nop", 4),)


def test_before_anything_was_asked_there_is_nothing(engine: Engine) -> None:
    with transaction(engine) as session:
        assert last_question(session) == 0
        assert Month(NOON, 0).questions(session, 10) == ()


def test_a_question_says_the_same_in_every_spelling() -> None:
    assert said(" Hạn nộp  là bao giờ? ") == said("han nop la bao gio")


def test_changes_are_listed_by_weight_sort_and_verdict(engine: Engine) -> None:
    with transaction(engine) as session:
        job, other = a_job(session), a_job(session, "candidate:2")
        keep_changes(
            session,
            [
                a_change(job, "lost", "once"),
                a_change(job, "gained", "often", times=9),
                a_change(job, "gained", "own", own=True, times=0, verdict="right"),
                a_change(other, "lost", "of another"),
            ],
        )
    with transaction(engine) as session:
        assert [c.question for c in changes_of(session, job)] == ["own", "often", "once"]
        assert [c.question for c in changes_of(session, job, offset=1, limit=1)] == ["often"]
        assert [c.question for c in changes_of(session, job, sort="lost")] == ["once"]
        assert [c.question for c in changes_of(session, job, verdict="right")] == ["own"]
        forget_changes(session, "candidate:1")
        assert changes_of(session, job) == []
        assert len(changes_of(session, other)) == 1


def test_what_changes_the_library_is_more_urgent_than_a_comparison(engine: Engine) -> None:
    with transaction(engine) as session:
        job = a_job(session)
        jobs.put_job(session, "read", "candidate:3", "admin:1", NOON)
        assert not jobs.urgent(session, job)
        jobs.put_job(session, "publish", "candidate:3", "admin:1", NOON)
        assert jobs.urgent(session, job)
