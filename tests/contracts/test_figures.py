"""Questions counted by day, on both engines: as they are kept, and when a database moves up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, delete, text
from sqlmodel import Session, select

from service.storage.asked_words import words_of
from service.storage.engine import migrate, migration_config, transaction
from service.storage.figure_tables import AskedClause, AskedCount, AskedWord
from service.storage.figures import (
    AT_MOST,
    Counted,
    Spans,
    at_most,
    by_channel,
    by_day,
    by_time,
    clauses_of,
    most_cited,
    week_of,
)
from service.storage.questions import keep_question, newest_questions
from service.storage.tables import AskedQuestion
from tests.builders import NOON, an_asked_question

TODAY = date(2026, 11, 21)
BEFORE = ScriptDirectory.from_config(migration_config()).get_revision("0014").down_revision
DAY = timedelta(days=1)
MONTH: Spans = ("month", date(2026, 11, 1), TODAY)


def cite(*addresses: str) -> list[object]:
    return [{"document": "hai-phong-gddt-2023", "address": address} for address in addresses]


def everything(session: Session) -> list[list[tuple[object, ...]]]:
    """All rows that are reckoned from questions."""
    return [
        sorted(tuple(row) for row in session.execute(select(*table.__table__.columns)))  # type: ignore[attr-defined]
        for table in (AskedCount, AskedClause, AskedWord)
    ]


@pytest.mark.parametrize(
    ("milliseconds", "step"),
    [(0, 10), (10, 10), (10.1, 12), (99.9, 100), (400, 400), (401, 500), (1e9, 80_000)],
)
def test_times_are_told_apart_by_a_few_steps(milliseconds: float, step: int) -> None:
    assert at_most(milliseconds) == step
    assert sorted(set(AT_MOST)) == list(AT_MOST)


def test_a_clause_counts_once_in_an_answer_and_what_is_none_does_not() -> None:
    two = cite("II.1", "I", "II.1")
    assert [address for _, address in clauses_of(two)] == ["I", "II.1"]
    assert clauses_of(["x", None, {"address": "I"}]) == []
    assert len(clauses_of(cite("x" * 999))[0][1]) == 200


def test_words_are_without_accents_and_each_once() -> None:
    assert words_of("Hạn NỘP, hạn_20/9? 407/QĐ-TTg") == [
        "20",
        "407",
        "9",
        "han",
        "nop",
        "qd",
        "ttg",
    ]
    assert words_of("% … ?") == []
    assert words_of("a" * 99) == ["a" * 24]


def test_a_question_is_counted_on_its_day_in_viet_nam(engine: Engine) -> None:
    with transaction(engine) as session:
        for hours in (0, 11.9, 12):  # noon there is what NOON is
            at = NOON + timedelta(hours=hours)
            keep_question(session, an_asked_question(at=at, citations=cite("I")))
        keep_question(session, an_asked_question(kind="silent", channel="zalo_oa", citations=[]))
        keep_question(session, an_asked_question(kind="clarify", citations=cite("I", "II")))
        assert by_day(session, ("day", TODAY, TODAY + DAY)) == [
            (TODAY, "answer", 2),
            (TODAY, "clarify", 1),
            (TODAY, "silent", 1),
            (TODAY + DAY, "answer", 1),
        ]
        assert by_day(session, ("day", TODAY + DAY, TODAY + DAY)) == [(TODAY + DAY, "answer", 1)]
        assert by_channel(session, ("day", TODAY, TODAY)) == [
            ("web", "answer", 2), ("web", "clarify", 1), ("zalo_oa", "silent", 1),
        ]  # fmt: skip
        assert most_cited(session, ("day", TODAY, TODAY + DAY), 9) == [
            (("hai-phong-gddt-2023", "I"), 4),
            (("hai-phong-gddt-2023", "II"), 1),
        ]
        assert len(most_cited(session, ("day", TODAY, TODAY + DAY), 1)) == 1
        assert by_day(session, MONTH) == [
            (TODAY.replace(day=1), "answer", 3),
            (TODAY.replace(day=1), "clarify", 1),
            (TODAY.replace(day=1), "silent", 1),
        ]
        assert most_cited(session, MONTH, 1) == [(("hai-phong-gddt-2023", "I"), 4)]


@pytest.mark.parametrize("back", [0, 9, 20, 21, 60, 91, 200])
def test_clauses_of_many_days_are_those_of_each_day(engine: Engine, back: int) -> None:
    with transaction(engine) as session:
        for days in range(0, 220, 7):
            at = NOON - days * DAY
            keep_question(session, an_asked_question(at=at, citations=cite("I", f"II.{days}")))
        found = most_cited(session, ("day", TODAY - back * DAY, TODAY), 99)
        wanted = [days for days in range(0, 220, 7) if days <= back]
        assert dict(found) == {
            ("hai-phong-gddt-2023", "I"): len(wanted),
            **{("hai-phong-gddt-2023", f"II.{days}"): 1 for days in wanted},
        }


def test_times_are_counted_and_added_up(engine: Engine) -> None:
    with transaction(engine) as session:
        for milliseconds in (3.0, 9.5, 130, 140):
            keep_question(session, an_asked_question(milliseconds=milliseconds))
        assert by_time(session, ("day", TODAY, TODAY)) == [(TODAY, 10, 2), (TODAY, 150, 2)]
        sums = session.exec(
            select(AskedCount.milliseconds).order_by(AskedCount.span, AskedCount.at_most)
        ).all()  # type: ignore[arg-type]
        assert sums == [12.5, 270] * 2


def test_the_week_is_the_last_seven_days(engine: Engine) -> None:
    with transaction(engine) as session:
        for days, kind in (
            (-1, "answer"),
            (0, "answer"),
            (5, "clarify"),
            (6, "silent"),
            (7, "silent"),
        ):
            keep_question(session, an_asked_question(kind=kind, at=NOON - days * DAY))
        week = week_of(session, TODAY)
        assert week == Counted(answered=1, asked_back=1, silent=1)
        assert week.asked == 3
        assert week_of(session, TODAY - 100 * DAY).asked == 0


def test_questions_at_once_are_all_counted(engine: Engine) -> None:
    clauses = ("I", "II", "III")

    def keep(number: int) -> None:
        cited = cite(*(clauses if number % 2 else clauses[::-1]))
        with transaction(engine) as session:
            keep_question(session, an_asked_question(citations=cited))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(keep, range(24)))
    with transaction(engine) as session:
        assert by_day(session, ("day", TODAY, TODAY)) == [(TODAY, "answer", 24)]
        assert [count for _, count in most_cited(session, ("day", TODAY, TODAY), 9)] == [24, 24, 24]


def test_what_is_taken_back_is_not_counted(engine: Engine) -> None:
    def fail() -> None:
        with transaction(engine) as session:
            keep_question(session, an_asked_question())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with transaction(engine) as session:
        assert everything(session) == [[], [], []]


def test_counts_stay_when_the_questions_are_gone(engine: Engine) -> None:
    with transaction(engine) as session:
        keep_question(session, an_asked_question())
        session.execute(delete(AskedQuestion))
    with transaction(engine) as session:
        assert week_of(session, TODAY) == Counted(answered=1)


def test_questions_that_are_there_are_counted_by_the_migration(engine: Engine) -> None:
    with transaction(engine) as session:
        for hours in range(40):
            number = hours % 3
            asked = an_asked_question(
                f"Hạn nộp lần {number}?",
                at=NOON - timedelta(hours=hours),
                kind=("answer", "clarify", "silent")[number],
                channel=("web", "zalo_oa")[hours % 2],
                citations=cite("I", "II")[: number + 1],
                milliseconds=10.5 * hours,
            )
            keep_question(session, asked)
        expected = everything(session)
    migrate(engine, str(BEFORE))
    migrate(engine)
    with transaction(engine) as session:
        assert everything(session) == expected
        assert len(session.exec(select(AskedQuestion)).all()) == 40


def test_an_empty_database_moves_up_with_nothing(empty_engine: Engine) -> None:
    migrate(empty_engine)
    with empty_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM asked_count")).scalar() == 0


def test_pages_go_from_question_to_question(engine: Engine) -> None:
    with transaction(engine) as session:
        for number in range(1, 13):
            kind = "silent" if number % 3 == 0 else "answer"
            word = "chẵn" if number % 2 == 0 else "lẻ"
            keep_question(session, an_asked_question(f"Câu số {number} {word}", kind=kind))

        def found(kind: str | None, words: str, **place: int) -> list[int | None]:
            return [row.id for row in newest_questions(session, kind, words, 3, **place)]

        assert found(None, "") == [12, 11, 10]
        assert found(None, "", before=10) == [9, 8, 7]
        assert found(None, "", after=6) == [9, 8, 7]
        assert found(None, "", before=1) == []
        assert found("silent", "") == [12, 9, 6]
        assert found("silent", "", after=3) == [12, 9, 6]
        assert found(None, "CHAN", before=10) == [8, 6, 4]
        assert found(None, "so chẵn", after=4) == [10, 8, 6]
        assert found("silent", "chẵn câu") == [12, 6]
        assert found("answer", "so 7 le cau") == [7]
        assert found(None, "cha") == []
        assert found(None, "?!") == []
