"""The office's own questions are kept, changed, imported and read back as they were written."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from bot.messages import Turn
from bot.question_lines import BadQuestions, Question, line_of, read_lines
from service.storage.engine import transaction
from service.storage.question_set import (
    Imported,
    add_to_set,
    change_in_set,
    count_set,
    drop_from_set,
    get_in_set,
    import_set,
    newest_in_set,
    question_set,
)
from tests.builders import NOON

FULL = Question(
    id="",
    text="Thế còn hạn gửi?",
    expected="answer",
    kind="hạn nộp",
    document="hai-phong-gddt-2023",
    address="III#2.6",
    must_contain=("20/9/2023",),
    history=(Turn("user", "Kế hoạch của Hải Phòng?"), Turn("assistant", "Của năm 2023.")),
    unit="Trường THPT A, Hải Phòng",
    today=date(2023, 9, 1),
)
SHORT = Question(id="ngoai-1", text="Hôm nay mưa không?", expected="silent", kind="silent")


def test_a_question_comes_back_as_it_was_entered(engine: Engine) -> None:
    with transaction(engine) as session:
        assert question_set(session) == ()
        named = add_to_set(session, FULL, "desk", NOON).name
        add_to_set(session, SHORT, "import", NOON)
    with transaction(engine) as session:
        first, second = question_set(session)
        assert count_set(session) == 2
        assert [row.question for row in newest_in_set(session, 0, 1)] == [SHORT.text]
    assert first == Question(**{**_fields(FULL), "id": named})
    assert second == SHORT


def test_names_given_here_never_meet(engine: Engine) -> None:
    with transaction(engine) as session:
        names = [add_to_set(session, FULL, "desk", NOON).name for _ in range(2)]
        taken = Question(**{**_fields(SHORT), "id": "vp-0004"})
        add_to_set(session, taken, "import", NOON)
        names.append(add_to_set(session, FULL, "desk", NOON).name)
    assert names == ["vp-0001", "vp-0002", "vp-0005"]


def test_what_is_changed_or_dropped_is_so(engine: Engine) -> None:
    with transaction(engine) as session:
        row = add_to_set(session, SHORT, "desk", NOON)
        assert not change_in_set(session, row, SHORT, NOON)
        assert change_in_set(session, row, Question(**{**_fields(FULL), "id": "khac"}), NOON)
        assert row.name == "ngoai-1"
        drop_from_set(session, row)
        assert row.id is not None
        assert get_in_set(session, row.id) is None


def test_a_file_adds_and_changes_and_takes_nothing_away(engine: Engine) -> None:
    other = Question(**{**_fields(SHORT), "id": "ngoai-2"})
    with transaction(engine) as session:
        add_to_set(session, FULL, "desk", NOON)
        assert import_set(session, [SHORT, other, SHORT], NOON) == Imported(2, 0, 1)
        changed = Question(**{**_fields(SHORT), "expected": "clarify"})
        assert import_set(session, [changed], NOON) == Imported(0, 1, 0)
        assert [q.expected for q in question_set(session)] == ["answer", "clarify", "silent"]


def test_what_is_written_is_read_as_the_same(engine: Engine) -> None:
    with transaction(engine) as session:
        import_set(session, [SHORT, Question(**{**_fields(FULL), "id": "q"})], NOON)
        kept = question_set(session)
    assert tuple(read_lines("\n".join(map(line_of, kept)), "x")) == kept
    assert '"unit"' not in line_of(SHORT)
    with pytest.raises(BadQuestions, match=r"^x:2:"):
        read_lines(line_of(SHORT) + '\n{"id": 1}', "x")


def _fields(question: Question) -> dict[str, object]:
    return {name: getattr(question, name) for name in Question.__slots__}
