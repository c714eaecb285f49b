"""Events are answered, in order for each person; what fails is tried again, then parked."""

from __future__ import annotations

import asyncio
import io
import logging
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import segno
from sqlmodel import select

from bot.channels.base import Channel, Rejected, TooLarge, TryLater
from bot.messages import Attachment, Incoming
from bot.standing import Conversation
from bot.texts import say
from service.delivery.consuming import AT_ONCE, Consumer
from service.storage.admins import own_accounts
from service.storage.codes import keep_code
from service.storage.engine import transaction
from service.storage.inbox import accept, claim_events
from service.storage.people import find_account, save_conversation
from service.storage.people_tables import (
    AdminUser,
    ChannelAccount,
    ConversationRow,
    Person,
    StoredFile,
)
from service.storage.questions import count_questions
from service.storage.switches import turn
from tests.builders import NOON, an_incoming
from tests.delivering import Office, away, running, threads, until
from tests.fakes.answers import LEAD, SILENT
from tests.fakes.channels import LIMITS, FakeChannel

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def consuming(
    office: Office, channels: Mapping[str, Channel] | None = None, worker: str = "w"
) -> AsyncIterator[asyncio.Event]:
    with threads() as pool:
        consumer = Consumer(office.post, channels or {}, worker, pool)
        async with running(consumer.run) as stop:
            yield stop


async def answer_all(office: Office, channels: Mapping[str, Channel] | None = None) -> None:
    """Until no event waits any more."""
    async with consuming(office, channels):
        await until(lambda: not office.events("waiting"))


def a_file(source: str, name: str = "kế hoạch.pdf", event_id: str = "f") -> Incoming:
    attachment = Attachment(name, source, None, "application/pdf")
    return an_incoming("", event_id, event="file", attachments=(attachment,))


def texts(office: Office) -> list[str]:
    return [message.text for message in office.messages()]


# --- answered -----------------------------------------------------------------------------------


async def test_an_event_is_answered_in_the_chat_it_came_from(office: Office) -> None:
    office.receive(an_incoming("hạn nộp?"))
    await answer_all(office)
    [message] = office.messages()
    [event] = office.events()
    assert (message.channel, message.chat, message.event_id) == ("fake", "chat-42", event.id)
    assert message.text.startswith(LEAD)
    assert (event.payload, event.error) == ({}, None)
    with transaction(office.engine) as session:
        assert count_questions(session) == 1


async def test_the_same_event_again_is_answered_once(office: Office) -> None:
    office.receive(an_incoming(), an_incoming())
    await answer_all(office)
    office.receive(an_incoming())
    await answer_all(office)
    assert len(office.messages()) == 1
    assert len(office.answers.asked) == 1


async def test_each_person_is_answered_in_the_order_of_acceptance(office: Office) -> None:
    events = [
        an_incoming(f"câu {n} của {person}", f"{person}{n}", person=person, chat=person)
        for n in range(4)
        for person in "abc"
    ]
    office.receive(*events)
    await answer_all(office)
    asked = [question.text for question, _ in office.answers.asked]
    for person in "abc":
        theirs = [text for text in asked if text.endswith(person)]
        assert theirs == [f"câu {n} của {person}" for n in range(4)]
    histories = [len(question.history) for question, _ in office.answers.asked]
    assert sorted(histories) == sorted([0, 2, 4, 6] * 3)


async def test_several_are_answered_at_once_and_not_too_many(office: Office) -> None:
    lock, working, most = threading.Lock(), [0], [0]
    decide, gate = office.answers.decide, threading.Event()

    def slow(question: object) -> object:
        with lock:
            working[0] += 1
            most[0] = max(most[0], working[0])
            if most[0] >= 2:
                gate.set()
        gate.wait(10)
        with lock:
            working[0] -= 1
        return decide(question)  # type: ignore[arg-type]

    office.answers.decide = slow  # type: ignore[assignment]
    office.receive(*(an_incoming(event_id=str(n), person=str(n)) for n in range(12)))
    await answer_all(office)
    assert 2 <= most[0] <= AT_ONCE


