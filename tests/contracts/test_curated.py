"""What the office writes itself is kept, approved, retired, and known to every process at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Engine

from bot.approved import Quoted
from knowledge.library import Library
from knowledge.readers import PUBLIC
from service.approved import ApprovedAnswers
from service.storage.asked_tables import CuratedAnswer
from service.storage.curated import (
    Written,
    add_curated,
    approve_curated,
    approved_answers,
    change_curated,
    get_curated,
    list_curated,
    questions_by_answer,
    retire_curated,
    stamp,
    written_of,
)
from service.storage.engine import transaction
from tests.builders import NOON, a_document

TODAY = date(2026, 11, 21)
WRITTEN = Written(
    questions=("Hạn gửi là ngày nào?", "Bao giờ phải gửi kế hoạch?"),
    text="Trước ngày 20/9/2023.",
    quoted=(Quoted("hai-phong-gddt-2023", "II.1", "trước ngày 20/9/2023"),),
    audience=("public",),
    review_on=TODAY + timedelta(days=90),
)
LIBRARY = Library((a_document(),))


def approved(engine: Engine, written: Written = WRITTEN) -> int:
    """One that is approved; its number."""
    with transaction(engine) as session:
        row = add_curated(session, written, NOON)
        approve_curated(session, row, TODAY, NOON)
        assert row.id is not None
        return row.id


def test_it_comes_back_as_it_was_written(engine: Engine) -> None:
    with transaction(engine) as session:
        row = add_curated(session, WRITTEN, NOON)
        assert row.id is not None
        assert written_of(session, row) == WRITTEN
        assert row.state == "draft"
        assert approved_answers(session) == []
        assert questions_by_answer(session, [row.id]) == {row.id: WRITTEN.questions}


def test_what_is_changed_waits_for_approval_again(engine: Engine) -> None:
    id_ = approved(engine)
    with transaction(engine) as session:
        row = get_curated(session, id_, lock=True)
        assert row is not None
        assert not approve_curated(session, row, TODAY, NOON)
        assert not change_curated(session, row, WRITTEN, NOON)
        assert row.state == "approved"
        assert change_curated(session, row, replace(WRITTEN, questions=("Khác?",)), NOON)
        assert (row.state, row.version) == ("draft", 2)
        assert approved_answers(session) == []
        approve_curated(session, row, TODAY, NOON)
        assert retire_curated(session, row, NOON)
        assert not retire_curated(session, row, NOON)
        assert approved_answers(session) == []


def test_every_change_is_seen_by_its_stamp(engine: Engine) -> None:
    seen = []
    with transaction(engine) as session:
        seen.append(stamp(session))
        row = add_curated(session, WRITTEN, NOON)
        seen.append(stamp(session))
        other = add_curated(session, WRITTEN, NOON)
        seen.append(stamp(session))
        approve_curated(session, row, TODAY, NOON)
        seen.append(stamp(session))
        # As if two processes had taken the same number at once.
        other.revision = row.revision
        session.add(other)
        session.flush()
        seen.append(stamp(session))
    assert len(set(seen)) == len(seen)


def test_a_process_knows_of_a_change_within_a_second(engine: Engine) -> None:
    seconds = [0.0]
    known = ApprovedAnswers(clock=lambda: seconds[0])

    def answer(question: str = "hạn gửi là khi nào ạ") -> int | None:
        found = known.find(engine, LIBRARY, question, TODAY, PUBLIC)
        return found.id if found else None

    assert answer() is None
    id_ = approved(engine)
    assert answer() is None
    seconds[0] = 1.0
    assert answer() == id_
    assert answer("Bao giờ gửi kế hoạch?") is None
    with transaction(engine) as session:
        row = get_curated(session, id_)
        assert row is not None
        retire_curated(session, row, NOON)
    seconds[0] = 2.0
    assert answer() is None


def test_what_is_for_fewer_goes_first_and_nobody_else_is_told(engine: Engine) -> None:
    public = approved(engine)
    inner = approved(engine, replace(WRITTEN, audience=("officers",)))
    known = ApprovedAnswers()
    for readers, expected in ((PUBLIC, public), (PUBLIC | {"officers"}, inner)):
        found = known.find(engine, LIBRARY, WRITTEN.questions[0], TODAY, readers)
        assert found is not None
        assert found.id == expected


def test_those_whose_clause_has_changed_are_named(engine: Engine) -> None:
    id_ = approved(engine)
    known = ApprovedAnswers()
    assert known.fallen(engine, LIBRARY) == []
    changed = a_document(text="KẾ HOẠCH\nMới\n\nII. TỔ CHỨC\n1. Gửi trước ngày 1/9/2023.\n")
    assert known.fallen(engine, Library((changed,))) == [id_]
    assert known.fallen(engine, Library(())) == [id_]


def test_those_that_need_somebody_come_first(engine: Engine) -> None:
    late = replace(WRITTEN, review_on=TODAY - timedelta(days=1))
    stands, fallen, over = (approved(engine, w) for w in (WRITTEN, WRITTEN, late))
    with transaction(engine) as session:
        draft = add_curated(session, WRITTEN, NOON).id
        gone = add_curated(session, late, NOON)
        retire_curated(session, gone, NOON)

        def ids(found: list[CuratedAnswer]) -> list[int | None]:
            return [row.id for row in found]

        listed = list_curated(session, None, TODAY, [fallen], 0, 10)
        assert ids(listed) == [over, fallen, draft, stands, gone.id]
        assert ids(list_curated(session, None, TODAY, [fallen], 1, 2)) == [fallen, draft]
        assert ids(list_curated(session, "retired", TODAY, [], 0, 10)) == [gone.id]
