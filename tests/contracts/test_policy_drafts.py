"""Drafts that people may comment on: until when, and how many comments count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from service.storage.engine import transaction
from service.storage.form_tables import PolicyDraft
from service.storage.policy_drafts import (
    Drafted,
    add_draft,
    change_draft,
    close_draft,
    count_comments,
    ended_drafts,
    get_draft,
    is_open,
    open_drafts,
    reopen_draft,
)
from tests.builders import NOON, a_submission

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
FEES = Drafted("Nghị quyết về học phí", "Mức thu từ năm học tới.", "Sở Giáo dục và Đào tạo")


def a_draft(session: Session, title: str = "Học phí", closes_on: date | None = None) -> PolicyDraft:
    return add_draft(session, replace(FEES, title=title, closes_on=closes_on), NOON)


def titles(drafts: list[PolicyDraft]) -> list[str]:
    return [draft.title for draft in drafts]


def test_a_draft_is_found_by_its_number(engine: Engine) -> None:
    with transaction(engine) as session:
        number = add_draft(session, replace(FEES, link="https://x.vn/a", closes_on=TODAY), NOON).id
    with transaction(engine) as session:
        draft = get_draft(session, number or 0)
        assert draft is not None
        assert (draft.title, draft.summary, draft.lead) == (FEES.title, FEES.summary, FEES.lead)
        assert (draft.link, draft.closes_on) == ("https://x.vn/a", TODAY)
        assert (draft.opened_at, draft.closed_at) == (NOON, None)
        assert get_draft(session, 99) is None


def test_comments_are_taken_through_the_last_day_the_soonest_first(engine: Engine) -> None:
    with transaction(engine) as session:
        a_draft(session, "không hạn")
        a_draft(session, "mai", TODAY + DAY)
        a_draft(session, "hôm nay", TODAY)
        a_draft(session, "hôm qua", TODAY - DAY)
        close_draft(session, a_draft(session, "đã đóng", TODAY + DAY), NOON)
    with transaction(engine) as session:
        opened = open_drafts(session, TODAY)
        ended = ended_drafts(session, TODAY, 0, 9)
        assert titles(opened) == ["hôm nay", "mai", "không hạn"]
        assert titles(ended) == ["đã đóng", "hôm qua"]
        assert titles(ended_drafts(session, TODAY, 1, 1)) == ["hôm qua"]
        assert all(is_open(draft, TODAY) for draft in opened)
        assert not any(is_open(draft, TODAY) for draft in ended)
        assert titles(open_drafts(session, TODAY + DAY)) == ["mai", "không hạn"]


def test_a_draft_is_closed_and_opened_again_each_once(engine: Engine) -> None:
    with transaction(engine) as session:
        draft = a_draft(session)
        assert not reopen_draft(session, draft)
        assert close_draft(session, draft, NOON)
        assert not close_draft(session, draft, NOON + DAY)
        assert draft.closed_at == NOON
    with transaction(engine) as session:
        again = session.get_one(PolicyDraft, draft.id)
        assert reopen_draft(session, again)
        assert titles(open_drafts(session, TODAY)) == ["Học phí"]


def test_a_draft_is_changed_only_where_something_is_different(engine: Engine) -> None:
    with transaction(engine) as session:
        draft = add_draft(session, FEES, NOON)
        assert not change_draft(session, draft, FEES)
        assert change_draft(session, draft, replace(FEES, closes_on=TODAY))
    with transaction(engine) as session:
        kept = session.get_one(PolicyDraft, draft.id)
        assert (kept.title, kept.closes_on, kept.opened_at) == (FEES.title, TODAY, NOON)


def test_comments_that_were_taken_back_or_replaced_do_not_count(engine: Engine) -> None:
    with transaction(engine) as session:
        one, other = a_draft(session).id, a_draft(session).id
        a_draft(session)
        first = a_submission(session, policy_id=one)
        a_submission(session, policy_id=one, previous=first.id)
        a_submission(session, policy_id=one)
        a_submission(session, policy_id=one).state = "withdrawn"
        a_submission(session, policy_id=other).state = "answered"
        a_submission(session)
    with transaction(engine) as session:
        assert count_comments(session) == {one: 2, other: 1}
