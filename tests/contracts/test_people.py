"""People: one account per address, joined and forgotten whole, conversations never overwritten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from bot.commands import invitation_of, move_code_of
from bot.messages import Button, Turn
from bot.offers import Offer
from bot.standing import Conversation
from service.storage.alerts import open_alerts, raise_alert, resolve_alert
from service.storage.audit import record
from service.storage.codes import find_code, keep_code, renew_code, short_code, use_code
from service.storage.delivery_tables import InboundEvent, OutboundMessage
from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.inbox import accept, claim_events, finish_event
from service.storage.outbox import claim_messages, enqueue
from service.storage.people import (
    account_for,
    account_of_chat,
    find_account,
    find_accounts,
    join_person,
    load_conversation,
    person_key,
    save_conversation,
)
from service.storage.people_tables import (
    AuditEntry,
    ChannelAccount,
    ConversationRow,
    ErasureRequest,
    OneTimeCode,
    Person,
    StoredFile,
)
from service.storage.switches import is_on, turn
from service.storage.unit_tables import Binding, Unit
from tests.builders import NOON, an_incoming, names_alone

MINUTE = timedelta(minutes=1)
STATE = Conversation(
    turns=(Turn("user", "hạn nộp?"), Turn("assistant", "trước ngày 20/9/2023")),
    offers=(Offer(3, (Button("Hải Phòng", "hạn nộp Hải Phòng", "1.3.0"),)),),
    choosing=True,
    offered=3,
    more="phần còn lại",
    answered="trước ngày 20/9/2023",
    awaits_unit=True,
    told_pause=True,
)


def arrive(session: Session, person: str = "42", **changes: object) -> ChannelAccount:
    """Somebody writes."""
    changes = {"chat": f"chat-{person}", **changes}
    return account_for(session, an_incoming(person=person, **changes), NOON)


def a_file(person_id: int, sha256: str, name: str = "kế hoạch.pdf") -> StoredFile:
    return StoredFile(
        person_id=person_id, sha256=sha256 * 64, name=name, media_type="application/pdf",
        size=9, received_at=NOON,
    )  # fmt: skip


def a_binding(person_id: int, unit_id: int) -> Binding:
    return Binding(person_id=person_id, unit_id=unit_id, name="An", post="Cán bộ", asked_at=NOON)


# --- accounts -----------------------------------------------------------------------------------


def test_whoever_writes_again_is_the_same_person(engine: Engine) -> None:
    with transaction(engine) as session:
        first = arrive(session)
    with transaction(engine) as session:
        again = account_for(session, an_incoming(chat="chat-new"), NOON + 2 * MINUTE)
        assert (again.id, again.person_id) == (first.id, first.person_id)
        assert (again.chat, again.last_seen_at) == ("chat-new", NOON + 2 * MINUTE)
        other = arrive(session, channel="other")
        assert other.person_id != first.person_id
    with transaction(engine) as session:
        assert find_account(session, "fake", "42") is not None
        assert find_account(session, "fake", "43") is None
        account = account_of_chat(session, "fake", "chat-new")
        assert account is not None
        assert account.id == first.id


def test_an_event_that_is_answered_late_does_not_turn_the_clock_back(engine: Engine) -> None:
    with transaction(engine) as session:
        arrive(session)
        late = account_for(session, an_incoming(), NOON - MINUTE)
        assert late.last_seen_at == NOON


def test_first_messages_at_once_make_one_person(engine: Engine) -> None:
    def write(_: int) -> int:
        with transaction(engine) as session:
            return arrive(session).person_id

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(write, range(16)))) == 1
    with transaction(engine) as session:
        assert len(session.exec(select(Person)).all()) == 1


def test_a_group_is_nobodys_private_chat(engine: Engine) -> None:
    """Or a reminder for one person would be sent to all."""
    with transaction(engine) as session:
        account = arrive(session, chat="group", group=True)
        assert account.chat == ""
        assert account_of_chat(session, "fake", "group") is None
        assert arrive(session).chat == "chat-42"
        assert arrive(session, chat="group", group=True).chat == "chat-42"


# --- conversations ------------------------------------------------------------------------------


def test_a_conversation_comes_back_as_it_was(engine: Engine) -> None:
    with transaction(engine) as session:
        assert load_conversation(session, "person:1") == (Conversation(), 0)
        assert save_conversation(session, "person:1", STATE, 0, NOON)
    with transaction(engine) as session:
        assert load_conversation(session, "person:1") == (STATE, 1)


def test_whoever_read_an_older_one_does_not_write_over_a_newer_one(engine: Engine) -> None:
    with transaction(engine) as session:
        assert save_conversation(session, "person:1", STATE, 0, NOON)
    with transaction(engine) as session:
        assert not save_conversation(session, "person:1", Conversation(), 0, NOON)
        assert save_conversation(session, "person:1", Conversation(), 1, NOON)
        assert not save_conversation(session, "person:1", STATE, 1, NOON)
        assert not save_conversation(session, "person:2", STATE, 1, NOON)
        assert load_conversation(session, "person:1") == (Conversation(), 2)


def test_of_many_at_once_one_is_written(engine: Engine) -> None:
    def save(version: int) -> bool:
        with transaction(engine) as session:
            return save_conversation(session, "person:1", STATE, version, NOON)

    with ThreadPoolExecutor(8) as pool:
        for version in (0, 1):
            assert sum(pool.map(lambda _, v=version: save(v), range(8))) == 1


def test_a_conversation_of_another_version_of_the_program_begins_anew(engine: Engine) -> None:
    with transaction(engine) as session:
        save_conversation(session, "person:1", STATE, 0, NOON)
        row = session.get_one(ConversationRow, "person:1")
        row.state = {"turns": "?", "offers": 7}
    with transaction(engine) as session:
        assert load_conversation(session, "person:1") == (Conversation(), 1)
        assert save_conversation(session, "person:1", STATE, 1, NOON)


# --- codes --------------------------------------------------------------------------------------


def test_a_code_for_many_is_used_by_as_many(engine: Engine) -> None:
    with transaction(engine) as session:
        keep_code(session, "invite", "K7M2-P9QX", NOON + MINUTE, uses=3)

    def use(_: int) -> bool:
        with transaction(engine) as session:
            return use_code(session, "invite", "K7M2-P9QX", NOON) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 3


def test_of_one_person_only_the_newest_code_counts(engine: Engine) -> None:
    codes = ("AAAA-1111", "BBBB-2222", "CCCC-3333")
    with transaction(engine) as session:
        one, other = arrive(session).person_id, arrive(session, "43").person_id
        for code, person in zip(codes, (one, other, one), strict=True):
            renew_code(session, "move", code, NOON + MINUTE, person)
    with transaction(engine) as session:
        found = [find_code(session, "move", code, NOON) for code in codes]
        assert [f and f.person_id for f in found] == [None, other, one]


def test_every_code_is_read_as_it_is_printed() -> None:
    for _ in range(500):
        code = short_code()
        assert move_code_of(f"chuyển kênh {code}.") == move_code_of(code.lower()) == code
        assert invitation_of(f"mã mời {code.replace('-', '')}") == code


# --- joined -------------------------------------------------------------------------------------


def test_an_account_that_joins_brings_its_files_and_leaves_nobody_behind(engine: Engine) -> None:
    with transaction(engine) as session:
        mine, theirs = arrive(session), arrive(session, "43", channel="other")
        old, new = mine.person_id, theirs.person_id
        session.get_one(Person, old).invited = True
        session.add(a_file(old, "a"))
        save_conversation(session, person_key(old), STATE, 0, NOON)
        save_conversation(session, person_key(new), Conversation(more="x"), 0, NOON)
        join_person(session, mine.id or 0, new)
    with transaction(engine) as session:
        assert {a.channel for a in find_accounts(session, new)} == {"fake", "other"}
        [person] = session.exec(select(Person)).all()
        assert (person.id, person.invited) == (new, True)
        assert [f.person_id for f in session.exec(select(StoredFile))] == [new]
        assert load_conversation(session, person_key(old)) == (Conversation(), 0)
        assert load_conversation(session, person_key(new))[0].more == "x"


def test_a_person_with_another_channel_stays_when_one_leaves(engine: Engine) -> None:
    with transaction(engine) as session:
        first, second = arrive(session), arrive(session, channel="other")
        old = first.person_id
        join_person(session, second.id or 0, old)
        session.add(a_file(old, "a"))
        save_conversation(session, person_key(old), STATE, 0, NOON)
        new = arrive(session, "43").person_id
        join_person(session, second.id or 0, new)
    with transaction(engine) as session:
        assert [a.channel for a in find_accounts(session, old)] == ["fake"]
        assert [f.person_id for f in session.exec(select(StoredFile))] == [old]
        assert load_conversation(session, person_key(old)) == (STATE, 1)


def test_units_go_with_an_account_that_is_joined_each_once(engine: Engine) -> None:
    with transaction(engine) as session:
        first, second = arrive(session), arrive(session, "0912", channel="other")
        units = [Unit(name="Phòng A", created_at=NOON), Unit(name="Phòng B", created_at=NOON)]
        session.add_all(units)
        session.flush()
        a, b = (unit.id or 0 for unit in units)
        session.add_all(
            a_binding(person, unit)
            for person, unit in (
                (first.person_id, a),
                (second.person_id, a),
                (second.person_id, b),
            )
        )
        person = first.person_id
        session.flush()
        join_person(session, second.id or 0, person)
    with transaction(engine) as session:
        bindings = session.exec(select(Binding)).all()
        assert sorted((b.person_id, b.unit_id) for b in bindings) == [(person, a), (person, b)]


# --- forgotten ----------------------------------------------------------------------------------


@pytest.fixture
def two_people(engine: Engine) -> tuple[int, int]:
    """One on two channels with everything that can be kept of a person, and another."""
    with transaction(engine) as session:
        mine, also = arrive(session), arrive(session, "0912", channel="other")
        person = mine.person_id
        join_person(session, also.id or 0, person)
        other = arrive(session, "43").person_id
        unit = Unit(name="Phòng A", created_at=NOON)
        session.add(unit)
        session.flush()
        session.add_all(
            [
                a_file(person, "a"), a_file(person, "b"), a_file(other, "b"),
                a_binding(person, unit.id or 0),
            ]
        )  # fmt: skip
        renew_code(session, "move", "K7M2-P9QX", NOON + MINUTE, person)
        for id_ in (person, other):
            save_conversation(session, person_key(id_), STATE, 0, NOON)
    return person, other


def test_who_is_forgotten_is_gone_whole_and_nobody_else(
    engine: Engine, two_people: tuple[int, int]
) -> None:
    person, other = two_people
    with transaction(engine) as session:
        # The other file is somebody else's, too.
        assert forget(session, person, NOON, personal=names_alone) == ["a" * 64]
    with transaction(engine) as session:
        assert [p.id for p in session.exec(select(Person))] == [other]
        assert [a.person_id for a in session.exec(select(ChannelAccount))] == [other]
        assert [f.person_id for f in session.exec(select(StoredFile))] == [other]
        assert [c.key for c in session.exec(select(ConversationRow))] == [person_key(other)]
        assert session.exec(select(Binding)).all() == []
        assert session.exec(select(OneTimeCode)).all() == []
        requests = session.exec(select(ErasureRequest)).all()
        assert [(r.requested_at, r.done_at) for r in requests] == [(NOON, NOON)] * 2
        assert len({r.account_hash for r in requests}) == 2
    with transaction(engine) as session:
        assert forget(session, other, NOON, personal=names_alone) == ["b" * 64]


def test_a_request_of_somebody_else_stays_open(engine: Engine, two_people: tuple[int, int]) -> None:
    with transaction(engine) as session:
        session.add(ErasureRequest(account_hash="0" * 64, requested_at=NOON))
        forget(session, two_people[0], NOON, personal=names_alone)
    with transaction(engine) as session:
        assert session.exec(
            select(ErasureRequest.account_hash).where(ErasureRequest.done_at == None)  # noqa: E711
        ).all() == ["0" * 64]


def test_no_word_and_no_address_of_the_forgotten_stays(
    engine: Engine, two_people: tuple[int, int]
) -> None:
    words = {"chat": "chat-0912", "person": "0912", "channel": "other"}
    with transaction(engine) as session:
        accept(session, an_incoming("bí mật 0912", "1", **words), NOON)
        [event] = claim_events(session, "w", NOON, NOON, 9)
        finish_event(session, event.id or 0, "w", NOON)
        accept(session, an_incoming("bí mật 0912", "2", **words), NOON, stale=True)
        enqueue(session, "other", "chat-0912", "của 0912", NOON, drawn={"a": "0912"}, sent=True)
        enqueue(session, "other", "chat-0912", "của 0912", NOON, key="k")
        enqueue(session, "fake", "chat-43", "của người khác", NOON)
    with transaction(engine) as session:
        forget(session, two_people[0], NOON, personal=names_alone)
    with engine.connect() as connection:
        for table in ("inbound_event", "outbound_message", "channel_account", "conversation"):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            assert "0912" not in str(rows)
    with transaction(engine) as session:
        assert len(session.exec(select(InboundEvent)).all()) == 1  # known, should it come again
        waiting = session.exec(select(OutboundMessage).where(OutboundMessage.state == "waiting"))
        assert [m.text for m in waiting] == ["của người khác"]


def test_what_is_on_its_way_to_the_forgotten_keeps_its_chat_but_no_words(
    engine: Engine, two_people: tuple[int, int]
) -> None:
    until = NOON + MINUTE
    with transaction(engine) as session:
        enqueue(session, "fake", "chat-42", "riêng", NOON)
        [message] = claim_messages(session, "fake", "w", NOON, NOON, until, 9)
    with transaction(engine) as session:
        forget(session, two_people[0], NOON, personal=names_alone)
        enqueue(session, "fake", "chat-42", "Đã xóa", NOON)
    with transaction(engine) as session:
        row = session.get_one(OutboundMessage, message.id)
        assert (row.state, row.text, row.chat) == ("sending", "", "chat-42")
        assert claim_messages(session, "fake", "w", NOON, NOON, until, 9) == []


def test_messages_of_a_group_are_not_one_members_to_forget(engine: Engine) -> None:
    with transaction(engine) as session:
        person = arrive(session, chat="group", group=True).person_id
        enqueue(session, "fake", "group", "trả lời nhóm", NOON)
        enqueue(session, "fake", "", "không có địa chỉ", NOON)
        forget(session, person, NOON, personal=names_alone)
    with transaction(engine) as session:
        texts = [m.text for m in session.exec(select(OutboundMessage))]
        assert sorted(texts) == ["không có địa chỉ", "trả lời nhóm"]


# --- beside -------------------------------------------------------------------------------------


def test_the_same_alert_is_one_open_row_that_counts(engine: Engine) -> None:
    def complain(_: int) -> None:
        with transaction(engine) as session:
            raise_alert(session, "unclear", "fake", "không rõ", NOON)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(complain, range(8)))
    with transaction(engine) as session:
        raise_alert(session, "unclear", "other", "không rõ", NOON + MINUTE)
    with transaction(engine) as session:
        newer, alert = open_alerts(session)
        assert (newer.source, alert.source, alert.count) == ("other", "fake", 8)
        assert resolve_alert(session, alert.id or 0, NOON)
        assert not resolve_alert(session, alert.id or 0, NOON)
        assert not resolve_alert(session, 999, NOON)
    complain(0)
    with transaction(engine) as session:
        assert [a.count for a in open_alerts(session)] == [1, 1]


def test_a_switch_is_off_until_it_is_turned(engine: Engine) -> None:
    with transaction(engine) as session:
        assert not is_on(session, "paused")
        turn(session, "paused", True, NOON)
    with transaction(engine) as session:
        assert is_on(session, "paused")
        assert not is_on(session, "trial")
        turn(session, "paused", False, NOON)
    with transaction(engine) as session:
        assert not is_on(session, "paused")


def test_what_was_done_is_written_down(engine: Engine) -> None:
    with transaction(engine) as session:
        record(session, "admin:3", "alert.resolve", "alert:7", NOON, {"phone": "changed"})
        record(session, "command", "admin.create", "admin:4", NOON)
    with transaction(engine) as session:
        entries = session.exec(select(AuditEntry)).all()
        assert [(e.actor, e.detail) for e in entries] == [
            ("admin:3", {"phone": "changed"}),
            ("command", {}),
        ]
