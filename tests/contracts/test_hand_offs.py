"""Hand-offs: one open per account, one officer each, ended once; on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from service.storage import hand_offs
from service.storage.channel_states import take_turn
from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.form_tables import HandOff, HandOffMessage
from service.storage.people_tables import ChannelAccount
from service.storage.retention import forget_hand_offs
from tests.builders import NOON, names_alone
from tests.desk import an_account, an_admin

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LATER = NOON + 60 * MINUTE


@pytest.fixture
def asking(engine: Engine) -> int:
    """Somebody who wants an officer: the account."""
    with transaction(engine) as session:
        account = an_account(session, "telegram", "7")
        assert account.id is not None
        hand_offs.open_hand_off(session, account.id, NOON)
    return account.id


@pytest.fixture
def lan(engine: Engine) -> int:
    """An officer."""
    with transaction(engine) as session:
        return an_admin(session, "lan", "receiver")


def only(session: Session) -> HandOff:
    return session.exec(select(HandOff)).one()


def id_of(session: Session) -> int:
    id_ = only(session).id
    assert id_ is not None
    return id_


def silent_until(session: Session, account_id: int) -> datetime | None:
    return session.get_one(ChannelAccount, account_id, populate_existing=True).paused_until


def test_asking_again_keeps_the_place(engine: Engine, asking: int) -> None:
    with transaction(engine) as session:
        again = hand_offs.open_hand_off(session, asking, LATER)
        assert again == id_of(session)
        assert only(session).opened_at == NOON
        assert hand_offs.count_waiting(session) == 1
        assert silent_until(session, asking) is None  # until it is taken


def test_many_requests_at_once_open_one(engine: Engine) -> None:
    with transaction(engine) as session:
        account_id = an_account(session, "telegram", "7").id or 0

    def ask(number: int) -> int | None:
        with transaction(engine) as session:
            take_turn(session, "event", str(number), NOON)  # as an event, it has written before
            return hand_offs.open_hand_off(session, account_id, NOON)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(16)))) == 1


def test_an_account_that_is_gone_waits_for_nobody(engine: Engine) -> None:
    with transaction(engine) as session:
        assert hand_offs.open_hand_off(session, 99, NOON) is None


def test_of_many_officers_one_takes_it(engine: Engine, asking: int) -> None:
    with transaction(engine) as session:
        officers = [an_admin(session, f"can.bo.{n}", "receiver") for n in range(8)]
        id_ = id_of(session)

    def take(admin_id: int) -> bool:
        with transaction(engine) as session:
            return hand_offs.take(session, id_, admin_id, NOON, LATER)

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(take, officers))
    assert sum(taken) == 1
    with transaction(engine) as session:
        assert only(session).taken_by == officers[taken.index(True)]
        assert silent_until(session, asking) == LATER
        assert hand_offs.count_waiting(session) == 0


def test_each_word_is_kept_and_makes_the_silence_longer(
    engine: Engine, asking: int, lan: int
) -> None:
    with transaction(engine) as session:
        id_ = id_of(session)
        assert not hand_offs.hear(session, id_, "sớm", NOON, LATER)  # nobody listens yet
        assert not hand_offs.say(session, id_, lan, "sớm", NOON, LATER)
        hand_offs.take(session, id_, lan, NOON, LATER)
        assert hand_offs.hear(session, id_, "hạn nào ạ?", NOON + MINUTE, LATER + MINUTE)
        assert hand_offs.say(session, id_, lan, "ngày 20", NOON + 2 * MINUTE, LATER + 2 * MINUTE)
        assert not hand_offs.say(session, id_, lan + 1, "xen vào", LATER, LATER + DAY)
        assert hand_offs.touch(session, id_, NOON + 3 * MINUTE, LATER + 3 * MINUTE)
        said = [(m.by, m.text) for m in hand_offs.messages_of(session, id_)]
        assert said == [("person", "hạn nào ạ?"), ("officer", "ngày 20")]
        assert silent_until(session, asking) == LATER + 3 * MINUTE
    with transaction(engine) as session:
        assert only(session).last_at == NOON + 3 * MINUTE


def test_it_ends_once_and_the_assistant_is_back(engine: Engine, asking: int, lan: int) -> None:
    with transaction(engine) as session:
        id_ = id_of(session)
        hand_offs.take(session, id_, lan, NOON, LATER)
    with transaction(engine) as session:
        assert hand_offs.end(session, id_, LATER)
        assert not hand_offs.end(session, id_, LATER)
        assert silent_until(session, asking) is None
        assert not hand_offs.take(session, id_, lan, LATER, LATER)
        assert not hand_offs.hear(session, id_, "còn đó không?", LATER, LATER)
        assert not hand_offs.say(session, id_, lan, "còn", LATER, LATER)
        assert not hand_offs.touch(session, id_, LATER, LATER)
        assert silent_until(session, asking) is None
        assert hand_offs.open_of(session, asking) is None
        assert hand_offs.open_hand_off(session, asking, LATER) != id_
        assert [each.id for each in hand_offs.ended_hand_offs(session, 5)] == [id_]
        assert [each.opened_at for each in hand_offs.open_hand_offs(session)] == [LATER]


def test_a_word_said_meanwhile_keeps_it_open(engine: Engine, asking: int, lan: int) -> None:
    with transaction(engine) as session:
        id_ = id_of(session)
        hand_offs.take(session, id_, lan, NOON, LATER)
        hand_offs.say(session, id_, lan, "còn đây", NOON + MINUTE, LATER + MINUTE)
    with transaction(engine) as session:
        assert not hand_offs.end(session, id_, LATER, quiet_since=NOON)
        assert hand_offs.end(session, id_, LATER, quiet_since=NOON + MINUTE)


def test_overdue_is_what_was_taken_and_fell_silent(engine: Engine, asking: int, lan: int) -> None:
    with transaction(engine) as session:
        id_ = id_of(session)
        assert hand_offs.overdue(session, NOON + DAY) == []  # it only waits
        hand_offs.take(session, id_, lan, NOON, LATER)
    with transaction(engine) as session:
        assert hand_offs.overdue(session, LATER - MINUTE) == []
        assert [each.id for each in hand_offs.overdue(session, LATER)] == [id_]
        hand_offs.end(session, id_, LATER)
        assert hand_offs.overdue(session, LATER) == []


def test_who_waits_is_recalled_once(engine: Engine, asking: int, lan: int) -> None:
    with transaction(engine) as session:
        assert [each.account_id for each in hand_offs.unannounced(session)] == [asking]
        id_ = id_of(session)
        assert hand_offs.note_reminder(session, id_, LATER)
        assert not hand_offs.note_reminder(session, id_, LATER)
        assert hand_offs.unannounced(session) == []


def test_who_was_taken_is_not_recalled(engine: Engine, asking: int) -> None:
    with transaction(engine) as session:
        id_ = id_of(session)
        hand_offs.take(session, id_, None, NOON, LATER)
        assert hand_offs.unannounced(session) == []
        assert not hand_offs.note_reminder(session, id_, LATER)


def test_nothing_is_left_of_who_is_forgotten(engine: Engine, asking: int, lan: int) -> None:
    with transaction(engine) as session:
        id_ = id_of(session)
        hand_offs.take(session, id_, lan, NOON, LATER)
        hand_offs.hear(session, id_, "riêng tư", NOON, LATER)
    with transaction(engine) as session:
        forget(
            session, session.get_one(ChannelAccount, asking).person_id, NOON, personal=names_alone
        )
    with transaction(engine) as session:
        assert session.exec(select(HandOff)).all() == []
        assert session.exec(select(HandOffMessage)).all() == []


def test_the_talks_of_a_person_are_those_of_all_their_channels(engine: Engine, asking: int) -> None:
    with transaction(engine) as session:
        first = session.get_one(ChannelAccount, asking)
        person, there = first.person_id, an_account(session, "zalo_oa", "7")
        there.person_id = person
        other = an_account(session, "telegram", "8")
        session.flush()
        for account in (there, other):
            hand_offs.open_hand_off(session, account.id or 0, LATER)
        theirs = hand_offs.talks_of(session, person)
        assert [one.account_id for one in theirs] == [asking, there.id]


def test_old_talks_go_with_their_words(engine: Engine, asking: int, lan: int) -> None:
    with transaction(engine) as session:
        id_ = id_of(session)
        hand_offs.take(session, id_, lan, NOON, LATER)
        hand_offs.hear(session, id_, "riêng tư", NOON + DAY, LATER)
        hand_offs.end(session, id_, NOON + 2 * DAY)
    with transaction(engine) as session:
        forget_hand_offs(session, NOON + DAY)
        assert len(hand_offs.messages_of(session, id_)) == 1
        forget_hand_offs(session, NOON + DAY + MINUTE)
    with transaction(engine) as session:
        assert session.exec(select(HandOff)).all() == []
        assert session.exec(select(HandOffMessage)).all() == []
