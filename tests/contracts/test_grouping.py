"""What was not answered is put together, counted, dealt with and opened again; votes move it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete
from sqlmodel import Session, select

from service.storage.asked_tables import QuestionFeedback, QuestionGroup, QuestionGroupKey
from service.storage.engine import transaction
from service.storage.feedback import (
    LONGEST_COMMENT,
    keep_vote,
    mark_wrong,
    marked_wrong,
    voted_questions,
    votes_on,
    wrong_questions,
)
from service.storage.grouping import (
    count_open_groups,
    deal,
    deal_with_same,
    dealt_groups,
    get_group,
    leave_group,
    open_groups,
    questions_of_group,
)
from service.storage.questions import keep_question
from service.storage.tables import AskedQuestion
from tests.builders import NOON, an_asked_question

FEE = "Lệ phí cấp thẻ nhà báo là bao nhiêu?"
NEAR = "le phi doi the nha bao bao nhieu vay"
OTHER = "Thủ tục xin việc ở trường học thế nào?"
LONG_AGO = NOON - timedelta(days=400)


def ask(session: Session, text: str, **changes: object) -> int:
    """A question to which the papers say nothing."""
    asked = {"kind": "silent", "unanswered": "silent", **changes}
    return keep_question(session, an_asked_question(text, **asked))


def waiting(session: Session) -> list[tuple[str, int]]:
    """What waits, and how often it was asked."""
    return [(group.label, group.asked) for group in open_groups(session, LONG_AGO, 0, 10)]


def test_near_questions_stand_together_the_most_asked_first(engine: Engine) -> None:
    with transaction(engine) as session:
        ask(session, OTHER)
        first = ask(session, FEE)
        second = ask(session, NEAR, at=NOON + timedelta(hours=1))
        keep_question(session, an_asked_question("Hạn nộp?"))  # answered: it stands nowhere
    with transaction(engine) as session:
        assert waiting(session) == [(FEE, 2), (OTHER, 1)]
        group = open_groups(session, LONG_AGO, 0, 1)[0]
        assert group.last_at == NOON + timedelta(hours=1)
        assert group.id is not None
        asked = questions_of_group(session, group.id, 0, 10)
        assert [(g.question.id, g.reason) for g in asked] == [(second, "silent"), (first, "silent")]
        assert [g.question.id for g in questions_of_group(session, group.id, 1, 1)] == [first]
        assert count_open_groups(session, LONG_AGO) == 2
        assert count_open_groups(session, NOON + timedelta(minutes=1)) == 1
        assert [g.label for g in open_groups(session, LONG_AGO, 1, 1)] == [OTHER]


def test_what_points_at_a_person_is_no_groups_name(engine: Engine) -> None:
    with transaction(engine) as session:
        ask(session, "Gọi lại cho tôi số 0912345678 về thẻ nhà báo")
        [(label, _)] = waiting(session)
        assert "0912345678" not in label


def test_a_group_that_was_dealt_with_opens_when_it_is_asked_again(engine: Engine) -> None:
    with transaction(engine) as session:
        ask(session, FEE)
        ask(session, FEE)
        [group] = open_groups(session, LONG_AGO, 0, 10)
        assert deal(session, group, "not_ours")
        assert not deal(session, group, "not_ours")
        assert waiting(session) == []
        assert [g.state for g in dealt_groups(session, 0, 10)] == ["not_ours"]
    with transaction(engine) as session:
        ask(session, NEAR)
        assert waiting(session) == [(FEE, 1)]
        assert dealt_groups(session, 0, 10) == []


def test_answering_a_question_deals_with_its_group_alone(engine: Engine) -> None:
    with transaction(engine) as session:
        ask(session, FEE)
        ask(session, OTHER)
        assert len(deal_with_same(session, [FEE.lower(), "Khác hẳn?"], "answered")) == 1
        assert deal_with_same(session, [FEE], "answered") == []
        assert waiting(session) == [(OTHER, 1)]


def test_what_was_asked_back_leaves_once_it_is_answered(engine: Engine) -> None:
    with transaction(engine) as session:
        back = ask(session, FEE, kind="clarify", unanswered="clarify")
        ask(session, FEE)
        leave_group(session, back, "silent")  # it stands there for another reason
        assert waiting(session) == [(FEE, 2)]
        leave_group(session, back, "clarify")
        leave_group(session, back, "clarify")
        assert waiting(session) == [(FEE, 1)]


def test_a_group_without_questions_is_gone(engine: Engine) -> None:
    with transaction(engine) as session:
        back = ask(session, FEE, kind="clarify", unanswered="clarify")
        leave_group(session, back, "clarify")
        assert session.exec(select(QuestionGroup)).all() == []
        assert session.exec(select(QuestionGroupKey)).all() == []


def test_one_vote_for_each_question_the_last_counts(engine: Engine) -> None:
    with transaction(engine) as session:
        id_ = keep_question(session, an_asked_question("Hạn gửi kế hoạch năm 2023?"))
        for _ in range(2):  # a double click
            assert keep_vote(session, id_, helpful=False, comment="", at=NOON)
        assert waiting(session) == [("Hạn gửi kế hoạch năm 2023?", 1)]
        comment = "sai ngày rồi, gọi 0912345678"
        keep_vote(session, id_, helpful=False, comment=comment, at=NOON)
        keep_vote(session, id_, helpful=True, comment="", at=NOON)
        assert waiting(session) == []
        vote = votes_on(session, [id_, 99])[id_]
        assert (vote.helpful, vote.comment) == (True, "sai ngày rồi, gọi [điện thoại]")
        assert [q.id for q in voted_questions(session, helpful=True, offset=0, limit=9)] == [id_]
        assert voted_questions(session, helpful=False, offset=0, limit=9) == []
        keep_vote(session, id_, helpful=True, comment="x" * 2_000, at=NOON)
        session.expire_all()
        assert len(votes_on(session, [id_])[id_].comment) == LONGEST_COMMENT


def test_a_vote_on_what_is_not_kept_is_refused(engine: Engine) -> None:
    with transaction(engine) as session:
        assert not keep_vote(session, 7, helpful=True, comment="", at=NOON)


def test_a_vote_against_silence_counts_once(engine: Engine) -> None:
    with transaction(engine) as session:
        id_ = ask(session, FEE)
        keep_vote(session, id_, helpful=False, comment="", at=NOON)
        keep_vote(session, id_, helpful=True, comment="", at=NOON)
        assert waiting(session) == [(FEE, 1)]


def test_what_is_said_of_a_question_goes_with_it(engine: Engine) -> None:
    with transaction(engine) as session:
        id_ = ask(session, FEE)
        keep_vote(session, id_, helpful=False, comment="sai", at=NOON)
        assert mark_wrong(session, id_, NOON)
        assert not mark_wrong(session, id_, NOON)
        assert marked_wrong(session, [id_, 99]) == {id_}
        assert [q.id for q in wrong_questions(session, 0, 9)] == [id_]
    with transaction(engine) as session:
        session.execute(delete(AskedQuestion))
    with transaction(engine) as session:
        assert session.exec(select(QuestionFeedback)).all() == []
        assert marked_wrong(session, [id_]) == frozenset()
        [group] = session.exec(select(QuestionGroup)).all()
        assert group.id is not None
        assert questions_of_group(session, group.id, 0, 9) == []
        assert get_group(session, group.id) is not None


@pytest.mark.parametrize("text", ["", "?!", "ạ"])
def test_whatever_was_asked_finds_a_place(engine: Engine, text: str) -> None:
    with transaction(engine) as session:
        ask(session, text)
        ask(session, text)
        assert [asked for _, asked in waiting(session)] == [2]
