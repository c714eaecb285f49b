"""Addresses for letters: one a person, kept with whoever goes on as them, shared by two."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.mailboxes import (
    code_key,
    codes_sent,
    drop_mailbox,
    mailbox_of,
    set_mailbox,
)
from service.storage.outbox import enqueue
from service.storage.people import join_person, mark_unreachable
from service.storage.people_tables import ChannelAccount
from tests.builders import NOON, names_alone
from tests.desk import an_account

A, B = "a@truong.vn", "b@truong.vn"


@pytest.fixture
def two(engine: Engine) -> tuple[ChannelAccount, ChannelAccount]:
    """Two people, each with one channel to write on."""
    with transaction(engine) as session:
        return an_account(session, "telegram", "1"), an_account(session, "zalo_oa", "2")


def mailboxes(session: Session) -> list[tuple[int, str, str | None]]:
    found = select(ChannelAccount).where(col(ChannelAccount.channel) == "email")
    found = found.order_by(col(ChannelAccount.person_id))
    return [(one.person_id, one.chat, one.unreachable) for one in session.exec(found)]


def test_one_address_at_a_time(engine: Engine, two: tuple[ChannelAccount, ChannelAccount]) -> None:
    person = two[0].person_id
    with transaction(engine) as session:
        assert mailbox_of(session, person) == ""
        set_mailbox(session, person, A, NOON)
        set_mailbox(session, person, B, NOON)
        assert mailbox_of(session, person) == B
        assert drop_mailbox(session, person)
        assert not drop_mailbox(session, person)
        assert mailboxes(session) == []


@pytest.mark.parametrize(("has", "left"), [(False, A), (True, B)])
def test_it_goes_with_whoever_goes_on_elsewhere(
    engine: Engine, two: tuple[ChannelAccount, ChannelAccount], has: bool, left: str
) -> None:
    old, new = two
    with transaction(engine) as session:
        set_mailbox(session, old.person_id, A, NOON)
        if has:
            set_mailbox(session, new.person_id, B, NOON)
        join_person(session, old.id or 0, new.person_id)
    with transaction(engine) as session:
        assert mailboxes(session) == [(new.person_id, left, None)]
        assert mailbox_of(session, new.person_id) == left
        # Of the old person nothing is left, as before.
        remaining = session.exec(select(ChannelAccount.person_id).distinct()).all()
        assert remaining == [new.person_id]


def test_of_a_shared_mailbox_one_is_forgotten_and_both_are_unreachable(
    engine: Engine, two: tuple[ChannelAccount, ChannelAccount]
) -> None:
    first, second = (one.person_id for one in two)
    with transaction(engine) as session:
        for person in (first, second):
            set_mailbox(session, person, A, NOON)
        enqueue(session, "email", A, "Nhắc việc", NOON, key="one")
        mark_unreachable(session, "email", A, "550 5.1.1" + "x" * 99)
    with transaction(engine) as session:
        assert [len(why or "") for _, _, why in mailboxes(session)] == [60, 60]
        forget(session, first, NOON, personal=names_alone)
        assert [person for person, _, _ in mailboxes(session)] == [second]


def test_codes_are_counted_by_who_asks_and_where_they_go(engine: Engine) -> None:
    with transaction(engine) as session:
        for number, (person, address) in enumerate([(1, A), (1, A), (1, B), (12, A)]):
            key = code_key(person, str(number))
            enqueue(session, "email", address, "mã", NOON, key=key)
        enqueue(session, "email", A, "Nhắc việc", NOON, key="notice:1:email")
        earlier, later = NOON - timedelta(hours=1), NOON + timedelta(hours=1)
        assert codes_sent(session, 1, B, earlier) == 3
        assert codes_sent(session, 12, A, earlier) == 3
        assert codes_sent(session, 2, "c@d.vn", earlier) == 0
        assert codes_sent(session, 1, A, later) == 0