@pytest.mark.parametrize("event", ["left", "operator", "withdrawn", "migrated"])
async def test_what_wants_no_answer_is_done_without_one(office: Office, event: str) -> None:
    office.receive(an_incoming("new", event=event))
    await answer_all(office)
    assert office.messages() == []
    assert len(office.events()) == 1


async def test_what_was_too_old_when_it_came_is_not_answered(office: Office) -> None:
    with transaction(office.engine) as session:
        accept(session, an_incoming(), NOON, stale=True)
    office.receive(an_incoming(event_id="2"))
    await answer_all(office)
    assert len(office.messages()) == 1


# --- what an event says about a person ----------------------------------------------------------


async def test_who_leaves_and_returns(office: Office) -> None:
    def unreachable() -> str | None:
        with transaction(office.engine) as session:
            account = find_account(session, "fake", "42")
            assert account is not None
            return account.unreachable

    office.receive(an_incoming(), an_incoming("", "2", event="left"))
    await answer_all(office)
    assert unreachable() == "left"
    office.receive(an_incoming("", "3", event="returned"))
    await answer_all(office)
    assert unreachable() is None
    office.receive(an_incoming("", "4", event="left"), an_incoming("hạn?", "5"))
    await answer_all(office)
    assert unreachable() is None  # whoever writes can be written to


async def test_who_removes_us_from_a_group_has_not_left(office: Office) -> None:
    office.receive(an_incoming(), an_incoming("", "2", event="left", group=True, chat="g"))
    office.receive(an_incoming("", "3", event="left"))
    office.receive(an_incoming("hạn?", "4", group=True, chat="g"))
    await answer_all(office)
    with transaction(office.engine) as session:
        account = find_account(session, "fake", "42")
        assert account is not None
        assert account.unreachable == "left"  # a word in a group does not open the private chat


async def test_an_officer_who_takes_over_is_not_interrupted(office: Office) -> None:
    office.receive(an_incoming("", "1", event="operator"), an_incoming("hạn?", "2"))
    office.receive(an_incoming("hạn?", "3", person="43"))
    office.receive(an_incoming("hạn?", "4", group=True, chat="g"))
    await answer_all(office)
    assert sorted(m.chat for m in office.messages()) == ["chat-42", "g"]
    assert len(office.answers.asked) == 2
    with transaction(office.engine) as session:
        account = find_account(session, "fake", "42")
        assert account is not None
        account.paused_until = datetime.now(UTC) - timedelta(seconds=1)
        session.add(account)
    office.receive(an_incoming("hạn?", "5"))
    await answer_all(office)
    assert len(office.answers.asked) == 3


async def test_who_withdraws_is_forgotten(office: Office) -> None:
    office.receive(an_incoming(), an_incoming("", "2", event="withdrawn"))
    await answer_all(office)
    with transaction(office.engine) as session:
        for table in (Person, ChannelAccount, ConversationRow):
            assert session.exec(select(table)).all() == []
    assert texts(office) == []  # it waited: now it is for nobody


async def test_a_group_that_moves_takes_what_waits_with_it(office: Office) -> None:
    office.write("tin", chat="old")
    office.receive(an_incoming("new", event="migrated", chat="old", group=True))
    await answer_all(office)
    assert [m.chat for m in office.messages()] == ["new"]


# --- floods, pause, trial -----------------------------------------------------------------------


async def test_a_flood_that_waited_is_answered_as_one_that_did_not(office: Office) -> None:
    """However late they are handled, the first ones are answered."""
    limit = office.settings.person_rate_limit
    office.receive(*(an_incoming("hạn?", str(n)) for n in range(limit + 5)))
    await answer_all(office)
    assert len(office.answers.asked) == limit
    assert texts(office)[limit:] == [say("chat.flood")]


