"""What is said to many: to everybody once, by the best way, whatever breaks; on both databases."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from service.broadcasts import sending
from service.storage import bindings, units
from service.storage.audiences import Audience, as_kept, audience_of, people_of
from service.storage.broadcast_sends import shown_sends
from service.storage.broadcast_tables import Broadcast, BroadcastSend
from service.storage.consents import agree, withdraw_consents
from service.storage.duty_tables import Assignment
from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.outbox import enqueue, messages_after
from service.storage.people import join_person
from service.storage.people_tables import ChannelAccount, Person
from service.storage.policy_drafts import Drafted, add_draft
from service.storage.retention import files_named, forget_old
from service.storage.subscriptions import (
    follow,
    follows_of,
    subscribe,
    unfollow,
    unsubscribe,
    unsubscribed_at,
)
from service.storage.unit_tables import Binding
from tests.builders import KEEPING, names_alone
from tests.desk import an_account
from tests.owing import DAY
from tests.telling import OFFICERS, Telling

FIRST = date(2026, 11, 23)
FILE = {"name": "a.pdf", "media_type": "application/pdf", "sha256": "a" * 64, "size": 4}


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Telling:
    """On a Monday, at eight."""
    return Telling(engine, tmp_path, FIRST)


def crowd(office: Telling, count: int, channel: str = "telegram", name: str = "Trường A") -> int:
    """A unit with so many officers, as quickly as the database takes them."""
    now, unit = office.clock.now, office.unit(name, people=0)
    with transaction(office.engine) as session:
        people = [Person(created_at=now) for _ in range(count)]
        session.add_all(people)
        session.flush()
        for number, person in enumerate(people):
            assert person.id is not None
            chat = f"{name}/{number}"
            told = {"address": chat, "chat": chat, "created_at": now, "last_seen_at": now}
            session.add(ChannelAccount(person_id=person.id, channel=channel, **told))
            acts = {"asked_at": now, "confirmed_at": now, "name": "Người", "post": "cán bộ"}
            session.add(Binding(person_id=person.id, unit_id=unit, **acts))
    return unit


def chats(office: Telling) -> Counter[str]:
    """To how many messages each chat was written."""
    return Counter(one.chat for one in office.outbox())


def person_of(session: Session, chat: str) -> int:
    of = select(ChannelAccount.person_id).where(col(ChannelAccount.chat) == chat)
    return session.exec(of).one()


# --- for whom ------------------------------------------------------------------------------------


def test_an_audience_is_kept_as_it_was_chosen() -> None:
    for one in (
        OFFICERS,
        Audience("kinds", ("Xã", "Trường THPT")),
        Audience("late", obligation=3),
        Audience("followers", draft=12),
    ):
        assert audience_of(as_kept(one)) == one
    with pytest.raises(ValueError, match="who"):
        audience_of({"who": "everybody"})
    with pytest.raises(ValueError, match="draft"):
        audience_of({"who": "followers", "draft": 0})


def test_who_is_meant(office: Telling) -> None:
    school, late = office.unit("Trường A", people=2, head=True), office.unit("Trường B")
    other = office.owes(late, FIRST + 9 * DAY)
    owed = office.owes(late, FIRST)
    office.owes(school, FIRST + 9 * DAY)
    office.go_to(FIRST + DAY)
    today = office.today
    with transaction(office.engine) as session:
        commune = units.add_unit(session, "Xã C", office.clock.now, kind="Xã").id or 0
        mayor = office.person(session, commune, "c")
        asked = an_account(session, "telegram", "waits").person_id
        bindings.ask(session, asked, commune, "N", "P", office.clock.now)
        closed = units.add_unit(session, "Xã D", office.clock.now, kind="Xã")
        office.person(session, closed.id or 0, "d")
        closed.closed_on = today
        unwilling = office.person(session, commune, "e")
        agree(session, unwilling, "register", 1, office.clock.now)
        withdraw_consents(session, unwilling, office.clock.now)
        citizen = an_account(session, "telegram", "z").person_id
        draft = add_draft(session, Drafted("T", "S", "L"), office.clock.now).id or 0
        follow(session, citizen, draft, office.clock.now)
        follow(session, mayor, draft, office.clock.now)
        unfollow(session, mayor, draft)
        both = person_of(session, "Trường B/0")
        again = bindings.ask(session, both, commune, "N", "P", office.clock.now)
        bindings.confirm(session, again.id or 0, "admin:1", office.clock.now)
        session.flush()
        every = people_of(session, OFFICERS, today)
        assert len(every) == 5
        assert every == sorted({*every, mayor, both} - {asked, unwilling, citizen})
        assert people_of(session, Audience("kinds", ("Xã",)), today) == [both, mayor]
        assert people_of(session, Audience("kinds", ("Xã", "Trường THPT")), today) == every
        assert people_of(session, Audience("late"), today) == [both]
        duties = {one: session.get_one(Assignment, one).obligation_id for one in (owed, other)}
        assert people_of(session, Audience("late", obligation=duties[owed]), today) == [both]
        assert people_of(session, Audience("late", obligation=duties[other]), today) == []
        assert people_of(session, Audience("followers", draft=draft), today) == [citizen]
        assert people_of(session, OFFICERS, today, after=every[1], limit=2) == every[2:4]
        assert people_of(session, OFFICERS, today, among=[every[3], citizen]) == [every[3]]
    office.report(owed)
    with transaction(office.engine) as session:
        assert people_of(session, Audience("late"), today) == []


# --- sent ----------------------------------------------------------------------------------------


def test_everybody_gets_it_once(office: Telling) -> None:
    crowd(office, 7)
    id_ = office.say()
    office.through()
    office.tell()
    assert office.state(id_) == "done"
    assert office.counts() == {"told": 7}
    assert set(chats(office).values()) == {1}
    message = office.outbox()[0]
    assert "Thông báo của cơ quan" in message.text
    assert "Mời Anh/chị dự tập huấn." in message.text
    assert [(b["label"], b["id"]) for b in message.buttons] == [
        ("Ngừng nhận tin", "0./ngungnhantin")
    ]


def test_whoever_has_several_accounts_gets_it_by_the_best(engine: Engine, tmp_path: Path) -> None:
    office = Telling(engine, tmp_path, FIRST, zalo_bot_token="1:b")
    crowd(office, 2)
    with transaction(engine) as session:
        account = an_account(session, "zalo_bot", "zb", office.clock.now)
        account.person_id = person_of(session, "Trường A/0")
        session.add(account)
    office.say()
    office.through("telegram", "zalo_bot")
    assert chats(office) == {"zb": 1, "Trường A/1": 1}
    [told] = [one for one in office.outbox() if one.channel == "zalo_bot"]
    assert told.buttons == []
    assert "nhắn “ngừng nhận tin”" in told.text


def test_it_waits_for_its_time(office: Telling) -> None:
    crowd(office, 1)
    id_ = office.say(later=timedelta(hours=1))
    office.tell()
    assert office.state(id_) == "scheduled"
    assert office.sends() == []
    office.clock.forward(timedelta(hours=1))
    office.through()
    assert office.counts() == {"told": 1}


@pytest.mark.parametrize(("hour", "urgent", "told"), [
    (5, False, 0), (6, False, 1), (19, False, 1), (20, False, 0), (23, True, 1), (2, True, 1),
])  # fmt: skip
def test_at_night_only_what_is_urgent(office: Telling, hour: int, urgent: bool, told: int) -> None:
    crowd(office, 1)
    office.go_to(FIRST + DAY, hour)
    office.say(urgent=urgent)
    office.tell()
    assert len(office.outbox()) == told


def test_what_is_left_at_night_goes_out_in_the_morning(office: Telling) -> None:
    crowd(office, 200)
    office.go_to(FIRST, 19)
    office.clock.forward(timedelta(minutes=59, seconds=58))
    id_ = office.say()
    office.tell()
    laid = len(office.outbox())
    assert 0 < laid < 200
    office.clock.forward(timedelta(minutes=5))
    while office.deliver():
        pass
    office.tell()
    assert len(office.outbox()) == laid
    assert office.counts() == {"told": laid, "waiting": 200 - laid}
    office.go_to(FIRST + DAY, 6)
    office.through()
    assert office.state(id_) == "done"
    assert office.counts() == {"told": 200}


def test_a_file_goes_after_the_text(office: Telling) -> None:
    crowd(office, 1)
    office.say(file=FILE)
    office.through()
    text, file = office.outbox()
    assert (text.enclosure, file.text) == ({}, "")
    assert file.enclosure == {key: FILE[key] for key in ("name", "media_type", "sha256")}
    assert office.counts() == {"told": 1}


# --- the other ways ------------------------------------------------------------------------------


def two_ways(engine: Engine, folder: Path, **settings: object) -> Telling:
    """One officer on two channels, of whom Zalo comes first."""
    office = Telling(engine, folder, FIRST, zalo_bot_token="1:b", **settings)
    crowd(office, 1)
    with transaction(engine) as session:
        account = an_account(session, "zalo_bot", "zb", office.clock.now)
        account.person_id = person_of(session, "Trường A/0")
        session.add(account)
    return office


def test_what_a_channel_refuses_goes_by_the_next(engine: Engine, tmp_path: Path) -> None:
    office = two_ways(engine, tmp_path)
    id_ = office.say(file=FILE)
    office.tell()
    office.clock.forward(timedelta(seconds=5))
    assert office.deliver("zalo_bot", state="failed") == ["zb"]
    office.through("telegram", "zalo_bot")
    assert office.counts(id_) == {"told": 1}
    assert [(one.channel, one.state) for one in office.outbox() if one.text] == [
        ("zalo_bot", "failed"), ("telegram", "sent"),
    ]  # fmt: skip
    assert office.state(id_) == "done"


def test_nobody_left_to_try_is_listed_with_the_reason(office: Telling) -> None:
    crowd(office, 1)
    id_ = office.say()
    office.tell()
    office.clock.forward(timedelta(seconds=5))
    office.deliver(state="failed", error="blocked by the user")
    office.tell()
    assert office.counts() == {"unreached blocked by the user": 1}
    assert office.state(id_) == "done"


def test_what_is_unclear_is_not_sent_again(engine: Engine, tmp_path: Path) -> None:
    office = two_ways(engine, tmp_path)
    office.say()
    office.tell()
    office.clock.forward(timedelta(seconds=5))
    office.deliver("zalo_bot", state="unclear")
    office.through("telegram", "zalo_bot")
    assert office.counts() == {"unclear": 1}
    assert chats(office) == {"zb": 1}


def test_a_channel_that_is_away_for_hours_is_given_up(engine: Engine, tmp_path: Path) -> None:
    office = two_ways(engine, tmp_path)
    office.say()
    office.tell()
    office.clock.forward(timedelta(hours=4, minutes=1))
    office.through("telegram")
    assert [(one.channel, one.state) for one in office.outbox()] == [
        ("zalo_bot", "failed"), ("telegram", "sent"),
    ]  # fmt: skip


def test_a_page_that_nobody_opens_loses_it_to_another_way(office: Telling) -> None:
    crowd(office, 1)
    with transaction(office.engine) as session:
        account = an_account(session, "web", "page", office.clock.now)
        account.person_id = person_of(session, "Trường A/0")
        session.add(account)
        only = an_account(session, "web", "only", office.clock.now)
        binding = bindings.ask(session, only.person_id, 1, "N", "P", office.clock.now)
        bindings.confirm(session, binding.id or 0, "admin:1", office.clock.now)
    id_ = office.say()
    office.tell()
    assert Counter(one.channel for one in office.outbox()) == {"web": 2}
    office.clock.forward(timedelta(hours=4, minutes=1))
    office.through("telegram")
    assert sorted(one.state for one in office.sends()) == ["told", "unseen"]
    assert office.state(id_) == "done"
    with transaction(office.engine) as session:
        # Who opens the page later does not read it twice; who had no other way reads it now.
        assert messages_after(session, "web", "page", 0, office.clock.now, 9) == []
        [late] = messages_after(session, "web", "only", 0, office.clock.now, 9)
        shown_sends(session, [late.id or 0])
    assert [one.state for one in office.sends()] == ["told", "told"]


def test_nothing_is_paid_beyond_the_cap(engine: Engine, tmp_path: Path) -> None:
    office = Telling(
        engine, tmp_path, FIRST, telegram_token=None, spend_month=120,
        zalo_app_id="1", zalo_app_secret="s", zalo_oa_secret_key="k", zalo_refresh_token="r",
    )  # fmt: skip
    crowd(office, 4, "zalo_oa")
    office.clock.forward(3 * DAY)
    office.say()
    office.through("zalo_oa")
    assert office.counts() == {"told": 2, "unreached cap": 2}
    assert {one.route for one in office.sends()} == {"zalo_paid", ""}


def test_a_letter_and_a_template_are_for_reminders_alone(engine: Engine, tmp_path: Path) -> None:
    office = Telling(
        engine, tmp_path, FIRST, telegram_token=None, spend_month=100_000,
        smtp_url="smtp://127.0.0.1:25", smtp_from="a@example.vn", zalo_template_reminder="9",
        zalo_app_id="1", zalo_app_secret="s", zalo_oa_secret_key="k", zalo_refresh_token="r",
    )  # fmt: skip
    crowd(office, 1, "email")
    crowd(office, 1, "zalo_oa", "Trường B")
    office.clock.forward(8 * DAY)
    id_ = office.say()
    office.tell()
    assert office.counts() == {"unreached channel": 2}
    assert office.state(id_) == "done"


# --- who does not want it ------------------------------------------------------------------------


def test_whoever_stopped_it_is_not_told(office: Telling) -> None:
    crowd(office, 3)
    with transaction(office.engine) as session:
        first, second, _ = people_of(session, OFFICERS, office.today)
        unsubscribe(session, first, office.clock.now)
        unsubscribe(session, second, office.clock.now)
        subscribe(session, second)
    office.say()
    office.through()
    assert office.counts() == {"told": 2, "unreached unsubscribed": 1}


def test_it_also_counts_while_it_is_being_sent(office: Telling) -> None:
    crowd(office, 200)
    office.say()
    office.tell()
    with transaction(office.engine) as session:
        people = people_of(session, OFFICERS, office.today)
        unsubscribe(session, people[-1], office.clock.now)
        found = session.exec(select(Binding).where(col(Binding.person_id) == people[-2])).one()
        found.ended_at = office.clock.now
        session.add(found)
    office.through()
    assert office.counts() == {"told": 198, "unreached unsubscribed": 1, "unreached left": 1}


def test_whoever_follows_a_draft_hears_of_it(office: Telling) -> None:
    with transaction(office.engine) as session:
        draft = add_draft(session, Drafted("T", "S", "L"), office.clock.now).id or 0
        people = [an_account(session, "telegram", chat).person_id for chat in "ab"]
        for person in people:
            follow(session, person, draft, office.clock.now)
            follow(session, person, draft, office.clock.now)
        unsubscribe(session, people[0], office.clock.now)  # of everything
        assert follows_of(session, people[0]) == []
    office.say(Audience("followers", draft=draft))
    office.through()
    [message] = office.outbox()
    assert message.chat == "b"
    assert "Thông báo về dự thảo GOPY 1" in message.text
    assert [b["id"] for b in message.buttons] == ["0./thoi theo doi gopy 1"]


# --- stopped, and gone on with -------------------------------------------------------------------


def test_what_has_not_left_does_not_leave(office: Telling) -> None:
    crowd(office, 200)
    id_ = office.say(file=FILE)
    office.tell()
    office.clock.forward(timedelta(seconds=2))
    first = {*office.deliver()}
    assert first
    assert office.stop(id_)
    assert not office.stop(id_)
    office.clock.forward(timedelta(hours=1))
    assert office.deliver() == []
    office.tell()
    assert office.state(id_) == "stopped"
    assert office.counts() == {"told": len(first), "waiting": 200 - len(first)}


def test_it_goes_on_where_it_stopped(office: Telling) -> None:
    crowd(office, 200)
    id_ = office.say()
    office.tell()
    office.clock.forward(timedelta(seconds=2))
    office.deliver()
    office.stop(id_)
    assert office.go_on(id_)
    assert not office.go_on(id_)
    office.through()
    assert office.state(id_) == "done"
    assert office.counts() == {"told": 200}
    assert set(sent(office).values()) == {1}


def sent(office: Telling) -> Counter[str]:
    """How often each chat has really got something."""
    return Counter(one.chat for one in office.outbox() if one.state == "sent")


def test_what_fails_after_the_stop_is_not_sent_another_way(engine: Engine, tmp_path: Path) -> None:
    office = two_ways(engine, tmp_path)
    id_ = office.say()
    office.tell()
    office.clock.forward(timedelta(seconds=5))
    office.deliver("zalo_bot", state="failed")
    office.stop(id_)
    office.through("telegram", "zalo_bot", rounds=3)
    assert office.state(id_) == "stopped"
    assert [one.state for one in office.sends()] == ["waiting"]
    assert len(office.outbox()) == 1


# --- broken off, and by many at once -------------------------------------------------------------


class Killed(Exception):
    pass


def test_a_process_that_dies_anywhere_leaves_nothing_undone_or_twice(
    office: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(office, 130)
    monkeypatch.setattr(sending, "_LAID", 20)
    monkeypatch.setattr(sending, "_SENT", 9)
    id_ = office.say(file=FILE)
    chance = random.Random(407)
    for name in ("laid_up_to", "lay_sends", "_enqueue"):
        real = getattr(sending, name)

        def dies(*args: object, real: object = real, **more: object) -> object:
            if chance.random() < 0.1:
                raise Killed  # what this transaction has written is rolled back
            return real(*args, **more)  # type: ignore[operator]

        monkeypatch.setattr(sending, name, dies)
    deaths = 0
    while office.left() and deaths < 500:
        try:
            office.tell()
        except Killed:
            deaths += 1
        office.clock.forward(timedelta(seconds=5))
        while office.deliver():
            pass
    assert deaths > 10
    assert office.state(id_) == "done"
    assert office.counts() == {"told": 130}
    assert set(sent(office).values()) == {2}  # the text and the file


def test_several_at_once_lay_down_and_send_each_once(
    office: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(office, 120)
    monkeypatch.setattr(sending, "_LAID", 10)
    monkeypatch.setattr(sending, "_SENT", 10)
    id_ = office.say()
    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(office.tell) for _ in range(8)]:
            one.result()
    assert len(office.sends()) == 120
    office.through()
    assert office.state(id_) == "done"
    assert office.counts() == {"told": 120}
    assert set(chats(office).values()) == {1}


def test_stopped_while_others_are_sending_nothing_leaves_afterwards(
    office: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(office, 120)
    monkeypatch.setattr(sending, "_SENT", 5)
    id_ = office.say()
    office.tell()
    office.clock.forward(timedelta(seconds=5))
    office.deliver()
    with ThreadPoolExecutor(4) as pool:
        looking = [pool.submit(office.tell) for _ in range(4)]
        stopped = pool.submit(office.stop, id_)
        for one in looking:
            one.result()
        assert stopped.result() or office.state(id_) == "done"
    before = sent(office)
    office.clock.forward(timedelta(hours=1))
    assert office.deliver() == []
    assert sent(office) == before


# --- beside what people are waiting for ----------------------------------------------------------


def test_an_answer_goes_before_the_rest_of_two_thousand(office: Telling) -> None:
    crowd(office, 2_000)
    office.say()
    for _ in range(4):
        office.tell()
        office.clock.forward(timedelta(seconds=5))
        while office.deliver():
            pass
    office.tell()
    # In the midst: many are laid, most are not even that.
    told = office.counts()["told"]
    assert 100 < told < 1_000
    office.clock.forward(timedelta(milliseconds=200))
    with transaction(office.engine) as session:
        enqueue(session, "telegram", "asker", "Câu trả lời", office.clock.now)
    office.clock.forward(timedelta(milliseconds=1))
    due = office.deliver(limit=30)  # what the channel takes in this second
    assert "asker" in due
    assert len(due) < 10
    office.clock.forward(timedelta(seconds=1))
    assert len(office.deliver(limit=30)) <= 16  # half of what it takes


def test_nothing_is_laid_before_what_waits_already(office: Telling) -> None:
    crowd(office, 50)
    with transaction(office.engine) as session:
        for number in range(200):
            enqueue(session, "telegram", f"r{number}", "Nhắc việc", office.clock.now)
    id_ = office.say()
    office.tell()
    assert len(office.outbox()) == 200
    while office.deliver():
        pass
    office.through()
    assert office.state(id_) == "done"


def test_a_channel_that_is_full_does_not_hold_up_the_others(engine: Engine, tmp_path: Path) -> None:
    office = Telling(engine, tmp_path, FIRST, zalo_bot_token="1:b")
    crowd(office, 300)
    crowd(office, 3, "zalo_bot", "Trường B")
    office.say()
    office.tell()
    assert Counter(one.channel for one in office.outbox()) == {"telegram": 150, "zalo_bot": 3}


# --- what is kept, and for how long --------------------------------------------------------------


def test_it_is_let_go_with_the_messages_and_its_file_with_it(office: Telling) -> None:
    crowd(office, 1)
    id_ = office.say(file=FILE)
    draft = Broadcast(
        text="t", file={}, audience=as_kept(OFFICERS), state="draft",
        created_at=office.clock.now, created_by="admin:1",
    )  # fmt: skip
    office.through()
    office.clock.forward(KEEPING.messages)
    with transaction(office.engine) as session:
        session.add(draft)
        forget_old(session, KEEPING, office.clock.now - DAY)
        assert files_named(session) == {"a" * 64}
        forget_old(session, KEEPING, office.clock.now + DAY)
        assert files_named(session) == frozenset()
        assert session.get(Broadcast, id_) is None
        assert session.exec(select(BroadcastSend)).all() == []
        assert len(session.exec(select(Broadcast)).all()) == 1  # nobody has sent it


def test_whoever_is_erased_is_in_no_broadcast(office: Telling) -> None:
    crowd(office, 2)
    office.say(file=FILE)
    office.through()
    with transaction(office.engine) as session:
        person = person_of(session, "Trường A/0")
        unsubscribe(session, person, office.clock.now)
        gone = forget(session, person, office.clock.now, personal=names_alone)
        assert gone == []  # the file is the office's
        assert unsubscribed_at(session, person) is None
    assert len(office.sends()) == 1


def test_two_people_who_turn_out_to_be_one_are_told_once(engine: Engine, tmp_path: Path) -> None:
    office = Telling(engine, tmp_path, FIRST, zalo_bot_token="1:b")
    crowd(office, 1, "zalo_bot")
    crowd(office, 200, name="Trường B")
    office.say()
    office.tell()
    with transaction(engine) as session:
        draft = add_draft(session, Drafted("T", "S", "L"), office.clock.now).id or 0
        told, waits = person_of(session, "Trường A/0"), person_of(session, "Trường B/199")
        follow(session, told, draft, office.clock.now)
        account = session.exec(
            select(ChannelAccount).where(col(ChannelAccount.person_id) == told)
        ).one()
        join_person(session, account.id or 0, waits)
        assert [one.draft_id for one in follows_of(session, waits)] == [draft]
    office.through("telegram", "zalo_bot")
    assert chats(office)["Trường A/0"] == 1
    assert chats(office)["Trường B/199"] == 0
    assert office.counts() == {"told": 200}


def test_who_stopped_it_stays_so_under_another_channel(office: Telling) -> None:
    with transaction(office.engine) as session:
        old, new = (an_account(session, "telegram", chat) for chat in "ab")
        unsubscribe(session, old.person_id, office.clock.now)
        join_person(session, old.id or 0, new.person_id)
        assert unsubscribed_at(session, new.person_id) == office.clock.now
