"""The outbox of one channel is sent within its limits, and every outcome is settled as promised."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlmodel import select

from bot.channels.base import (
    ChannelDown,
    DeliveryError,
    JsonValue,
    Moved,
    NotNow,
    Rejected,
    TryLater,
    Unclear,
    Unreachable,
)
from bot.messages import Button, Outgoing, Template
from service import clock
from service.delivery.files import store
from service.delivery.sending import Sender
from service.storage.channel_states import note
from service.storage.engine import transaction
from service.storage.erasing import forget
from service.storage.outbox import claim_messages
from service.storage.people import account_for
from service.storage.people_tables import ChannelAccount
from service.storage.slots import take_slots
from tests.builders import an_incoming, names_alone
from tests.delivering import Office, away, running, threads, until
from tests.fakes.channels import LIMITS, FakeChannel

pytestmark = pytest.mark.anyio

ZALO = replace(LIMITS, resend=False)


@asynccontextmanager
async def sending(
    office: Office, channel: FakeChannel, in_flight: int = 16, worker: str = "w"
) -> AsyncIterator[asyncio.Event]:
    with threads() as pool:
        sender = Sender(office.desk, channel, worker, pool, in_flight)
        async with running(sender.run) as stop:
            yield stop


async def send_all(office: Office, channel: FakeChannel) -> None:
    """Until nothing waits any more."""
    async with sending(office, channel):
        await until(lambda: not {"waiting", "sending"} & set(office.states()))


def arrive(office: Office, person: str = "42", days: float = 0) -> None:
    """Somebody has written so many days ago; their chat is "chat-42"."""
    with transaction(office.engine) as session:
        at = clock.now(office.settings) - timedelta(days=days)
        account_for(session, an_incoming(person=person, chat=f"chat-{person}"), at)


def unreachable(office: Office) -> list[str | None]:
    with transaction(office.engine) as session:
        return [account.unreachable for account in session.exec(select(ChannelAccount))]


# --- delivered ----------------------------------------------------------------------------------


async def test_what_waits_is_sent_as_it_was_written(office: Office) -> None:
    channel = FakeChannel()
    button = Button("Hải Phòng", "hạn nộp Hải Phòng", "1.1.0")
    office.write("một", buttons=(button,))
    office.write("hai", "b")
    await send_all(office, channel)
    by_text = {message.text: message for message in channel.sent}
    assert (by_text["một"].chat, by_text["một"].buttons) == ("a", (button,))
    assert (by_text["hai"].chat, by_text["hai"].buttons) == ("b", ())
    assert all((m.state, m.error) == ("sent", None) for m in office.messages())
    assert {m.message_id for m in office.messages()} == {"m1", "m2"}
    assert office.channel().last_sent_at is not None


async def test_only_its_own_channel_is_sent(office: Office) -> None:
    channel = FakeChannel()
    office.write("của kênh khác", channel="other")
    office.write("của kênh này")
    async with sending(office, channel):
        await until(lambda: channel.sent)
    assert (channel.texts, office.states()) == (["của kênh này"], ["waiting", "sent"])


async def test_a_file_goes_out_with_its_bytes(office: Office) -> None:
    sha256 = store(office.settings.received_dir, b"png")
    told = {"name": "qr.png", "media_type": "image/png", "sha256": sha256}
    office.write("", enclosure=told)
    channel = FakeChannel()
    await send_all(office, channel)
    enclosure = channel.sent[0].enclosure
    assert enclosure is not None
    assert (enclosure.name, enclosure.media_type, enclosure.content) == (
        "qr.png",
        "image/png",
        b"png",
    )


async def test_a_file_that_is_gone_fails_alone(office: Office) -> None:
    told = {"name": "qr.png", "media_type": "image/png", "sha256": "0" * 64}
    office.write("", enclosure=told)
    office.write("sau")
    channel = FakeChannel(limits=ZALO)
    await send_all(office, channel)
    assert (office.states(), channel.texts) == (["failed", "sent"], ["sau"])
    assert office.alerts() == ["message_failed"]


async def test_one_chat_has_one_message_on_its_way_and_keeps_its_order(office: Office) -> None:
    channel = FakeChannel()
    for number in range(6):
        for chat in "abc":
            office.write(f"{chat}{number}", chat)
    await send_all(office, channel)
    assert not channel.doubled
    for chat in "abc":
        theirs = [message.text for message in channel.sent if message.chat == chat]
        assert theirs == [f"{chat}{number}" for number in range(6)]


async def test_so_many_are_on_their_way_and_no_more(office: Office) -> None:
    gates = [asyncio.Event() for _ in range(8)]
    channel = FakeChannel(script=list(gates))
    for number in range(8):
        office.write(chat=str(number))
    async with sending(office, channel, in_flight=3):
        await until(lambda: len(channel.flying) == 3)
        for gate in gates:
            gate.set()
        await until(lambda: len(channel.sent) == 8)
    assert channel.most_flying == 3


async def test_no_second_sees_more_than_the_channel_takes(office: Office) -> None:
    seen: list[float] = []

    class Counting(FakeChannel):
        async def send(self, message: object) -> str:
            seen.append(time.monotonic())
            return "m"

    channel = Counting(limits=replace(LIMITS, per_second=4))
    for number in range(12):
        office.write(chat=str(number))
    await send_all(office, channel)
    assert all(later - early >= 1 for early, later in zip(seen, seen[4:], strict=False))


async def test_a_chat_rests_between_two_messages(office: Office) -> None:
    seen: list[float] = []

    class Counting(FakeChannel):
        async def send(self, message: object) -> str:
            seen.append(time.monotonic())
            return "m"

    channel = Counting(limits=replace(LIMITS, per_chat_seconds=0.3))
    for _ in range(3):
        office.write()
    await send_all(office, channel)
    assert all(later - early >= 0.3 for early, later in pairwise(seen))


# --- not delivered ------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [TryLater("busy"), Unclear("timeout"), ValueError("riêng tư")])
async def test_what_may_be_sent_again_is_sent_again_in_order(
    fast_office: Office, error: Exception
) -> None:
    channel = FakeChannel(script=[error, error])
    fast_office.write("một")
    fast_office.write("hai")
    await send_all(fast_office, channel)
    assert channel.texts == ["một", "hai"]
    assert [message.attempts for message in fast_office.messages()] == [3, 1]
    assert fast_office.alerts() == []
    assert fast_office.channel().quiet_until is None


@pytest.mark.parametrize("error", [TryLater("busy"), Unclear("timeout")])
async def test_what_never_works_is_given_up_with_an_alert(
    fast_office: Office, error: DeliveryError
) -> None:
    channel = FakeChannel(script=[error] * 8)
    fast_office.write("một")
    fast_office.write("hai")
    await send_all(fast_office, channel)
    first, second = fast_office.messages()
    assert (first.state, first.attempts, first.error) == ("failed", 8, error.code)
    assert second.state == "sent"
    assert fast_office.alerts() == ["message_failed"]


@pytest.mark.parametrize("error", [Unclear("timeout"), ValueError("riêng tư")])
async def test_what_may_have_arrived_is_never_sent_twice_where_that_shows(
    fast_office: Office, error: Exception
) -> None:
    channel = FakeChannel(limits=ZALO, script=[error])
    fast_office.write("một")
    fast_office.write("hai")
    await send_all(fast_office, channel)
    assert [message.text for message in channel.tried] == ["một", "hai"]
    assert fast_office.states() == ["unclear", "sent"]
    assert fast_office.alerts() == ["unclear"]


async def test_what_surely_did_not_arrive_is_sent_again_everywhere(fast_office: Office) -> None:
    channel = FakeChannel(limits=ZALO, script=[TryLater("busy")])
    fast_office.write()
    await send_all(fast_office, channel)
    assert (fast_office.states(), len(channel.tried)) == (["sent"], 2)


async def test_a_channel_that_asks_for_it_is_left_alone(office: Office) -> None:
    channel = FakeChannel(script=[TryLater("429", after=0.5)])
    office.write("một")
    office.write("hai", "b")
    began = datetime.now(UTC)
    async with sending(office, channel, in_flight=1):
        await until(lambda: office.channel().quiet_until)
        quiet = office.channel().quiet_until
        assert quiet is not None
        assert quiet >= began + timedelta(seconds=0.5)
        await until(lambda: len(channel.sent) == 2)
        assert datetime.now(UTC) >= quiet
    assert [m.attempts for m in office.messages()] == [1, 1]  # it was not the message's fault
    assert office.channel().last_error == "429"


async def test_a_channel_that_is_away_is_left_alone_and_nothing_is_given_up(
    office: Office,
) -> None:
    channel = FakeChannel(script=[TryLater("network: connect")])
    office.write("một")
    office.write("hai")
    async with sending(office, channel):
        await until(lambda: office.channel().quiet_until)
        quiet = office.channel().quiet_until
        await until(lambda: len(channel.sent) == 2)
        assert quiet is not None
        assert datetime.now(UTC) >= quiet
    assert channel.texts == ["một", "hai"]
    assert [m.attempts for m in office.messages()] == [1, 1]
    assert office.alerts() == []


async def test_what_was_on_its_way_when_a_channel_went_away_counts_as_one_failure(
    office: Office,
) -> None:
    """Or sixteen messages at once would keep it quiet for minutes after a hiccup."""
    channel = FakeChannel(script=[TryLater("network: reset") for _ in range(16)])
    for number in range(16):
        office.write(chat=str(number))
    began = datetime.now(UTC)
    async with sending(office, channel):
        await until(lambda: len(channel.tried) >= 16)
        await until(lambda: office.channel().quiet_until)
        quiet = office.channel().quiet_until
        assert quiet is not None
        assert quiet - began < timedelta(seconds=20)
        await until(lambda: len(channel.sent) == 16)
        assert quiet == office.channel().quiet_until


async def test_who_has_left_is_marked_and_not_tried_again(office: Office) -> None:
    arrive(office)
    arrive(office, "43")
    channel = FakeChannel(script=[Unreachable("blocked")])
    office.write("một", "chat-42")
    office.write("hai", "chat-42")
    async with sending(office, channel):
        await until(lambda: office.states() == ["failed", "failed"])
        office.write("ba", "chat-43")
        await until(lambda: channel.sent)
    assert [message.text for message in channel.tried] == ["một", "ba"]
    assert sorted(map(str, unreachable(office))) == ["None", "blocked"]
    assert office.alerts() == []  # people may leave


async def test_a_group_that_is_gone_marks_nobody(office: Office) -> None:
    with transaction(office.engine) as session:
        incoming = an_incoming(chat="group", group=True)
        account_for(session, incoming, clock.now(office.settings))
    office.write("một", "group")
    await send_all(office, FakeChannel(script=[Unreachable("kicked")]))
    assert (office.states(), unreachable(office)) == (["failed"], [None])


async def test_a_window_that_has_closed_is_not_tried(office: Office) -> None:
    arrive(office, "42", days=7.1)
    arrive(office, "43", days=6.9)
    channel = FakeChannel(limits=replace(LIMITS, window_hours=7 * 24))
    office.write("một", "chat-42")
    office.write("hai", "chat-43")
    await send_all(office, channel)
    assert channel.texts == ["hai"]
    assert [(m.state, m.error) for m in office.messages()] == [("failed", "window"), ("sent", None)]


OF_ZALO = replace(LIMITS, window_hours=7 * 24, templates=True)
TEMPLATE: dict[str, JsonValue] = {"id": "77", "data": {"viec": "Nộp báo cáo", "so": 12}}


async def test_where_the_window_has_closed_the_template_goes_out(office: Office) -> None:
    arrive(office, "42", days=7.1)
    arrive(office, "43", days=6.9)
    channel = FakeChannel(limits=OF_ZALO)
    closed = office.write("một", "chat-42", template=TEMPLATE)
    office.write("hai", "chat-43", template=TEMPLATE)
    await send_all(office, channel)
    assert sorted(((m.chat, m.template) for m in channel.sent), key=str) == [
        ("chat-42", Template("77", {"viec": "Nộp báo cáo", "so": "12"}, f"m{closed}")),
        ("chat-43", None),
    ]
    assert office.states() == ["sent", "sent"]


async def test_where_the_platform_counts_otherwise_the_template_goes_out(office: Office) -> None:
    arrive(office, "42", days=6.9)
    channel = FakeChannel(limits=OF_ZALO, script=[Unreachable("-230")])
    office.write("một", "chat-42", template=TEMPLATE)
    await send_all(office, channel)
    assert [m.template is None for m in channel.tried] == [True, False]
    assert (office.states(), unreachable(office)) == (["sent"], [None])


async def test_who_cannot_be_reached_by_template_either_is_marked(office: Office) -> None:
    arrive(office, "42", days=8)
    office.write("một", "chat-42", template=TEMPLATE)
    await send_all(office, FakeChannel(limits=OF_ZALO, script=[Unreachable("-139")]))
    assert (office.states(), unreachable(office)) == (["failed"], ["-139"])


async def test_a_channel_without_templates_sends_none(office: Office) -> None:
    arrive(office, "42", days=8)
    channel = FakeChannel(limits=replace(OF_ZALO, templates=False))
    office.write("một", "chat-42", template=TEMPLATE)
    office.write("hai", "somebody", template=TEMPLATE)
    await send_all(office, channel)
    assert [(m.text, m.template) for m in channel.sent] == [("hai", None)]


async def test_somebody_who_never_wrote_gets_the_template(office: Office) -> None:
    channel = FakeChannel(limits=OF_ZALO)
    office.write("một", "0912345678", template=TEMPLATE)
    await send_all(office, channel)
    assert [m.template is not None for m in channel.sent] == [True]


async def test_what_is_not_taken_now_waits_and_keeps_nothing_else_waiting(office: Office) -> None:
    channel = FakeChannel(script=[NotNow("-144", 30_000_000)])
    office.write("một", "a")
    async with sending(office, channel):
        await until(lambda: office.messages()[0].error == "-144")
        office.write("hai", "a")
        office.write("ba", "b")
        await until(lambda: len(channel.sent) == 2)
    assert sorted(channel.texts) == ["ba", "hai"]
    waiting = office.messages()[0]
    assert (waiting.state, waiting.attempts, office.alerts()) == ("waiting", 0, [])
    assert waiting.due_at > clock.now(office.settings)


async def test_what_the_channel_will_never_take_fails_with_an_alert(office: Office) -> None:
    channel = FakeChannel(script=[Rejected("can't parse")])
    office.write("một")
    office.write("hai")
    await send_all(office, channel)
    assert (office.states(), channel.texts) == (["failed", "sent"], ["hai"])
    assert office.alerts() == ["message_failed"]


async def test_a_chat_that_has_moved_is_written_to_at_its_new_address(office: Office) -> None:
    channel = FakeChannel(script=[Moved("new")])
    office.write("một", "old")
    office.write("hai", "old")
    await send_all(office, channel)
    assert [(m.chat, m.text) for m in channel.sent] == [("new", "một"), ("new", "hai")]
    assert [message.attempts for message in office.messages()] == [1, 1]


async def test_a_refused_token_stops_the_channel_and_keeps_what_waits(office: Office) -> None:
    channel = FakeChannel(script=[ChannelDown("401")])
    office.write("một")
    async with sending(office, channel):
        await until(lambda: office.channel().stopped)
        office.write("hai", "b")
        await asyncio.sleep(0)  # nothing may be tried from here on
        assert office.alerts() == ["channel_stopped"]
        assert len(channel.tried) == 1
        with transaction(office.engine) as session:
            note(session, "fake", stopped=None)
        await until(lambda: len(channel.sent) == 2)
    assert channel.texts == ["một", "hai"]


async def test_who_has_stopped_a_channel_has_said_so(office: Office) -> None:
    class Refusing(FakeChannel):
        async def send(self, message: Outgoing) -> str:
            with transaction(office.engine) as session:
                note(session, "fake", stopped="consent")  # with an alert of its own
            raise ChannelDown("consent")

    office.write("một")
    async with sending(office, Refusing()):
        await until(lambda: office.channel().last_error == "consent")
    assert office.alerts() == []
    assert office.channel().stopped == "consent"


async def test_what_is_forgotten_while_it_waits_for_another_try_is_not_sent(
    fast_office: Office,
) -> None:
    arrive(fast_office)
    gate = asyncio.Event()

    class Slow(FakeChannel):
        async def send(self, message: object) -> str:
            self.tried.append(message)  # type: ignore[arg-type]
            await gate.wait()
            raise TryLater("busy")

    channel = Slow()
    fast_office.write("riêng", "chat-42")
    async with sending(fast_office, channel):
        await until(lambda: channel.tried)
        with transaction(fast_office.engine) as session:
            person = session.exec(select(ChannelAccount)).one().person_id
            forget(session, person, clock.now(fast_office.settings), personal=names_alone)
        gate.set()
        await until(lambda: fast_office.states() == ["failed"])
    assert len(channel.tried) == 1
    assert fast_office.alerts() == []


# --- whatever happens to a process --------------------------------------------------------------


def left_behind(office: Office) -> None:
    """A process died while it was sending."""
    real = datetime.now(UTC) - timedelta(minutes=1)
    with transaction(office.engine) as session:
        claim_messages(
            session, "fake", "dead", clock.now(office.settings), real,
            real + timedelta(seconds=30), 9,
        )  # fmt: skip


async def test_what_a_dead_process_was_sending_is_sent_again(office: Office) -> None:
    office.write("một")
    office.write("hai")
    left_behind(office)
    channel = FakeChannel()
    await send_all(office, channel)
    assert channel.texts == ["một", "hai"]


async def test_what_a_dead_process_was_sending_is_settled_where_nothing_is_sent_twice(
    office: Office,
) -> None:
    office.write("một")
    office.write("hai")
    left_behind(office)
    channel = FakeChannel(limits=ZALO)
    await send_all(office, channel)
    assert (channel.texts, office.states()) == (["hai"], ["unclear", "sent"])
    assert office.alerts() == ["unclear"]


async def test_slots_of_a_dead_process_are_used_again(office: Office) -> None:
    channel = FakeChannel(limits=replace(LIMITS, per_second=1))
    office.write("một", "a")
    await send_all(office, channel)
    with transaction(office.engine) as session:
        real = datetime.now(UTC) - timedelta(seconds=20)
        taken = take_slots(session, "fake", 1, "dead", real + timedelta(hours=1), real)
        assert taken == [0]
    office.write("hai", "a")
    await send_all(office, channel)
    assert channel.texts == ["một", "hai"]


async def test_two_processes_send_each_message_once(office: Office) -> None:
    for number in range(30):
        office.write(str(number), chat=str(number % 7))
    channel = FakeChannel(limits=replace(LIMITS, per_second=100))
    async with sending(office, channel, 4, "w1"), sending(office, channel, 4, "w2"):
        await until(lambda: set(office.states()) == {"sent"})
    assert sorted(channel.texts, key=int) == [str(number) for number in range(30)]
    assert not channel.doubled


async def test_what_is_begun_is_finished_when_it_stops(office: Office) -> None:
    gate = asyncio.Event()
    channel = FakeChannel(script=[gate])
    office.write("một")
    office.write("hai")
    async with sending(office, channel) as stop:
        await until(lambda: channel.flying)
        stop.set()
        gate.set()
    assert channel.texts == ["một"]
    assert office.states() == ["sent", "waiting"]


async def test_a_database_that_is_away_for_a_moment_stops_nothing(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    channel = FakeChannel()
    async with sending(office, channel):
        with away(office.engine):
            await until(lambda: "nothing is sent" in caplog.text)
        office.write()
        await until(lambda: channel.sent)
    assert office.states() == ["sent"]


async def test_what_was_sent_while_the_database_was_away_is_not_sent_again(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    gate = asyncio.Event()
    channel = FakeChannel(script=[gate])
    office.write("riêng tư")
    async with sending(office, channel):
        await until(lambda: channel.flying)
        with away(office.engine):
            gate.set()
            await until(lambda: "not written down" in caplog.text)
        await until(lambda: office.states() == ["sent"])
    assert len(channel.tried) == 1


@pytest.mark.parametrize("error", [ValueError("riêng tư"), Rejected("x"), Unclear("timeout")])
async def test_no_words_are_logged(
    fast_office: Office, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = FakeChannel(script=[error])
    fast_office.write("riêng tư", "chat-0912")
    await send_all(fast_office, channel)
    ours = [r.getMessage() for r in caplog.records]
    assert not any("riêng" in said or "0912" in said for said in ours)