async def test_a_pause_is_told_once_and_not_to_whom_an_officer_talks(office: Office) -> None:
    with transaction(office.engine) as session:
        turn(session, "paused", True, NOON)
    office.receive(an_incoming("", "1", event="operator"), an_incoming("hạn?", "2"))
    await answer_all(office)
    assert texts(office) == []
    with transaction(office.engine) as session:
        account = find_account(session, "fake", "42")
        assert account is not None
        account.paused_until = None
        session.add(account)
    office.receive(an_incoming("hạn?", "3"), an_incoming("hạn?", "4"))
    await answer_all(office)
    assert len(texts(office)) == 1
    assert "tạm dừng" in texts(office)[0]


def on_trial(office: Office, **codes: int) -> None:
    """Only for the invited; each code is for so many."""
    with transaction(office.engine) as session:
        turn(session, "trial", True, NOON)
        for code, uses in codes.items():
            keep_code(session, "invite", code.replace("_", "-"), NOON.replace(year=2100), uses=uses)


async def test_the_invited_may_ask_and_nobody_else(office: Office) -> None:
    on_trial(office, K7M2_P9QX=1)
    said = ("hạn?", "mã mời AAAA-2222", "ma moi k7m2p9qx", "mã mời K7M2-P9QX", "hạn?")
    office.receive(*(an_incoming(text, str(n)) for n, text in enumerate(said)))
    await answer_all(office)
    office.receive(an_incoming("K7M2-P9QX", "x", person="43", chat="b"))  # it was for one
    await answer_all(office)
    mine = [m.text for m in office.messages() if m.chat == "chat-42"]
    assert mine[:4] == [
        say("chat.trial"),
        say("chat.wrong_invitation"),
        say("chat.invited"),
        say("chat.invited"),  # said again: the answer may have been lost
    ]
    assert mine[4].startswith(LEAD)
    assert [m.text for m in office.messages() if m.chat == "b"] == [say("chat.wrong_invitation")]


@pytest.mark.parametrize("typed", ["chuyển kênh {code}", "{code}"])
async def test_the_invited_take_their_invitation_to_another_channel(
    office: Office, typed: str
) -> None:
    on_trial(office, K7M2_P9QX=1)
    office.receive(an_incoming("mã mời K7M2-P9QX", "1"), an_incoming("chuyển kênh", "2"))
    await answer_all(office)
    code = office.messages()[-1].text.split("Mã chuyển kênh: ")[1][:9]
    there = {"channel": "other", "chat": "b"}
    office.receive(an_incoming(typed.format(code=code), "3", **there))
    office.receive(an_incoming("hạn?", "4", **there))
    await answer_all(office)
    joined, answered = [m.text for m in office.messages() if m.chat == "b"]
    assert joined == say("chat.joined")
    assert answered.startswith(LEAD)


async def test_the_code_of_an_officer_is_not_used_up_in_a_group(office: Office) -> None:
    with transaction(office.engine) as session:
        admin = AdminUser(name="chu", role="owner", created_at=NOON)
        session.add(admin)
        session.flush()
        keep_code(session, "test", "K7M2-P9QX", NOON.replace(year=2100), admin_id=admin.id)
        identity = admin.id or 0
    office.receive(an_incoming("K7M2-P9QX", "1", group=True, chat="g"))
    await answer_all(office)
    with transaction(office.engine) as session:
        assert own_accounts(session, identity, NOON) == {}
    office.receive(an_incoming("K7M2-P9QX", "2"))
    await answer_all(office)
    with transaction(office.engine) as session:
        assert [a.chat for a in own_accounts(session, identity, NOON).values()] == ["chat-42"]


# --- files --------------------------------------------------------------------------------------


async def test_a_file_is_fetched_kept_and_acknowledged(office: Office) -> None:
    channel = FakeChannel(files={"id": b"%PDF-1.4 noi dung"})
    office.receive(a_file("id"))
    await answer_all(office, {"fake": channel})
    assert texts(office) == [say("chat.file_kept", name="kế hoạch.pdf", size="1 KB")]
    with transaction(office.engine) as session:
        kept = session.exec(select(StoredFile)).one()
    path = office.settings.received_dir / kept.sha256
    assert path.read_bytes() == b"%PDF-1.4 noi dung"
    office.receive(an_incoming("", "2", event="withdrawn"))
    await answer_all(office)
    assert not path.exists()


