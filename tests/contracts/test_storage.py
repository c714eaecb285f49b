"""The storage contract: what holds on SQLite holds on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import StatementError
from sqlmodel import Session, select

from knowledge.documents import Duty, When
from knowledge.library import Library
from service.duty_reviews import fingerprint, listed_duties
from service.storage.duty_reviews import Verdict, keep_verdict, take_back_verdict, verdicts
from service.storage.engine import transaction
from service.storage.papers import current_papers, papers_of, settle_papers
from service.storage.questions import (
    count_questions,
    keep_question,
)
from service.storage.tables import AskedQuestion, DutyReview
from tests.builders import NOON, a_document, an_asked_question


def the_question(session: Session) -> AskedQuestion:
    """The only one that is kept."""
    return session.exec(select(AskedQuestion)).one()


def test_a_question_is_kept_as_it_was_answered(engine: Engine) -> None:
    asked = an_asked_question()
    with transaction(engine) as session:
        keep_question(session, asked)
    with transaction(engine) as session:
        kept = the_question(session)
        assert (kept.question, kept.kind, kept.channel) == (asked.question, "answer", "web")
        assert kept.outcome == asked.outcome
        assert kept.citations == asked.citations
        assert kept.milliseconds == 12.5
        assert kept.knowledge_version == "000001-fake"


def test_an_instant_comes_back_in_utc_whatever_zone_it_was_written_in(engine: Engine) -> None:
    in_vietnam = datetime(2026, 11, 21, 12, 0, tzinfo=timezone(timedelta(hours=7)))
    with transaction(engine) as session:
        keep_question(session, an_asked_question(at=in_vietnam))
    with transaction(engine) as session:
        kept = the_question(session)
        assert kept.asked_at == NOON
        assert kept.asked_at.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(engine: Engine) -> None:
    naive = datetime(2026, 11, 21, 12, 0)  # noqa: DTZ001 – the very thing that must not be stored
    with pytest.raises((StatementError, ValueError)), transaction(engine) as session:
        keep_question(session, an_asked_question(at=naive))


def test_what_points_at_a_person_is_not_in_the_database(engine: Engine) -> None:
    asked = an_asked_question(
        "Tôi số 0912 345 678, stk 190345678901, hỏi hạn nộp",
        outcome={"text": "Anh/chị hỏi: Tôi số 0912 345 678", "quotes": ["ĐT 0225 3842 123"]},
    )
    with transaction(engine) as session:
        keep_question(session, asked)
    with engine.connect() as connection:
        row = str(connection.execute(text("SELECT * FROM asked_question")).one())
    assert "345" not in row
    assert "0225 3842 123" in row  # printed in a paper: public


def test_no_column_says_who_asked(engine: Engine) -> None:
    with engine.connect() as connection:
        columns = set(connection.execute(text("SELECT * FROM asked_question")).keys())
    assert columns == {
        "id",
        "asked_at",
        "channel",
        "question",
        "kind",
        "outcome",
        "citations",
        "milliseconds",
        "knowledge_version",
    }


def test_an_error_takes_back_the_whole_transaction(engine: Engine) -> None:
    def fail() -> None:
        with transaction(engine) as session:
            keep_question(session, an_asked_question())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with transaction(engine) as session:
        assert count_questions(session) == 0


LETTER, PLAN_FILE = ("407.docx", "a" * 64), ("12.txt", "b" * 64)


def test_a_new_version_of_a_paper_supersedes_the_one_before(engine: Engine) -> None:
    later = NOON + timedelta(days=1)
    with transaction(engine) as session:
        both = {("407-qd-ttg", 1): LETTER, ("12-kh-ubnd", 1): PLAN_FILE}
        settle_papers(session, {"407-qd-ttg": 1, "12-kh-ubnd": 1}, both, NOON)
    with transaction(engine) as session:
        second = {("407-qd-ttg", 2): ("407 (2).docx", "c" * 64)}
        settle_papers(session, {"407-qd-ttg": 2, "12-kh-ubnd": 1}, second, later)
    with transaction(engine) as session:
        settle_papers(session, {"407-qd-ttg": 2, "12-kh-ubnd": 1}, second, later + timedelta(1))
        first, second_row = papers_of(session, "407-qd-ttg")
        assert (first.superseded_at, second_row.superseded_at) == (later, None)
        assert [paper.document_id for paper in current_papers(session)] == [
            "12-kh-ubnd",
            "407-qd-ttg",
        ]


def test_a_paper_that_is_taken_off_counts_no_more_until_it_is_brought_back(engine: Engine) -> None:
    with transaction(engine) as session:
        settle_papers(session, {"407-qd-ttg": 1}, {("407-qd-ttg", 1): LETTER}, NOON)
        settle_papers(session, {}, {}, NOON)
        assert current_papers(session) == []
    with transaction(engine) as session:
        settle_papers(session, {"407-qd-ttg": 1}, {}, NOON)
        assert [paper.version for paper in current_papers(session)] == [1]


DUTY = Duty("II.1", ("Phòng A",), (), "Gửi báo cáo", When(), None, None, "Phòng A gửi báo cáo")
OTHER = replace(DUTY, duty="Gửi kế hoạch")


def states(engine: Engine, *duties: Duty) -> list[str]:
    """The state of each duty of a paper."""
    library = Library((a_document("12-kh-stp", duties=duties),))
    with transaction(engine) as session:
        return [listed.state for listed in listed_duties(session, library)]


def decide(engine: Engine, duty: Duty, verdict: Verdict, at: datetime = NOON) -> None:
    with transaction(engine) as session:
        keep_verdict(session, ("12-kh-stp", fingerprint(duty)), verdict, at)


def test_a_duty_waits_until_a_person_has_decided(engine: Engine) -> None:
    assert states(engine, DUTY, OTHER) == ["waiting", "waiting"]
    decide(engine, DUTY, "reviewed")
    decide(engine, OTHER, "rejected")
    assert states(engine, DUTY, OTHER) == ["reviewed", "rejected"]
    with transaction(engine) as session:
        take_back_verdict(session, ("12-kh-stp", fingerprint(DUTY)))
        take_back_verdict(session, ("another", fingerprint(OTHER)))
    assert states(engine, DUTY, OTHER) == ["waiting", "rejected"]


def test_a_verdict_is_for_the_same_duty_of_the_same_paper(engine: Engine) -> None:
    decide(engine, DUTY, "reviewed")
    changed = replace(DUTY, leads=("Phòng B",))
    assert states(engine, OTHER, changed, DUTY) == ["waiting", "waiting", "reviewed"]
    elsewhere = Library((a_document("13-kh-stp", duties=(DUTY,)),))
    with transaction(engine) as session:
        assert listed_duties(session, elsewhere)[0].state == "waiting"


def test_shipped_duties_are_reviewed_whatever_was_decided(engine: Engine) -> None:
    decide(engine, DUTY, "rejected")
    assert states(engine, replace(DUTY, reviewed=True)) == ["reviewed"]


def test_the_later_verdict_counts_and_is_one_row(engine: Engine) -> None:
    later = NOON + timedelta(days=1)
    decide(engine, DUTY, "reviewed")
    decide(engine, DUTY, "rejected", later)
    with transaction(engine) as session:
        [row] = session.exec(select(DutyReview)).all()
        assert (row.verdict, row.reviewed_at) == ("rejected", later)


def test_verdicts_at_once_are_one_row(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: decide(engine, DUTY, "reviewed"), range(16)))
    with transaction(engine) as session:
        assert len(verdicts(session)) == 1