async def test_a_picture_is_known_by_its_content(office: Office) -> None:
    picture = io.BytesIO()
    segno.make("troly").save(picture, kind="png")
    office.receive(a_file("id", name=""))
    await answer_all(office, {"fake": FakeChannel(files={"id": picture.getvalue()})})
    with transaction(office.engine) as session:
        assert session.exec(select(StoredFile)).one().name == "tệp không tên.png"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (TooLarge(9), say("chat.file_too_large", limit=1)),
        (TryLater("network: x"), say("chat.file_unavailable")),
        (Rejected("gone"), say("chat.file_unavailable")),
        (b"", say("chat.file_empty")),
        (b"MZ\x90\x00 program", say("chat.file_kind")),
    ],
)
async def test_a_file_that_is_not_kept_is_refused_in_words(
    office: Office, found: bytes | Exception, said: str
) -> None:
    office.receive(a_file("id", name="a.exe"), an_incoming("hạn?", "2"))
    await answer_all(office, {"fake": FakeChannel(files={"id": found})})
    refused, answered = texts(office)
    assert refused == say("chat.file_refused", name="a.exe", reason=said)
    assert answered.startswith(LEAD)
    assert not office.settings.received_dir.exists()


async def test_a_channel_without_files_says_so(office: Office) -> None:
    office.receive(a_file("id"))
    await answer_all(office, {"fake": FakeChannel(limits=replace(LIMITS, download_bytes=0))})
    assert say("chat.file_unsupported") in texts(office)[0]


async def test_a_file_that_a_web_server_held_when_it_died_is_asked_for_again(
    office: Office,
) -> None:
    office.receive(a_file("id"))
    await answer_all(office, {})
    assert say("chat.file_unavailable") in texts(office)[0]


async def test_events_of_a_channel_that_is_not_in_use_wait_for_it(office: Office) -> None:
    office.receive(an_incoming("hạn?", "1", channel="gone"), an_incoming("hạn?", "2"))
    async with consuming(office):
        await until(lambda: texts(office))
    assert [event.channel for event in office.events("waiting")] == ["gone"]
    assert office.alerts() == []


async def test_a_file_whose_name_bears_a_mark_of_secrecy_is_not_even_fetched(
    office: Office,
) -> None:
    channel = FakeChannel()  # to fetch anything would fail
    office.receive(a_file("id", name="TUYỆT MẬT.pdf"))
    [event] = office.events("waiting")
    assert "MẬT" not in str(event.payload)
    await answer_all(office, {"fake": channel})
    assert "Văn" not in str(office.events()[0].payload)
    assert len(texts(office)) == 1


async def test_files_of_whom_nothing_is_answered_are_not_fetched(office: Office) -> None:
    channel = FakeChannel()  # to fetch anything would fail
    with transaction(office.engine) as session:
        turn(session, "trial", True, NOON)
    office.receive(a_file("id", event_id="1"))
    await answer_all(office, {"fake": channel})
    with transaction(office.engine) as session:
        turn(session, "paused", True, NOON)
    office.receive(a_file("id", event_id="2"))
    await answer_all(office, {"fake": channel})
    with transaction(office.engine) as session:
        turn(session, "trial", False, NOON)
        turn(session, "paused", False, NOON)
    limit = office.settings.person_rate_limit
    office.receive(*(an_incoming("", f"s{n}", event="sticker") for n in range(limit)))
    office.receive(a_file("id", event_id="3"))
    await answer_all(office, {"fake": channel})
    assert office.events("waiting") == office.events("parked") == []
    assert say("chat.trial") in texts(office)
    assert say("chat.flood") in texts(office)


async def test_a_file_of_a_group_is_not_fetched(office: Office) -> None:
    channel = FakeChannel()  # to fetch anything would fail
    office.receive(replace(a_file("id"), group=True))
    await answer_all(office, {"fake": channel})
    assert texts(office) == [say("chat.group_private")]


async def test_what_lies_where_it_should_not_be_fetched_is_tried_again_then_parked(
    fast_office: Office,
) -> None:
    channel = FakeChannel(files={"id": OSError("riêng tư")})
    fast_office.receive(a_file("id"))
    await answer_all(fast_office, {"fake": channel})
    assert [event.error for event in fast_office.events("parked")] == ["OSError"]


# --- taps ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [None, TryLater("network: x"), ValueError("x"), "never"])
async def test_a_tap_is_acknowledged_and_nothing_waits_for_it(
    office: Office, trouble: Exception | str | None, caplog: pytest.LogCaptureFixture
) -> None:
    never = asyncio.Event()
    channel = FakeChannel(acknowledging=never if trouble == "never" else trouble)  # type: ignore[arg-type]
    office.receive(an_incoming("hạn?", receipt="callback-1"))
    await answer_all(office, {"fake": channel})
    assert len(office.messages()) == 1
    assert channel.acknowledged == ([] if trouble else ["callback-1"])
    assert "never retrieved" not in caplog.text


# --- failures -----------------------------------------------------------------------------------


def failing(office: Office, times: int, text: str = "lỗi") -> list[str]:
    """The first answers to `text` fail; what was tried."""
    tried: list[str] = []
    decide = office.answers.decide

    def perhaps(question: object) -> object:
        asked: str = question.text  # type: ignore[attr-defined]
        tried.append(asked)
        if asked == text and tried.count(text) <= times:
            raise ValueError(f"riêng tư: {asked}")
        return decide(question)  # type: ignore[arg-type]

    office.answers.decide = perhaps  # type: ignore[assignment]
    return tried


async def test_what_fails_is_tried_again_before_what_came_after_it(fast_office: Office) -> None:
    tried = failing(fast_office, 4)
    fast_office.receive(an_incoming("lỗi", "1"), an_incoming("hạn?", "2"))
    await answer_all(fast_office)
    assert tried == ["lỗi"] * 5 + ["hạn?"]
    assert [e.attempts for e in fast_office.events()] == [5, 1]
    assert fast_office.alerts() == []
    assert SILENT.lead in texts(fast_office)[0]


async def test_what_fails_keeps_nobody_else_waiting(office: Office) -> None:
    failing(office, 1)
    office.receive(an_incoming("lỗi", "1"), an_incoming("hạn?", "2", person="43", chat="b"))
    async with consuming(office):
        await until(lambda: [m.chat for m in office.messages()] == ["b"])


async def test_what_fails_five_times_is_left_for_a_person_and_the_next_goes_on(
    fast_office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tried = failing(fast_office, 99)
    fast_office.receive(an_incoming("lỗi", "1"), an_incoming("hạn?", "2"))
    await answer_all(fast_office)
    assert tried == ["lỗi"] * 5 + ["hạn?"]
    [parked] = fast_office.events("parked")
    assert (parked.event_id, parked.error) == ("1", "ValueError")
    assert say("chat.failed") in texts(fast_office)  # whoever waits is told
    assert fast_office.alerts() == ["event_parked"]
    assert len(fast_office.messages()) == 2
    assert "riêng tư" not in caplog.text
    assert "ValueError" in caplog.text


async def test_what_was_overtaken_is_tried_again_at_once_and_never_parked(office: Office) -> None:
    decide, overtaken = office.answers.decide, [0]

    def overtake(question: object) -> object:
        """Another message of the same person is saved while this one is answered."""
        if overtaken[0] < 7:
            overtaken[0] += 1
            with transaction(office.engine) as session:
                row = session.exec(select(ConversationRow)).first()
                if row:
                    row.version += 1
                else:
                    account = session.exec(select(ChannelAccount)).one()
                    key = f"person:{account.person_id}"
                    save_conversation(session, key, Conversation(), 0, NOON)
        return decide(question)  # type: ignore[arg-type]

    office.answers.decide = overtake  # type: ignore[assignment]
    office.receive(an_incoming("hạn?"))
    await answer_all(office)
    assert [(e.state, e.attempts) for e in office.events()] == [("done", 8)]
    assert len(office.messages()) == 1
    with transaction(office.engine) as session:
        assert count_questions(session) == 1


# --- whatever happens to a process --------------------------------------------------------------


async def test_events_of_a_dead_worker_are_taken_over(office: Office) -> None:
    office.receive(an_incoming("hạn?", "1"), an_incoming("hạn nữa?", "2"))
    real = datetime.now(UTC) - timedelta(minutes=1)
    with transaction(office.engine) as session:
        assert len(claim_events(session, "dead", datetime.now(UTC), real, 9)) == 1
    await answer_all(office)
    assert [e.attempts for e in office.events()] == [2, 1]
    assert len(office.messages()) == 2


async def test_who_was_taken_over_says_nothing(office: Office) -> None:
    decide = office.answers.decide

    def slow(question: object) -> object:
        """While this is answered, somebody else takes the event over."""
        with transaction(office.engine) as session:
            real = datetime.now(UTC) + timedelta(minutes=1)
            claim_events(session, "other", datetime.now(UTC), real, 9)
        return decide(question)  # type: ignore[arg-type]

    office.answers.decide = slow  # type: ignore[assignment]
    office.receive(an_incoming("hạn?"))
    async with consuming(office):
        await until(lambda: office.answers.asked)
    assert office.messages() == []
    assert [e.worker for e in office.events("waiting")] == ["other"]
    with transaction(office.engine) as session:
        assert count_questions(session) == 0


async def test_two_workers_answer_each_event_once(office: Office) -> None:
    events = [an_incoming("hạn?", str(n), person=str(n % 5), chat=str(n % 5)) for n in range(40)]
    office.receive(*events)
    async with consuming(office, worker="w1"), consuming(office, worker="w2"):
        await until(lambda: len(office.events()) == 40)
    assert len(office.messages()) == 40
    by_chat: dict[str, list[int]] = {}
    for message in office.messages():
        by_chat.setdefault(message.chat, []).append(message.event_id or 0)
    assert all(ids == sorted(ids) for ids in by_chat.values())


async def test_what_is_begun_is_finished_when_it_stops(office: Office) -> None:
    begun, gate = threading.Event(), threading.Event()
    decide = office.answers.decide

    def slow(question: object) -> object:
        begun.set()
        gate.wait(10)
        return decide(question)  # type: ignore[arg-type]

    office.answers.decide = slow  # type: ignore[assignment]
    office.receive(an_incoming("hạn?", "1"), an_incoming("hạn nữa?", "2"))
    async with consuming(office) as stop:
        await until(begun.is_set)
        stop.set()
        await asyncio.sleep(1)  # a look that was under way is over: it would have found the second
        gate.set()
    assert [e.event_id for e in office.events()] == ["1"]
    assert [e.event_id for e in office.events("waiting")] == ["2"]


async def test_a_database_that_is_away_for_a_moment_stops_nothing(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    async with consuming(office):
        with away(office.engine):
            await until(lambda: "nothing is answered" in caplog.text)
        office.receive(an_incoming("hạn?"))
        await until(lambda: office.messages())


async def test_an_event_during_which_the_database_went_away_is_answered_later(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    """Its hold lapses; to wait for that would be long, so it is taken from the dead by hand."""
    begun, gate = threading.Event(), threading.Event()
    decide: Callable[..., object] = office.answers.decide

    def slow(question: object) -> object:
        begun.set()
        gate.wait(10)
        return decide(question)

    office.answers.decide = slow  # type: ignore[assignment]
    office.receive(an_incoming("hạn?"))
    async with consuming(office):
        await until(begun.is_set)
        with away(office.engine):
            gate.set()
            await until(lambda: "is not let go" in caplog.text)
        with transaction(office.engine) as session:
            real = datetime.now(UTC) + timedelta(minutes=1)
            assert claim_events(session, "dead", datetime.now(UTC), real, 9)
            [event] = office.events("waiting")
        with transaction(office.engine) as session:
            event = session.merge(event)
            event.held_until = datetime.now(UTC) - timedelta(seconds=1)
        await until(lambda: office.messages())
    assert len(office.messages()) == 1
